//! Every sentence and every label of the wire, in English, made from what is known. Another language is another file like
//! this one.
//!
//! What stands between backticks is code. No sentence says more than its fact: what can't be known is not said, and
//! nobody is blamed for what may have many causes.

use std::time::{Duration, SystemTime};

use axum::http::Method;
use cookie_rules::{Cookie, MEASURED, Note, Reason, SAFARI, SameSite, Site, http_date, shown};

use crate::projected::projected;

use super::model::facts::{
    Attributes, By, Came, Caused, Client, How, Known, KnownBy, Line, Program, SetOutcome, Status,
    Why,
};

/// A sentence, and the section that holds its rule; empty where no rule speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) section: &'static str,
}

/// What stands on the page whatever happens.
pub(crate) struct Labels {
    pub(crate) language: &'static str,
    pub(crate) title: &'static str,
    pub(crate) browser: &'static str,
    pub(crate) server: &'static str,
    pub(crate) brings: &'static str,
    pub(crate) no_cookie: &'static str,
    pub(crate) new: &'static str,
    pub(crate) newest: &'static str,
    pub(crate) form: &'static str,
    pub(crate) word: &'static str,
    pub(crate) all_of_it: &'static str,
    pub(crate) side: &'static str,
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
    pub(crate) this_browser: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) empty_jar: &'static str,
    pub(crate) nothing_of_lesson: &'static str,
    pub(crate) stopped: &'static str,
    pub(crate) too_many: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) selected: &'static str,
    pub(crate) hidden: &'static str,
    pub(crate) numbers: &'static str,
    pub(crate) guess: &'static str,
    pub(crate) stop_guessing: &'static str,
    pub(crate) answer: &'static str,
    pub(crate) store: &'static str,
    pub(crate) store_before: &'static str,
    pub(crate) store_key: &'static str,
    pub(crate) store_what: &'static str,
    pub(crate) store_until: &'static str,
    pub(crate) request: &'static str,
    pub(crate) response: &'static str,
    pub(crate) came: &'static str,
    pub(crate) absent: &'static str,
    pub(crate) set: &'static str,
    pub(crate) curl: &'static str,
    pub(crate) to_the_wire: &'static str,
    pub(crate) gone: &'static str,
    pub(crate) readers: &'static str,
    pub(crate) page_shows: &'static str,
    pub(crate) page_hides: &'static str,
    pub(crate) prediction: &'static str,
    pub(crate) layer: &'static str,
    /// The units of a time that is left, from seconds to days, and what stands around it.
    pub(crate) units: [&'static str; 4],
    pub(crate) left: &'static str,
    pub(crate) over: &'static str,
}

/// English.
pub(crate) const LABELS: Labels = Labels {
    language: "en",
    title: "The wire",
    browser: "Browser",
    server: "Server",
    brings: "brings",
    no_cookie: "no cookie",
    new: "new",
    newest: "newest",
    form: "its form:",
    word: "The server says:",
    all_of_it: "All of it",
    side: "Other requests (style sheet, icon)",
    steps: "Steps in time",
    becomes: "becomes",
    back: "One exchange back",
    forth: "One exchange on",
    now: "Now",
    pause: "Pause",
    go_on: "Go on",
    paused: "Paused.",
    more: "More",
    reload: "Reload",
    full_page: "Full page",
    hide: "Projector: hide values",
    show: "Show values",
    older: "Older exchanges",
    everybody: "Everybody",
    only: "Show",
    this_browser: "This browser only",
    nothing: "Nothing yet. Open a page of the lesson.",
    empty_jar: "Empty, as far as this server knows.",
    nothing_of_lesson: "Nothing of this lesson, as far as this server knows.",
    stopped: "The server has stopped.",
    too_many: "Not live: too many views are open.",
    copy: "Copy",
    copied: "Copied",
    selected: "Selected",
    hidden: "(hidden)",
    numbers: "A number is a jar of cookies: a browser that was closed, or a private window, may get another.",
    guess: "Guess first",
    stop_guessing: "Stop guessing",
    answer: "Show what came",
    store: "The server's store",
    store_before: "as an earlier answer left it",
    store_key: "Hash of the id",
    store_what: "Is kept",
    store_until: "Until",
    request: "The request",
    response: "The answer",
    came: "The cookies that came",
    absent: "The cookies that did not come",
    set: "How the browser reads the Set-Cookie lines",
    curl: "The same with curl",
    to_the_wire: "Back to the wire",
    gone: "This exchange is not kept: only the last ones are.",
    page_shows: "The page beside this still shows all values: load it again.",
    page_hides: "The page beside this still hides values: load it again.",
    readers: "Too many readers of the wire have not read to the end. Close some of them, and ask again.\n",
    prediction: "What is held back is a prediction, for no server can see it. “Held back” means: even if the browser still \
                 has the cookie, it may not send it here.",
    layer: "This is what a layer around the handlers sees: names of header fields in lower case, and repeated ones side by \
            side. `date` is added after it, and `content-length` where it is not here. The curl command asks the same again, with the fields that matter here.",
    units: ["s", "min", "h", "days"],
    left: "left",
    over: "its time is over",
};

