//! The attacker's side of an exercise: a page that somebody lays out for others.

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, Method, StatusCode, header},
    response::{AppendHeaders, Html, IntoResponse, Response},
};
use tower_service::Service;

use crate::{Address, Reply, Submission, page::encoded};

/// In a lure, this stands for the value of Mallory's own cookie, from a log-in of hers: whoever lays a lure has an account,
/// too. The check and `cargo course run` put it in.
pub const MALLORYS_ID: &str = "MALLORYS-ID";

/// A page at a site that isn't the one under attack: HTML, and the cookies that its answer plants. A real browser shows it
/// ([`Lure::beside`]), and so does [`Browser::fall_for`](crate::Browser::fall_for).
///
/// ```
/// let lure = probe::Lure::at("http://evil.crumbs.localhost:3107/", "<h1>Kittens</h1>")
///     .planting("theme=dark; Domain=crumbs.localhost");
/// assert_eq!(lure.address().host(), "evil.crumbs.localhost");
/// ```
#[derive(Clone, Debug)]
pub struct Lure {
    address: Address,
    html: String,
    planted: Vec<String>,
    pub(crate) script: Option<Submission>,
}

impl Lure {
    /// A page with this HTML at this address.
    ///
    /// # Panics
    ///
    /// Where that is no address of a page.
    #[must_use]
    #[track_caller]
    pub fn at(url: &str, html: &str) -> Self {
        Self { address: Address::of(url), html: html.to_owned(), planted: Vec::new(), script: None }
    }

    /// A page whose one button sends this; `head` stands before it. It is for the lures that a check lays beside the learner's.
    ///
    /// # Panics
    ///
    /// As [`Lure::at`].
    #[must_use]
    #[track_caller]
    pub fn sending(url: &str, head: &str, sent: &Submission) -> Self {
        let quoted = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;");
        let fields = sent.fields.iter().map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", quoted(name), quoted(value))
        });
        let (method, action) = (&sent.method, quoted(&sent.action.to_string()));
        let fields = fields.collect::<String>();
        let form = format!(
            "{head}<form method=\"{method}\" action=\"{action}\">{fields}<button>A prize!</button></form>"
        );
        Self::at(url, &form)
    }

    /// A page whose script sends this by POST, once it is open, as `fetch` does with `mode: "no-cors"` and
    /// `credentials: "include"`. It is for the lures of a check, too: a [`Browser`](crate::Browser) runs no other scripts, and
    /// [`Lure::beside`] none.
    ///
    /// # Panics
    ///
    /// As [`Lure::at`].
    #[must_use]
    #[track_caller]
    pub fn by_script(url: &str, sent: &Submission) -> Self {
        Self { script: Some(sent.clone()), ..Self::at(url, "") }
    }

    /// The same, with one more cookie: what stands in a `Set-Cookie` line.
    #[must_use]
    pub fn planting(mut self, line: &str) -> Self {
        self.planted.push(line.to_owned());
        self
    }

    /// The same, with this in the place of [`MALLORYS_ID`].
    #[must_use]
    pub fn knowing(self, id: &str) -> Self {
        self.with(MALLORYS_ID, id)
    }

    fn with(mut self, old: &str, new: &str) -> Self {
        for text in std::iter::once(&mut self.html).chain(&mut self.planted) {
            *text = text.replace(old, new);
        }
        self
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// What a browser gets there.
    pub(crate) fn reply(&self) -> Reply {
        let (target, host) = (self.address.target(), self.address.authority());
        let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let kind = "Content-Type: text/html; charset=utf-8\r\n";
        let planted =
            self.planted.iter().map(|line| format!("Set-Cookie: {}\r\n", of_one_line(line)));
        let head = planted.collect::<String>();
        let answer = format!("HTTP/1.1 200 OK\r\n{kind}{head}\r\n{}", self.html);
        Reply::parse(request.as_bytes(), answer.as_bytes())
    }

    /// Both sides for a real browser: `app` at the origin `bank`, the lure at its own host, and at `localhost` where to find
    /// them. Where the server has another port than `bank` says, so has all that is in the lure. `log_in` is what Mallory types
    /// at the bank's `/login`, for a lure that has [`MALLORYS_ID`].
    ///
    /// # Panics
    ///
    /// Where `bank` is no origin.
    #[track_caller]
    pub fn beside(self, app: Router, bank: &str, log_in: &[(&str, &str)]) -> Router {
        let log_in = encoded(log_in.iter().copied());
        let sides = Sides { lure: self, app, bank: Address::of(bank), log_in };
        Router::new().fallback(move |request| sides.clone().answer(request))
    }
}

/// What can't be in a line of a head is left out.
fn of_one_line(line: &str) -> String {
    line.replace(['\r', '\n', '\0'], "")
}

#[derive(Clone)]
struct Sides {
    lure: Lure,
    app: Router,
    bank: Address,
    log_in: String,
}

impl Sides {
    async fn answer(mut self, request: Request) -> Response {
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let (host, port) = host.map_or(("", None), |host| match host.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().ok()),
            None => (host, None),
        });
        let port: u16 = port.unwrap_or(80);
        let lures = self.lure.address.host() == host;
        if host == self.bank.host() {
            let Ok(answer) = self.app.call(request).await;
            answer
        } else if lures {
            self.page(port).await
        } else {
            self.contents(
                port,
                if host == "localhost" { StatusCode::OK } else { StatusCode::NOT_FOUND },
            )
        }
    }

    /// The lure's page.
    async fn page(mut self, port: u16) -> Response {
        let mut lure = self.lure.clone();
        if lure.planted.iter().chain([&lure.html]).any(|text| text.contains(MALLORYS_ID)) {
            lure = lure.knowing(&self.mallorys_id(port).await);
        }
        let lure = lure.with(&format!(":{}", self.bank.port()), &format!(":{port}"));
        let planted = lure.planted.iter().map(|line| (header::SET_COOKIE, of_one_line(line)));
        let planted = AppendHeaders(planted.collect::<Vec<_>>());
        (NOT_KEPT, planted, Html(lure.html)).into_response()
    }

    /// Logs Mallory in, as her own browser does.
    async fn mallorys_id(&mut self, port: u16) -> String {
        let host = format!("{}:{port}", self.bank.host());
        let request = Request::builder()
            .method(Method::POST)
            .uri("/login")
            .header(header::HOST, &host)
            .header(header::ORIGIN, format!("http://{host}"))
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(self.log_in.clone()));
        let Ok(request) = request else { return String::new() };
        let Ok(answer) = self.app.call(request).await;
        first_value(answer.headers())
    }

    /// Where the two sides are.
    fn contents(&self, port: u16, status: StatusCode) -> Response {
        let at = |address: &Address| format!("http://{}:{port}/", address.host());
        let (bank, lure) = (at(&self.bank), at(&self.lure.address));
        let page = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Two sides</title>\n\
             <link rel=\"stylesheet\" href=\"/classroom/style.css\">\n<main>\n<h1>Two sides</h1>\n<ul>\n\
             <li>The server that you fix: <a href=\"{bank}\">{bank}</a></li>\n\
             <li>The lure that you write: <a href=\"{lure}\">{lure}</a></li>\n</ul>\n</main>\n"
        );
        (status, NOT_KEPT, Html(page)).into_response()
    }
}

const NOT_KEPT: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// The first cookie's value that is not empty.
fn first_value(headers: &HeaderMap) -> String {
    let lines = headers.get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.filter_map(|line| line.split(';').next()?.split_once('='));
    let mut values = pairs.map(|(_, value)| value.trim()).filter(|value| !value.is_empty());
    values.next().unwrap_or_default().to_owned()
}
