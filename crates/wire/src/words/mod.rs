//! Every sentence and every label that the classroom says on the wire and on its own pages, made from what is known.
//!
//! A language is a file: it implements [`Words`], and has [`Labels`]. No sentence is for any other fact, so the compiler names
//! each fact that lacks one, in each language. Lessons' own pages are English, and so is what [`en`] says for them.
//!
//! What stands between backticks is code. No sentence says more than its fact: what can't be known is not said, and
//! nobody is blamed for what may have many causes.

pub mod en;
#[cfg(test)]
mod tests;
pub(crate) mod zh;

use std::{
    io,
    path::Path,
    time::{Duration, SystemTime},
};

use cookie_rules::{Note, Reason, SameSite, shown};
use http::{Method, StatusCode};

use crate::facts::{Attributes, Caused, Client, How, Known, Program, SetOutcome, Why};

/// What stands before an exercise's name in its title.
pub const EXERCISE: &str = "exercise ";

/// A sentence, and the section that holds its rule; empty where no rule speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub(crate) text: String,
    pub section: &'static str,
}

/// A language.
pub trait Words: Sync {
    /// Its labels.
    fn labels(&self) -> &'static Labels;

    /// Who sent a request: "Chromium 1", "curl".
    fn client(&self, client: &Client) -> String;

    /// The same, with a question mark where it only seems to be that one.
    fn called(&self, client: &Client) -> String {
        let mark = if client.is_presumed() { "?" } else { "" };
        format!("{}{mark}", self.client(client))
    }

    /// How a client was told from others; `who` is what the ladder calls it.
    fn known_by(&self, client: &Client, who: &str) -> String;

    /// Whose rules are behind the predictions for this client.
    fn rules(&self, client: &Client) -> String;

    /// What caused a request, in a few words; empty where nobody says.
    fn cause(&self, caused: &Caused, follows: bool) -> String;

    /// What stands before a cookie that did not come.
    fn absent_lead(&self, why: &Why) -> &'static str;

    /// Why a cookie did not come.
    fn why(&self, why: &Why) -> String;

    /// The same, with its section.
    fn absent(&self, why: &Why) -> Said {
        let section = match why {
            Why::HeldBack(reason) | Why::MayBeHeldBack(reason) | Why::Ended { reason, .. } => {
                reason.section()
            }
            Why::Missing | Why::UnderWay => "",
        };
        Said { text: self.why(why), section }
    }

    /// The rule that held a cookie back, in a word, for a terminal.
    fn in_a_word(&self, reason: &Reason) -> &'static str;

    /// A word at a cookie that came otherwise than as this server set it; empty where there is nothing to remark.
    fn came_tag(&self, how: &How) -> &'static str;

    /// How a cookie that came compares with what was to come. `value` shows a value, unless it must not be shown.
    fn how(&self, how: &How, value: &dyn Fn(&[u8]) -> String) -> String;

    /// The same, with its section.
    fn came(&self, how: &How, value: &dyn Fn(&[u8]) -> String) -> Said {
        let section = match how {
            How::AsSet { might_have_stayed: Some(reason), .. }
            | How::AgainstRules { rule: reason } => reason.section(),
            _ => "",
        };
        Said { text: self.how(how, value), section }
    }

    /// What stands before a cookie that an answer names.
    fn set_lead(&self, outcome: &SetOutcome) -> &'static str;

    /// What becomes of a line, where its lead doesn't say all of it.
    fn outcome(&self, outcome: &SetOutcome) -> String;

    /// The same, with its section.
    fn set(&self, outcome: &SetOutcome) -> Said {
        let section = match outcome {
            SetOutcome::AsksToDelete { .. } => "RFC 6265bis §5.7",
            SetOutcome::OtherCookie { rule, .. } | SetOutcome::Refused { rule, .. } => {
                rule.section()
            }
            _ => "",
        };
        Said { text: self.outcome(outcome), section }
    }

    /// What a browser ignores in a line, or fills in.
    fn ignored(&self, note: &Note, program: Program) -> String;

    /// The same, with its section.
    fn note(&self, note: &Note, program: Program) -> Said {
        Said { text: self.ignored(note, program), section: note.section() }
    }

    /// The path of a cookie.
    fn path(&self, path: &str) -> String;

    /// Which hosts a cookie is for: this one alone, or those below it, too. Of one that only came to it, nobody knows.
    fn hosts(&self, domain: &str, host_only: Option<bool>) -> String;

