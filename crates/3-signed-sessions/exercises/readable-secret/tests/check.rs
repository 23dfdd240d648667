//! The check of `readable-secret`: reads the cookie as a player would, and carries it to a server with other answers.

use cookie::{Cookie, Key};
use probe::{Reply, Server, get, post};
use readable_secret::{Question, app};

const NAME: &str = "readable_secret";

const QUESTIONS: &[Question] = &[
    Question { text: "What is the word of the day?", answer: "xylophone" },
    Question { text: "And that of yesterday?", answer: "marzipan" },
    Question { text: "How far is the moon?", answer: "384400" },
];

/// The same questions, whose answers somebody corrected.
const CORRECTED: &[Question] = &[
    Question { text: "What is the word of the day?", answer: "quicksand" },
    Question { text: "And that of yesterday?", answer: "dumpling" },
    Question { text: "How far is the moon?", answer: "two weeks" },
];

/// Asks a question.
fn ask(server: &Server, question: usize) -> Reply {
    server.send(post("/ask", &[("question", &question.to_string())]))
}

/// The cookie that came with the question, as `name=value`.
fn cookie_of(reply: &Reply) -> &str {
    reply.pair(NAME).unwrap_or_else(|| {
        panic!(
            "Expected POST /ask to set the cookie `{NAME}`: the server keeps no rounds.\n\n{reply}"
        )
    })
}

fn answer(server: &Server, cookie: &str, answer: &str) -> Reply {
    server.send(post("/answer", &[("answer", answer)]).cookie(cookie))
}

/// The answer of the server must be this.
fn must_say(reply: &Reply, word: &str, why: &str) {
    let said =
        ["Right", "Wrong", "No question"].into_iter().find(|word| reply.text().contains(word));
    assert!(said == Some(word), "Expected the server to say \"{word}\": {why}\n\n{reply}");
}

