//! English.

use std::{
    io,
    path::Path,
    time::{Duration, SystemTime},
};

use cookie_rules::{Cookie, MEASURED, Note, Reason, SAFARI, SameSite, Site, http_date, shown};
use http::{Method, StatusCode};

use super::{Heard, Labels, Words, html, numbered, program, text};
use crate::facts::{
    Attributes, By, Caused, Client, How, Known, KnownBy, Line, Program, SetOutcome, Status, Why,
};

pub(crate) struct English;

pub(crate) const LABELS: Labels = Labels {
    language: "en",
    name: "English",
    colon: ": ",
    gap: " ",
    stop: ".",
    title: "The wire",
    browser: "Browser",
    client: "Client",
    server: "Server",
    brings: "brings",
    no_cookie: "no cookie",
    new: "new",
    newest: "newest",
    form: "its form:",
    word: "The server says:",
    all_of_it: "All of it",
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
    only: "Show:",
    nothing: "Nothing yet. Open a page of the lesson.",
    empty_jar: "Empty, as far as this server knows.",
    curls_jar: "As a file of curl's would have it: a call without `-c` writes nothing down.",
    whose_jar: "Nothing tells whose jar the newest request is from",
    other_jars: "See the jar of:",
    nothing_of_lesson: "None of this server's cookies, as far as it knows.",
    stopped: "The server has stopped.",
    too_many: "Not live: too many views are open.",
    copy: "Copy",
    copied: "Copied",
    selected: "Selected",
    hidden: "(hidden)",
    numbers: "A number behind a name is a jar of cookies: a browser that was closed, or a private window, may get another. Without one, it may be any of them; with a “?” it only seems to be that one.",
    guess: "Guess first",
    stop_guessing: "Stop guessing",
    guessing: "You guess first: when a request comes with cookies to guess, you are asked before it is shown.",
    answer: "Show what came",
    store: "The server's store",
    store_before: "as an earlier answer left it",
    store_key: "Hash of the id",
    store_what: "Is kept",
    store_until: "Until",
    store_empty: "Nothing is kept.",
    request: "The request",
    response: "The answer",
    came: "The cookies that came",
    absent: "The cookies that did not come",
    set: "How the browser reads the Set-Cookie lines",
    curl: "The same with curl",
    to_the_wire: "Back to the wire",
    gone: "No such exchange is kept: only the last ones of this run of the server are.",
    page_shows: "The page beside this still shows all values: load it again.",
    page_hides: "The page beside this still hides values: load it again.",
    readers: "Too many readers of the wire have not read to the end. Close some of them, and ask again.\n",
    prediction: "What is held back is a prediction, for no server can see it. “Held back” means: even if the browser still \
                 has the cookie, it may not send it here.",
    layer: "This is what a layer around the handlers sees: names of header fields in lower case, and repeated ones side by \
            side. `date` is added after it, and `content-length` where it is not here. The curl command asks the same again, with the fields that matter here.",
    units: ["s", "min", "h", "days"],
    left: "* left",
    over: "its time is over",
    session: "until the browser closes",
    mark_came: "came",
    mark_held: "held back",
    mark_set: "set",
    same_value: "the same value",
    unknown: "path, expiry and locks: ?",
    no_password: "(a password: not kept)",
    panicked: "The handler panicked, and the classroom answered in its place. The terminal says where.",
    curl_sh: "For sh alone: it holds a character that cmd or PowerShell would read otherwise.",
    curl_password: "Passwords are not kept: write yours in the place of PASSWORD.",
    curl_body: "The body is not kept: write its fields in the place of FIELDS.",
    curl_hidden: "What the projector hides is not in it.",
    held: "held back: ",
    refused: "refused",
    other_machine: "The wire shows what browsers sent: it is for this machine alone, and you come from another.",
    other_name: "The wire is for this machine alone: ask for it at http://127.0.0.1, by the name of no other host.",
    other_address: "The wire is at http://127.0.0.1 alone, where no page of a lesson is: no script of one may read it.",
    other_page: "Only the wire's own page may read it, or change how it is shown.",
    skip: "Skip to the page",
    this_lesson: "This lesson",
    read_lesson: "Read the lesson",
    frame: "The wire: what was sent, what was held back, and why",
    contents: "Contents",
    back_to_page: "Back to the page",
    back_to_lesson: "Back to the lesson's page",
    table: "Table",
    no_document: "No document of this course has this name.",
    serves_this: "running, and serves this page: ",
    running: "running: ",
    not_running: "not running: ",
    its_first_page: "its first page",
    how_known: "Whether a lesson is running was asked when this page was made, at its usual port: 3000 and its number. One \
                that runs on another <code>PORT</code> can't be known.",
    first_page: "First page",
    to_first_page: "To this host's first page",
    you_sent: "You sent",
    page_panicked: "The handler of this page panicked. The terminal says where.",
};