    /// How long a cookie lives, as of `now`.
    fn life(&self, expiry: Option<SystemTime>, now: SystemTime) -> String {
        let labels = self.labels();
        match expiry.map(|expiry| expiry.duration_since(now)) {
            None => labels.session.to_owned(),
            Some(Ok(left)) if !left.is_zero() => labels.left.replace('*', &labels.span(left)),
            Some(_) => labels.over.to_owned(),
        }
    }

    /// The locks of a cookie: who may read it, and which requests it goes along with.
    fn locks(&self, attributes: &Attributes, program: Program) -> Vec<&'static str>;

    /// What is to be said of a cookie that may be, or is, in the jar no more.
    fn status(&self, known: &Known) -> String;

    /// Whose jar it is.
    fn jar_of(&self, client: &Client, at: Option<u64>) -> String;

    /// How many cookies stand aside that only came.
    fn not_set_here(&self, count: usize) -> String;

    /// How many stand aside that tell browsers from each other.
    fn ids(&self, count: usize) -> String;

    /// At an arrow, what came and is not shown: how many that tell this browser from others, and how many that are not of
    /// this lesson. Empty where nothing did. `alone`: none is shown.
    fn others(&self, alone: bool, ids: usize, count: usize) -> String;

    /// How many lines or fields there are besides those that are kept.
    fn not_kept(&self, count: usize) -> String;

    /// How many requests came on the side.
    fn side(&self, count: usize) -> String;

    /// Where an answer sends the client.
    fn goes_on(&self, location: &[u8]) -> String;

    /// The body of a request that is not shown, or not all of it.
    fn body(&self, size: Option<u64>, form: bool) -> String;

    /// The name of the client that looks at the page.
    fn this_browser(&self, name: &str) -> String;

    /// Where one stands in time.
    fn place(&self, place: usize, of: usize) -> String;

    /// The newest exchange in one sentence, for those who hear the page.
    fn summary(&self, heard: &Heard<'_>) -> String;

    /// A lesson, by number and title, as HTML. The title is English, and there may be a Chinese one.
    fn lesson(&self, number: u16, title: &str, chinese: Option<&str>) -> String;

    /// How many exchanges there were, where not all are kept.
    fn bounds(&self, count: u64, kept: usize) -> String;

    /// The question before an exchange is shown. `who` is empty where there is one client alone.
    fn question(&self, who: &str, method: &Method, target: &str, cause: &str) -> String;

    /// What became of the guesses.
    fn score(&self, right: u32, of: u32) -> String;

    /// What a guess was worth: of which exchange it was, the cookies of which it was wrong, and whether they came.
    fn guessed(&self, number: u64, wrong: &[(String, bool)]) -> String;

    /// The title of an exchange's own page.
    fn exchange(&self, number: u64) -> String;

    /// When, and how long it took.
    fn when(&self, at: SystemTime, took: Duration) -> String;

    /// Of a curl command that not every shell reads alike, and of what it can't hold.
    fn curl_note(
        &self,
        portable: bool,
        has_password: bool,
        body_missing: bool,
        hidden: bool,
    ) -> String {
        let labels = self.labels();
        let notes = [
            (!portable, labels.curl_sh),
            (has_password, labels.curl_password),
            (body_missing, labels.curl_body),
            (hidden, labels.curl_hidden),
        ];
        let notes = notes.into_iter().filter_map(|(is_so, note)| is_so.then_some(note));
        notes.collect::<Vec<_>>().join(labels.gap)
    }

    /// In the terminal, under a flood.
    fn left_out(&self, count: u64) -> String;

    /// What an error of this kind means, and what to do next. `is_bare`: it came without a word.
    fn advice(&self, status: StatusCode, is_bare: bool) -> &'static str;

    /// To a request that names a host that is not this machine.
    fn other_host(&self, host: &[u8]) -> String;

    /// To a request for an address, of which this is the page at `localhost`, and this the wire.
    fn at_home(&self, home: &str, wire: &str) -> String;

    /// The folder of the documents can't be read.
    fn no_documents(&self, folder: &Path, error: &io::Error) -> String;
}

/// An exchange for those who hear the page: names of cookies that came, and what came besides; of those that were held back; of
/// those that the answer names.
pub struct Heard<'a> {
    pub(crate) who: &'a str,
    pub(crate) method: &'a Method,
    pub(crate) target: &'a str,
    pub(crate) came: &'a [String],
    pub(crate) others: &'a str,
    pub(crate) held: &'a [String],
    pub(crate) set: &'a [String],
}

