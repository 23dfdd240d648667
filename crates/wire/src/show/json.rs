//! The exchanges as JSON, for tests and other programs: `/classroom/wire.json`.

use std::fmt::Write as _;

use cookie_rules::{Reason, http_date, visible};

use super::{
    super::{
        exchange::Kind,
        model::facts::{Absent, Came, Exchange, How, JarAt, Known, Line, SetOutcome, Status, Why},
    },
    hide::Hide,
    jar::milliseconds,
    picture::Kept,
};
use crate::words::{Said, Words, en::English};

/// What stands for a value that the projector hides.
const HIDDEN: &str = "…";

/// All exchanges that are kept, the oldest first, and the jars as they are.
pub fn render(kept: &Kept, jars: &[JarAt], projector: bool) -> String {
    let hide = if projector { Hide::By(HIDDEN) } else { Hide::Nothing };
    let mut out = String::from("{");
    let _ = write!(out, "\"count\":{},\"projector\":{projector},\"clients\":", kept.count);
    list(&mut out, jars.iter(), |out, jar| {
        open(out, "label", &English.client(&jar.client));
        field(out, "program", &format!("{:?}", jar.client.program).to_lowercase());
        number(out, "jar", jar.client.jar);
        out.push('}');
    });
    out.push_str(",\"exchanges\":");
    list(&mut out, kept.exchanges.iter(), |out, exchange| write_exchange(out, exchange, hide));
    out.push_str(",\"jars\":");
    list(&mut out, jars.iter(), |out, jar| {
        open(out, "client", &English.client(&jar.client));
        number(out, "jar", jar.client.jar);
        out.push_str(",\"cookies\":");
        list(out, jar.cookies.iter(), |out, known| write_known(out, known, hide));
        out.push('}');
    });
    out.push_str("}\n");
    out
}

fn write_exchange(out: &mut String, exchange: &Exchange, hide: Hide) {
    let (asked, answer) = (&exchange.asked, &exchange.answer);
    let _ = write!(
        out,
        "{{\"number\":{},\"at\":{},\"took\":{},\"status\":{},\"furniture\":{}",
        exchange.number,
        milliseconds(asked.at),
        answer.took.as_millis(),
        answer.status.as_u16(),
        asked.kind == Kind::Furniture
    );
    field(out, "method", asked.method.as_str());
    field(out, "host", &visible(asked.authority.as_bytes()));
    field(out, "target", &hide.target(asked.target.as_bytes()));
    field(out, "agent", &visible(asked.head.get("user-agent").unwrap_or_default()));
    field(out, "client", &English.client(&asked.client));
    number(out, "jar", asked.client.jar);
    field(out, "known_by", word(&format!("{:?}", asked.client.known_by)));
    field(out, "by", word(&format!("{:?}", asked.cause.by)));
    field(out, "from", word(&format!("{:?}", asked.cause.from)));
    field(out, "origin", &visible(asked.cause.origin.as_deref().unwrap_or_default().as_bytes()));
    number(out, "follows", asked.follows);
    optional(out, "word", answer.word.as_ref().map(|word| visible(word.as_bytes())));
    out.push_str(",\"came\":");
    list(out, asked.came.iter(), |out, came| write_came(out, came, hide));
    out.push_str(",\"absent\":");
    list(out, asked.absent.iter(), |out, absent| write_absent(out, absent, hide));
    out.push_str(",\"set\":");
    list(out, answer.set.iter(), |out, line| write_line(out, line, hide));
    out.push_str(",\"store\":");
    match &answer.store {
        None => out.push_str("null"),
        Some(rows) => list(out, rows.iter(), |out, row| {
            open(out, "key", &row.key);
            field(out, "what", &row.what);
            let _ = write!(out, ",\"until\":{}", milliseconds(row.until));
            out.push('}');
        }),
    }
    out.push('}');
}

fn write_came(out: &mut String, came: &Came, hide: Hide) {
    let how = match &came.how {
        How::AsSet { .. } => "as-set",
        How::UnderWay => "under-way",
        How::OtherValue { .. } => "other-value",
        How::AgainstRules { .. } => "against-rules",
        How::NotSetHere => "not-set-here",
        How::Alike | How::AlikeDeleted { .. } => "alike",
        How::BrowserId => "browser-id",
    };
    open(out, "name", &visible(&came.name));
    field(out, "value", &hide.value(&came.value, came.http_only));
    let _ = write!(out, ",\"ours\":{}", came.ours);
    field(out, "how", how);
    field(
        out,
        "sentence",
        &English.came(&came.how, &|value| hide.value(value, came.http_only)).text,
    );
    out.push('}');
}

