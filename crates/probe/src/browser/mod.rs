//! A browser without scripts: a jar that follows the rules of `cookie-rules`, tabs, links, forms, redirects.

mod fall;
mod filling;
mod journey;
mod tools;
mod visit;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use cookie_rules::{Jar, ThirdPartyCookies};
pub use fall::Fall;
pub use filling::Filling;
use journey::{Journey, Origin, Use};
pub use visit::Visit;

use crate::{Address, Clock, Lure, Page, Reply, Server, page::encoded};

/// A tab of a browser, with the jar that it shares with the browser's other tabs.
///
/// It keeps and sends cookies by the rules of `cookie-rules`, as Chromium does where browsers differ, blocks third-party
/// cookies, follows redirects, and says with each request what a browser says of where it comes from (`Sec-Fetch-Site`,
/// `-Mode`, `-Dest`, `-User`, `Origin`, `Referer`). It runs no scripts.
///
/// **It shares its rules with the wire view, so it proves nothing of what the wire view predicts**: real browsers do that.
///
/// ```
/// use axum::{Form, Router, http::header, response::{AppendHeaders, Html, Redirect}, routing::get};
/// use std::collections::HashMap;
///
/// async fn log_in(Form(form): Form<HashMap<String, String>>) -> (AppendHeaders<[(header::HeaderName, String); 1]>, Redirect) {
///     (AppendHeaders([(header::SET_COOKIE, format!("name={}; HttpOnly", form["username"]))]), Redirect::to("hello"))
/// }
/// async fn hello(headers: header::HeaderMap) -> Html<String> {
///     Html(format!("<h1>{}</h1>", headers[header::COOKIE].to_str().unwrap()))
/// }
/// let form = Html("<form action=login method=post><input name=username></form>");
/// let app = Router::new().route("/", get(form)).route("/login", axum::routing::post(log_in)).route("/hello", get(hello));
/// let server = probe::Server::of(app);
///
/// let mut browser = probe::Browser::new();
/// browser.open(&server.url("/"));
/// let visit = browser.form("/login").fill("username", "Ada").send();
/// assert_eq!(visit.first().status, 303, "{visit}");
/// assert!(visit.says("name=Ada"), "{}", visit.with_text("name=Ada"));
/// assert!(browser.cookie("name").is_some_and(|cookie| cookie.http_only));
/// ```
#[derive(Debug)]
pub struct Browser {
    profile: Profile,
    history: Vec<Entry>,
    /// How many entries of the history lie up to the page that is shown; 0 where none is.
    shown: usize,
}

/// What the tabs of a browser share.
#[derive(Clone, Debug)]
struct Profile {
    jar: Arc<Mutex<Jar>>,
    clock: Clock,
    /// The port of this machine that every address leads to; `None` for the address's own.
    leads_to: Option<u16>,
    /// Whether it sends Fetch Metadata.
    says_where: bool,
}

impl Profile {
    /// The jar for a moment, and what time it is: other tabs use it while this one waits for an answer.
    fn with<T>(&self, act: impl FnOnce(&mut Jar, SystemTime) -> T) -> T {
        act(&mut self.jar.lock().unwrap_or_else(PoisonError::into_inner), self.clock.now())
    }

    /// Takes the cookies of an answer to this request, and notes with it what the jar refused or changed.
    fn keep(&self, reply: &mut Reply, request: &cookie_rules::Request) {
        let is_cookie = |name: &str| name.eq_ignore_ascii_case("Set-Cookie");
        let lines = reply.headers.iter().filter(|(name, _)| is_cookie(name));
        let stored: Vec<_> =
            self.with(|jar, now| lines.map(|(_, line)| jar.store(line, request, now)).collect());
        let told = stored.iter().filter(|stored| stored.reason().is_some());
        reply.notes.extend(told.map(|stored| format!("The browser: {stored}")));
    }
}

/// A page in a tab's history, and how it came there.
#[derive(Clone, Debug)]
struct Entry {
    visit: Visit,
    /// `None` for a page that a test laid there.
    journey: Option<Journey>,
}

impl Default for Browser {
    fn default() -> Self {
        Self::new()
    }
}

