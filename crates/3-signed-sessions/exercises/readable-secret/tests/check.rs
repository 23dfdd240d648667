//! The check of `readable-secret`: reads what a player can read, and carries the cookie to servers with other answers.

use cookie::Key;
use probe::{
    Apart, Browser, Passed, Reply, Server, byte_strangers, excerpt, forge, get, post, seed, splice,
    strangers, tamper,
};
use readable_secret::{Question, app};

const NAME: &str = "readable_secret";

const QUESTIONS: &[Question] = &[
    Question { text: "What is the word of the day?", answer: "xylophone" },
    Question { text: "And that of yesterday?", answer: "marzipan" },
    Question { text: "How far is the moon?", answer: "384400" },
];

/// The same questions, with answers that are other in all that can be computed from them: of another length, in another order.
const CORRECTED: &[Question] = &[
    Question { text: QUESTIONS[0].text, answer: "a zebra crossing" },
    Question { text: QUESTIONS[1].text, answer: "jam" },
    Question { text: QUESTIONS[2].text, answer: "52" },
];

/// A question that is markup unless a page escapes it.
const MARKED: &[Question] =
    &[QUESTIONS[0], Question { text: "What is <b id=\"&amp;\">?", answer: "a tag" }];

/// A server with these questions, and the key that all of them have in this run.
fn server(questions: &'static [Question]) -> Server {
    Server::of(app(Key::from(&seed("key")), questions))
}

/// Asks a question.
fn ask(server: &Server, question: usize) -> Reply {
    server.send(post("/ask", &[("question", &question.to_string())]))
}

/// The cookie that came with the question, as `name=value`.
fn cookie_of(reply: &Reply) -> &str {
    reply.pair(NAME).unwrap_or_else(|| {
        panic!(
            "Expected POST /ask to set the cookie `{NAME}`. The server keeps no rounds.\n\n{reply}"
        )
    })
}

fn answer(server: &Server, cookie: impl AsRef<[u8]>, answer: &str) -> Reply {
    server.send(post("/answer", &[("answer", answer)]).cookie(cookie))
}

/// The answer of the server must be this, and nothing else. `asked` is where the cookie came from.
fn must_say(reply: &Reply, word: &str, why: &str, asked: &Reply) {
    let page = reply.page();
    let said: Vec<_> =
        ["Right", "Wrong", "No question"].into_iter().filter(|word| page.says(word)).collect();
    assert!(
        said == [word],
        "Expected the server to say {word:?}. {why}\n\nThe question. {asked}\nThe answer. {}",
        reply.with_text(word)
    );
}

/// The first page must show this question. `asked` is where the cookie came from.
fn must_show(reply: &Reply, question: &Question, why: &str, asked: &Reply) {
    assert!(
        reply.page().says(question.text),
        "Expected GET / to show the question {:?}. {why}\n\nThe question. {asked}\nThe page. {}",
        question.text,
        reply.with_text(question.text)
    );
}

/// What a player finds who searches this for the answer: forwards, backwards, and behind the alphabets that are in use.
fn tells(reply: &Reply, answer: &str) -> Option<String> {
    let body = reply.text();
    let body = body.lines().map(|line| ("the page".to_owned(), line.to_owned()));
    let head = reply.headers.iter().map(|(name, value)| {
        (format!("the header `{name}`"), String::from_utf8_lossy(value).into_owned())
    });
    let found = |(_, text): &(String, String)| {
        let text = text.to_lowercase();
        let backwards: String = text.chars().rev().collect();
        [text, backwards].iter().any(|text| text.contains(answer))
    };
    let hidden = |(_, text): &(String, String)| !forge(text, answer, "*").is_empty();
    let (place, text) = head.chain(body).find(|part| found(part) || hidden(part))?;
    Some(format!("{place}: {}", excerpt(&text, answer)))
}

/// The head's lines and the body, but for the date.
fn sent(reply: &Reply) -> Vec<String> {
    let lines = reply.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("date"));
    let lines = lines.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value)));
    lines.chain(reply.text().lines().map(str::to_owned)).collect()
}

