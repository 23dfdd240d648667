//! An exchange as the page shows it.

use cookie_rules::{Cookie, Note, SameSite, Stored, http_date, shown, visible};

use super::{
    curl::{Curl, curl},
    exchange::{Exchange, Kind, Line},
    facts::{Absent, Came, Facts, How, KnownBy, Why},
};

/// One entry of the list: an exchange of the lesson, and what the browser asked for beside it.
pub(crate) struct Entry {
    /// Unique in the page, and the same as long as the entry looks the same.
    pub(crate) id: String,
    pub(crate) exchange: Option<View>,
    pub(crate) furniture: Vec<String>,
}

/// An exchange of the lesson.
pub(crate) struct View {
    pub(crate) number: u64,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) status: String,
    pub(crate) is_error: bool,
    pub(crate) sentence: String,
    pub(crate) lines: Vec<CookieLine>,
    pub(crate) set: Vec<SetLine>,
    pub(crate) remarks: Vec<String>,
    /// What the browser fills in or ignores: HTML, the section, and of which cookies.
    pub(crate) notes: Vec<(String, &'static str, String)>,
    pub(crate) request: Vec<HeadLine>,
    pub(crate) response: Vec<HeadLine>,
    pub(crate) at: String,
    pub(crate) curl: Option<Curl>,
}

/// A cookie of the request: it came, or it did not.
pub(crate) struct CookieLine {
    /// How it looks: `came`, `held`, `gone` or `odd`. The words say the same.
    pub(crate) look: &'static str,
    pub(crate) word: &'static str,
    pub(crate) name: String,
    pub(crate) value: Option<String>,
    /// HTML.
    pub(crate) text: String,
    pub(crate) section: &'static str,
    /// Shown only on request: nothing that explains what happened.
    pub(crate) quiet: bool,
}

/// A `Set-Cookie` line.
pub(crate) struct SetLine {
    pub(crate) look: &'static str,
    pub(crate) word: &'static str,
    pub(crate) name: String,
    pub(crate) value: String,
    /// The attributes as the browser has them, defaults filled in.
    pub(crate) attributes: String,
    /// What became of it, where that is not plain: HTML.
    pub(crate) text: String,
    pub(crate) section: &'static str,
}

/// A header field, and whether its value is to be hidden from a projector.
pub(crate) struct HeadLine {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) secret: bool,
}

impl Line {
    /// Whether nothing came of the line.
    pub(crate) fn is_refused(&self) -> bool {
        self.stored.as_ref().is_some_and(|stored| stored.reason().is_some())
    }
}

/// The newest exchanges first, each followed by what the browser asked for after it on the side.
pub(crate) fn entries<'a>(
    exchanges: impl DoubleEndedIterator<Item = &'a std::sync::Arc<Exchange>>,
    limit: usize,
) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut furniture: Vec<&Exchange> = Vec::new();
    for exchange in exchanges.rev() {
        if entries.len() == limit {
            break;
        }
        match exchange.kind {
            Kind::Furniture => furniture.push(exchange),
            Kind::Lesson => {
                entries.push(Entry::of(Some(exchange), &std::mem::take(&mut furniture)));
            }
        }
    }
    if !furniture.is_empty() && entries.len() < limit {
        entries.push(Entry::of(None, &furniture));
    }
    entries
}

impl Entry {
    fn of(exchange: Option<&Exchange>, furniture: &[&Exchange]) -> Self {
        let number = exchange.map_or(0, |exchange| exchange.number);
        let told = |exchange: &&Exchange| {
            format!("{} {}", visible(exchange.target.as_bytes()), exchange.status.as_u16())
        };
        Self {
            id: format!("x{number}-{}", furniture.first().map_or(0, |latest| latest.number)),
            exchange: exchange.map(View::of),
            furniture: furniture.iter().rev().map(told).collect(),
        }
    }
}

impl View {
    fn of(exchange: &Exchange) -> Self {
        let status = exchange.status;
        let mut lines: Vec<_> = exchange.facts.came.iter().map(CookieLine::came).collect();
        lines.extend(exchange.facts.absent.iter().map(CookieLine::absent));
        Self {
            number: exchange.number,
            method: exchange.method.to_string(),
            target: visible(exchange.target.as_bytes()),
            status: format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or("")),
            is_error: status.is_client_error() || status.is_server_error(),
            sentence: sentence(exchange),
            lines,
            set: exchange.set.iter().map(SetLine::of).collect(),
            remarks: remarks(&exchange.facts),
            notes: notes(&exchange.set),
            request: head_lines(&exchange.request),
            response: head_lines(&exchange.response),
            at: http_date(exchange.at),
            curl: curl(exchange),
        }
    }
}

