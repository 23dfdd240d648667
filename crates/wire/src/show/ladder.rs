//! The ladder: exchanges as a sequence drawing, the browser on the left, the server on the right, the newest on top. An
//! answer that sends the browser on, and the request that goes there, are one group.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::SystemTime,
};

use cookie_rules::{Reason, visible};

use crate::{
    browser_id::names_browser,
    words::{Heard, Words, en::English},
};

use super::{
    super::{
        exchange::Kind,
        model::facts::{Absent, Asked, Came, Client, Exchange, How, Line, SetOutcome, Why},
    },
    Pair, Reader, Sentence, apart,
    hide::{self, Hide},
    html, short,
};

/// Exchanges that belong together, in the order in which they happened, and what was asked for on the side.
pub(crate) struct Group {
    /// Unique in the page.
    pub(crate) id: String,
    pub(crate) rungs: Vec<Rung>,
    pub(crate) side: Vec<Side>,
}

/// What a browser asks for on the side.
pub(crate) struct Side {
    pub(crate) number: u64,
    pub(crate) told: String,
}

/// An exchange.
pub(crate) struct Rung {
    pub(crate) number: u64,
    pub(crate) method: String,
    pub(crate) target: String,
    /// Empty where there is only one.
    pub(crate) client: String,
    pub(crate) host: String,
    /// HTML.
    pub(crate) cause: String,
    pub(crate) fields: Vec<Pair>,
    pub(crate) body: String,
    pub(crate) came: Vec<Arrow>,
    /// What is to be said of those that came, each sentence once, with the names it is for.
    pub(crate) remarks: Vec<(String, Sentence)>,
    pub(crate) others: String,
    pub(crate) stays: Vec<Stay>,
    pub(crate) status: String,
    pub(crate) is_error: bool,
    /// HTML.
    pub(crate) goes_on: String,
    pub(crate) set: Vec<Set>,
    pub(crate) not_kept: String,
    /// What the lesson says itself, in English.
    pub(crate) word: String,
    pub(crate) panicked: bool,
    /// The exchange in a sentence.
    pub(crate) summary: String,
}

/// A cookie that came.
pub(crate) struct Arrow {
    pub(crate) pair: Pair,
    pub(crate) news: bool,
    pub(crate) tag: &'static str,
}

/// Cookies that stayed, or are missing, all for the same reason.
pub(crate) struct Stay {
    /// `held`, `may`, `gone` or `missing`.
    pub(crate) look: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) said: Sentence,
}

/// Cookies that an answer names, all with the same attributes and the same fate.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Set {
    /// `set`, `gone`, `may` or `held`.
    pub(crate) look: &'static str,
    pub(crate) lead: &'static str,
    /// It asks to delete: the value that it writes is nothing.
    pub(crate) is_asking: bool,
    /// Each with its old value.
    pub(crate) pairs: Vec<(Pair, Option<String>)>,
    pub(crate) remark: &'static str,
    /// The attributes as the server wrote them.
    pub(crate) written: String,
    pub(crate) said: Sentence,
}

/// What of the drawing goes without saying.
#[derive(Clone, Copy)]
pub(crate) struct Plain<'a> {
    names: &'a Names,
    one_client: bool,
    pub(crate) one_host: bool,
    pub(crate) reader: Reader,
}

impl Plain<'_> {
    /// Whose this exchange is, where that does not go without saying.
    pub(crate) fn who(&self, exchange: &Exchange) -> String {
        let client = named(self.names, exchange);
        if self.one_client && !client.is_presumed() {
            return String::new();
        }
        self.reader.words.called(client)
    }
}

