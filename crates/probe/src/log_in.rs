//! The log-in that exercises share, and what each of them promises of it besides its own lesson.

use crate::{
    Browser, Reply, Server, TYPED, byte_strangers, excerpt, forge, get, in_a_page, post, splice,
    strangers, tamper,
};

/// The log-in of a server: `POST /login` with a `username` sets a signed cookie, and `GET /` says "Logged in as NAME" or "You
/// are not logged in". Cookies are carried by hand here, without a jar: what a browser makes of them is for a
/// [`Browser`](crate::Browser).
///
/// ```no_run
/// # fn app() -> axum::Router { axum::Router::new() }
/// let (server, other_key) = (probe::Server::of(app()), probe::Server::of(app()));
/// let log_ins = probe::LogIns::at(&server, &["sid"]);
/// let ada = log_ins.of("Ada");
/// log_ins.must_know(&ada, &ada.pair, "she logged in a moment ago.");
/// log_ins.must_believe_no_edited_cookie(&other_key);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LogIns<'s> {
    server: &'s Server,
    names: &'s [&'s str],
}

/// Somebody who logged in.
#[derive(Clone, Debug)]
pub struct LogIn {
    /// The name that was typed.
    pub username: String,
    /// The cookie, `name=value`.
    pub pair: String,
    /// The answer to the log-in.
    pub reply: Reply,
}

impl LogIn {
    /// The cookie's value.
    #[must_use]
    pub fn value(&self) -> &str {
        self.pair.split_once('=').map_or("", |(_, value)| value)
    }

    /// The cookie with another value.
    #[must_use]
    pub fn with_value(&self, value: &str) -> String {
        let (name, _) = self.pair.split_once('=').unwrap_or_default();
        format!("{name}={value}")
    }
}

