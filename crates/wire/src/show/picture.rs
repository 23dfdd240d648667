//! What is on the page: which exchanges, whose jar, at which time.

use std::{sync::Arc, time::SystemTime};

use cookie_rules::visible;

use super::{
    super::{
        exchange::Kind,
        model::facts::{Client, Exchange, JarAt, Program, StoreRow},
    },
    Pair, Reader, html,
    jar::{self, Chip, Jar, Moment, Row},
    ladder::{self, Group, Names, Plain},
    view::{Guess, View},
};
use crate::words::Words;

/// How many exchanges the page shows until more are asked for.
pub(crate) const FIRST: usize = 10;

/// What the wire remembers, as the page needs it.
pub struct Kept {
    /// The oldest first.
    pub exchanges: Vec<Arc<Exchange>>,
    /// How many exchanges there were.
    pub count: u64,
}

/// The page's content.
pub struct Picture {
    pub(crate) view: View,
    /// The jar of the client that the latest exchange shown is of.
    pub(crate) jar: Option<Jar>,
    /// The others.
    pub(crate) others: Vec<Link>,
    /// There are jars, and nothing tells whose the latest exchange is.
    pub(crate) is_nobodys: bool,
    pub(crate) store: Option<Vec<Row>>,
    /// The latest answer didn't tell of it.
    pub(crate) store_is_older: bool,
    pub(crate) groups: Vec<Group>,
    pub(crate) question: Option<Question>,
    /// What became of the guesses.
    pub(crate) verdict: String,
    pub(crate) back: Option<String>,
    pub(crate) forth: Option<String>,
    pub(crate) place: String,
    pub(crate) clients: Vec<Link>,
    pub(crate) older: bool,
    pub(crate) bounds: String,
    /// Who stands on the left of the ladder, and who on the right.
    pub(crate) ends: (String, String),
    /// HTML.
    pub(crate) rules: String,
    pub(crate) summary: String,
    pub(crate) count: u64,
    /// The address from which on there are questions: never a frame's, for the lesson's next page brings a new one.
    pub(crate) start_guessing: String,
}

/// A way to another view.
pub(crate) struct Link {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) is_here: bool,
}

/// Which of these cookies came?
pub(crate) struct Question {
    pub(crate) number: u64,
    /// HTML.
    pub(crate) text: String,
    pub(crate) chips: Vec<Chip>,
}

/// The number of an exchange, and the jars as they were after it.
pub type JarsAt<'a> = &'a dyn Fn(u64) -> Vec<JarAt>;