/// The groups of these exchanges (the oldest first), the newest first: as many as hold `limit` exchanges of the lesson.
pub(crate) fn groups(exchanges: &[Arc<Exchange>], limit: usize, plain: Plain<'_>) -> Vec<Group> {
    let mut groups: Vec<Vec<&Exchange>> = Vec::new();
    let mut sides: Vec<&Exchange> = Vec::new();
    // What comes on the side is shown with the exchange of the lesson that it came after.
    let mut side: Vec<(u64, Vec<&Exchange>)> = Vec::new();
    let mut left = limit;
    for exchange in exchanges.iter().rev() {
        if exchange.asked.kind == Kind::Furniture {
            sides.push(exchange);
            continue;
        }
        let led_here = |group: &&mut Vec<&Exchange>| {
            group.last().is_some_and(|next| next.asked.follows == Some(exchange.number))
        };
        let group = groups.iter_mut().find(led_here);
        if left == 0 && group.is_none() {
            break;
        }
        left = left.saturating_sub(1);
        if !sides.is_empty() {
            side.push((exchange.number, std::mem::take(&mut sides)));
        }
        match group {
            Some(group) => group.push(exchange),
            None => groups.push(vec![exchange]),
        }
    }
    let mut drawn: Vec<Group> = groups
        .into_iter()
        .map(|group| {
            let rungs: Vec<_> =
                group.iter().rev().map(|exchange| Rung::of(exchange, plain)).collect();
            let mut of_group: Vec<Side> = Vec::new();
            side.retain(|(number, sides)| {
                let here = group.iter().any(|exchange| exchange.number == *number);
                if here {
                    of_group.extend(
                        sides.iter().rev().map(|exchange| Side::of(exchange, plain.reader.hide)),
                    );
                }
                !here
            });
            let last = of_group.last().map_or(group[0].number, |side| side.number);
            Group { id: format!("x{}-{last}", group[0].number), rungs, side: of_group }
        })
        .collect();
    if !sides.is_empty() && drawn.is_empty() {
        let side: Vec<_> =
            sides.iter().rev().map(|exchange| Side::of(exchange, plain.reader.hide)).collect();
        drawn.push(Group { id: format!("x0-{}", sides[0].number), rungs: Vec::new(), side });
    }
    drawn
}

impl Side {
    fn of(exchange: &Exchange, hide: Hide) -> Self {
        let number = exchange.number;
        let target = hide.target(exchange.asked.target.as_bytes());
        Self { number, told: format!("#{number} {target} {}", exchange.answer.status.as_u16()) }
    }
}

impl Rung {
    fn of(exchange: &Exchange, plain: Plain<'_>) -> Self {
        let (asked, answer, reader) = (&exchange.asked, &exchange.answer, plain.reader);
        let Reader { words, hide } = reader;
        let (ours, ids, others) = coming(asked);
        let target = hide.target(asked.target.as_bytes());
        let status = answer.status;
        let location = exchange.location();
        let stays = Stay::all(&asked.absent, reader);
        let set = Set::all(&answer.set, reader);
        let names = |of: &mut dyn Iterator<Item = &Pair>| {
            of.map(|pair| pair.name.clone()).collect::<Vec<_>>()
        };
        let remarks = remarks(&ours, reader);
        let came: Vec<_> = ours.into_iter().map(|came| Arrow::of(came, reader)).collect();
        let others = words.others(came.is_empty(), ids, others);
        let summary = words.summary(&Heard {
            who: &words.called(named(plain.names, exchange)),
            method: &asked.method,
            target: &target,
            came: &names(&mut came.iter().map(|came| &came.pair)),
            others: &others,
            held: &names(
                &mut stays.iter().filter(|stay| stay.look == "held").flat_map(|stay| &stay.pairs),
            ),
            set: &names(&mut set.iter().flat_map(|set| set.pairs.iter().map(|(pair, _)| pair))),
        });
        Self {
            number: exchange.number,
            method: asked.method.to_string(),
            target,
            client: plain.who(exchange),
            host: if plain.one_host { String::new() } else { visible(asked.authority.as_bytes()) },
            cause: html(&words.cause(&asked.cause, asked.follows.is_some())),
            fields: fields(exchange, reader),
            body: match (asked.body.cut, asked.body.size) {
                (false, _) | (true, Some(0)) => String::new(),
                (true, size) => words.body(size, !asked.body.fields.is_empty()),
            },
            others,
            came,
            remarks,
            stays,
            status: status_line(exchange),
            is_error: status.is_client_error() || status.is_server_error(),
            goes_on: location.map_or(String::new(), |location| {
                html(&words.goes_on(hide.target(location).as_bytes()))
            }),
            set,
            not_kept: match answer.lines_left_out {
                0 => String::new(),
                more => words.not_kept(more),
            },
            word: answer.word.as_ref().map_or(String::new(), |word| visible(word.as_bytes())),
            panicked: answer.panicked,
            summary,
        }
    }
}

