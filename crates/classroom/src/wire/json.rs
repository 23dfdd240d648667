//! The exchanges as JSON, for tests and other programs: `/classroom/wire.json`.

use std::fmt::Write as _;

use cookie_rules::{Reason, Stored, visible};

use super::{
    Memory,
    exchange::{Exchange, Kind, Line},
    facts::{How, Why},
};

/// All exchanges that are kept, the oldest first.
pub(crate) fn render(memory: &Memory) -> String {
    let mut out = String::from("{");
    let _ = write!(
        out,
        "\"count\":{},\"browsers\":{},\"forgotten\":{},\"exchanges\":",
        memory.count,
        memory.browsers.len(),
        memory.browsers.forgotten
    );
    list(&mut out, memory.exchanges.iter(), |out, exchange| write_exchange(out, exchange));
    out.push_str("}\n");
    out
}

fn write_exchange(out: &mut String, exchange: &Exchange) {
    let facts = &exchange.facts;
    let _ = write!(
        out,
        "{{\"number\":{},\"status\":{},\"furniture\":{},\"browser\":{}",
        exchange.number,
        exchange.status.as_u16(),
        exchange.kind == Kind::Furniture,
        facts.browser.map_or("null".to_owned(), |number| number.to_string())
    );
    let header = |name| visible(exchange.request.get(name).unwrap_or_default());
    field(out, "method", exchange.method.as_str());
    field(out, "host", &header("host"));
    field(out, "target", &visible(exchange.target.as_bytes()));
    field(out, "agent", &header("user-agent"));
    field(out, "known_by", word(&format!("{:?}", facts.known_by)));
    field(out, "context", word(&format!("{:?}", facts.context)));
    out.push_str(",\"came\":");
    list(out, facts.came.iter(), |out, came| {
        let how = match &came.how {
            How::Predicted(_) => "predicted",
            How::OtherValue => "other-value",
            How::AgainstPrediction => "against-prediction",
            How::Alike => "alike",
            How::BrowserId => "browser-id",
            How::Unknown => "unknown",
        };
        open(out, "name", &visible(&came.name));
        field(out, "value", &visible(&came.value));
        field(out, "how", how);
        out.push('}');
    });
    out.push_str(",\"absent\":");
    list(out, facts.absent.iter(), |out, absent| {
        open(out, "name", &visible(&absent.name));
        field(out, "domain", &visible(absent.domain.as_bytes()));
        field(out, "path", &visible(absent.path.as_bytes()));
        match &absent.why {
            Why::Withheld(why) => reason(out, "withheld", why),
            Why::Gone { reason: why, .. } => reason(out, "gone", why),
            Why::Missing => field(out, "why", "missing"),
            Why::Untold => field(out, "why", "untold"),
        }
        out.push('}');
    });
    out.push_str(",\"set\":");
    list(out, exchange.set.iter(), write_line);
    out.push('}');
}

fn write_line(out: &mut String, line: &Line) {
    open(out, "line", &visible(&line.line));
    match &line.stored {
        None => field(out, "why", "unknown"),
        Some(stored) => {
            let outcome = match stored {
                Stored::Stored(_) => "stored",
                Stored::Replaced(..) => "replaced",
                Stored::Deleted(..) => "deleted",
                Stored::DeletedNothing(..) => "deleted-nothing",
                Stored::Rejected(_) => "rejected",
            };
            match stored.reason() {
                Some(why) => reason(out, outcome, why),
                None => field(out, "why", outcome),
            }
            if let Some(receipt) = stored.receipt() {
                field(out, "name", &visible(&receipt.cookie.name));
                field(out, "path", &visible(receipt.cookie.path.as_bytes()));
                let expiry = receipt.cookie.expiry.map_or(String::new(), cookie_rules::http_date);
                field(out, "expires", &expiry);
            }
        }
    }
    out.push('}');
}

/// What happened, by which rule and in which words.
fn reason(out: &mut String, what: &str, reason: &Reason) {
    field(out, "why", what);
    field(out, "rule", word(&format!("{reason:?}")));
    field(out, "section", reason.section());
    field(out, "sentence", &reason.to_string());
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