fn text(text: &str) -> String {
    shown(text.as_bytes())
}

/// Whole units, the largest that fits: "3 s", "2 min", "5 h", "40 days".
pub(crate) fn span(time: Duration) -> String {
    let [s, min, h, days] = LABELS.units;
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} {s}"),
        seconds @ 120..7200 => format!("{} {min}", nearest(seconds, 60)),
        seconds @ 7200..172_800 => format!("{} {h}", nearest(seconds, 3600)),
        seconds => format!("{} {days}", nearest(seconds, 86_400)),
    }
}

/// To the nearest: a cookie of 30 days has "30 days left" a minute later, too.
fn nearest(seconds: u64, unit: u64) -> u64 {
    (seconds + unit / 2) / unit
}

/// Who sent a request: "Chromium 1", "curl".
pub(crate) fn client(client: &Client) -> String {
    let name = program(client.program);
    match client.nth {
        Some(nth) if client.program != Program::Curl => format!("{name} {nth}"),
        _ => name.to_owned(),
    }
}

fn program(program: Program) -> &'static str {
    match program {
        Program::Chromium => "Chromium",
        Program::Firefox => "Firefox",
        Program::WebKit => "Safari",
        Program::Curl => "curl",
        Program::Other => "Client",
    }
}

/// How a client was told from others.
pub(crate) fn known_by(client: &Client) -> String {
    let who = self::client(client);
    match client.known_by {
        KnownBy::Nothing => format!(
            "{who}: this request brings nothing that tells which jar it is from, so nothing is said of what did not come."
        ),
        KnownBy::Id => format!("{who}, told by the cookie that names it."),
        KnownBy::Connection => format!("{who}, told by its connection."),
        KnownBy::Location => {
            format!("{who}, told by going where an answer of a moment ago sent it.")
        }
        KnownBy::LongValue => {
            format!(
                "{who}, told by a value that only one jar was given; a copy would look the same."
            )
        }
        KnownBy::Fit => format!(
            "{who}, probably: of the jars that are known, what it brought fits this one best."
        ),
    }
}

/// Whose rules are behind the predictions for this client.
pub(crate) fn rules(client: &Client) -> String {
    match client.program {
        Program::Chromium | Program::Firefox => {
            format!("The rules are {}'s, {MEASURED}.", program(client.program))
        }
        Program::WebKit => format!("The rules are RFC 6265bis's. {SAFARI}"),
        Program::Curl | Program::Other => {
            "The rules are RFC 6265bis's; what this program does was not measured.".to_owned()
        }
    }
}

/// What caused a request, in a few words; empty where nobody says.
pub(crate) fn cause(caused: &Caused, follows: bool) -> String {
    let origin = caused.origin.as_deref().map(|origin| text(origin.trim_start_matches("http://")));
    let page = match (caused.from, origin) {
        (Site::Untold | Site::User, _) => String::new(),
        (Site::SameOrigin, _) => " of this host".to_owned(),
        (Site::SameSite, Some(origin)) => format!(" of `{origin}` (the same site)"),
        (Site::SameSite, None) => " of a sibling host (the same site)".to_owned(),
        (Site::CrossSite, Some(origin)) => format!(" of `{origin}` (another site)"),
        (Site::CrossSite, None) => " of another site".to_owned(),
    };
    let mut told = match caused.by {
        By::Untold => String::new(),
        _ if follows => "sent here by the answer before".to_owned(),
        By::User => "typed, or a bookmark".to_owned(),
        By::Navigation => format!("from a page{page}"),
        By::Form => format!("a form{page}"),
        By::Frame => format!("a frame in a page{page}"),
        By::Script => format!("a script{page}"),
        By::Preflight => format!("the browser asks first whether a script{page} may ask"),
        By::Subresource => format!("an image or the like in a page{page}"),
    };
    if caused.storage_denied {
        told.push_str("; the browser says that it keeps cookies away");
    }
    told
}

fn flag(same_site: SameSite) -> &'static str {
    match same_site {
        SameSite::Strict => "It is `SameSite=Strict`",
        SameSite::Lax => "It is `SameSite=Lax`",
        SameSite::None => "It is `SameSite=None`",
        SameSite::Default => {
            "It has no `SameSite`, which counts as `Lax` in Chromium and by RFC 6265bis"
        }
    }
}