/// The status of an answer, with its name.
pub(crate) fn status_line(exchange: &Exchange) -> String {
    let status = exchange.answer.status;
    format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or("")).trim_end().to_owned()
}

/// The fields of a form, as they are shown.
pub(crate) fn fields(exchange: &Exchange, Reader { words, hide }: Reader) -> Vec<Pair> {
    let field = |(name, value): &(Vec<u8>, Option<Vec<u8>>)| match value {
        Some(value) => Pair::of(name, value, hide::becomes_secret(exchange, value), hide),
        None => Pair { name: short(&visible(name)), value: words.labels().no_password.to_owned() },
    };
    exchange.asked.body.fields.iter().map(field).collect()
}

/// What ended is said once; then it is the jar's to say. What tells clients from each other is no part of the lesson, and
/// neither is a cookie of another host where nobody knows who asks.
fn is_shown(absent: &Absent) -> bool {
    let is_aside = matches!(
        absent.why,
        Why::Ended { news: false, .. }
            | Why::MayBeHeldBack(Reason::HostOnly { .. } | Reason::OtherDomain { .. })
    );
    let is_id = names_browser((&absent.name, &absent.value));
    !is_aside && (!is_id || absent.why == Why::Missing)
}

/// What came that is shown: this lesson's cookies. Then, how many came that tell browsers from each other, and how many others.
pub(super) fn coming(asked: &Asked) -> (Vec<&Came>, usize, usize) {
    let (shown, rest): (Vec<&Came>, Vec<&Came>) =
        asked.came.iter().partition(|came| came.ours && came.how != How::BrowserId);
    let ids = rest.iter().filter(|came| came.ours).count();
    (shown, ids, rest.len() - ids + asked.left_out)
}

impl Arrow {
    fn of(came: &Came, Reader { words, hide }: Reader) -> Self {
        let (name, value, http_only) = (&came.name, &came.value, came.http_only);
        let pair = match &came.how {
            How::OtherValue { was } => Pair::of_changed(name, value, was, http_only, hide),
            _ => Pair::of(name, value, http_only, hide),
        };
        Self { pair, news: came.news, tag: words.came_tag(&came.how) }
    }
}

/// What is to be said of cookies that came otherwise than as they were set.
fn remarks(came: &[&Came], Reader { words, hide }: Reader) -> Vec<(String, Sentence)> {
    let mut remarks: Vec<(String, Sentence)> = Vec::new();
    for came in came {
        let is_exception = matches!(
            came.how,
            How::AsSet { might_have_stayed: Some(Reason::LaxAllowingUnsafe { .. }), .. }
        );
        let is_plain = words.came_tag(&came.how).is_empty() || came.how == How::NotSetHere;
        if is_plain && !is_exception {
            continue;
        }
        let said = words.came(&came.how, &|value| hide.value(value, came.http_only)).into();
        let name = short(&visible(&came.name));
        match remarks.iter_mut().find(|(_, other)| *other == said) {
            Some((names, _)) => {
                names.push_str(", ");
                names.push_str(&name);
            }
            None => remarks.push((name, said)),
        }
    }
    remarks
}