#[test]
#[ignore = "exercise: cargo course check readable-secret"]
fn a_question_leads_to_the_first_page() -> Passed {
    let server = server(QUESTIONS);
    let mut browser = Browser::new();
    let visit = browser.post(&server.url("/ask"), &[("question", "1")]);
    assert!(
        visit.first().status == 303 && visit.last().status == 200 && visit.address().path() == "/",
        "Expected POST /ask to answer 303 with a Location that leads to `/`.\n\n{visit}"
    );
    must_show(visit.last(), &QUESTIONS[1], "The player asked for it.", visit.first());
    let said = browser.post(&server.url("/answer"), &[("answer", QUESTIONS[1].answer)]);
    must_say(said.last(), "Right", "That is the right answer.", visit.first());
    Passed
}

#[test]
#[ignore = "exercise: cargo course check readable-secret"]
fn the_quiz_can_be_played() -> Passed {
    let server = server(QUESTIONS);
    let nothing = server.send(get("/"));
    let mut pages = vec![nothing.page().text()];
    let all = QUESTIONS.iter().map(|question| question.answer).collect::<Vec<_>>().join(" ");
    for (number, question) in QUESTIONS.iter().enumerate() {
        let asked = ask(&server, number);
        let cookie = cookie_of(&asked);
        let shown = server.send(get("/").cookie(cookie));
        must_show(&shown, question, "The player asked for it.", &asked);
        assert!(
            !pages.contains(&shown.page().text()),
            "Expected GET / to show which question was asked. Before it the page was the same.\n\n{}",
            shown.with_text(question.text)
        );
        pages.push(shown.page().text());
        let right = answer(&server, cookie, question.answer);
        must_say(&right, "Right", "That is the right answer.", &asked);
        for (given, why) in [
            ("I don't know", "That is no answer to this question."),
            ("", "The player has answered nothing."),
            (QUESTIONS[(number + 1) % QUESTIONS.len()].answer, "That answers another question."),
            (&question.answer[..2], "That is the start of the answer."),
            (&all, "Those are all answers, one after the other."),
        ] {
            must_say(&answer(&server, cookie, given), "Wrong", why, &asked);
        }
    }
    must_say(
        &answer(&server, "theme=dark", "xylophone"),
        "No question",
        "No cookie came.",
        &nothing,
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check readable-secret"]
fn a_round_outlives_a_restart() -> Passed {
    let app = Apart::of(|| app(Key::from(&seed("key")), QUESTIONS));
    let asked = ask(&app.start(), 1);
    let server = app.start();
    let why = "The server was started again with the same key, and keeps no rounds.";
    let shown = server.send(get("/").cookie(cookie_of(&asked)));
    must_show(&shown, &QUESTIONS[1], why, &asked);
    must_say(&answer(&server, cookie_of(&asked), QUESTIONS[1].answer), "Right", why, &asked);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check readable-secret"]
fn other_cookies_do_no_harm() -> Passed {
    let server = server(QUESTIONS);
    let asked = ask(&server, 1);
    let cookie = cookie_of(&asked);
    for (what, header) in strangers(cookie).into_iter().chain(byte_strangers(cookie)) {
        let why = format!("Another cookie came along: {what}.");
        must_show(&server.send(get("/").cookie(&header)), &QUESTIONS[1], &why, &asked);
        must_say(&answer(&server, &header, QUESTIONS[1].answer), "Right", &why, &asked);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check readable-secret"]
fn a_question_is_text_of_the_page() -> Passed {
    let server = server(MARKED);
    let asked = [ask(&server, 0), ask(&server, 1)];
    let [harmless, shown] =
        asked.each_ref().map(|asked| server.send(get("/").cookie(cookie_of(asked))));
    if let Some(markup) = shown.page().foreign_markup(&harmless.page()) {
        panic!("Expected a question with `<` in it as text. The page has {markup}.\n\n{shown}");
    }
    must_show(&shown, &MARKED[1], "That is the question, as text.", &asked[1]);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check readable-secret"]
fn nothing_that_is_sent_tells_the_answer() -> Passed {
    let (server, corrected) = (server(QUESTIONS), server(CORRECTED));
    for (number, question) in QUESTIONS.iter().enumerate() {
        // The same three requests, twice to the server and once to one with other answers.
        let replies = [&server, &server, &corrected].map(|server| {
            let asked = ask(server, number);
            let shown = server.send(get("/").cookie(cookie_of(&asked)));
            [server.send(get("/")), asked, shown]
        });
        for reply in &replies[0] {
            for answer in QUESTIONS.iter().map(|question| question.answer) {
                if let Some(place) = tells(reply, answer) {
                    panic!(
                        "Expected the answer {answer:?} to stay at the server, and it is in {place}\n\nA signature hides nothing, and \
                         another alphabet doesn't either.\n\n{reply}"
                    );
                }
            }
        }
        let [once, again, other] = replies.each_ref().map(|replies| replies.each_ref().map(sent));
        for at in 0..once.len() {
            // What is not the same twice can't be compared.
            let pairs = once[at].iter().zip(&again[at]).zip(&other[at]);
            for ((once, again), other) in pairs {
                assert!(
                    once != again || once == other,
                    "Expected the server to send nothing that was computed from an answer. Where {:?} is right it sends another line than \
                     where {:?} is: a player who knows your program tries all words until one fits.\n\n{}\n{}\n\n{}",
                    question.answer,
                    CORRECTED[number].answer,
                    excerpt(once, ""),
                    excerpt(other, ""),
                    replies[0][at]
                );
            }
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check readable-secret"]
fn the_server_knows_what_is_right_and_not_the_cookie() -> Passed {
    let (server, corrected) = (server(QUESTIONS), server(CORRECTED));
    for (number, question) in QUESTIONS.iter().enumerate() {
        let asked = ask(&server, number);
        let why = "The answer was corrected at the server after this cookie was set, and the server's list decides. So the \
                   cookie still carries the old answer, or something made of it.";
        let old = answer(&corrected, cookie_of(&asked), question.answer);
        must_say(&old, "Wrong", why, &asked);
        let new = answer(&corrected, cookie_of(&asked), CORRECTED[number].answer);
        must_say(&new, "Right", why, &asked);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check readable-secret"]
fn an_edited_cookie_is_no_round() -> Passed {
    let server = server(QUESTIONS);
    let nothing = server.send(get("/")).page();
    let must_be_none = |value: &str, what: &str, asked: &Reply| {
        let cookie = format!("{NAME}={value}");
        let why = format!("{what} is no round.");
        let shown = server.send(get("/").cookie(&cookie));
        let more = QUESTIONS
            .iter()
            .find(|question| shown.page().says(question.text) && !nothing.says(question.text));
        assert!(
            more.is_none(),
            "Expected GET / to show no question. {why}\n\n{}",
            shown.with_text(more.map_or("", |question| question.text))
        );
        for question in QUESTIONS {
            must_say(&answer(&server, &cookie, question.answer), "No question", &why, asked);
        }
    };
    let value_of = |reply| cookie_of(reply).trim_start_matches(NAME)[1..].to_owned();
    let (first, second) = (ask(&server, 0), ask(&server, 1));
    for value in ["0", "1", "{\"question\":0}", "%7B%22question%22%3A0%7D", "question 0", ""] {
        must_be_none(value, "A cookie that was written by hand", &first);
    }
    for value in tamper(&value_of(&first)) {
        must_be_none(&value, "A cookie with one changed character, or cut short,", &first);
    }
    for value in splice(&value_of(&first), &value_of(&second)) {
        must_be_none(&value, "The start of one cookie with the end of another", &first);
    }
    let elsewhere = ask(&Server::of(app(Key::generate(), QUESTIONS)), 0);
    must_be_none(&value_of(&elsewhere), "A cookie from a server with another key", &elsewhere);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check readable-secret"]
fn a_question_that_is_gone_is_no_round() -> Passed {
    let asked = ask(&server(QUESTIONS), 2);
    let why = "The player's question was taken off the server's list.";
    for shorter in [&QUESTIONS[..1], &CORRECTED[..2], &[]] {
        let shorter = server(shorter);
        let shown = shorter.send(get("/").cookie(cookie_of(&asked)));
        assert!(
            shown.status == 200 && !shown.page().says(QUESTIONS[2].text),
            "Expected GET / to be a page without that question. {why}\n\n{}",
            shown.with_text(QUESTIONS[2].text)
        );
        let said = answer(&shorter, cookie_of(&asked), QUESTIONS[2].answer);
        must_say(&said, "No question", why, &asked);
    }
    Passed
}