/// What stands on a page whatever happens.
#[cfg_attr(test, derive(Debug))]
pub struct Labels {
    /// Its tag, as `lang` in HTML has it.
    pub language: &'static str,
    /// What it calls itself.
    pub name: &'static str,
    /// Between a name and what is said of it; between two sentences.
    pub(crate) colon: &'static str,
    pub(crate) gap: &'static str,
    /// At the end of a sentence.
    pub stop: &'static str,
    // The wire.
    /// What the wire is called.
    pub title: &'static str,
    pub(crate) browser: &'static str,
    pub(crate) client: &'static str,
    pub(crate) server: &'static str,
    pub(crate) brings: &'static str,
    pub(crate) no_cookie: &'static str,
    pub(crate) new: &'static str,
    pub(crate) newest: &'static str,
    pub(crate) form: &'static str,
    pub(crate) word: &'static str,
    pub(crate) all_of_it: &'static str,
    pub(crate) steps: &'static str,
    pub(crate) becomes: &'static str,
    pub(crate) back: &'static str,
    pub(crate) forth: &'static str,
    pub(crate) now: &'static str,
    pub(crate) pause: &'static str,
    pub(crate) go_on: &'static str,
    pub(crate) paused: &'static str,
    pub(crate) more: &'static str,
    pub(crate) reload: &'static str,
    pub(crate) full_page: &'static str,
    pub(crate) hide: &'static str,
    pub(crate) show: &'static str,
    pub(crate) older: &'static str,
    pub(crate) everybody: &'static str,
    pub(crate) only: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) empty_jar: &'static str,
    /// In the jar of curl.
    pub(crate) curls_jar: &'static str,
    /// Over a request of which nobody knows whose it is, where there are jars.
    pub(crate) whose_jar: &'static str,
    /// Before the names of those whose jars are not shown.
    pub(crate) other_jars: &'static str,
    pub(crate) nothing_of_lesson: &'static str,
    pub(crate) stopped: &'static str,
    pub(crate) too_many: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) selected: &'static str,
    /// In place of a value, while the projector is on.
    pub hidden: &'static str,
    pub(crate) numbers: &'static str,
    pub(crate) guess: &'static str,
    pub(crate) stop_guessing: &'static str,
    /// While there is nothing to guess yet.
    pub(crate) guessing: &'static str,
    pub(crate) answer: &'static str,
    pub(crate) store: &'static str,
    pub(crate) store_before: &'static str,
    pub(crate) store_key: &'static str,
    pub(crate) store_what: &'static str,
    pub(crate) store_until: &'static str,
    pub(crate) store_empty: &'static str,
    pub(crate) request: &'static str,
    pub(crate) response: &'static str,
    pub(crate) came: &'static str,
    pub(crate) absent: &'static str,
    pub(crate) set: &'static str,
    pub(crate) curl: &'static str,
    pub(crate) to_the_wire: &'static str,
    /// No such exchange is kept.
    pub gone: &'static str,
    /// Too many people read the wire at once.
    pub readers: &'static str,
    pub(crate) page_shows: &'static str,
    pub(crate) page_hides: &'static str,
    pub(crate) prediction: &'static str,
    pub(crate) layer: &'static str,
    /// The units of a time that is left, from seconds to days; `*` is that time where it says how much is left.
    pub(crate) units: [&'static str; 4],
    pub(crate) left: &'static str,
    pub(crate) over: &'static str,
    pub(crate) session: &'static str,
    /// Of a cookie that the latest exchange brought, held back, or set.
    pub(crate) mark_came: &'static str,
    pub(crate) mark_held: &'static str,
    pub(crate) mark_set: &'static str,
    /// Of an answer that sets a cookie to the value that it had.
    pub(crate) same_value: &'static str,
    /// Of a cookie that only came.
    pub(crate) unknown: &'static str,
    pub(crate) no_password: &'static str,
    pub(crate) panicked: &'static str,
    pub(crate) curl_sh: &'static str,
    pub(crate) curl_password: &'static str,
    pub(crate) curl_body: &'static str,
    pub(crate) curl_hidden: &'static str,
    /// In the terminal, before what was held back, and at what was refused.
    pub(crate) held: &'static str,
    pub(crate) refused: &'static str,
    // Who may not read the wire, and why.
    /// Another machine asked.
    pub other_machine: &'static str,
    /// Another name was asked for than this machine's.
    pub other_name: &'static str,
    /// The wire is at another address of this machine.
    pub other_address: &'static str,
    /// Another page than the wire's own asked.
    pub other_page: &'static str,
    // The frame of a page.
    /// A link that leads past the head of a page.
    pub skip: &'static str,
    /// What the links in the head are about.
    pub this_lesson: &'static str,
    /// A link to the lesson's document.
    pub read_lesson: &'static str,
    /// What the frame with the wire is called.
    pub frame: &'static str,
    // Documents and contents.
    /// What the contents are called.
    pub contents: &'static str,
    /// A link to the lesson's first page, from what is served beside it.
    pub back_to_page: &'static str,
    /// The same, from a document.
    pub back_to_lesson: &'static str,
    /// What a table is called.
    pub table: &'static str,
    /// There is no document of this name.
    pub no_document: &'static str,
    /// Of a lesson, before the link or the command.
    pub serves_this: &'static str,
    /// Of another lesson that runs.
    pub running: &'static str,
    /// Of one that does not.
    pub not_running: &'static str,
    /// A link to the first page of a lesson.
    pub its_first_page: &'static str,
    /// How it is known which lesson runs: HTML.
    pub how_known: &'static str,
    // Errors.
    /// A link to the lesson's first page, in the head.
    pub first_page: &'static str,
    /// The same, on its own.
    pub to_first_page: &'static str,
    /// What stands before a request's own first line.
    pub you_sent: &'static str,
    /// The handler panicked.
    pub page_panicked: &'static str,
}

