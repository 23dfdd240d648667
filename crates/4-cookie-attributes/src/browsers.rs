//! What each browser was asked to store, so that a page can say which cookies were held back, and why.
//!
//! A server can't see a cookie that was withheld. But it knows what it set, and the rules are public: so it keeps a jar of
//! its own for each browser, and predicts. A cookie of this file's tells one browser's jar from another's. Where the browser
//! does something else than predicted (cookies deleted by hand, for one), the browser is right and the jar follows.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use cookie::Key;
use cookie_rules::{Cookie, Decision, Jar, Limits, Outcome, SameSiteContext, shown};

/// The cookie that tells browsers apart.
pub const NAME: &str = "workbench";
/// How many browsers are remembered; the one unseen for longest makes room.
const BROWSERS: usize = 64;
const LIMITS: Limits = Limits { per_domain: 60, total: 120, gone: 20 };

/// What came with a request, what did not, and why. Everything is safe to show once it is escaped for HTML.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The path of the request.
    pub path: String,
    /// The pairs that came, in order.
    pub arrived: Vec<Arrived>,
    /// The cookies that the browser has, as far as this server knows, and did not send.
    pub withheld: Vec<Missing>,
    /// The cookies that the browser had, and has no more.
    pub gone: Vec<Missing>,
    /// What became of the `Set-Cookie` lines of the last response that had any.
    pub outcomes: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Arrived {
    pub name: String,
    pub value: String,
    pub remark: &'static str,
}

#[derive(Clone, Debug)]
pub struct Missing {
    pub name: String,
    pub path: String,
    pub reason: String,
    pub section: &'static str,
}

/// A jar for each browser.
#[derive(Clone, Default)]
pub struct Browsers(Arc<Mutex<VecDeque<Browser>>>);

struct Browser {
    id: String,
    jar: Jar,
    outcomes: Vec<String>,
}

