//! The jar, as developer tools show and change it, and the end of a browser's session.

use std::time::SystemTime;

use cookie_rules::{Cookie, Jar, Stored};

use super::Browser;
use crate::Address;

impl Browser {
    /// The cookies that the browser has, oldest first.
    #[must_use]
    pub fn cookies(&self) -> Vec<Cookie> {
        let kept = |jar: &mut Jar, now| {
            let kept = jar.cookies().filter(|cookie| !cookie.is_expired(now));
            kept.cloned().collect()
        };
        self.profile.with(kept)
    }

    /// The oldest cookie of this name, with its value, path, domain, expiry and flags; `None` where the browser has none (any
    /// more): deleted in whatever way, or expired.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<Cookie> {
        self.cookies().into_iter().find(|cookie| cookie.name == name.as_bytes())
    }

    /// The value of [`Browser::cookie`]; what is not UTF-8 is replaced.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        self.cookie(name).map(|cookie| String::from_utf8_lossy(&cookie.value).into_owned())
    }

    /// The `Cookie` header that the browser would send if this address were typed; empty where it would send none.
    #[must_use]
    #[track_caller]
    pub fn cookie_header(&self, url: &str) -> Vec<u8> {
        let request = Address::of(url).request("GET");
        self.profile.with(|jar, now| jar.cookie_header(&request, now))
    }

    /// Takes a `Set-Cookie` line as if the server at `url` had sent it (a sibling's `Domain=crumbs.localhost`, a stranger
    /// behind ours), and says what the jar made of it.
    #[track_caller]
    pub fn plant(&self, url: &str, line: impl AsRef<[u8]>) -> Stored {
        let request = Address::of(url).request("GET");
        self.profile.with(|jar, now| jar.store(line.as_ref(), &request, now))
    }

    /// Takes a `Set-Cookie` line as [`Browser::plant`] does, for a cookie that is older than all others: it comes before them
    /// in the `Cookie` header, where the paths are of one length.
    #[track_caller]
    pub fn plant_before(&self, url: &str, line: impl AsRef<[u8]>) -> Stored {
        let request = Address::of(url).request("GET");
        let now = self.clock().now();
        let mut scratch = Jar::new();
        let stored = scratch.store(line.as_ref(), &request, now);
        if let Some(mut cookie) = scratch.cookies().next().cloned() {
            cookie.creation = SystemTime::UNIX_EPOCH;
            self.profile.with(|jar, now| jar.insert(cookie, now));
        }
        stored
    }

    /// Gives the oldest cookie of this name another value, any bytes, and leaves all else of it as it is.
    ///
    /// # Panics
    ///
    /// Where the browser has no such cookie.
    #[track_caller]
    pub fn set_value(&self, name: &str, value: impl AsRef<[u8]>) {
        let Some(mut cookie) = self.cookie(name) else {
            panic!("the browser has no cookie `{name}` to change")
        };
        cookie.value = value.as_ref().to_owned();
        self.profile.with(|jar, now| jar.insert(cookie, now));
    }

    /// Deletes all cookies of this name.
    pub fn remove(&self, name: &str) {
        for cookie in self.cookies().iter().filter(|cookie| cookie.name == name.as_bytes()) {
            self.profile
                .with(|jar, now| jar.remove(&cookie.name, &cookie.domain, &cookie.path, now));
        }
    }

    /// Closes the browser and starts it again: session cookies are gone, and so is what this tab showed.
    pub fn close(&mut self) {
        self.profile.with(|jar, now| jar.end_session(now));
        self.history.clear();
        self.shown = 0;
    }
}