impl Labels {
    /// Whole units, the largest that fits: "3 s", "2 min", "5 h", "40 days".
    pub(crate) fn span(&self, time: Duration) -> String {
        let [s, min, h, days] = self.units;
        match time.as_secs() {
            seconds @ 0..120 => format!("{seconds} {s}"),
            seconds @ 120..7200 => format!("{} {min}", nearest(seconds, 60)),
            seconds @ 7200..172_800 => format!("{} {h}", nearest(seconds, 3600)),
            seconds => format!("{} {days}", nearest(seconds, 86_400)),
        }
    }
}

/// To the nearest: a cookie of 30 days has "30 days left" a minute later, too.
fn nearest(seconds: u64, unit: u64) -> u64 {
    (seconds + unit / 2) / unit
}

/// What a program is called, where it has a name.
fn program(program: Program) -> Option<&'static str> {
    match program {
        Program::Chromium => Some("Chromium"),
        Program::Firefox => Some("Firefox"),
        Program::WebKit => Some("Safari"),
        Program::Curl => Some("curl"),
        Program::Other => None,
    }
}

/// A client's program, and which one of it.
fn numbered(name: &str, client: &Client) -> String {
    match client.nth {
        Some(nth) if client.program != Program::Curl => format!("{name} {nth}"),
        _ => name.to_owned(),
    }
}

/// A cookie's attributes in as few words as it takes, without what goes without saying: their names.
pub(crate) fn brief(attributes: &Attributes) -> String {
    let path = Some(text(&attributes.path)).filter(|path| path != "/");
    let same_site = match attributes.same_site {
        SameSite::Strict => Some("Strict"),
        SameSite::Lax => Some("Lax"),
        SameSite::None => Some("None"),
        SameSite::Default => None,
    };
    let locks = [
        attributes.http_only.then_some("HttpOnly"),
        attributes.secure.then_some("Secure"),
        same_site,
    ];
    path.into_iter()
        .chain(locks.into_iter().flatten().map(str::to_owned))
        .collect::<Vec<_>>()
        .join(" ")
}

fn text(text: &str) -> String {
    shown(text.as_bytes())
}

/// A sentence as HTML: what stands between backticks is code.
pub fn html(sentence: &str) -> String {
    let mut html = String::with_capacity(sentence.len() + 16);
    let mut in_code = false;
    for character in sentence.chars() {
        match character {
            '`' => {
                html.push_str(if in_code { "</code>" } else { "<code>" });
                in_code = !in_code;
            }
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            character => html.push(character),
        }
    }
    if in_code {
        html.push_str("</code>");
    }
    html
}