/// The rule that holds a cookie back or has ended it, in one plain sentence.
fn rule(reason: &Reason) -> String {
    match reason {
        Reason::Path { cookie_path, request_path } => {
            format!("Its path is `{}`, and `{}` is not below it.", text(cookie_path), text(request_path))
        }
        Reason::HostOnly { domain, host } => {
            format!("It belongs to `{}` alone, and this request goes to `{}`.", text(domain), text(host))
        }
        Reason::OtherDomain { domain, host } => format!(
            "It belongs to `{}` and its subdomains, and `{}` is none of them.",
            text(domain),
            text(host)
        ),
        Reason::SecureOnly { host } => {
            format!("It is `Secure`, and the way to `{}` is not encrypted.", text(host))
        }
        Reason::SameSiteStrict => {
            "It is `SameSite=Strict`, and another site caused this request.".to_owned()
        }
        Reason::SameSiteLax { same_site } => {
            format!("{}: from another site it comes only when a page is opened by `GET`, as by a link.", flag(*same_site))
        }
        Reason::SameSiteLaxMethod { same_site, method } => format!(
            "{}: from another site it comes only when a page is opened by `GET`, as by a link, and this was a `{}`.",
            flag(*same_site),
            text(method)
        ),
        Reason::ThirdPartyBlocked => {
            "The browser keeps cookies from what a page of another site asks for.".to_owned()
        }
        Reason::StorageDenied => "Another site's page asked, and the browser says that it keeps this host's cookies from it \
                                  (`Sec-Fetch-Storage-Access`)."
            .to_owned(),
        Reason::Preflight => {
            "The browser only asks whether a script may ask, and does so without cookies.".to_owned()
        }
        Reason::Expired { at, .. } => format!("Its time was over at {}.", http_date(*at)),
        Reason::Deleted { by, .. } => format!("The answer to `{}` deleted it.", text(by)),
        Reason::Evicted { limit, .. } => {
            format!("The jar keeps {limit} cookies at most, and this one had to make room.")
        }
        // The rest is about lines that are refused, and the library's own sentence has all that there is.
        other => sentence(&other.because()),
    }
}

/// A clause as a sentence of its own.
fn sentence(clause: &str) -> String {
    let mut characters = clause.trim_end_matches('.').chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).chain(['.']).collect(),
        None => String::new(),
    }
}

/// The same where the request doesn't tell enough to apply it.
fn condition(reason: &Reason) -> String {
    match reason {
        Reason::SameSiteStrict => {
            "It is `SameSite=Strict`: it stays where another site had a part in this request."
                .to_owned()
        }
        Reason::SameSiteLax { same_site } | Reason::SameSiteLaxMethod { same_site, .. } => format!(
            "{}: it stays where a page of another site caused this request otherwise than by a link or the like.",
            flag(*same_site)
        ),
        Reason::LaxAllowingUnsafe { .. } => {
            "It has no `SameSite`, and is under 2 minutes old: Chromium sends such a cookie \
                                             even with another site's `POST`."
                .to_owned()
        }
        Reason::ThirdPartyBlocked => {
            "A browser may keep cookies from what a page of another site asks for.".to_owned()
        }
        Reason::CredentialsOmitted => {
            "A script may ask for a request without cookies (`credentials: omit`).".to_owned()
        }
        other => rule(other),
    }
}

/// What stands before a cookie that did not come.
pub(crate) fn absent_lead(why: &Why) -> &'static str {
    match why {
        Why::HeldBack(_) => "held back",
        Why::MayBeHeldBack(_) => "may be held back",
        Why::Ended { .. } => "ended",
        Why::Missing => "missing",
        Why::UnderWay => "under way",
    }
}

/// Why a cookie did not come.
pub(crate) fn absent(why: &Why) -> Said {
    let (text, section) = match why {
        Why::HeldBack(reason) => (rule(reason), reason.section()),
        Why::MayBeHeldBack(reason) => (condition(reason), reason.section()),
        Why::Ended { reason, .. } => (rule(reason), reason.section()),
        Why::Missing => (
            "We expected it, but it did not come. It may have been deleted or pushed out, changed by a script or by another port, \
             gone with a browser that was closed; or the request sends no cookies (`credentials: omit`)."
                .to_owned(),
            "",
        ),
        Why::UnderWay => {
            ("An answer that set or deleted it may have been under way at the time.".to_owned(), "")
        }
    };
    Said { text, section }
}

/// The rule that held a cookie back, in a word, for a terminal.
pub(crate) fn in_a_word(reason: &Reason) -> &'static str {
    match reason {
        Reason::Path { .. } => "path",
        Reason::HostOnly { .. } | Reason::OtherDomain { .. } => "host",
        Reason::SecureOnly { .. } => "Secure",
        Reason::SameSiteStrict | Reason::SameSiteLax { .. } | Reason::SameSiteLaxMethod { .. } => {
            "SameSite"
        }
        _ => "rule",
    }
}

/// A word at a cookie that came otherwise than as this server set it; empty where there is nothing to remark.
pub(crate) fn came_tag(how: &How) -> &'static str {
    match how {
        How::AsSet { .. } | How::BrowserId | How::Alike => "",
        How::UnderWay => "under way",
        How::OtherValue { .. } => "another value",
        How::AgainstRules { .. } => "unexpected",
        How::NotSetHere => "not set in this run",
    }
}