impl<'s> LogIns<'s> {
    /// The log-ins of this server, whose cookie has one of these names; the first is the one that it should have.
    #[must_use]
    pub fn at(server: &'s Server, names: &'s [&'s str]) -> Self {
        Self { server, names }
    }

    /// Logs in, as a new browser does.
    ///
    /// # Panics
    ///
    /// Where that sets no cookie of ours.
    #[must_use]
    #[track_caller]
    pub fn of(&self, username: &str) -> LogIn {
        let reply = self.server.send(post("/login", &[("username", username)]));
        let pairs = reply.set_cookies().into_iter().filter_map(|line| line.split(';').next());
        let mut ours = pairs.map(str::trim).filter(|pair| {
            pair.split_once('=')
                .is_some_and(|(name, value)| self.names.contains(&name) && !value.is_empty())
        });
        let Some(pair) = ours.next_back().map(str::to_owned) else {
            panic!(
                "Expected the log-in of {:?} to set the cookie `{}`. It sets none of this name.\n\n{reply}",
                excerpt(username, ""),
                self.names[0]
            );
        };
        LogIn { username: username.to_owned(), pair, reply }
    }

    /// Comes to the first page with this `Cookie` header.
    #[must_use]
    pub fn visit(&self, cookies: impl AsRef<[u8]>) -> Reply {
        self.server.send(get("/").cookie(cookies))
    }

    /// Comes back with these cookies: the page must say this name, and all of it.
    ///
    /// # Panics
    ///
    /// Where it does not: with the log-in, where the cause may be, and the page.
    #[track_caller]
    pub fn must_know(&self, who: &LogIn, cookies: impl AsRef<[u8]>, why: &str) {
        let reply = self.visit(cookies);
        let words = format!("Logged in as {}", in_a_page(&who.username));
        assert!(
            reply.page().says(&words),
            "Expected the page to say {:?}: {why}\n\nThe log-in. {}\nThe page. {}",
            excerpt(&words, ""),
            who.reply,
            reply.with_text("Logged in as")
        );
    }

    /// Comes with these cookies: the page must say that nobody is logged in.
    ///
    /// # Panics
    ///
    /// Where it does not: `what` says what came.
    #[track_caller]
    pub fn must_be_nobody(&self, cookies: impl AsRef<[u8]>, what: &str) {
        let reply = self.visit(cookies);
        assert!(
            reply.page().says("You are not logged in"),
            "Expected \"You are not logged in\" for {what}.\n\n{}",
            reply.with_text("Logged in as")
        );
    }

    /// Every name comes back whole, and as text: long ones, any script, with spaces around and with markup in it.
    ///
    /// # Panics
    ///
    /// Where one does not.
    #[track_caller]
    pub fn must_show_whole_names_as_text(&self) {
        let long = "Ada Lovelace, née Byron. ".repeat(12);
        for name in TYPED.into_iter().chain([&*long, "\u{a0}Ada\u{a0}", "=%41\"", "a.b|c:1--x"]) {
            let who = self.of(name);
            let reply = self.visit(&who.pair);
            let harmless = self.visit(self.of("Ada").pair).page();
            let page = reply.page();
            let foreign = page.foreign_markup(&harmless).filter(|_| page.says("Logged in as"));
            if let Some(markup) = foreign {
                panic!(
                    "Expected the name {:?} as text, and the page has {markup}.\n\n{}",
                    excerpt(name, ""),
                    reply.with_text("Logged in as")
                );
            }
            let why = "that is the name that was typed, and its cookie came back as it was set.";
            self.must_know(&who, &who.pair, why);
        }
    }

    /// The cookie is found among strange ones.
    ///
    /// # Panics
    ///
    /// Where it is not.
    #[track_caller]
    pub fn must_find_its_cookie_among_strangers(&self) {
        let ada = self.of("Ada");
        for (what, header) in strangers(&ada.pair).into_iter().chain(byte_strangers(&ada.pair)) {
            let why = format!("her cookie came back, and another with it: {what}.");
            self.must_know(&ada, header, &why);
        }
    }

    /// What the server did not sign, all of it, logs nobody in. `other_key` is the same server with another key.
    ///
    /// # Panics
    ///
    /// Where it does.
    #[track_caller]
    pub fn must_believe_no_edited_cookie(&self, other_key: &Server) {
        let (ada, eve) = (self.of("Ada"), self.of("Eve"));
        let nobody = |value: &str, what: &str| self.must_be_nobody(ada.with_value(value), what);
        for value in ["Bob", "", "username=Bob", "%7B%22username%22%3A%22Bob%22%7D"] {
            nobody(value, &format!("a cookie written by hand, {value:?}"));
        }
        let edited =
            "a cookie that the server did not write so: a signature has to cover all of it, and";
        for at in (1..ada.value().len()).filter(|at| ada.value().is_char_boundary(*at)) {
            let what = format!("{edited} the first {at} characters of Ada's are cut off");
            nobody(&ada.value()[at..], &what);
        }
        for name in ["Bob", "aDA", "Adam"] {
            for forged in forge(ada.value(), "Ada", name) {
                nobody(&forged, &format!("{edited} Ada's has {name:?} for her name"));
            }
        }
        for tampered in tamper(ada.value()) {
            nobody(
                &tampered,
                &format!("{edited} one character of Ada's is changed, or it is cut short"),
            );
        }
        for mixed in splice(ada.value(), eve.value()) {
            nobody(
                &mixed,
                &format!(
                    "{edited} it is the start of Ada's and the end of Eve's, or the other way round"
                ),
            );
        }
        let theirs = LogIns { server: other_key, names: self.names }.of("Ada");
        self.must_be_nobody(theirs.pair, "a cookie that a server with another key signed");
        for line in ada.reply.set_cookies() {
            let other = line.split(';').next().unwrap_or_default().trim();
            let (name, _) = other.split_once('=').unwrap_or_default();
            if !ada.pair.starts_with(&format!("{name}=")) {
                self.must_be_nobody(
                    other,
                    &format!("the cookie `{name}` without `{}`", self.names[0]),
                );
            }
        }
    }

    /// These forms answer 303 and lead to a page of this server.
    ///
    /// # Panics
    ///
    /// Where one does not.
    #[track_caller]
    pub fn must_lead_on(&self, paths: &[&str]) {
        let mut browser = Browser::new();
        for path in paths {
            browser.post(&self.server.url(path), &[("username", "Ada")]).must_lead_on();
        }
    }
}