impl Picture {
    /// `viewer` is the program that looks at the page.
    pub fn of(
        kept: &Kept,
        jars: JarsAt<'_>,
        view: View,
        viewer: Program,
        reader: Reader,
        now: SystemTime,
    ) -> Self {
        let Reader { words, .. } = reader;
        let mut view = view;
        let names = ladder::names(&kept.exchanges);
        // Where nobody is called so by now, everybody is shown.
        view.only.take_if(|only| {
            let is_his = |client: &Client| ladder::key(client) == *only;
            !names.values().any(is_his) && !jars(kept.count).iter().any(|jar| is_his(&jar.client))
        });
        let is_shown = |exchange: &&Arc<Exchange>| {
            let name = || ladder::key(ladder::named(&names, exchange));
            view.only.as_ref().is_none_or(|only| *only == name())
        };
        let all: Vec<_> = kept.exchanges.iter().filter(is_shown).cloned().collect();
        let lesson: Vec<_> =
            all.iter().filter(|exchange| exchange.asked.kind == Kind::Lesson).cloned().collect();
        let newest = lesson.last().map_or(0, |exchange| exchange.number);
        // The time that is asked for, if it is not the present.
        let oldest = lesson.first().map_or(0, |exchange| exchange.number);
        let at = view.at.map(|at| at.max(oldest)).filter(|at| *at < newest);
        view.at = at;
        let mut shown: Vec<_> = all
            .iter()
            .filter(|exchange| at.is_none_or(|at| exchange.number <= at))
            .cloned()
            .collect();
        let verdict = view.verdict(kept, jars, reader);
        let plain = ladder::plain(&all, &names, reader);
        let question = match (view.guess, at) {
            (Some(guess), None) => ask(guess, &lesson, jars, plain),
            _ => None,
        };
        let mut until = at.unwrap_or(kept.count);
        if let Some(question) = &question {
            shown.retain(|exchange| exchange.number < question.number);
            until = question.number - 1;
        }
        let then =
            match (at, shown.iter().rev().find(|exchange| exchange.asked.kind == Kind::Lesson)) {
                (Some(_), Some(latest)) => ladder::ended(latest),
                _ => now,
            };
        let jars = jars(until);
        let latest = shown.iter().rev().find(|exchange| exchange.asked.kind == Kind::Lesson);
        // Over the latest exchange stands its own jar, or none. Where one client alone is looked at, the one that has its name
        // stays.
        let called =
            |name: &str| jars.iter().filter(|jar| ladder::key(&jar.client) == name).count();
        let focus = jars.iter().find(|jar| match &view.only {
            Some(only) if called(only) == 1 => ladder::key(&jar.client) == *only,
            _ => latest.is_some_and(|latest| ladder::is_one(&jar.client, &latest.asked.client)),
        });
        let moment = Moment {
            exchange: latest.map(|latest| &**latest).filter(|latest| {
                question.is_none()
                    && focus.is_some_and(|jar| ladder::is_one(&jar.client, &latest.asked.client))
            }),
            now: then,
            at,
            program: focus.map_or(Program::Other, |jar| jar.client.program),
            reader,
        };
        // An address can't tell jars of one name apart: of several, none is offered.
        let mut others: Vec<_> = jars.iter().map(|jar| &jar.client).collect();
        others.retain(|other| {
            view.only.is_none()
                && called(&ladder::key(other)) == 1
                && focus.is_none_or(|focus| !ladder::is_one(&focus.client, other))
        });
        let others: Vec<_> =
            others.into_iter().map(|client| Link::of(client, &view, words)).collect();
        let is_nobodys = question.is_none()
            && focus.is_none()
            && view.only.as_ref().map_or(jars.len(), |only| called(only)) > 0;
        let place = latest
            .and_then(|latest| lesson.iter().position(|exchange| exchange.number == latest.number));
        let told = store(&shown);
        let are_browsers = all.iter().all(|exchange| exchange.asked.client.program.is_browser());
        let labels = words.labels();
        let several = if are_browsers { labels.browser } else { labels.client };
        let limit = if view.all { usize::MAX } else { FIRST };
        let groups = ladder::groups(&shown, limit, plain);
        let drawn: usize = groups.iter().map(|group| group.rungs.len()).sum();
        let shown_lesson =
            shown.iter().filter(|exchange| exchange.asked.kind == Kind::Lesson).count();
        Self {
            // While something is to be guessed, the jar is in the question.
            jar: focus.filter(|_| question.is_none()).map(|jar| Jar::of(jar, moment)),
            clients: clients(kept, &names, &jars, &view, viewer, words),
            others,
            is_nobodys,
            store: told.map(|(_, rows)| jar::store(rows, then, at.is_none(), words)),
            store_is_older: told
                .is_some_and(|(number, _)| latest.is_some_and(|latest| number != latest.number)),
            summary: groups
                .first()
                .and_then(|group| group.rungs.last())
                .map_or(String::new(), |rung| rung.summary.clone()),
            groups,
            back: place
                .filter(|place| *place > 0)
                .map(|place| view.at(Some(lesson[place - 1].number))),
            forth: at
                .and(place)
                .and_then(|place| lesson.get(place + 1))
                .map(|next| view.at(Some(next.number).filter(|number| *number != newest))),
            place: place.map_or(String::new(), |place| words.place(place + 1, lesson.len())),
            older: drawn < shown_lesson,
            ends: (
                ladder::one_client(&all, &names)
                    .map_or(several.to_owned(), |client| words.client(client)),
                latest
                    .filter(|_| plain.one_host)
                    .map_or(words.labels().server.to_owned(), |latest| {
                        visible(latest.asked.authority.as_bytes())
                    }),
            ),
            bounds: if kept.count > kept.exchanges.len() as u64 {
                words.bounds(kept.count, kept.exchanges.len())
            } else {
                String::new()
            },
            rules: latest.map_or(String::new(), |latest| html(&words.rules(&latest.asked.client))),
            count: kept.count,
            start_guessing: View { frame: false, hides: None, ..view.clone() }
                .guessing(Some(newest)),
            question,
            verdict,
            view,
        }
    }
}

/// The store as the latest answer that told of it left it, and that answer's number.
fn store(shown: &[Arc<Exchange>]) -> Option<(u64, &[StoreRow])> {
    let told = |exchange: &'_ Arc<Exchange>| exchange.answer.store.is_some();
    let exchange = shown.iter().rev().find(|exchange| told(exchange))?;
    Some((exchange.number, exchange.answer.store.as_deref()?))
}

/// All names that there are, where there are several.
fn clients(
    kept: &Kept,
    names: &Names,
    jars: &[JarAt],
    view: &View,
    viewer: Program,
    words: &dyn Words,
) -> Vec<Link> {
    let mut clients = ladder::clients(&kept.exchanges, names);
    let is_one = ladder::is_one_client(&kept.exchanges, names);
    for JarAt { client, .. } in jars {
        if !clients.iter().any(|known| ladder::key(known) == ladder::key(client)) {
            clients.push(client);
        }
    }
    if view.only.is_none() && (clients.len() < 2 || is_one) {
        return Vec::new();
    }
    // Which of two profiles looks at this page, nothing tells: the wire's own page has no cookies.
    let mut own = clients.iter().filter(|client| client.program == viewer);
    let own = own.next().filter(|_| own.next().is_none());
    let everybody = Link {
        name: words.labels().everybody.to_owned(),
        address: view.only(None),
        is_here: view.only.is_none(),
    };
    let links = clients.iter().map(|client| {
        let link = Link::of(client, view, words);
        if own == Some(client) {
            Link { name: words.this_browser(&link.name), ..link }
        } else {
            link
        }
    });
    [everybody].into_iter().chain(links).collect()
}