fn head_lines(head: &super::Head) -> Vec<HeadLine> {
    let mut lines: Vec<_> = head
        .fields()
        .map(|field| HeadLine {
            name: field.name.to_owned(),
            value: visible(field.value),
            secret: matches!(field.name, "cookie" | "set-cookie" | "authorization"),
        })
        .collect();
    if head.left_out() > 0 {
        lines.push(HeadLine {
            name: "…".to_owned(),
            value: format!("{} more fields, left out here", head.left_out()),
            secret: false,
        });
    }
    lines
}

/// The exchange in one sentence.
fn sentence(exchange: &Exchange) -> String {
    let facts = &exchange.facts;
    let came = facts.came.len() + facts.left_out;
    let held = facts.withheld().count();
    let set = exchange.set.len();
    let mut parts = vec![match came {
        0 => "No cookie came".to_owned(),
        1 => "1 cookie came".to_owned(),
        came => format!("{came} cookies came"),
    }];
    if held > 0 {
        parts.push(format!("{held} held back"));
    }
    match set {
        0 => {}
        1 => parts.push("the answer sets 1".to_owned()),
        set => parts.push(format!("the answer sets {set}")),
    }
    let mut sentence = parts.join(", ");
    if exchange.status.is_redirection()
        && let Some(location) = exchange.response.get("location")
    {
        sentence.push_str(&format!(", and the browser goes on to {}", shown(location)));
    }
    sentence.push('.');
    sentence
}

