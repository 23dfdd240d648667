//! The bank: log in, look, send money, write into the guestbook, log out. **Vulnerable on purpose**: what protects it is in
//! `defences/`, and off at first.
//!
//! Every page of it says `no-store` but *My statement*, see `defences/caching.rs`.

use askama::Template;
use axum::{
    Router,
    extract::{Form, Query, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use classroom::{
    Page, Watched,
    cookies::{self, FOR_ONE_BROWSER},
};
use serde::Deserialize;

use crate::{
    books::{self, Cause, Embedded, Passed, Shown, Source, Transfer, User, note},
    defences::{
        Defence, caching, csp, escape, fetch_metadata, frame_ancestors, new_id, post, token,
    },
    hosts::{self, Hosts},
    lab::{Lab, Shared},
    sessions::Session,
};

/// The longest entry of the guestbook, in characters.
const ENTRY: usize = 2000;

pub fn routes(lab: Shared) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/login", get(ask).post(log_in))
        .route("/logout", post(log_out).get(log_out_by_get))
        .route("/transfer", post(transfer))
        .route("/account", get(account))
        .route("/statement", get(statement))
        .route("/seen", get(seen))
        .route("/guestbook", get(guestbook).post(write))
        .layer(from_fn_with_state(lab.clone(), around))
        .with_state(lab)
}

/// Why the bank doesn't do what it was asked.
#[derive(Debug)]
pub struct Refused(pub StatusCode, pub &'static str);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let word = Watched::now().say(|| format!("Refused: {}", self.1));
        (self.0, word, self.1).into_response()
    }
}

fn unusable(why: &'static str) -> Refused {
    Refused(StatusCode::UNPROCESSABLE_ENTITY, why)
}

const LOG_IN_FIRST: Refused = Refused(StatusCode::FORBIDDEN, "Nobody is logged in. Log in first.");

impl Lab {
    /// The session that a request brought.
    fn session(&self, headers: &HeaderMap) -> Option<Session> {
        self.sessions.find(headers, self.defences.cookie_name())
    }

    /// What every `POST` passes before it may change anything. A `GET` doesn't: it should change nothing.
    fn admit(&self, headers: &HeaderMap, came: Option<&str>) -> Result<Option<Session>, Refused> {
        let session = self.session(headers);
        let refused = |why| Refused(StatusCode::FORBIDDEN, why);
        if self.defences.has(Defence::FetchMetadata) {
            fetch_metadata::check(headers).map_err(refused)?;
        }
        if self.defences.has(Defence::Token) {
            token::check(session.as_ref(), came).map_err(refused)?;
        }
        Ok(session)
    }

    /// What this session's forms carry.
    fn token(&self, session: Option<&Session>) -> Option<String> {
        session.filter(|_| self.defences.has(Defence::Token)).map(|session| session.token.clone())
    }

    /// The request's session, or one that begins with it: with its `Set-Cookie`, then. Where another site caused the
    /// request, none begins: the browser may have a session, and hold its cookie back.
    fn session_or_new(
        &mut self,
        headers: &HeaderMap,
    ) -> Result<(Option<Session>, Option<String>), Refused> {
        let session = self.session(headers);
        if session.is_some() || Cause::of(headers) == Cause::CrossSite {
            return Ok((session, None));
        }
        let session = self.begin(headers)?;
        let cookie = self.defences.cookie(&session.id);
        Ok((Some(session), Some(cookie)))
    }

    fn begin(&mut self, headers: &HeaderMap) -> Result<Session, Refused> {
        let on = self.defences.has(Defence::NewId);
        new_id::begin(on, &mut self.sessions, headers, self.defences.cookie_name())
    }

    fn balance(&self, user: User) -> u32 {
        self.books.balances.get(user).copied().unwrap_or(0)
    }
}

fn user_of(session: Option<&Session>) -> Option<User> {
    session.and_then(|session| session.user)
}

/// The server's word on who this is.
fn who(user: Option<User>) -> String {
    user.map_or_else(|| "Nobody is logged in.".to_owned(), |user| format!("Logged in: {user}."))
}