/// Surrounds the lesson's routes: tells the handler what was [`Seen`], and puts into the jar what the response sets.
pub async fn watch(State(browsers): State<Browsers>, mut request: Request, next: Next) -> Response {
    let id = id_of(request.headers());
    let sent = as_browser_sent_it(&request);
    let mut seen = match (&id, &sent) {
        (Some(id), Some(sent)) => browsers.look(id, sent, request.headers()),
        _ => None,
    }
    .unwrap_or_else(|| Seen { arrived: arrived(request.headers(), None), ..Seen::default() });
    seen.path = request.uri().path().to_owned();
    request.extensions_mut().insert(seen);
    let mut response = next.run(request).await;
    if let Some(sent) = sent
        && response.headers().contains_key(header::SET_COOKIE)
        && let Some(line) = browsers.store(id, &sent, response.headers())
    {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    response
}

/// The request as the browser knows it: with the address that it asked for, and what caused it.
fn as_browser_sent_it(request: &Request) -> Option<cookie_rules::Request> {
    let field = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let method = request.method().as_str();
    let url = format!("http://{}{}", field("host")?, request.uri().path());
    let context = SameSiteContext::from_fetch_metadata(
        method,
        field("sec-fetch-site"),
        field("sec-fetch-mode"),
        field("sec-fetch-dest"),
    );
    Some(cookie_rules::Request::new(method, &url).ok()?.with_same_site(context))
}

impl Browsers {
    /// Compares what came with what the browser's jar predicts. `None` where the browser is not known, as after a restart.
    fn look(&self, id: &str, sent: &cookie_rules::Request, headers: &HeaderMap) -> Option<Seen> {
        let now = SystemTime::now();
        let mut browsers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = browsers.iter().position(|browser| browser.id == id)?;
        let mut browser = browsers.remove(place)?;
        let decisions = browser.jar.decide(sent, now);
        // Several cookies may have one name. Those that the rules send are at the front, and explain their pairs first.
        let mut unexplained = pairs(headers);
        let mut seen = Seen { arrived: arrived(headers, Some(&decisions)), ..Seen::default() };
        for decision in &decisions {
            let cookie = &decision.cookie;
            let pair = unexplained.iter().position(|(name, _)| *name == cookie.name);
            let came = pair.map(|pair| unexplained.remove(pair)).is_some();
            match &decision.outcome {
                Outcome::Sent if !came => {
                    browser.jar.remove(&cookie.name, &cookie.domain, &cookie.path, now);
                    seen.gone.push(lost(cookie));
                }
                Outcome::Withheld(reason) if !came => {
                    seen.withheld.push(missing(cookie, reason.to_string(), reason.section()));
                }
                Outcome::Gone(reason) if !came => {
                    seen.gone.push(missing(cookie, reason.to_string(), reason.section()));
                }
                _ => {}
            }
        }
        seen.outcomes.clone_from(&browser.outcomes);
        browsers.push_back(browser);
        Some(seen)
    }

    /// Puts the response's cookies into the browser's jar. For a browser that is new, returns the line that names it.
    fn store(
        &self,
        id: Option<String>,
        sent: &cookie_rules::Request,
        headers: &HeaderMap,
    ) -> Option<HeaderValue> {
        let now = SystemTime::now();
        let mut browsers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = browsers.iter().position(|browser| Some(&browser.id) == id.as_ref());
        let mut browser = known.and_then(|place| browsers.remove(place)).unwrap_or_else(|| {
            Browser { id: random_id(), jar: Jar::with_limits(LIMITS), outcomes: Vec::new() }
        });
        let lines = headers.get_all(header::SET_COOKIE).iter();
        browser.outcomes =
            lines.map(|line| browser.jar.store(line.as_bytes(), sent, now).to_string()).collect();
        let introduction = match known {
            Some(_) => None,
            None => HeaderValue::try_from(format!(
                "{NAME}={}; Path=/; HttpOnly; SameSite=Lax",
                browser.id
            ))
            .ok(),
        };
        if browsers.len() >= BROWSERS {
            browsers.pop_front();
        }
        browsers.push_back(browser);
        introduction
    }
}

fn id_of(headers: &HeaderMap) -> Option<String> {
    let (_, value) = pairs(headers).into_iter().find(|(name, _)| name == NAME.as_bytes())?;
    String::from_utf8(value).ok()
}

/// 128 bits from the operating system: nobody can guess their way into another browser's jar.
fn random_id() -> String {
    Key::generate().signing()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The pairs of the request's `Cookie` headers as bytes, without the cookie that tells browsers apart.
pub fn pairs(headers: &HeaderMap) -> Vec<(Vec<u8>, Vec<u8>)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .map(<[u8]>::trim_ascii)
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.iter().position(|byte| *byte == b'=') {
            Some(equals) => (pair[..equals].to_owned(), pair[equals + 1..].to_owned()),
            None => (Vec::new(), pair.to_owned()),
        })
        .collect()
}

/// The pairs that came, each with what the prediction says of it; `None` where there is no jar for this browser.
fn arrived(headers: &HeaderMap, decisions: Option<&[Decision]>) -> Vec<Arrived> {
    let predicted = |name: &[u8], value: &[u8]| {
        decisions
            .unwrap_or_default()
            .iter()
            .filter(|decision| decision.outcome == Outcome::Sent)
            .any(|decision| decision.cookie.name == name && decision.cookie.value == value)
    };
    pairs(headers)
        .into_iter()
        .map(|(name, value)| Arrived {
            remark: if name == NAME.as_bytes() {
                "this workbench's own: it tells your browser from others"
            } else if predicted(&name, &value) {
                "as predicted"
            } else if decisions.is_none() {
                "this server has no list for your browser yet"
            } else {
                "not set here for your browser: by another server on localhost, or by hand"
            },
            name: shown(&name),
            value: shown(&value),
        })
        .collect()
}

fn missing(cookie: &Cookie, reason: String, section: &'static str) -> Missing {
    Missing { name: shown(&cookie.name), path: shown(cookie.path.as_bytes()), reason, section }
}

/// No rule held it back, so the browser no longer has it, and no rule says why.
fn lost(cookie: &Cookie) -> Missing {
    let reason = "It should have come and did not: the browser has it no more. Somebody deleted it, or the browser was closed.";
    missing(cookie, reason.to_owned(), "")
}