impl Words for English {
    fn labels(&self) -> &'static Labels {
        &LABELS
    }

    fn client(&self, client: &Client) -> String {
        numbered(program(client.program).unwrap_or("Client"), client)
    }

    fn known_by(&self, client: &Client, who: &str) -> String {
        match client.known_by {
            KnownBy::Nothing => {
                let from_here = client.nth.map_or(String::new(), |_| {
                    format!(" From here on, it is {}'s.", self.client(client))
                });
                format!(
                    "Nothing that this request brings tells which jar it is from, so nothing is said of what did not \
                     come.{from_here}"
                )
            }
            KnownBy::Id => {
                format!("{who}, told by the cookie that names it; a copy would look the same.")
            }
            KnownBy::Connection => format!("{who}, told by its connection."),
            KnownBy::Recognised => format!(
                "{who}, told by its connection, over which it was recognised by what it brought; a copy would look the \
                 same."
            ),
            KnownBy::Location => {
                format!("{who}, told by going where an answer of a moment ago sent it.")
            }
            KnownBy::LongValue => {
                let kind = program(client.program).unwrap_or("client");
                format!(
                    "{who}, told by a long value that no other {kind} is known to have; a copy would look the same."
                )
            }
            KnownBy::Fit => format!(
                "{who}, probably: of the jars that are known, what it brought fits this one best."
            ),
        }
    }

    fn rules(&self, client: &Client) -> String {
        match (client.program, program(client.program)) {
            (Program::Chromium | Program::Firefox, Some(name)) => {
                format!("The rules are {name}'s, {MEASURED}.")
            }
            (Program::WebKit, _) => format!("The rules are RFC 6265bis's. {SAFARI}"),
            _ => "The rules are RFC 6265bis's; what this program does was not measured.".to_owned(),
        }
    }

    fn cause(&self, caused: &Caused, follows: bool) -> String {
        let origin =
            caused.origin.as_deref().map(|origin| text(origin.trim_start_matches("http://")));
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
            By::User => "typed, bookmark, another program, reload, or back".to_owned(),
            By::Ahead => "fetched ahead, before anybody asked for it".to_owned(),
            By::Navigation => format!("from a page{page}, a reload, or back"),
            By::Form => format!("a form{page}, or a reload"),
            By::Frame => format!("a frame in a page{page}"),
            By::Download => format!("a download in a page{page}"),
            By::Script => format!("a script{page}, or the like"),
            By::Preflight => format!("the browser asks first whether a script{page} may ask"),
            By::Subresource => format!("an image or the like in a page{page}"),
        };
        if caused.storage_denied {
            told.push_str("; the browser says that the cookies of its main jar stay away");
        }
        told
    }

    fn absent_lead(&self, why: &Why) -> &'static str {
        match why {
            Why::HeldBack(_) => "held back",
            Why::MayBeHeldBack(_) => "may be held back",
            Why::Ended { .. } => "ended",
            Why::Missing => "missing",
            Why::UnderWay => "under way",
        }
    }

    fn why(&self, why: &Why) -> String {
        match why {
            Why::HeldBack(reason) | Why::Ended { reason, .. } => rule(reason),
            Why::MayBeHeldBack(reason) => condition(reason),
            Why::Missing => {
                "We expected it, but it did not come. It may have been deleted, pushed out or never let in, changed by a script or by another port, \
                 set in another browser with a copy of these cookies, gone with a browser that was closed; or the request sends no cookies (`credentials: omit`, or curl without `-b`)."
                    .to_owned()
            }
            Why::UnderWay => {
                "An answer that set or deleted it may have been under way, or have gone to a jar that may be this one.".to_owned()
            }
        }
    }

    fn in_a_word(&self, reason: &Reason) -> &'static str {
        match reason {
            Reason::Path { .. } => "path",
            Reason::HostOnly { .. } | Reason::OtherDomain { .. } => "host",
            Reason::SecureOnly { .. } => "Secure",
            Reason::SameSiteStrict
            | Reason::SameSiteLax { .. }
            | Reason::SameSiteLaxMethod { .. } => "SameSite",
            _ => "rule",
        }
    }

    fn came_tag(&self, how: &How) -> &'static str {
        match how {
            How::AsSet { .. } | How::BrowserId | How::Alike => "",
            How::UnderWay => "under way",
            How::AlikeDeleted { .. } => "deleted before",
            How::OtherValue { .. } => "another value",
            How::AgainstRules { .. } => "unexpected",
            How::NotSetHere => "not set in this run",
        }
    }

    fn how(&self, how: &How, value: &dyn Fn(&[u8]) -> String) -> String {
        match how {
            How::AsSet { path, might_have_stayed: None } => {
                format!("As this server set it, for the path `{}`.", text(path))
            }
            How::AsSet { might_have_stayed: Some(reason), .. } => {
                let lead = match reason {
                    Reason::LaxAllowingUnsafe { .. } => "It came, as this server set it.",
                    _ => "It came, as this server set it, though this rule might have kept it.",
                };
                format!("{lead} {}", condition(reason))
            }
            How::UnderWay => {
                "An answer that changed it may have been under way, or have gone to a jar that may be this one: this is how it was, or how it became.".to_owned()
            }
            How::OtherValue { was } => format!(
                "This server knew it as `{}`. A script, a hand, another port or another browser with a copy may have \
                 changed it since.",
                value(was)
            ),
            How::AgainstRules { rule: reason } => format!(
                "The one that this server set was not to come: {} A script, a hand or another port may have set one more.",
                rule(reason)
            ),
            How::NotSetHere => {
                "This run of the server has not set it: an earlier run, another port, a script or a hand may have.".to_owned()
            }
            How::Alike => "This server set one like it; whether it is that one, for this client, is not clear.".to_owned(),
            How::AlikeDeleted { by } => format!(
                "This server set one like it, and exchange {by} deleted that. It may be a copy, or set again by a script or a hand."
            ),
            How::BrowserId => "It tells this browser from others, for the wire.".to_owned(),
        }
    }

    fn set_lead(&self, outcome: &SetOutcome) -> &'static str {
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

    fn outcome(&self, outcome: &SetOutcome) -> String {
        match outcome {
            SetOutcome::Stored(_) | SetOutcome::Replaced { .. } | SetOutcome::Deleted { .. } => String::new(),
            SetOutcome::AsksToDelete { came: true, .. } => {
                "The browser deletes it if it has this line's path and domain. A `Cookie` header names neither, so the server can't know."
                    .to_owned()
            }
            SetOutcome::AsksToDelete { came: false, .. } => {
                "The browser deletes it if it has one with this line's path and domain. The request brought none of this name, so the server can't know."
                    .to_owned()
            }
            SetOutcome::OtherCookie { rule: Reason::DeleteOtherPath { asked, stored, .. }, .. } => format!(
                "This line is for the path `{}`. The one that this server set has the path `{}`: if it is still there, it stays.",
                text(asked),
                text(stored)
            ),
            SetOutcome::OtherCookie { rule: reason, .. } => sentence(&reason.because()),
            SetOutcome::Refused { rule: reason, .. } => rule(reason),
            SetOutcome::Elsewhere(_) => {
                "A page of another site asked, or is around the frame that did. The browser keeps this in a jar of that page, or not at all."
                    .to_owned()
            }
            SetOutcome::NoHost => "The request named no host that cookies could belong to.".to_owned(),
        }
    }

    fn ignored(&self, note: &Note, program: Program) -> String {
        match note {
            Note::HostOnly { host } => format!("No `Domain`, so it goes to `{}` alone, not to its subdomains.", text(host)),
            Note::SameSiteDefault => match program {
                Program::Chromium => {
                    "No usable `SameSite`, so it counts as `Lax`: from another site it comes only when a page is opened by `GET`, as by a link; \
                     in its first 2 minutes, by a form's `POST`, too."
                        .to_owned()
                }
                Program::Firefox => "No usable `SameSite`, and to Firefox that is no lock: it comes from other sites, too, \
                                     unless Firefox keeps all cookies from them."
                    .to_owned(),
                _ => "No usable `SameSite`: by RFC 6265bis it counts as `Lax`, and not every browser does so.".to_owned(),
            },
            Note::MaxAgeOverExpires => "`Expires` is ignored: where both are there, `Max-Age` decides.".to_owned(),
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
        }
    }

    fn path(&self, path: &str) -> String {
        if path == "/" { "every path".to_owned() } else { format!("`{}` and below", text(path)) }
    }

    fn hosts(&self, domain: &str, host_only: Option<bool>) -> String {
        match host_only {
            Some(true) => text(domain),
            Some(false) => format!("{} and its subdomains", text(domain)),
            None => format!("seen at {}", text(domain)),
        }
    }

    fn locks(&self, attributes: &Attributes, program: Program) -> Vec<&'static str> {
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
                "other sites: links and the like, and for 2 minutes forms (Chromium's default)"
            }
            (SameSite::Default, _) => "nothing said of other sites (no `SameSite`)",
            (SameSite::None, _) => "other sites too (`None`)",
        });
        locks
    }

    fn status(&self, known: &Known) -> String {
        match known.status {
            Status::Held | Status::Left if known.alike && known.under_way => {
                "this server set one like it, for this browser or another; it can't tell whether this is that one, or whether it is still here".to_owned()
            }
            Status::Held | Status::Left if known.alike => {
                "this server set one like it, for this browser or another; it can't tell whether this is that one".to_owned()
            }
            Status::Held | Status::Left if known.under_way && known.set.is_none() => {
                "this server sets cookies of this name, too: one of them may have replaced it".to_owned()
            }
            Status::Held | Status::Left if known.under_way => {
                "two answers may have been under way at once, or gone to browsers that look alike: it may be otherwise, or gone".to_owned()
            }
            Status::Held | Status::Left if known.altered => {
                "it came with another value than was known: what follows may not hold for it".to_owned()
            }
            Status::Held if known.unproven => {
                "it did not come when it was set before: this browser may let none in".to_owned()
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
            Status::Deleted { by } if known.under_way => {
                format!(
                    "exchange {by} may have deleted it: it went to this browser, or to one that looks like it"
                )
            }
            Status::Deleted { by } => format!("deleted by exchange {by}"),
        }
    }

    fn jar_of(&self, client: &Client, at: Option<u64>) -> String {
        let who = self.called(client);
        match at {
            None => format!("The jar of {who}"),
            Some(number) => format!("The jar of {who} after exchange {number}"),
        }
    }

    fn not_set_here(&self, count: usize) -> String {
        format!("{count} more that this run of the server did not set")
    }

    fn ids(&self, count: usize) -> String {
        let tell = if count == 1 { "tells" } else { "tell" };
        format!("{count} that {tell} this browser from others")
    }

    fn others(&self, alone: bool, ids: usize, count: usize) -> String {
        let in_words =
            |count| if count == 1 { "1 other".to_owned() } else { format!("{count} others") };
        match (alone, ids, count) {
            (_, 0, 0) => String::new(),
            (false, _, 0) => "and what tells this browser from others".to_owned(),
            (false, ..) => format!("and {}", in_words(ids + count)),
            (true, _, 0) => "only what tells this browser from others".to_owned(),
            (true, ..) => format!("none of this server's, {}", in_words(ids + count)),
        }
    }

    fn not_kept(&self, count: usize) -> String {
        format!("{count} more than are kept here")
    }

    fn goes_on(&self, location: &[u8]) -> String {
        format!("go to `{}`", shown(location))
    }

    fn body(&self, size: Option<u64>, form: bool) -> String {
        let size = size.map_or(String::new(), |size| format!(" of {size} bytes"));
        if form {
            format!("a form{size}: its start is kept")
        } else {
            format!("a body{size}, not kept")
        }
    }

    fn this_browser(&self, name: &str) -> String {
        format!("This browser only ({name})")
    }

    fn place(&self, place: usize, of: usize) -> String {
        format!("{place} of {of}")
    }

    fn summary(&self, heard: &Heard<'_>) -> String {
        let Heard { who, method, target, came, others, held, set } = heard;
        let list = |names: &[String]| names.join(", ");
        let mut told = format!("{who}: {method} {target}. ");
        told.push_str(&match (*came, *others) {
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

    fn bounds(&self, count: u64, kept: usize) -> String {
        format!("{count} exchanges so far; the last {kept} are kept.")
    }

    fn question(&self, who: &str, method: &Method, target: &str, cause: &str) -> String {
        let cause = if cause.is_empty() { String::new() } else { format!(" ({cause})") };
        let by = if who.is_empty() { String::new() } else { format!("{who}, ") };
        format!("{by}`{method} {target}`{cause}: which of the jar's cookies came with it?")
    }

    fn score(&self, right: u32, of: u32) -> String {
        format!("Guessed right: {right} of {of}.")
    }

    fn guessed(&self, number: u64, wrong: &[(String, bool)]) -> String {
        if wrong.is_empty() {
            return format!("Exchange {number}: all of them right.");
        }
        let told = |(name, came): &(String, bool)| {
            if *came { format!("`{name}` came") } else { format!("`{name}` did not come") }
        };
        format!(
            "Exchange {number}, otherwise than guessed: {}.",
            wrong.iter().map(told).collect::<Vec<_>>().join(", ")
        )
    }

    fn exchange(&self, number: u64) -> String {
        format!("Exchange {number}")
    }

    fn when(&self, at: SystemTime, took: Duration) -> String {
        format!("{}, answered within {} ms.", http_date(at), took.as_millis())
    }

    fn left_out(&self, count: u64) -> String {
        format!("… {count} exchanges left out: they came faster than anybody reads\n")
    }

    fn lesson(&self, number: u16, title: &str, _: Option<&str>) -> String {
        format!("Lesson {number}: {}", html(title))
    }

    fn side(&self, count: usize) -> String {
        format!("Other requests (icons and the like): {count}")
    }

    fn advice(&self, status: StatusCode, is_bare: bool) -> &'static str {
        match status {
            StatusCode::NOT_FOUND if is_bare => {
                "No route of this server has this path. Check the spelling, or start again at this host's first page."
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                "The path exists, and answers other methods: the Allow header of this response names them. A link sends GET; \
                 a form sends the method that it names."
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                "The server reads forms. Send the body with Content-Type: application/x-www-form-urlencoded, as a browser's \
                 form and curl -d do."
            }
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
                "The server understood the request and can't use what is in it. Go back to the form, and send each of its \
                 fields once."
            }
            StatusCode::PAYLOAD_TOO_LARGE => {
                "What you sent is larger than this server takes. Go back and send less."
            }
            status if status.is_server_error() => {
                "This is the server's fault, not yours. The terminal in which it runs may say more."
            }
            _ => "Go back, or start again at this host's first page.",
        }
    }

    fn other_host(&self, host: &[u8]) -> String {
        format!(
            "This server answers at http://localhost, with the port that it printed when it started, and at names such as \
             app.localhost: the request names another host, `{}`.\n",
            shown(host)
        )
    }

    fn at_home(&self, home: &str, wire: &str) -> String {
        format!(
            "This page is at {home}. To a browser, an address is another host than localhost, with other cookies; the wire \
             alone is here, at {wire}.\n"
        )
    }

    fn no_documents(&self, folder: &Path, error: &io::Error) -> String {
        format!(
            "This server reads its documents from the folder {}, where it was built, and can't: {error}. Put the folder \
             back, or build the server again where the folder is now.",
            folder.display()
        )
    }
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
        Reason::StorageDenied => "Another site's page asked, or is around the frame that did, and the browser says \
                                  that it keeps this host's cookies from it (`Sec-Fetch-Storage-Access`)."
            .to_owned(),
        Reason::Preflight => {
            "The browser only asks whether a script may ask, and does so without cookies.".to_owned()
        }
        Reason::Expired { at, .. } => format!("Its time was over at {}.", http_date(*at)),
        Reason::Deleted { by, .. } => format!("The answer to `{}` asked to delete it.", text(by)),
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
pub(super) fn condition(reason: &Reason) -> String {
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

/// Of a pair that came, on a lesson's own page where nobody watches.
pub const UNWATCHED: &str = "nobody watches the wire (WIRE=off)";

/// How a pair that came compares with what was to come, as the end of a sentence of a lesson's own page.
pub fn remark(how: &How, known_by: KnownBy) -> &'static str {
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
        How::Alike | How::AlikeDeleted { .. } | How::NotSetHere if known_by == KnownBy::Nothing => {
            "nothing in this request tells whose it is"
        }
        How::Alike | How::AlikeDeleted { .. } => {
            "this server set one like it; whether it is that one, for your browser, is not clear"
        }
        How::NotSetHere => {
            "not set here for your browser: by an earlier run, by another server on localhost, or by hand"
        }
    }
}

/// Why a cookie did not come, in a line of a lesson's own page.
pub fn withheld(why: &Why) -> String {
    in_a_line(English.absent_lead(why), &English.why(why))
}

/// What became of a `Set-Cookie` line, in a line of a lesson's own page. `projected` gives a value, and whether it is that
/// of an `HttpOnly` cookie, as the page may show it: the projector may be on.
pub fn outcome(line: &Line, projected: fn(&str, bool) -> &str) -> String {
    let shown_on_a_page = |cookie: &Cookie| {
        let value = String::from_utf8_lossy(&cookie.value);
        shown(projected(&value, cookie.http_only).as_bytes())
    };
    let (receipt, old) = match &line.outcome {
        SetOutcome::Stored(receipt) => (receipt, None),
        SetOutcome::Replaced { receipt, old } => (receipt, Some(old)),
        SetOutcome::Deleted { receipt, old } => {
            let value = shown_on_a_page(old);
            return format!("Deleted `{}={value}`.", shown(&receipt.cookie.name));
        }
        other => {
            let what = line.receipt().map(|receipt| format!(" `{}`", shown(&receipt.cookie.name)));
            let lead = format!("{}{}", English.set_lead(other), what.unwrap_or_default());
            return in_a_line(&lead, &English.outcome(other));
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

/// A lead that begins a sentence, and the sentence.
fn in_a_line(lead: &str, text: &str) -> String {
    let (first, rest) = lead.split_at(lead.len().min(1));
    format!("{}{rest}. {text}", first.to_uppercase()).trim_end().to_owned()
}