/// How a cookie that came compares with what was to come. `hidden` tells a value that must not be shown.
pub(crate) fn came(came: &Came, value: impl Fn(&[u8]) -> String) -> Said {
    let (text, section) = match &came.how {
        How::AsSet { path, might_have_stayed: None } => {
            (format!("As this server set it, for the path `{}`.", text(path)), "")
        }
        How::AsSet { might_have_stayed: Some(reason), .. } => {
            (format!("It came, as this server set it. {}", condition(reason)), reason.section())
        }
        How::UnderWay => (
            "An answer that changed it may have been under way: this is how it was, or how it became.".to_owned(),
            "",
        ),
        How::OtherValue { was } => (
            format!(
                "This server knew it as `{}`. A script, a hand, another port or another browser with a copy may have \
                 changed it since.",
                value(was)
            ),
            "",
        ),
        How::AgainstRules { rule: reason } => (
            format!(
                "The one that this server set was not to come: {} A script, a hand or another port may have set one more.",
                rule(reason)
            ),
            reason.section(),
        ),
        How::NotSetHere => (
            "This run of the server has not set it: an earlier run, another port, a script or a hand may have.".to_owned(),
            "",
        ),
        How::Alike => ("This server set one like it; whether for this client is not clear.".to_owned(), ""),
        How::BrowserId => ("It tells this browser from others, for the wire.".to_owned(), ""),
    };
    Said { text, section }
}

/// What stands before a cookie that an answer names.
pub(crate) fn set_lead(outcome: &SetOutcome) -> &'static str {
    match outcome {
        SetOutcome::Stored(_) | SetOutcome::Replaced { .. } => "sets",
        SetOutcome::Deleted { .. } => "deletes",
        SetOutcome::AsksToDelete { .. } | SetOutcome::OtherCookie { .. } => "asks to delete",
        SetOutcome::Refused { certain: true, .. } => "refused by the browser",
        SetOutcome::Refused { certain: false, .. } => "may be refused",
        SetOutcome::Elsewhere(_) => "sets elsewhere",
        SetOutcome::NoHost => "sets for no host",
    }
}

/// What becomes of a line, where its lead doesn't say all of it.
pub(crate) fn set(outcome: &SetOutcome) -> Said {
    let (text, section) = match outcome {
        SetOutcome::Stored(_) | SetOutcome::Replaced { .. } | SetOutcome::Deleted { .. } => (String::new(), ""),
        SetOutcome::AsksToDelete { .. } => (
            "It is gone if its path and its domain are those of this line. This run of the server did not set it, so it \
             can't know."
                .to_owned(),
            "RFC 6265bis §5.7",
        ),
        SetOutcome::OtherCookie { rule: Reason::DeleteOtherPath { asked, stored, .. }, .. } => (
            format!(
                "This line is for the path `{}`. The one that this server set has the path `{}`, and stays.",
                text(asked),
                text(stored)
            ),
            "RFC 6265bis §5.7",
        ),
        SetOutcome::OtherCookie { rule: reason, .. } => {
            (sentence(&reason.because()), reason.section())
        }
        SetOutcome::Refused { rule: reason, .. } => (rule(reason), reason.section()),
        SetOutcome::Elsewhere(_) => (
            "A page of another site asked, without cookies. The browser keeps this in a jar of that page, or not at all."
                .to_owned(),
            "",
        ),
        SetOutcome::NoHost => {
            ("The request named no host that cookies could belong to.".to_owned(), "")
        }
    };
    Said { text, section }
}

/// What a browser ignores in a line, or fills in.
pub(crate) fn note(note: &Note, program: Program) -> Said {
    let text = match note {
        Note::HostOnly { host } => format!("No `Domain`, so it goes to `{}` alone, not to its subdomains.", text(host)),
        Note::SameSiteDefault => match program {
            Program::Chromium => {
                "No usable `SameSite`, so it counts as `Lax`: from another site it comes only when a page is opened by `GET`, as by a link.".to_owned()
            }
            Program::Firefox => "No usable `SameSite`, and to Firefox that is no lock: it comes from other sites, too, \
                                 unless Firefox keeps all cookies from them."
                .to_owned(),
            _ => "No usable `SameSite`: by RFC 6265bis it counts as `Lax`, and not every browser does so.".to_owned(),
        },
        Note::Session => "Neither `Max-Age` nor `Expires`, so it lives until the browser closes.".to_owned(),
        Note::DefaultPath { path, from } => format!(
            "No `Path`, so `{}`, which is `{}` up to its last `/`.",
            text(path),
            text(from)
        ),
        other => {
            let told = other.to_string();
            // Its first word says what the page says already: "Ignored: …".
            sentence(told.split_once(": ").map_or(&*told, |(_, rest)| rest))
        }
    };
    Said { text, section: note.section() }
}

/// Of an answer that sets a cookie to the value that it had.
pub(crate) const SAME_VALUE: &str = "the same value";

/// The path of a cookie.
pub(crate) fn path(path: &str) -> String {
    if path == "/" { "every path".to_owned() } else { format!("`{}` and below", text(path)) }
}

/// Which hosts a cookie is for.
pub(crate) fn hosts(domain: &str, host_only: bool) -> String {
    if host_only { text(domain) } else { format!("{} and its subdomains", text(domain)) }
}