/// What the browser fills in or ignores in these lines, each note once.
fn notes(lines: &[Line]) -> Vec<(String, &'static str, String)> {
    let mut notes: Vec<(String, &'static str, String)> = Vec::new();
    for receipt in lines.iter().filter_map(|line| line.stored.as_ref()?.receipt()) {
        let name = visible(&receipt.cookie.name);
        for note in &receipt.notes {
            let told = html(&note.to_string());
            match notes.iter_mut().find(|(other, _, _)| *other == told) {
                Some((_, _, names)) => {
                    names.push_str(", ");
                    names.push_str(&name);
                }
                None => notes.push((told, note.section(), name.clone())),
            }
        }
    }
    notes
}

/// A sentence as HTML: what stands between backticks is code.
fn html(sentence: &str) -> String {
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

/// What else there is to say of the prediction.
fn remarks(facts: &Facts) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(browser) = facts.browser {
        let how = match facts.known_by {
            KnownBy::Id => "by the cookie that names it",
            KnownBy::Connection => "by its connection",
            KnownBy::LongValue => "by a value that no other browser was given",
            KnownBy::Fit => {
                "because what came fits; another browser can look the same, so nothing is said of what did not come"
            }
            KnownBy::Nothing => "",
        };
        remarks.push(format!("Browser {browser}, recognized {how}."));
    }
    if facts.left_out > 0 {
        remarks.push(format!("{} more cookies came than are kept here.", facts.left_out));
    }
    remarks
}

impl CookieLine {
    fn came(came: &Came) -> Self {
        let (look, word, text, section) = match &came.how {
            How::Predicted(None) => ("came", "Sent", "As predicted.".to_owned(), ""),
            How::Predicted(Some(note)) => ("came", "Sent", note.to_string(), note.section()),
            How::OtherValue => (
                "odd",
                "Sent",
                "With another value than predicted: somebody else has set it since, and no rule is to blame.".to_owned(),
                "",
            ),
            How::AgainstPrediction => (
                "odd",
                "Sent",
                "Against the prediction: another server, a script or somebody's hand has set it since.".to_owned(),
                "",
            ),
            How::Alike => (
                "came",
                "Sent",
                "This server has set such a cookie; that it was to this browser is likely, not certain.".to_owned(),
                "",
            ),
            How::BrowserId => {
                ("came", "Sent", "The workbench's own: it tells this browser from others.".to_owned(), "")
            }
            How::Unknown => (
                "odd",
                "Sent",
                "Not set by this run of this server: before its start, by another port of this host, by hand, or by \
                 another client."
                    .to_owned(),
                "",
            ),
        };
        let value = Some(visible(&came.value));
        let (name, text) = (visible(&came.name), html(&text));
        Self { look, word, name, value, text, section, quiet: false }
    }

    fn absent(absent: &Absent) -> Self {
        let (look, word, text, section, quiet) = match &absent.why {
            Why::Withheld(reason) => {
                ("held", "Held back", plain(&reason.to_string()), reason.section(), false)
            }
            Why::Gone { reason, news } => {
                ("gone", "Gone", plain(&reason.to_string()), reason.section(), !news)
            }
            Why::Missing => (
                "odd",
                "Missing",
                "It was to come and did not, and no rule held it back: deleted by hand, the browser closed, or another \
                 profile."
                    .to_owned(),
                "",
                false,
            ),
            Why::Untold => (
                "odd",
                "Missing",
                "It did not come. This client does not say which site caused the request, so SameSite may be why."
                    .to_owned(),
                "",
                false,
            ),
        };
        let (name, text) = (visible(&absent.name), html(&text));
        Self { look, word, name, value: None, text, section, quiet }
    }
}

/// A sentence without its first word and colon, which stands before it already.
fn plain(sentence: &str) -> String {
    let rest = sentence.split_once(": ").map_or(sentence, |(_, rest)| rest);
    let mut characters = rest.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

impl SetLine {
    fn of(line: &Line) -> Self {
        let pair = line.line.split(|byte| *byte == b';').next().unwrap_or_default();
        let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
            Some(equals) => (&pair[..equals], &pair[equals + 1..]),
            None => (&b""[..], pair),
        };
        let mut set = Self {
            look: "set",
            word: "Sets",
            name: visible(name.trim_ascii()),
            value: visible(value.trim_ascii()),
            attributes: String::new(),
            text: String::new(),
            section: "",
        };
        let Some(stored) = &line.stored else { return set };
        if let Some(receipt) = stored.receipt() {
            set.attributes = attributes(&receipt.cookie, &receipt.notes);
        }
        match stored {
            Stored::Stored(_) => {}
            Stored::Replaced(..) => set.text = "In place of the earlier one.".to_owned(),
            Stored::Deleted(..) => {
                (set.look, set.word) = ("gone", "Deletes");
                set.attributes.clear();
            }
            Stored::DeletedNothing(_, reason) | Stored::Rejected(reason) => {
                (set.look, set.word) = ("held", "No effect");
                set.attributes.clear();
                set.text = html(&plain(&reason.to_string()));
                set.section = reason.section();
            }
        }
        set
    }
}

/// The attributes as the browser has them. What it filled in itself stands in brackets.
fn attributes(cookie: &Cookie, notes: &[Note]) -> String {
    let filled = |yes: fn(&Note) -> bool, text: String| {
        if notes.iter().any(yes) { format!("[{text}]") } else { text }
    };
    let mut parts = vec![
        filled(
            |note| matches!(note, Note::DefaultPath { .. }),
            format!("Path={}", shown(cookie.path.as_bytes())),
        ),
        if cookie.host_only {
            format!("[{} only]", shown(cookie.domain.as_bytes()))
        } else {
            format!("Domain={}", shown(cookie.domain.as_bytes()))
        },
        match cookie.expiry {
            None => "[until the browser closes]".to_owned(),
            Some(until) => filled(
                |note| matches!(note, Note::Capped { .. }),
                format!("until {}", http_date(until)),
            ),
        },
        match cookie.same_site {
            SameSite::Strict => "SameSite=Strict".to_owned(),
            SameSite::Lax => "SameSite=Lax".to_owned(),
            SameSite::None => "SameSite=None".to_owned(),
            SameSite::Default => "[as SameSite=Lax]".to_owned(),
        },
    ];
    if cookie.http_only {
        parts.push("HttpOnly".to_owned());
    }
    if cookie.secure {
        parts.push("Secure".to_owned());
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_from_the_wire_is_escaped_and_its_code_marked() {
        assert_eq!(
            html("the path `/<b>` & \"x\""),
            "the path <code>/&lt;b&gt;</code> &amp; &quot;x&quot;"
        );
        assert_eq!(html("one ` alone"), "one <code> alone</code>");
    }
}