fn write_absent(out: &mut String, absent: &Absent, hide: Hide) {
    open(out, "name", &visible(&absent.name));
    field(out, "domain", &visible(absent.domain.as_bytes()));
    field(out, "path", &visible(absent.path.as_bytes()));
    field(out, "value", &hide.value(&absent.value, absent.http_only));
    let (why, rule) = match &absent.why {
        Why::HeldBack(reason) => ("held-back", Some(reason)),
        Why::MayBeHeldBack(reason) => ("may-be-held-back", Some(reason)),
        Why::Ended { reason, .. } => ("ended", Some(reason)),
        Why::Missing => ("missing", None),
        Why::UnderWay => ("under-way", None),
    };
    said(out, why, rule, English.absent(&absent.why));
    out.push('}');
}

fn write_line(out: &mut String, line: &Line, hide: Hide) {
    open(out, "line", &hide.line(&line.line));
    let (why, rule) = match &line.outcome {
        SetOutcome::Stored(_) => ("stored", None),
        SetOutcome::Replaced { .. } => ("replaced", None),
        SetOutcome::Deleted { .. } => ("deleted", None),
        SetOutcome::AsksToDelete { .. } => ("asks-to-delete", None),
        SetOutcome::OtherCookie { rule, .. } => ("other-cookie", Some(rule)),
        SetOutcome::Refused { rule, certain: true } => ("refused", Some(rule)),
        SetOutcome::Refused { rule, certain: false } => ("perhaps-refused", Some(rule)),
        SetOutcome::Elsewhere(_) => ("elsewhere", None),
        SetOutcome::NoHost => ("no-host", None),
    };
    said(out, why, rule, hide.said(English.set(&line.outcome), line));
    if let Some(receipt) = line.receipt() {
        field(out, "name", &visible(&receipt.cookie.name));
        field(out, "path", &visible(receipt.cookie.path.as_bytes()));
        field(out, "domain", &visible(receipt.cookie.domain.as_bytes()));
        field(out, "expires", &receipt.cookie.expiry.map_or(String::new(), http_date));
    }
    out.push('}');
}

fn write_known(out: &mut String, known: &Known, hide: Hide) {
    let set = known.set.as_ref();
    open(out, "name", &visible(&known.name));
    field(out, "value", &hide.value(&known.value, known.http_only));
    field(out, "domain", &visible(known.domain.as_bytes()));
    optional(out, "path", set.map(|set| visible(set.path.as_bytes())));
    optional(out, "expires", set.and_then(|set| set.expiry).map(http_date));
    optional(out, "same_site", set.map(|set| format!("{:?}", set.same_site)));
    let status = match known.status {
        // Nobody knows which of two answers came last, so nobody knows its value.
        _ if known.under_way => "under-way",
        Status::Held if known.alike || known.unproven => "under-way",
        Status::Held => "held",
        Status::Missing { .. } => "missing",
        Status::AskedToDelete { .. } => "asked-to-delete",
        Status::Deleted { .. } | Status::Left => "deleted",
    };
    field(out, "status", status);
    let _ = write!(
        out,
        ",\"secure\":{},\"http_only\":{},\"ours\":{},\"learned\":{}}}",
        set.is_some_and(|set| set.secure),
        set.is_some_and(|set| set.http_only),
        known.ours,
        set.is_none()
    );
}

/// What happened, by which rule and in which words.
fn said(out: &mut String, what: &str, rule: Option<&Reason>, said: Said) {
    field(out, "why", what);
    field(out, "rule", word(&rule.map_or(String::new(), |rule| format!("{rule:?}"))));
    field(out, "section", said.section);
    field(out, "sentence", &said.text);
}

fn number(out: &mut String, name: &str, number: Option<u64>) {
    let _ = match number {
        Some(number) => write!(out, ",\"{name}\":{number}"),
        None => write!(out, ",\"{name}\":null"),
    };
}

fn optional(out: &mut String, name: &str, text: Option<String>) {
    match text {
        Some(text) => field(out, name, &text),
        None => number(out, name, None),
    }
}

/// The name of an enum's variant.
fn word(debug: &str) -> &str {
    debug.split(|character: char| !character.is_alphanumeric()).next().unwrap_or_default()
}

fn list<T>(out: &mut String, items: impl Iterator<Item = T>, write: impl Fn(&mut String, T)) {
    out.push('[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(']');
}

fn open(out: &mut String, name: &str, text: &str) {
    out.push('{');
    string(out, name);
    out.push(':');
    string(out, text);
}

fn field(out: &mut String, name: &str, text: &str) {
    out.push(',');
    string(out, name);
    out.push(':');
    string(out, text);
}

/// A JSON string. What is shown has no control characters; quotes and backslashes are escaped.
fn string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            character if character.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            // Safe even inside a page's script element.
            '<' => out.push_str("\\u003c"),
            character => out.push(character),
        }
    }
    out.push('"');
}