/// How long a cookie lives, as of `now`.
pub(crate) fn life(expiry: Option<SystemTime>, now: SystemTime) -> String {
    match expiry.map(|expiry| expiry.duration_since(now)) {
        None => "until the browser closes".to_owned(),
        Some(Ok(left)) if !left.is_zero() => format!("{} {}", span(left), LABELS.left),
        Some(_) => LABELS.over.to_owned(),
    }
}

/// The locks of a cookie: who may read it, and which requests it goes along with.
pub(crate) fn locks(attributes: &Attributes, program: Program) -> Vec<&'static str> {
    let mut locks = Vec::new();
    if attributes.http_only {
        locks.push("hidden from scripts (`HttpOnly`)");
    }
    if attributes.secure {
        locks.push("https or this machine only (`Secure`)");
    }
    locks.push(match (attributes.same_site, program) {
        (SameSite::Strict, _) => "not with other sites' requests (`Strict`)",
        (SameSite::Lax, _) => "other sites: links and the like (`Lax`)",
        (SameSite::Default, Program::Chromium) => {
            "other sites: links and the like (`Lax`, Chromium's default)"
        }
        (SameSite::Default, _) => "nothing said of other sites (no `SameSite`)",
        (SameSite::None, _) => "other sites too (`None`)",
    });
    locks
}

/// The same in as few words as it takes, without what goes without saying: the names of the attributes.
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

/// Of a cookie that only came.
pub(crate) const UNKNOWN: &str = "path, expiry and locks: ?";

/// What is to be said of a cookie that may be, or is, in the jar no more.
pub(crate) fn status(known: &Known) -> String {
    match known.status {
        Status::Held | Status::Left if known.under_way => {
            "two answers were under way at once: it may be otherwise, or gone".to_owned()
        }
        Status::Held | Status::Left if known.altered => {
            "this value was not set here: what follows may not hold for it".to_owned()
        }
        Status::Held | Status::Left => String::new(),
        Status::Missing { since } => {
            format!("did not come with exchange {since}: the browser may have it no more")
        }
        Status::AskedToDelete { by } => {
            format!(
                "exchange {by} asked to delete it: it is gone if its path and domain are those asked for"
            )
        }
        Status::Deleted { by } => format!("deleted by exchange {by}"),
    }
}

/// In the jar, at a cookie that the latest exchange brought, held back, or set.
pub(crate) const CAME: &str = "came";
pub(crate) const STAYED: &str = "held back";
pub(crate) const SET: &str = "set";

/// Whose jar it is.
pub(crate) fn jar_of(client: &Client, at: Option<u64>) -> String {
    let who = self::client(client);
    match at {
        None => format!("The jar of {who}"),
        Some(number) => format!("The jar of {who} after exchange {number}"),
    }
}

/// The jar of another client, in a line.
pub(crate) fn other_jar(client: &Client, cookies: usize) -> String {
    format!("{}: {}", self::client(client), cookies_in_words(cookies))
}

/// The jars of several clients that have one name.
pub(crate) fn other_jars(name: &str, jars: usize) -> String {
    format!("{name}: {jars} jars")
}

fn cookies_in_words(count: usize) -> String {
    if count == 1 { "1 cookie".to_owned() } else { format!("{count} cookies") }
}

pub(crate) fn not_set_here(count: usize) -> String {
    format!("{count} more that this server did not set")
}

pub(crate) fn ids(count: usize) -> String {
    let tell = if count == 1 { "tells" } else { "tell" };
    format!("{count} that {tell} this browser from others")
}

/// At an arrow, what came and is not shown: how many that tell this browser from others, and how many that are not of this
/// lesson. Empty where nothing did. `alone`: none is shown.
pub(crate) fn others(alone: bool, ids: usize, count: usize) -> String {
    let in_words =
        |count| if count == 1 { "1 other".to_owned() } else { format!("{count} others") };
    match (alone, ids, count) {
        (_, 0, 0) => String::new(),
        (false, ..) => format!("and {}", in_words(ids + count)),
        (true, 0, _) => format!("none of this lesson's, {}", in_words(count)),
        (true, _, 0) => "only what tells this browser from others".to_owned(),
        (true, ..) => format!("only what tells this browser from others and {}", in_words(count)),
    }
}

pub(crate) fn not_kept(count: usize) -> String {
    format!("{count} more than are kept here")
}

pub(crate) fn panicked() -> &'static str {
    "The handler panicked, and the classroom answered in its place. The terminal says where."
}

pub(crate) fn goes_on(location: &[u8]) -> String {
    format!("go to `{}`", shown(location))
}

/// The body of a request that is not shown, or not all of it.
pub(crate) fn body(size: Option<u64>, form: bool) -> String {
    let size = size.map_or(String::new(), |size| format!(" of {size} bytes"));
    if form {
        format!("a form{size}: its start is kept")
    } else {
        format!("a body{size}, not kept")
    }
}

pub(crate) const NO_PASSWORD: &str = "(a password: not kept)";