impl Stay {
    fn all(absent: &[Absent], Reader { words, hide }: Reader) -> Vec<Self> {
        let mut stays: Vec<Self> = Vec::new();
        for absent in absent.iter().filter(|absent| is_shown(absent)) {
            let pair = Pair::of(&absent.name, &absent.value, absent.http_only, hide);
            let look = match absent.why {
                Why::HeldBack(_) => "held",
                Why::MayBeHeldBack(_) => "may",
                Why::Ended { .. } => "gone",
                Why::Missing | Why::UnderWay => "missing",
            };
            let said = Sentence::from(words.absent(&absent.why));
            match stays.iter_mut().find(|stay| stay.look == look && stay.said == said) {
                Some(stay) => stay.pairs.push(pair),
                None => {
                    let lead = words.absent_lead(&absent.why);
                    stays.push(Self { look, lead, pairs: vec![pair], said });
                }
            }
        }
        stays
    }
}

impl Set {
    fn all(lines: &[Line], reader: Reader) -> Vec<Self> {
        let mut sets: Vec<Self> = Vec::new();
        for line in lines {
            let mut set = Self::of(line, reader);
            let pairs = std::mem::take(&mut set.pairs);
            let is_alike = |other: &&mut Self| {
                (other.look, other.lead, other.remark) == (set.look, set.lead, set.remark)
                    && (&other.written, &other.said) == (&set.written, &set.said)
            };
            match sets.iter_mut().find(is_alike) {
                Some(alike) => alike.pairs.extend(pairs),
                None => sets.push(Self { pairs, ..set }),
            }
        }
        sets
    }

    fn of(line: &Line, Reader { words, hide }: Reader) -> Self {
        let (name, value, attributes) = line.parts();
        let http_only = hide::is_http_only(&line.line);
        let look = match &line.outcome {
            SetOutcome::Stored(_) | SetOutcome::Replaced { .. } => "set",
            SetOutcome::Deleted { .. } => "gone",
            SetOutcome::Refused { certain: true, .. } | SetOutcome::OtherCookie { .. } => "held",
            _ => "may",
        };
        let is_gone = look == "gone";
        let mut remark = "";
        let mut pair = Pair::of(name, value, http_only, hide);
        let old = match &line.outcome {
            SetOutcome::Replaced { old, .. } if old.value == value => {
                remark = words.labels().same_value;
                None
            }
            SetOutcome::Replaced { old, .. } | SetOutcome::Deleted { old, .. } => {
                let was = hide.value(&old.value, http_only || old.http_only);
                let [new, was] = apart(&hide.value(value, http_only), &was);
                pair.value = new;
                Some(was)
            }
            _ => None,
        };
        Self {
            look,
            lead: words.set_lead(&line.outcome),
            is_asking: matches!(
                line.outcome,
                SetOutcome::AsksToDelete { .. } | SetOutcome::OtherCookie { .. }
            ),
            pairs: vec![(pair, old)],
            remark,
            written: if is_gone { String::new() } else { cookie_rules::shown(attributes) },
            said: hide.said(words.set(&line.outcome), line).into(),
        }
    }
}

impl Line {
    /// Name, value and attributes as they are written.
    pub(crate) fn parts(&self) -> (&[u8], &[u8], &[u8]) {
        let line = &self.line[..];
        let end = line.iter().position(|byte| *byte == b';').unwrap_or(line.len());
        let (pair, attributes) = (&line[..end], line.get(end + 1..).unwrap_or_default());
        let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
            Some(equals) => (&pair[..equals], &pair[equals + 1..]),
            None => (&b""[..], pair),
        };
        (name.trim_ascii(), value.trim_ascii(), attributes.trim_ascii())
    }
}

impl Exchange {
    /// Where the answer sends the browser.
    pub(crate) fn location(&self) -> Option<&[u8]> {
        if self.answer.status.is_redirection() { self.answer.head.get("location") } else { None }
    }
}

/// What all of these exchanges have in common.
pub(crate) fn plain<'a>(
    exchanges: &[Arc<Exchange>],
    names: &'a Names,
    reader: Reader,
) -> Plain<'a> {
    let hosts: HashSet<_> = lesson(exchanges).map(|exchange| &exchange.asked.authority).collect();
    let one_client = is_one_client(exchanges, names);
    Plain { names, one_client, one_host: hosts.len() < 2, reader }
}