impl Link {
    /// To one client.
    fn of(client: &Client, view: &View, words: &dyn Words) -> Self {
        let key = ladder::key(client);
        Self {
            name: words.client(client),
            address: view.only(Some(&key)),
            is_here: view.only.as_ref() == Some(&key),
        }
    }
}

/// The chips that there are to guess before this exchange.
fn chips(exchange: &Exchange, jars: JarsAt<'_>, reader: Reader) -> Vec<Chip> {
    let before = jars(exchange.number.saturating_sub(1));
    let Some(jar) = before.iter().find(|jar| ladder::is_one(&jar.client, &exchange.asked.client))
    else {
        return Vec::new();
    };
    let moment = Moment {
        exchange: None,
        now: exchange.asked.at,
        at: Some(exchange.number),
        program: exchange.asked.client.program,
        reader,
    };
    let groups = Jar::of(jar, moment).groups;
    groups.into_iter().flat_map(|group| group.chips).filter(|chip| chip.look != "gone").collect()
}

/// The question that is open: the first exchange that was not guessed yet, and of which there is anything to guess.
fn ask(
    guess: Guess,
    lesson: &[Arc<Exchange>],
    jars: JarsAt<'_>,
    plain: Plain<'_>,
) -> Option<Question> {
    let Reader { words, hide } = plain.reader;
    let left = lesson.iter().filter(|exchange| exchange.number > guess.done);
    let (exchange, chips) = left
        .map(|exchange| (exchange, chips(exchange, jars, plain.reader)))
        .find(|(_, chips)| !chips.is_empty())?;
    let asked = &exchange.asked;
    let who = plain.who(exchange);
    let cause = words.cause(&asked.cause, asked.follows.is_some());
    let target = hide.target(asked.target.as_bytes());
    let text = html(&words.question(&who, &asked.method, &target, &cause));
    Some(Question { number: exchange.number, text, chips })
}

/// What an answer was worth: of how many cookies it told, and of which it was wrong, with whether they came.
struct Guessed {
    number: u64,
    of: usize,
    wrong: Vec<(String, bool)>,
}

impl Guessed {
    /// The last one.
    fn of(view: &View, kept: &Kept, jars: JarsAt<'_>, reader: Reader) -> Option<Self> {
        let (number, picked) = view.guessed.as_ref()?;
        let exchange = kept.exchanges.iter().find(|exchange| exchange.number == *number)?;
        let chips = chips(exchange, jars, reader);
        let mut wrong = Vec::new();
        for (place, chip) in chips.iter().enumerate() {
            if picked.contains(&place) != chip.came_with(exchange) {
                let Pair { name, value } = &chip.pair;
                let is_twin = chips.iter().filter(|other| other.pair.name == *name).count() > 1;
                let told = if is_twin { format!("{name}={value}") } else { name.clone() };
                wrong.push((told, chip.came_with(exchange)));
            }
        }
        Some(Self { number: *number, of: chips.len(), wrong })
    }
}

impl View {
    /// The same after an answer that is not counted yet. It is to be asked for anew: else each later look at it would count.
    pub fn counted(&self, kept: &Kept, jars: JarsAt<'_>, reader: Reader) -> Option<Self> {
        let guess = self.guess?;
        let Guessed { number, of, wrong } = Guessed::of(self, kept, jars, reader)?;
        let whole = |count: usize| u32::try_from(count).unwrap_or(0);
        let guess = Guess {
            done: number,
            right: guess.right + whole(of - wrong.len()),
            of: guess.of + whole(of),
        };
        let is_new = self.guess.is_some_and(|before| before.done < number);
        is_new.then(|| Self { guess: Some(guess), ..self.clone() })
    }

    /// What became of the guesses: of the last one, where its exchange is still kept, and of all.
    fn verdict(&self, kept: &Kept, jars: JarsAt<'_>, reader: Reader) -> String {
        let words = reader.words;
        let Some(guess) = self.guess else { return String::new() };
        let last = Guessed::of(self, kept, jars, reader);
        let told = last.filter(|last| last.number == guess.done).map_or(String::new(), |last| {
            words.guessed(last.number, &last.wrong) + words.labels().gap
        });
        if guess.of == 0 { told } else { format!("{told}{}", words.score(guess.right, guess.of)) }
    }
}