/// Where one stands in time.
pub(crate) fn place(place: usize, of: usize) -> String {
    format!("{place} of {of}")
}

/// The newest exchange in one sentence, for those who hear the page.
pub(crate) fn summary(
    who: &str,
    method: &Method,
    target: &str,
    came: &[String],
    others: &str,
    held: &[String],
    set: &[String],
) -> String {
    let list = |names: &[String]| names.join(", ");
    let mut told = format!("{who}: {method} {target}. ");
    told.push_str(&match (came, others) {
        ([], "") => "No cookie came".to_owned(),
        ([], others) => format!("Came: {others}"),
        (came, "") => format!("Came: {}", list(came)),
        (came, others) => format!("Came: {} {others}", list(came)),
    });
    if !held.is_empty() {
        told.push_str(&format!("; held back: {}", list(held)));
    }
    if !set.is_empty() {
        told.push_str(&format!("; the answer names {}", list(set)));
    }
    told.push('.');
    told
}

pub(crate) fn lesson(number: u16, title: &str) -> String {
    format!("Lesson {number}: {title}")
}

/// How many exchanges and clients there were, where not all are kept.
pub(crate) fn bounds(count: u64, kept: usize) -> String {
    format!("{count} exchanges so far; the last {kept} are kept.")
}

/// The question before an exchange is shown.
pub(crate) fn question(method: &Method, target: &str, cause: &str) -> String {
    let cause = if cause.is_empty() { String::new() } else { format!(" ({cause})") };
    format!("`{method} {target}`{cause}: which of the jar's cookies came with it?")
}

/// What became of the guesses.
pub(crate) fn score(right: u32, of: u32) -> String {
    format!("Guessed right: {right} of {of}.")
}

/// What the last guess was worth.
pub(crate) fn guessed(wrong: &[(String, bool)]) -> String {
    if wrong.is_empty() {
        return "All of them right.".to_owned();
    }
    let told = |(name, came): &(String, bool)| {
        if *came { format!("`{name}` came") } else { format!("`{name}` did not come") }
    };
    format!("Otherwise than guessed: {}.", wrong.iter().map(told).collect::<Vec<_>>().join(", "))
}

/// The title of an exchange's own page.
pub(crate) fn exchange(number: u64) -> String {
    format!("Exchange {number}")
}

/// When, and how long it took.
pub(crate) fn when(at: SystemTime, took: Duration) -> String {
    format!("{}, answered within {} ms.", http_date(at), took.as_millis())
}

/// Of a curl command that not every shell reads alike, and of what it can't hold.
pub(crate) fn curl_note(
    portable: bool,
    has_password: bool,
    body_missing: bool,
    hidden: bool,
) -> String {
    let mut notes = Vec::new();
    if !portable {
        notes.push(
            "For sh alone: it holds a character that cmd or PowerShell would read otherwise.",
        );
    }
    if has_password {
        notes.push("Passwords are not kept: write yours in the place of PASSWORD.");
    }
    if body_missing {
        notes.push("The body is not kept: write its fields in the place of FIELDS.");
    }
    if hidden {
        notes.push("What the projector hides is not in it.");
    }
    notes.join(" ")
}

/// How a pair that came compares with what was to come, as the end of a sentence of a lesson's own page.
pub(crate) fn remark(how: &How, known_by: KnownBy) -> &'static str {
    match how {
        How::AsSet { might_have_stayed: Some(Reason::LaxAllowingUnsafe { .. }), .. } => {
            "as predicted: no SameSite, and under 2 minutes old, which Chromium sends"
        }
        How::AsSet { .. } => "as predicted",
        How::UnderWay => "as it was before an answer, or after it",
        How::OtherValue { .. } => "with another value than this server set",
        How::AgainstRules { .. } => {
            "against the prediction: a script or another port may have set it, or this browser has another rule"
        }
        How::BrowserId => "this workbench's own: it tells your browser from others",
        How::Alike | How::NotSetHere if known_by == KnownBy::Nothing => {
            "nothing in this request tells whose it is"
        }
        How::Alike => "this server set one like it; whether for your browser is not clear",
        How::NotSetHere => {
            "not set here for your browser: by an earlier run, by another server on localhost, or by hand"
        }
    }
}

/// Why a cookie did not come, in a line of a lesson's own page.
pub(crate) fn withheld(why: &Why) -> String {
    in_a_line(absent_lead(why), &absent(why).text)
}