impl Browser {
    /// Another browser: an empty jar, one tab, the machine's clock.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(&Clock::real())
    }

    /// A browser that judges `Max-Age`, `Expires` and a cookie's age by this clock.
    #[must_use]
    pub fn with_clock(clock: &Clock) -> Self {
        let blocking = cookie_rules::Profile {
            third_party: ThirdPartyCookies::Blocked,
            ..cookie_rules::Profile::CHROMIUM
        };
        let jar = Jar::new().with_profile(blocking);
        Self::of(Profile {
            jar: Arc::new(Mutex::new(jar)),
            clock: clock.clone(),
            leads_to: None,
            says_where: true,
        })
    }

    /// Another browser, for which every address leads to this server, whatever its host and its port: so pages may name the
    /// port that they are served at for real, such as `http://app.crumbs.localhost:3107`.
    ///
    /// ```
    /// # use axum::{Router, http::HeaderMap, routing::get};
    /// # let app = Router::new().route("/", get(|headers: HeaderMap| async move { headers["host"].to_str().unwrap().to_owned() }));
    /// let server = probe::Server::of(app);
    /// let visit = probe::Browser::through(&server).open("http://app.crumbs.localhost:3107/");
    /// assert!(visit.says("app.crumbs.localhost:3107"), "{visit}");
    /// ```
    #[must_use]
    pub fn through(server: &Server) -> Self {
        let mut browser = Self::new();
        browser.profile.leads_to = Some(server.port());
        browser
    }

    /// The same browser as it was before Fetch Metadata: it sends no `Sec-Fetch-` fields. `Origin` and `Referer` it sends.
    #[must_use]
    pub fn of_old(mut self) -> Self {
        self.profile.says_where = false;
        self
    }

    fn of(profile: Profile) -> Self {
        Self { profile, history: Vec::new(), shown: 0 }
    }

    /// Another tab, empty, with the same jar. Tabs may be used on threads of their own.
    #[must_use]
    pub fn tab(&self) -> Self {
        Self::of(self.profile.clone())
    }

    /// The browser's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.profile.clock
    }

    /// Loads an address as if it were typed.
    ///
    /// # Panics
    ///
    /// As all that loads: where nobody listens there, the answer does not come in time, or it leads in a circle or away from
    /// this machine.
    #[track_caller]
    pub fn open(&mut self, url: &str) -> Visit {
        self.navigate(Journey::page("GET", Address::of(url), None, None))
    }

    /// Clicks the link with this text, or to this address, in the page that is shown.
    ///
    /// # Panics
    ///
    /// Where there is no such link, and as [`Browser::open`].
    #[track_caller]
    pub fn click(&mut self, which: &str) -> Visit {
        let page = self.page();
        let Some(to) = page.link(which) else {
            panic!("{}", self.visit().lacks(&format!("a link `{which}`"), which));
        };
        self.navigate(Journey::page("GET", to, None, Some(self.origin())))
    }

    /// The form of the page that is shown which sends to this address, or, where none does, has a field of this name: to be
    /// filled in and sent.
    ///
    /// # Panics
    ///
    /// Where there is no such form.
    #[track_caller]
    pub fn form(&mut self, which: &str) -> Filling<'_> {
        match self.page().form(which) {
            Some(form) => Filling::of(self, form),
            None => panic!(
                "{}",
                self.visit()
                    .lacks(&format!("a form to `{which}`, or with a field of this name"), "")
            ),
        }
    }

    /// The first form of the page that is shown of which this is true: one of many that send to the same address.
    ///
    /// # Panics
    ///
    /// Where there is none.
    #[track_caller]
    pub fn form_where(&mut self, is_it: impl Fn(&crate::Form) -> bool) -> Filling<'_> {
        match self.page().forms().into_iter().find(is_it) {
            Some(form) => Filling::of(self, form),
            None => panic!("{}", self.visit().lacks("a form", "")),
        }
    }

    /// Sends these fields by POST, as a form at `/` of the same server would, whatever page is shown: for a server whose
    /// routes are fixed and whose page may be anything.
    ///
    /// # Panics
    ///
    /// As [`Browser::open`].
    #[track_caller]
    pub fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> Visit {
        let to = Address::of(url);
        let from = to.at("/").map(|address| Origin { address, policy: String::new() });
        self.navigate(Journey::page("POST", to, Some(encoded(fields.iter().copied())), from))
    }

    /// Asks again for the page that is shown: where a form's own answer is the page, the form is sent again; where that answer
    /// led on, it is the last address that is asked.
    ///
    /// # Panics
    ///
    /// Where no page is shown, and as [`Browser::open`].
    #[track_caller]
    pub fn reload(&mut self) -> Visit {
        let Some(journey) = self.entry().journey.clone() else {
            panic!("a page that the test laid there can't be loaded again");
        };
        let (exchanges, last) = Journey { again: true, ..journey }.go(&self.profile);
        let visit = Visit::of(exchanges);
        self.history[self.shown - 1] = Entry { visit: visit.clone(), journey: Some(last) };
        visit
    }

    /// Goes back to the page before. The browser shows the page as it kept it; one that says `no-store` is asked for again.
    ///
    /// # Panics
    ///
    /// Where there is no page before, and as [`Browser::open`].
    #[track_caller]
    pub fn back(&mut self) -> Visit {
        assert!(self.shown > 1, "there is no page to go back to");
        self.shown -= 1;
        let kept = self.visit().last().all("Cache-Control");
        if kept.iter().any(|value| value.to_ascii_lowercase().contains("no-store")) {
            self.reload()
        } else {
            self.visit().clone()
        }
    }

    /// Lays a page with this HTML at this address, as if it had come from there: another site's, with a link, a form or an
    /// image that leads to the server under test.
    ///
    /// ```
    /// # let server = probe::Server::of(axum::Router::new());
    /// let mut browser = probe::Browser::new();
    /// browser.show("http://mallory.localhost/", &format!("<a href='{}'>A prize!</a>", server.url("/logout")));
    /// let visit = browser.click("A prize!");
    /// assert!(visit.to_string().contains("Sec-Fetch-Site: cross-site"), "{visit}");
    /// ```
    pub fn show(&mut self, url: &str, html: &str) {
        self.lay(Lure::at(url, html).reply());
    }

    /// Loads the images of the page that is shown, and returns what came of each. The tab goes nowhere.
    ///
    /// # Panics
    ///
    /// As [`Browser::open`].
    #[track_caller]
    pub fn images(&self) -> Vec<Visit> {
        let from = self.origin();
        let image = |to| Journey {
            purpose: Use::Image,
            ..Journey::page("GET", to, None, Some(from.clone()))
        };
        self.page()
            .images()
            .into_iter()
            .map(|to| Visit::of(image(to).go(&self.profile).0))
            .collect()
    }

    /// Sends what a script of the page that is shown sends.
    #[track_caller]
    fn fetch(&self, sent: &crate::Submission) -> Visit {
        let fields = sent.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let (to, body) = (sent.action.clone(), encoded(fields));
        let journey = Journey::page("POST", to, Some(body), Some(self.origin()));
        Visit::of(Journey { purpose: Use::Script, ..journey }.go(&self.profile).0)
    }

    /// What came when the page that is shown was loaded.
    ///
    /// # Panics
    ///
    /// Where no page is shown.
    #[must_use]
    #[track_caller]
    pub fn visit(&self) -> &Visit {
        &self.entry().visit
    }

    /// The page that is shown.
    ///
    /// # Panics
    ///
    /// Where none is.
    #[must_use]
    #[track_caller]
    pub fn page(&self) -> Page {
        self.visit().page()
    }

    #[track_caller]
    fn navigate(&mut self, journey: Journey) -> Visit {
        let (exchanges, last) = journey.go(&self.profile);
        let visit = Visit::of(exchanges);
        self.enter(Entry { visit: visit.clone(), journey: Some(last) });
        visit
    }

    /// Shows a page that came from no server.
    fn lay(&mut self, page: Reply) {
        self.enter(Entry { visit: Visit::of(vec![page]), journey: None });
    }

    fn enter(&mut self, entry: Entry) {
        self.history.truncate(self.shown);
        self.history.push(entry);
        self.shown += 1;
    }

    #[track_caller]
    fn entry(&self) -> &Entry {
        assert!(self.shown > 0, "the tab shows no page yet");
        &self.history[self.shown - 1]
    }

    /// The page that is shown, as what causes requests.
    #[track_caller]
    fn origin(&self) -> Origin {
        let page = self.page();
        let named = |meta: &&&crate::Element| {
            meta.attribute("name").is_some_and(|name| name.eq_ignore_ascii_case("referrer"))
        };
        let metas = page.elements("meta");
        let meta = metas.iter().rfind(named).and_then(|meta| meta.attribute("content"));
        let policy = meta.or_else(|| self.visit().last().header("Referrer-Policy"));
        // Of a list, the last that the browser knows counts.
        let policy = policy.unwrap_or_default().rsplit(',').next().unwrap_or_default();
        let policy = policy.trim().to_ascii_lowercase();
        Origin { address: self.visit().address(), policy }
    }
}