#[test]
#[ignore = "exercise: cargo course check readable-secret"]
fn the_quiz_can_be_played() {
    let key = Key::generate();
    for (number, question) in QUESTIONS.iter().enumerate() {
        let reply = ask(&Server::of(app(key.clone(), QUESTIONS)), number);
        let cookie = cookie_of(&reply);
        // Started again: what counts is in the cookie and in the list of questions.
        let server = Server::of(app(key.clone(), QUESTIONS));
        let shown = server.send(get("/").cookie(format!("theme=dark; {cookie}")));
        assert!(
            shown.text().contains(question.text),
            "Expected GET / to show the question {:?}, which the player asked for.\n\n{shown}",
            question.text
        );
        must_say(&answer(&server, cookie, question.answer), "Right", "that is the right answer.");
        must_say(
            &answer(&server, cookie, "I don't know"),
            "Wrong",
            "that is no answer to this question.",
        );
        let other = QUESTIONS[(number + 1) % QUESTIONS.len()].answer;
        must_say(
            &answer(&server, cookie, other),
            "Wrong",
            "that is the answer to another question.",
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check readable-secret"]
fn the_cookie_does_not_tell_the_answer() {
    let server = Server::of(app(Key::generate(), QUESTIONS));
    for (number, question) in QUESTIONS.iter().enumerate() {
        let reply = ask(&server, number);
        for line in reply.set_cookies() {
            if let Some(read) = spies(line, question.answer) {
                panic!(
                    "Expected the answer to stay at the server. A signed cookie can be read, in any alphabet: this one holds\n\
                     {read}\nand the answer is {:?}.\n\n{reply}",
                    question.answer
                );
            }
        }
        let shown = server.send(get("/").cookie(cookie_of(&reply)));
        assert!(
            !shown.text().contains(question.answer),
            "Expected the page to ask without telling: its source holds the answer {:?}.\n\n{}\n{shown}",
            question.answer,
            shown.text()
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check readable-secret"]
fn the_server_knows_what_is_right_and_not_the_cookie() {
    let key = Key::generate();
    let reply = ask(&Server::of(app(key.clone(), QUESTIONS)), 1);
    let cookie = cookie_of(&reply);
    let corrected = Server::of(app(key, CORRECTED));
    let why = "the answer was corrected at the server after this cookie was set, and the server's list decides. So the cookie \
               still carries the old answer, or something made of it (a hash of a short answer is found by trying).";
    must_say(&answer(&corrected, cookie, QUESTIONS[1].answer), "Wrong", why);
    must_say(&answer(&corrected, cookie, CORRECTED[1].answer), "Right", why);
}

#[test]
#[ignore = "exercise: cargo course check readable-secret"]
fn an_edited_cookie_is_no_round() {
    let server = Server::of(app(Key::generate(), QUESTIONS));
    let (first, second) = (ask(&server, 0), ask(&server, 1));
    let (first, second) = (cookie_of(&first), cookie_of(&second));
    let must_be_none = |cookie: &str, what: &str| {
        must_say(&answer(&server, cookie, "xylophone"), "No question", what);
    };
    must_be_none("theme=dark", "no cookie came.");
    must_be_none(&format!("{NAME}=0"), "this cookie was written by hand.");
    for at in NAME.len() + 1..first.len() {
        let other = if first.as_bytes()[at] == b'A' { "B" } else { "A" };
        must_be_none(
            &format!("{}{other}{}", &first[..at], &first[at + 1..]),
            "one character of this cookie was changed.",
        );
        let mixed = format!("{}{}", &first[..at], second.get(at..).unwrap_or_default());
        if mixed != first && mixed != second {
            must_be_none(&mixed, "this cookie was put together from two others.");
        }
    }
    let elsewhere = ask(&Server::of(app(Key::generate(), QUESTIONS)), 0);
    must_be_none(cookie_of(&elsewhere), "this cookie is from a server with another key.");
}

#[test]
#[ignore = "exercise: cargo course check readable-secret"]
fn a_question_that_is_gone_does_no_harm() {
    let key = Key::generate();
    let reply = ask(&Server::of(app(key.clone(), QUESTIONS)), 2);
    let shorter = Server::of(app(key, &CORRECTED[..1]));
    for reply in [
        shorter.send(get("/").cookie(cookie_of(&reply))),
        answer(&shorter, cookie_of(&reply), "384400"),
    ] {
        assert!(
            reply.status == 200,
            "Expected a page: the player's question was taken off the server's list, which is no reason to fail.\n\n{reply}"
        );
    }
}

/// What a player finds who undoes every alphabet that is in use, several times over, anywhere in the line.
fn spies(line: &str, answer: &str) -> Option<String> {
    let mut texts = vec![line.as_bytes().to_vec()];
    for _ in 0..4 {
        let tells = |text: &&Vec<u8>| {
            let text = String::from_utf8_lossy(text).to_lowercase();
            let backwards: String = text.chars().rev().collect();
            text.contains(answer) || backwards.contains(answer)
        };
        if let Some(found) = texts.iter().find(tells) {
            return Some(String::from_utf8_lossy(found).into_owned());
        }
        texts = texts.iter().flat_map(|text| decoded(text)).collect();
        texts.truncate(4000);
    }
    None
}

/// The text, percent-decoded, and what base64 and hex may hide in each run of their letters, wherever it starts.
fn decoded(text: &[u8]) -> Vec<Vec<u8>> {
    let readable = String::from_utf8_lossy(text).into_owned();
    let mut found = Vec::new();
    if let Ok(cookie) = Cookie::parse_encoded(format!("x={}", readable.replace(';', " "))) {
        found.push(cookie.value().as_bytes().to_vec());
    }
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
    for run in text.split(|byte| !is_letter(*byte)).filter(|run| run.len() >= 8) {
        found.extend((0..4).map(|start| bits(&run[start..], 6, base64_digit)));
        found.extend((0..2).map(|start| bits(&run[start..], 4, hex_digit)));
    }
    found
}

/// Bytes from digits of so many bits.
fn bits(digits: &[u8], each: u32, value: fn(u8) -> Option<u32>) -> Vec<u8> {
    let (mut bytes, mut waiting, mut held) = (Vec::new(), 0_u32, 0);
    for digit in digits.iter().map_while(|digit| value(*digit)) {
        waiting = (waiting << each | digit) & 0xffff;
        held += each;
        if held >= 8 {
            held -= 8;
            bytes.push((waiting >> held & 0xff) as u8);
        }
    }
    bytes
}

fn base64_digit(byte: u8) -> Option<u32> {
    Some(match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

fn hex_digit(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(16)
}