/// What became of a `Set-Cookie` line, in a line of a lesson's own page.
pub(crate) fn outcome(line: &Line) -> String {
    let (receipt, old) = match &line.outcome {
        SetOutcome::Stored(receipt) => (receipt, None),
        SetOutcome::Replaced { receipt, old } => (receipt, Some(old)),
        SetOutcome::Deleted { receipt, old } => {
            let value = shown_on_a_page(old);
            return format!("Deleted `{}={value}`.", shown(&receipt.cookie.name));
        }
        other => {
            let what = line.receipt().map(|receipt| format!(" `{}`", shown(&receipt.cookie.name)));
            let lead = format!("{}{}", set_lead(other), what.unwrap_or_default());
            return in_a_line(&lead, &set(other).text);
        }
    };
    let cookie = &receipt.cookie;
    let name =
        if cookie.name.is_empty() { String::new() } else { format!("{}=", shown(&cookie.name)) };
    let mut told = format!("Stored `{name}{}`", shown_on_a_page(cookie));
    if let Some(old) = old {
        told.push_str(&format!(" in place of `{}`", shown_on_a_page(old)));
    }
    told.push('.');
    if let Some(cap) = receipt.notes.iter().find(|note| matches!(note, Note::Capped { .. })) {
        told.push_str(&format!(" {cap}"));
    }
    told
}

/// A value, as far as a lesson's page may show it: the projector may be on.
fn shown_on_a_page(cookie: &Cookie) -> String {
    let value = String::from_utf8_lossy(&cookie.value);
    shown(projected(&value, cookie.http_only).as_bytes())
}

/// A lead that begins a sentence, and the sentence.
fn in_a_line(lead: &str, text: &str) -> String {
    let (first, rest) = lead.split_at(lead.len().min(1));
    format!("{}{rest}. {text}", first.to_uppercase()).trim_end().to_owned()
}

/// In the terminal.
pub(crate) struct Terminal {
    pub(crate) held: &'static str,
    pub(crate) refused: &'static str,
}

pub(crate) const TERMINAL: Terminal = Terminal { held: "held back: ", refused: "refused" };