/// What the client of an exchange is called, by the exchange's number.
pub(crate) type Names = HashMap<u64, Client>;

/// The names of these exchanges' clients: that of a jar is the one that it has by now, and exchanges of which one led to the next
/// have one name.
pub(crate) fn names(exchanges: &[Arc<Exchange>]) -> Names {
    let clients = exchanges.iter().map(|exchange| &exchange.asked.client);
    let numbers: HashMap<_, _> =
        clients.filter_map(|client| Some((client.jar?, client.nth?))).collect();
    let mut first = HashMap::new();
    let mut names = Names::new();
    for exchange in exchanges {
        let client = &exchange.asked.client;
        let number = client.nth.or_else(|| numbers.get(&client.jar?).copied());
        let client = Client { nth: number, ..client.clone() };
        let before = exchange.asked.follows.and_then(|before| first.get(&before).copied());
        let before = before.unwrap_or(exchange.number);
        first.insert(exchange.number, before);
        names.entry(before).and_modify(|known| *known = careful(known, &client)).or_insert(client);
    }
    first.into_iter().map(|(number, first)| (number, names[&first].clone())).collect()
}

/// Of what one client was called twice, what holds both times.
fn careful(one: &Client, other: &Client) -> Client {
    if one.nth != other.nth {
        return Client { nth: None, ..other.clone() };
    }
    if one.is_presumed() { one.clone() } else { other.clone() }
}

/// What the client of this exchange is called.
pub(crate) fn named<'a>(names: &'a Names, exchange: &'a Exchange) -> &'a Client {
    names.get(&exchange.number).unwrap_or(&exchange.asked.client)
}

/// Whether one name says of all exchanges whose they are. What came before the first that is known needs none.
pub(crate) fn is_one_client(exchanges: &[Arc<Exchange>], names: &Names) -> bool {
    let mut known = lesson(exchanges).map(|exchange| named(names, exchange).nth.is_some());
    let is_known_to_the_end = known.find(|is_known| *is_known).is_none_or(|_| known.all(|is| is));
    is_known_to_the_end && may_be_one(&clients(exchanges, names))
}

/// Whether no two of them are certain to be two.
fn may_be_one(clients: &[&Client]) -> bool {
    let numbered = clients.iter().filter(|client| client.nth.is_some()).count();
    numbered < 2 && clients.iter().all(|client| client.program == clients[0].program)
}

fn lesson(exchanges: &[Arc<Exchange>]) -> impl Iterator<Item = &Arc<Exchange>> {
    exchanges.iter().filter(|exchange| exchange.asked.kind == Kind::Lesson)
}

/// What an address calls a client, in whatever language its page is.
pub(crate) fn key(client: &Client) -> String {
    English.client(client)
}

/// The clients that were seen, one of each name.
pub(crate) fn clients<'a>(exchanges: &'a [Arc<Exchange>], names: &'a Names) -> Vec<&'a Client> {
    let mut clients: Vec<&Client> = Vec::new();
    for exchange in lesson(exchanges) {
        let client = named(names, exchange);
        if !clients.iter().any(|known| (known.program, known.nth) == (client.program, client.nth)) {
            clients.push(client);
        }
    }
    clients
}

/// The client that all of these exchanges may be of: without a number, unless each is certain to be that one's.
pub(crate) fn one_client<'a>(
    exchanges: &'a [Arc<Exchange>],
    names: &'a Names,
) -> Option<&'a Client> {
    let clients = clients(exchanges, names);
    let unnumbered = clients.iter().find(|client| client.nth.is_none());
    unnumbered.or(clients.first()).copied().filter(|_| may_be_one(&clients))
}

/// When the exchange was answered.
pub(crate) fn ended(exchange: &Exchange) -> SystemTime {
    exchange.asked.at + exchange.answer.took
}

/// Whether the two have one jar. A request of which nobody knows whose it is has none.
pub(crate) fn is_one(one: &Client, other: &Client) -> bool {
    one.jar.is_some() && one.jar == other.jar
}