/// A payment link fills the form in: `/?to=bob&amount=5`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Order {
    to: String,
    amount: String,
}

#[derive(Template)]
#[template(path = "bank.html")]
struct Index {
    at: Hosts,
    user: Option<User>,
    balance: u32,
    token: Option<String>,
    order: Order,
    transfers: Vec<Transfer>,
}

async fn index(
    State(lab): State<Shared>,
    at: Hosts,
    headers: HeaderMap,
    Query(order): Query<Order>,
) -> impl IntoResponse {
    let lab = lab.lock();
    let session = lab.session(&headers);
    let user = user_of(session.as_ref());
    let page = Index {
        at,
        user,
        balance: user.map_or(0, |user| lab.balance(user)),
        token: lab.token(session.as_ref()),
        order,
        transfers: of_user(&lab, user),
    };
    (Watched::now().say(|| who(user)), Page(page)).into_response()
}

/// The transfers of an account, the latest first.
fn of_user(lab: &Lab, user: Option<User>) -> Vec<Transfer> {
    let own = |transfer: &&Transfer| {
        user.is_some_and(|user| transfer.from == user || transfer.to == user)
    };
    lab.books.transfers.iter().rev().filter(own).take(10).copied().collect()
}

#[derive(Template)]
#[template(path = "login.html")]
struct Ask {
    at: Hosts,
    token: Option<String>,
    users: [(User, &'static str); 3],
}

/// The form, and a session for whoever has none: the form's token is bound to it. Where another site led here and no session
/// came, there is no token to put into it: the first page has the link that a session comes with, or begins with.
async fn ask(
    State(lab): State<Shared>,
    at: Hosts,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let mut lab = lab.lock();
    let (session, cookie) = lab.session_or_new(&headers)?;
    let user = user_of(session.as_ref());
    if session.is_none() || user.is_some() {
        return Ok((Watched::now().say(|| who(user)), Redirect::to("/")).into_response());
    }
    let page = Page(Ask { at, token: lab.token(session.as_ref()), users: books::USERS });
    Ok((Watched::now().say(|| who(None)), set(cookie), page).into_response())
}

/// The one `Set-Cookie` line, if there is one.
fn set(cookie: Option<String>) -> AppendHeaders<Option<(header::HeaderName, String)>> {
    AppendHeaders(cookie.map(|line| (header::SET_COOKIE, line)))
}

#[derive(Deserialize)]
struct LogIn {
    name: String,
    password: String,
    token: Option<String>,
}

async fn log_in(
    State(lab): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<LogIn>,
) -> Result<impl IntoResponse, Refused> {
    let mut lab = lab.lock();
    let before = lab.admit(&headers, form.token.as_deref())?;
    let user = books::log_in(&form.name, &form.password).ok_or(Refused(
        StatusCode::FORBIDDEN,
        "No account has this name and this password. The log-in page shows all of them.",
    ))?;
    let before = match before {
        Some(before) => before,
        None => lab.begin(&headers)?,
    };
    let on = lab.defences.has(Defence::NewId);
    let session = new_id::log_in(on, &mut lab.sessions, before, user)?;
    note(&mut lab.books.log_ins, Passed { user, by: Source::of(&headers) });
    let cookie = lab.defences.cookie(&session.id);
    Ok((Watched::now().say(|| who(Some(user))), set(Some(cookie)), Redirect::to("/")))
}

#[derive(Deserialize)]
struct Alone {
    token: Option<String>,
}

async fn log_out(
    State(lab): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<Alone>,
) -> Result<impl IntoResponse, Refused> {
    let mut lab = lab.lock();
    let session = lab.admit(&headers, form.token.as_deref())?;
    Ok(end(&mut lab, session, &headers))
}

/// Vulnerable on purpose: a link logs you out.
async fn log_out_by_get(State(lab): State<Shared>, method: Method, headers: HeaderMap) -> Response {
    let mut lab = lab.lock();
    if !post::may_log_out(lab.defences.has(Defence::Post), &method) {
        let refused = Refused(StatusCode::METHOD_NOT_ALLOWED, "Log out by the form, which posts.");
        return ([(header::ALLOW, "POST")], refused).into_response();
    }
    let session = lab.session(&headers);
    end(&mut lab, session, &headers).into_response()
}

/// Ends a session, and asks the browser to delete the cookie.
fn end(lab: &mut Lab, session: Option<Session>, headers: &HeaderMap) -> impl IntoResponse + use<> {
    let user = user_of(session.as_ref());
    if let Some(user) = user {
        note(&mut lab.books.log_outs, Passed { user, by: Source::of(headers) });
    }
    let cookie = session.map(|session| {
        lab.sessions.end(&session.id);
        lab.defences.cookie("") + "; Max-Age=0"
    });
    let word = Watched::now().say(|| match user {
        Some(user) => format!("Logged out: {user}."),
        None => "Nobody was logged in.".to_owned(),
    });
    (word, set(cookie), Redirect::to("/"))
}

#[derive(Deserialize)]
struct Send {
    to: String,
    amount: String,
    token: Option<String>,
}

async fn transfer(
    State(lab): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<Send>,
) -> Result<impl IntoResponse, Refused> {
    let mut lab = lab.lock();
    let session = lab.admit(&headers, form.token.as_deref())?;
    let from = user_of(session.as_ref()).ok_or(LOG_IN_FIRST)?;
    let by = Source::of(&headers);
    let Transfer { to, amount, .. } =
        lab.books.transfer(from, &form.to, &form.amount, by).map_err(unusable)?;
    let word = Watched::now().say(|| format!("{from} sends {amount} to {to}."));
    Ok((word, Redirect::to("/")))
}

#[derive(Template)]
#[template(path = "account.html")]
struct Account {
    at: Hosts,
    what: &'static str,
    user: Option<User>,
    balance: u32,
    transfers: Vec<Transfer>,
}

impl Account {
    fn of(user: Option<User>, lab: &Lab, at: Hosts, what: &'static str) -> Self {
        let balance = user.map_or(0, |user| lab.balance(user));
        Self { at, what, user, balance, transfers: of_user(lab, user) }
    }

    fn word(&self) -> String {
        self.user.map_or_else(|| who(None), |user| format!("The {} of {user}.", self.what))
    }
}

async fn account(State(lab): State<Shared>, at: Hosts, headers: HeaderMap) -> impl IntoResponse {
    let lab = lab.lock();
    let page = Account::of(user_of(lab.session(&headers).as_ref()), &lab, at, "account");
    (Watched::now().say(|| page.word()), Page(page)).into_response()
}

/// The one page that caches may keep. It has no form, and so no token; and it begins a session for whoever has none. A frame
/// gets the same page as everybody: what was kept goes to others.
async fn statement(
    State(lab): State<Shared>,
    at: Hosts,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refused> {
    let mut lab = lab.lock();
    let (session, cookie) = lab.session_or_new(&headers)?;
    let has = |defence| lab.defences.has(defence);
    let caching =
        caching::headers(has(Defence::Private), has(Defence::NoStore), has(Defence::Vary));
    let at = Hosts { framed: false, ..at };
    let page = Account::of(user_of(session.as_ref()), &lab, at, "statement");
    let word = Watched::now().say(|| page.word());
    Ok((word, AppendHeaders(caching), set(cookie), Page(page)).into_response())
}

#[derive(Deserialize)]
struct Dot {
    what: String,
    page: String,
}

/// An image without anything to see: *My account* and *My statement* ask for it, so that the books say who looks at whose page. A page
/// that a browser has kept asks for it, too. Pages of the shared cache are not noted: no browser's own has kept those.
async fn seen(State(lab): State<Shared>, headers: HeaderMap, Query(dot): Query<Dot>) -> StatusCode {
    let mut lab = lab.lock();
    let to = user_of(lab.session(&headers).as_ref());
    let by_the_bank = hosts::asked(&headers).as_deref() == Some(hosts::BANK)
        && Cause::of(&headers) == Cause::SameOrigin;
    let what = ["account", "statement"].into_iter().find(|what| *what == dot.what);
    if let (true, Some(what), Some(page)) = (by_the_bank, what, books::user(&dot.page)) {
        note(&mut lab.books.shown, Shown { what, page, to });
    }
    StatusCode::NO_CONTENT
}

#[derive(Template)]
#[template(path = "guestbook.html")]
struct Guestbook {
    at: Hosts,
    user: Option<User>,
    token: Option<String>,
    escaped: bool,
    /// Who wrote, and what goes into the page, the latest first.
    entries: Vec<(User, String)>,
}

async fn guestbook(State(lab): State<Shared>, at: Hosts, headers: HeaderMap) -> impl IntoResponse {
    let lab = lab.lock();
    let session = lab.session(&headers);
    let user = user_of(session.as_ref());
    let escaped = lab.defences.has(Defence::Escape);
    let entries = lab.books.guestbook.iter().rev();
    let page = Guestbook {
        at,
        user,
        token: lab.token(session.as_ref()),
        escaped,
        entries: entries.map(|entry| (entry.by, escape::shown(escaped, &entry.text))).collect(),
    };
    (Watched::now().say(|| who(user)), Page(page)).into_response()
}

#[derive(Deserialize)]
struct Write {
    text: String,
    token: Option<String>,
}

async fn write(
    State(lab): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<Write>,
) -> Result<impl IntoResponse, Refused> {
    let mut lab = lab.lock();
    let session = lab.admit(&headers, form.token.as_deref())?;
    let by = user_of(session.as_ref()).ok_or(LOG_IN_FIRST)?;
    lab.write(by, form.text.trim())?;
    let word = Watched::now().say(|| format!("{by} wrote into the guestbook."));
    Ok((word, Redirect::to("/guestbook")))
}

impl Lab {
    pub fn write(&mut self, by: User, text: &str) -> Result<(), Refused> {
        if text.is_empty() {
            return Err(unusable("An entry needs at least one letter."));
        }
        if text.chars().count() > ENTRY {
            let why = "An entry may have 2000 characters.";
            return Err(Refused(StatusCode::PAYLOAD_TOO_LARGE, why));
        }
        note(&mut self.books.guestbook, books::Entry { by, text: text.to_owned() });
        Ok(())
    }
}

/// Around each route: notes what pages of other sites embed, and adds what the answer says to the browser.
async fn around(State(lab): State<Shared>, request: Request, next: Next) -> Response {
    note_embedded(&lab, request.headers());
    let mut response = next.run(request).await;
    let lab = lab.lock();
    let headers = response.headers_mut();
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers
            .extend(FOR_ONE_BROWSER.map(|(name, value)| (name, HeaderValue::from_static(value))));
    }
    let policies = [
        csp::policy(lab.defences.has(Defence::Csp)),
        frame_ancestors::policy(lab.defences.has(Defence::FrameAncestors)),
    ];
    for policy in policies.into_iter().flatten() {
        headers.append(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    response
}

/// What an image, a frame or a script of another site asks for, and whether the cookie came.
fn note_embedded(lab: &Shared, headers: &HeaderMap) {
    let field = |name: &str| headers.get(name).map_or(&b""[..], |value| value.as_bytes());
    let what = match field("sec-fetch-dest") {
        b"image" => "an image",
        b"iframe" => "a frame",
        b"empty" => "a script",
        _ => return,
    };
    // Where the bank leads a sibling's image on to its own first page, Firefox 153 says `cross-site` of that.
    if Cause::of(headers) != Cause::CrossSite || hosts::refers_to_own_site(headers) {
        return;
    }
    let mut lab = lab.lock();
    let storage_access = match field("sec-fetch-storage-access") {
        b"none" => "none",
        b"inactive" => "inactive",
        b"active" => "active",
        _ => "not said",
    };
    let cookie = cookies::values(headers, lab.defences.cookie_name()).next().is_some();
    note(&mut lab.books.withheld, Embedded { what, storage_access, cookie });
}