pub(crate) fn left_out(count: u64) -> String {
    format!("… {count} exchanges left out: they came faster than anybody reads\n")
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use cookie_rules::{HostPrefixFault, Receipt};

    use super::*;

    #[test]
    fn a_time_is_told_to_the_nearest_unit() {
        let told = |seconds| span(Duration::from_secs(seconds));
        let days = 24 * 60 * 60;
        assert_eq!(told(30 * days - 60), "30 days");
        assert_eq!(told(29 * days + days / 3), "29 days");
        assert_eq!([told(119), told(120), told(30 * 60 - 1)], ["119 s", "2 min", "30 min"]);
    }

    fn receipt() -> Receipt {
        let cookie = Cookie {
            name: b"cart".to_vec(),
            value: b"1".to_vec(),
            domain: "localhost".to_owned(),
            host_only: true,
            path: "/shop".to_owned(),
            creation: UNIX_EPOCH,
            last_access: UNIX_EPOCH,
            expiry: None,
            secure: false,
            http_only: false,
            partitioned: false,
            same_site: SameSite::Default,
        };
        Receipt { cookie, notes: Vec::new() }
    }

    fn reasons() -> Vec<Reason> {
        let (cookie_path, request_path) = ("/shop".to_owned(), "/shopping".to_owned());
        let (domain, host) = ("a.localhost".to_owned(), "b.localhost".to_owned());
        vec![
            Reason::Path { cookie_path, request_path },
            Reason::HostOnly { domain: domain.clone(), host: host.clone() },
            Reason::OtherDomain { domain, host: host.clone() },
            Reason::SecureOnly { host },
            Reason::SameSiteStrict,
            Reason::SameSiteLax { same_site: SameSite::Lax },
            Reason::SameSiteLaxMethod { same_site: SameSite::Default, method: "POST".to_owned() },
            Reason::StorageDenied,
            Reason::ThirdPartyBlocked,
            Reason::Preflight,
            Reason::Expired { at: UNIX_EPOCH, ago: Duration::from_secs(3) },
            Reason::Deleted { by: "/logout".to_owned(), ago: Duration::from_secs(3) },
            Reason::SameSiteNoneWithoutSecure,
            Reason::HostPrefix { name: b"__Host-a".to_vec(), fault: HostPrefixFault::NotSecure },
        ]
    }

    fn came_as(how: How) -> Came {
        Came {
            name: b"cart".to_vec(),
            value: b"1".to_vec(),
            ours: true,
            news: false,
            http_only: false,
            how,
        }
    }

    /// Every fact that has a sentence, with it.
    fn everything() -> Vec<(String, String)> {
        let mut all = Vec::new();
        let mut add = |fact: String, said: String| all.push((fact, said));
        let mut absences = vec![Why::Missing, Why::UnderWay];
        let mut cames = vec![
            How::UnderWay,
            How::NotSetHere,
            How::Alike,
            How::BrowserId,
            How::OtherValue { was: b"2".to_vec() },
        ];
        let mut outcomes = vec![SetOutcome::NoHost, SetOutcome::Elsewhere(receipt())];
        outcomes.push(SetOutcome::AsksToDelete { receipt: receipt(), came: true });
        for reason in reasons() {
            absences.push(Why::HeldBack(reason.clone()));
            absences.push(Why::MayBeHeldBack(reason.clone()));
            absences.push(Why::Ended { reason: reason.clone(), news: true });
            cames
                .push(How::AsSet { path: "/".to_owned(), might_have_stayed: Some(reason.clone()) });
            cames.push(How::AgainstRules { rule: reason.clone() });
            outcomes.push(SetOutcome::Refused { rule: reason.clone(), certain: true });
            outcomes.push(SetOutcome::Refused { rule: reason.clone(), certain: false });
            outcomes.push(SetOutcome::OtherCookie { receipt: receipt(), rule: reason });
        }
        for why in absences {
            assert!(!absent_lead(&why).is_empty());
            add(format!("{why:?}"), absent(&why).text);
        }
        for how in cames {
            let fact = format!("{how:?}");
            add(fact, came(&came_as(how), shown).text);
        }
        for outcome in outcomes {
            assert!(!set_lead(&outcome).is_empty());
            add(format!("{outcome:?}"), set(&outcome).text);
        }
        for known_by in [
            KnownBy::Nothing,
            KnownBy::Id,
            KnownBy::Connection,
            KnownBy::Location,
            KnownBy::LongValue,
            KnownBy::Fit,
        ] {
            for program in [
                Program::Chromium,
                Program::Firefox,
                Program::WebKit,
                Program::Curl,
                Program::Other,
            ] {
                let client = Client { program, nth: Some(1), jar: Some(1), known_by };
                add(format!("{client:?}"), super::known_by(&client));
                add(format!("{program:?}"), rules(&client));
                add(format!("{program:?}"), note(&Note::SameSiteDefault, program).text);
            }
        }
        all
    }

    #[test]
    fn every_fact_has_a_sentence_and_none_blames_anybody() {
        for (fact, said) in everything() {
            assert!(said.ends_with(['.', ')']) && said.len() > 10, "{fact}: {said:?}");
            assert!(
                said.starts_with(|first: char| !first.is_lowercase()) || said.starts_with("curl"),
                "{said}"
            );
            for word in [
                "somebody", "attack", "wrong", "fault", "mistake", "blame", "you ", "your",
                "Withheld", "Rejected",
            ] {
                assert!(!said.contains(word), "{fact} has {word:?}: {said}");
            }
            assert_eq!(said.matches('`').count() % 2, 0, "{said}");
        }
    }

    #[test]
    fn what_is_not_certain_is_not_said_as_if_it_were() {
        let certain = |said: &str| {
            !["may", "if ", "where ", "can't know"].iter().any(|hedge| said.contains(hedge))
        };
        assert!(!certain(&absent(&Why::Missing).text));
        assert!(!certain(&absent(&Why::UnderWay).text));
        assert!(!certain(&came(&came_as(How::UnderWay), shown).text));
        assert!(!certain(&came(&came_as(How::NotSetHere), shown).text));
        assert!(!certain(&came(&came_as(How::OtherValue { was: b"2".to_vec() }), shown).text));
        // This run set the very pair: nobody else is named for it.
        assert!(!remark(&How::Alike, KnownBy::Id).contains("another server"));
        assert!(!certain(&set(&SetOutcome::AsksToDelete { receipt: receipt(), came: false }).text));
        for reason in
            reasons().into_iter().filter(|reason| format!("{reason:?}").starts_with("SameSite"))
        {
            let same_site_none = matches!(reason, Reason::SameSiteNoneWithoutSecure);
            assert!(same_site_none || !certain(&condition(&reason)), "{}", condition(&reason));
        }
    }

    #[test]
    fn sentences_read_so() {
        let held = |reason: &Reason| absent(&Why::HeldBack(reason.clone())).text;
        let [path, .., prefix] = &reasons()[..] else { unreachable!("there are many") };
        assert_eq!(held(path), "Its path is `/shop`, and `/shopping` is not below it.");
        assert_eq!(
            held(&Reason::SameSiteStrict),
            "It is `SameSite=Strict`, and another site caused this request."
        );
        assert_eq!(
            set(&SetOutcome::Refused { rule: prefix.clone(), certain: true }).text,
            "The name `__Host-a` starts with `__Host-`, but the cookie is not `Secure`."
        );
        let caused = |by, from, origin: Option<&str>| {
            let origin = origin.map(str::to_owned);
            cause(&Caused { by, from, origin, storage_denied: false }, false)
        };
        assert_eq!(caused(By::User, Site::User, None), "typed, or a bookmark");
        assert_eq!(caused(By::Navigation, Site::SameOrigin, None), "from a page of this host");
        assert_eq!(
            caused(By::Form, Site::CrossSite, Some("http://mallory.localhost:3004")),
            "a form of `mallory.localhost:3004` (another site)"
        );
        assert_eq!(caused(By::Untold, Site::Untold, None), "");
        let now = UNIX_EPOCH + Duration::from_secs(100);
        assert_eq!(life(None, now), "until the browser closes");
        assert_eq!(life(Some(now + Duration::from_secs(9)), now), "9 s left");
        assert_eq!(life(Some(now), now), "its time is over");
    }

    #[test]
    fn a_span_is_told_in_its_largest_unit() {
        for (seconds, told) in
            [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (172_800, "2 days")]
        {
            assert_eq!(span(Duration::from_secs(seconds)), told);
        }
    }
}
