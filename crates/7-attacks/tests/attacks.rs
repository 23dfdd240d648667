//! Lesson 7 over TCP: each defence, off and on, against requests as browsers send them; who may switch; and whatever else
//! may come. That browsers do send such requests, real ones show, in `browser/`.

#![allow(clippy::unwrap_used, reason = "a test that can't go on should say where")]

use probe::{MARKUP, Reply, Request, Server, TYPED, get, post, strange_cookies};
use serde_json::Value;

const BANK: &str = "app.crumbs.localhost";
const SIBLING: &str = "evil.crumbs.localhost";
const CACHE: &str = "cache.crumbs.localhost";
const ATTACKER: &str = "mallory.localhost";
const HOSTS: [&str; 5] = ["localhost", BANK, SIBLING, CACHE, ATTACKER];

/// A server, and a way to ask each of its hosts.
struct Lab(Server);

impl Lab {
    /// With these defences on, each as a field of the form.
    fn with(defences: &[(&str, &str)]) -> Self {
        let lab = Self(Server::start(env!("CARGO_BIN_EXE_attacks"), &[]));
        lab.switch(defences);
        lab
    }

    fn open() -> Self {
        Self::with(&[])
    }

    #[track_caller]
    fn switch(&self, defences: &[(&str, &str)]) {
        let reply = self.0.send(post("/defences", defences));
        assert!(reply.sees_other("/"), "back and reload switch nothing again. {reply}");
    }

    fn at(&self, host: &str, request: Request) -> Reply {
        self.0.send(request.header("Host", format!("{host}:{}", self.0.port())))
    }

    fn bank(&self, request: Request) -> Reply {
        self.at(BANK, request)
    }

    fn origin(&self, host: &str) -> String {
        format!("http://{host}:{}", self.0.port())
    }

    fn books(&self) -> Value {
        let reply = self.0.send(get("/books.json"));
        assert_eq!(reply.header("Content-Type"), Some("application/json"), "{reply}");
        serde_json::from_slice(&reply.body).unwrap()
    }

    fn worked(&self, attack: &str) -> bool {
        self.books()["worked"][attack].as_bool().unwrap()
    }

    fn balance(&self, user: &str) -> u64 {
        self.books()["balances"][user].as_u64().unwrap()
    }

    /// Logs in as a browser does, by the bank's own page, at this host; returns the pair to send.
    #[track_caller]
    fn log_in_at(&self, host: &str, user: &str, before: &str) -> String {
        let page = self.at(host, own(host, self, get("/login")).cookie(before));
        assert_page(&page, 200);
        let jar = cookie(&page).unwrap_or_else(|| before.to_owned());
        let token = token(&page);
        let fields = [("name", user), ("password", password(user)), ("token", &*token)];
        let reply = self.at(host, own(host, self, post("/login", &fields)).cookie(&jar));
        assert_eq!((reply.status, reply.header("Location")), (303, Some("/")), "{reply}");
        cookie(&reply).unwrap_or_else(|| panic!("a log-in sets the cookie. {reply}"))
    }

    #[track_caller]
    fn log_in(&self, user: &str) -> String {
        self.log_in_at(BANK, user, "")
    }

    /// Who is logged in with these cookies, by the first page.
    #[track_caller]
    fn who(&self, cookies: &str) -> String {
        let page = self.bank(get("/").cookie(cookies));
        assert_page(&page, 200);
        page.page().heading().to_owned()
    }

    /// What the wire has as the server's word on the last exchange.
    fn word(&self) -> String {
        let wire: Value = serde_json::from_slice(&self.0.wire().body).unwrap();
        let last = wire["exchanges"].as_array().unwrap().last().unwrap();
        last["word"].as_str().unwrap_or("").to_owned()
    }
}

fn password(user: &str) -> &'static str {
    match user {
        "ada" => "engine",
        "bob" => "builder",
        _ => "malice",
    }
}

/// The session's pair in an answer, whatever its name is; none where the cookie is deleted.
fn cookie(reply: &Reply) -> Option<String> {
    let pair = reply.pair("bank").or_else(|| reply.pair("__Host-bank"))?;
    (!pair.ends_with('=')).then(|| pair.to_owned())
}

/// The token of the page's first form; empty without one.
fn token(page: &Reply) -> String {
    let forms = page.page().forms();
    forms.iter().find_map(|form| form.value("token")).unwrap_or_default().to_owned()
}

/// As a page of this host sends it.
fn own(host: &str, lab: &Lab, request: Request) -> Request {
    request.header("Sec-Fetch-Site", "same-origin").header("Origin", lab.origin(host))
}

/// As a page of another site, or of a sibling, has the browser send it.
fn foreign(site: &str, origin: &str, request: Request) -> Request {
    request
        .header("Sec-Fetch-Site", site)
        .header("Sec-Fetch-Mode", "navigate")
        .header("Sec-Fetch-Dest", "document")
        .header("Origin", origin)
}

#[track_caller]
fn assert_page(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{reply}");
    assert!(reply.is_safe_page(), "no whole page: {}\n{reply}", reply.text());
}

fn transfer(amount: &str, token: &str) -> Request {
    post("/transfer", &[("to", "mallory"), ("amount", amount), ("token", token)])
}

#[test]
fn the_cookie_has_what_three_defences_say_and_secure_always() {
    for (defences, begin, end) in [
        (&[][..], "bank=", "; Path=/; Secure; SameSite=None"),
        (&[("same-site", "none")], "bank=", "; Path=/; Secure; SameSite=None"),
        (&[("same-site", "not-stated")], "bank=", "; Path=/; Secure"),
        (&[("same-site", "lax")], "bank=", "; Path=/; Secure; SameSite=Lax"),
        (&[("same-site", "strict")], "bank=", "; Path=/; Secure; SameSite=Strict"),
        (&[("http-only", "on")], "bank=", "; Path=/; Secure; SameSite=None; HttpOnly"),
        (&[("host-prefix", "on")], "__Host-bank=", "; Path=/; Secure; SameSite=None"),
        (
            &[("same-site", "lax"), ("http-only", "on"), ("host-prefix", "on")],
            "__Host-bank=",
            "; Path=/; Secure; SameSite=Lax; HttpOnly",
        ),
    ] {
        let lab = Lab::with(defences);
        let reply = lab.bank(get("/login"));
        let lines = reply.set_cookies();
        let [line] = lines[..] else { panic!("one line. {reply}") };
        let id = line.strip_prefix(begin).and_then(|rest| rest.strip_suffix(end));
        let id = id.unwrap_or_else(|| panic!("{defences:?}: {line}"));
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{line}");
        let ada = lab.log_in("ada");
        assert_eq!(lab.who(&ada), "Logged in as ada", "{defences:?}");
        let out = lab.bank(own(BANK, &lab, post("/logout", &[])).cookie(&ada));
        let gone = format!("{begin}{end}; Max-Age=0");
        assert_eq!(out.set_cookies(), [gone], "the same attributes delete it. {out}");
        assert_eq!(lab.who(&ada), "You are not logged in", "a copy opens nothing. {out}");
    }
}

#[test]
fn with_any_defence_and_with_all_of_them_the_bank_is_used_as_before() {
    let all = [
        ("same-site", "strict"),
        ("http-only", "on"),
        ("host-prefix", "on"),
        ("token", "on"),
        ("fetch-metadata", "on"),
        ("post", "on"),
        ("escape", "on"),
        ("csp", "on"),
        ("frame-ancestors", "on"),
        ("new-id", "on"),
        ("private", "on"),
        ("no-store", "on"),
        ("vary", "on"),
    ];
    let each = all.iter().map(|defence| vec![*defence]);
    for defences in each.chain([vec![], all.to_vec()]) {
        let lab = Lab::with(&defences);
        let (ada, bob) = (lab.log_in("ada"), lab.log_in("bob"));
        let first = lab.bank(get("/").cookie(&ada));
        let (first, second) = (token(&first), token(&lab.bank(get("/").cookie(&ada))));
        for token in [&first, &second] {
            let reply = lab.bank(
                own(
                    BANK,
                    &lab,
                    post("/transfer", &[("to", "bob"), ("amount", "5"), ("token", token)]),
                )
                .cookie(&ada),
            );
            assert!(reply.sees_other("/"), "{defences:?}: two tabs. {reply}");
        }
        let said = post("/guestbook", &[("text", "Hello"), ("token", &first)]);
        let reply = lab.bank(own(BANK, &lab, said).cookie(&ada));
        assert!(reply.sees_other("/guestbook"), "{defences:?}: {reply}");
        let guestbook = lab.bank(get("/guestbook").cookie(&bob));
        assert!(guestbook.page().says("Hello"), "{defences:?}: {guestbook}");
        let account = lab.bank(get("/account").cookie(&bob));
        assert!(
            account.page().says("The account of bob There are 110."),
            "{defences:?}: {account}"
        );
        let out = own(BANK, &lab, post("/logout", &[("token", &first)])).cookie(&ada);
        assert!(lab.bank(out).sees_other("/"), "{defences:?}");
        assert_eq!(lab.who(&ada), "You are not logged in", "{defences:?}");
        assert_eq!(lab.who(&bob), "Logged in as bob", "{defences:?}");
    }
}

#[test]
fn a_form_of_another_site_or_of_a_sibling_sends_money_unless_a_token_or_the_browser_tells_them_apart()
 {
    for (host, site, amount, attack) in [
        (ATTACKER, "cross-site", "11", "transfer-by-form"),
        (SIBLING, "same-site", "12", "transfer-by-sibling"),
    ] {
        for (defences, works) in [
            (&[][..], true),
            (&[("http-only", "on")], true),
            (&[("host-prefix", "on")], true),
            (&[("post", "on")], true),
            (&[("frame-ancestors", "on")], true),
            (&[("token", "on")], false),
            (&[("fetch-metadata", "on")], false),
        ] {
            let lab = Lab::with(defences);
            let ada = lab.log_in("ada");
            let page = lab.at(host, get(&format!("/{attack}")));
            assert_page(&page, 200);
            let forms = page.page().forms();
            let lure = forms.first().unwrap_or_else(|| panic!("a form lures. {page}"));
            assert_eq!(lure.value("amount"), Some(amount), "{page}");
            let action = format!("{}/transfer", lab.origin(BANK));
            assert!(page.text().contains(&format!("action=\"{action}\"")), "{page}");
            let sent = post("/transfer", &[("to", "mallory"), ("amount", amount)]);
            let reply = lab.bank(foreign(site, &lab.origin(host), sent).cookie(&ada));
            assert_eq!(reply.status, if works { 303 } else { 403 }, "{defences:?}: {reply}");
            assert_eq!(lab.worked(attack), works, "{defences:?}: {reply}");
            assert_eq!(lab.balance("ada") == 100, !works);
        }
    }
}

#[test]
fn a_token_counts_for_its_own_session_and_for_no_other() {
    let lab = Lab::with(&[("token", "on")]);
    let (ada, mallory) = (lab.log_in("ada"), lab.log_in("mallory"));
    let of = |pair: &str| token(&lab.bank(get("/").cookie(pair)));
    let (hers, mallorys) = (of(&ada), of(&mallory));
    assert!(hers.len() == 32 && hers != mallorys, "{hers} {mallorys}");
    for (came, says) in [
        (None, "This form has no token."),
        (Some(""), "is not the one of this session."),
        (Some(&*mallorys), "is not the one of this session."),
        (Some(&hers[..31]), "is not the one of this session."),
        (Some(ada.trim_start_matches("bank=")), "is not the one of this session."),
    ] {
        let mut fields = vec![("to", "mallory"), ("amount", "1")];
        fields.extend(came.map(|token| ("token", token)));
        let reply = lab.bank(post("/transfer", &fields).cookie(&ada));
        assert_page(&reply, 403);
        assert!(reply.page().says(says), "{came:?}: {}", reply.with_text(says));
        assert!(lab.word().contains("Refused: "), "{}", lab.word());
    }
    // Without a session, whether no cookie came or one that the bank doesn't know.
    let unknown = format!("bank={}", "0".repeat(32));
    for cookie in ["", &*unknown] {
        let without = lab.bank(transfer("1", &hers).cookie(cookie));
        assert!(without.page().says("No known session came"), "{without}");
    }
    assert_eq!(lab.bank(transfer("1", &hers).cookie(&ada)).status, 303);
    assert_eq!(lab.balance("mallory"), 101);
}

#[test]
fn sec_fetch_site_decides_where_it_is_there_and_origin_where_it_is_not() {
    let lab = Lab::with(&[("fetch-metadata", "on")]);
    let ada = lab.log_in("ada");
    let (bank, port) = (lab.origin(BANK), lab.0.port());
    let longer = format!("{bank}.mallory.localhost:{port}");
    let https = bank.replace("http:", "https:");
    for (site, origin, passes) in [
        (Some("same-origin"), Some(&*bank), true),
        (Some("same-origin"), Some("null"), true),
        (Some("same-origin"), None, true),
        (Some("same-site"), Some(&*bank), false),
        (Some("cross-site"), Some("null"), false),
        (Some("none"), None, false),
        (Some("same-origin, cross-site"), None, false),
        (Some(""), Some(&*bank), false),
        (None, Some(&*bank), true),
        (None, Some("null"), false),
        (None, Some(&*longer), false),
        (None, Some(&*https), false),
        (None, Some("http://app.crumbs.localhost"), false),
        (None, None, false),
    ] {
        let mut request = transfer("1", "").cookie(&ada);
        for (name, value) in [("Sec-Fetch-Site", site), ("Origin", origin)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let reply = lab.bank(request);
        assert_eq!(reply.status, if passes { 303 } else { 403 }, "{site:?} {origin:?}: {reply}");
        assert_eq!(lab.word().starts_with("Refused: "), !passes, "{}", lab.word());
    }
}

#[test]
fn a_link_logs_out_unless_it_takes_a_post_and_a_form_of_another_site_posts() {
    let cross = |lab: &Lab, request: Request| foreign("cross-site", &lab.origin(ATTACKER), request);
    for (defences, by_link, by_form) in [
        (&[][..], true, true),
        (&[("post", "on")], false, true),
        (&[("token", "on")], true, false),
        (&[("fetch-metadata", "on")], true, false),
        (&[("post", "on"), ("token", "on")], false, false),
        (&[("post", "on"), ("fetch-metadata", "on")], false, false),
    ] {
        let lab = Lab::with(defences);
        for (request, works) in [(get("/logout"), by_link), (post("/logout", &[]), by_form)] {
            let ada = lab.log_in("ada");
            let reply = lab.bank(cross(&lab, request).cookie(&ada));
            let still = lab.who(&ada) == "Logged in as ada";
            assert_eq!(still, !works, "{defences:?}: {reply}");
            if reply.status == 405 {
                assert_eq!(reply.header("Allow"), Some("POST"), "{reply}");
            }
        }
        assert_eq!(lab.worked("logout-by-link"), by_link || by_form, "{defences:?}");
        assert!(!lab.worked("logout-by-image"), "{defences:?}");
    }
}

#[test]
fn an_image_of_a_sibling_logs_out_and_the_sibling_posts_where_it_must() {
    let lab = Lab::open();
    let page = lab.at(SIBLING, get("/logout-by-image"));
    assert!(page.text().contains(&format!("<img src=\"{}/logout\"", lab.origin(BANK))), "{page}");
    let ada = lab.log_in("ada");
    let asks = get("/logout").header("Sec-Fetch-Site", "same-site").cookie(&ada);
    let _ = lab.bank(asks.header("Sec-Fetch-Dest", "image"));
    assert!(lab.worked("logout-by-image") && !lab.worked("logout-by-link"));
    // A link of the sibling is no image of it, and an image of another site no link of it.
    for (site, dest) in [("same-site", "document"), ("cross-site", "image")] {
        assert!(lab.0.send(post("/reset", &[])).sees_other("/"));
        let asks = get("/logout").header("Sec-Fetch-Site", site).cookie(lab.log_in("ada"));
        let _ = lab.bank(asks.header("Sec-Fetch-Dest", dest));
        assert_eq!(lab.books()["log_outs"][0]["user"], "ada");
        assert!(!lab.worked("logout-by-image") && !lab.worked("logout-by-link"), "{site} {dest}");
    }
    lab.switch(&[("post", "on")]);
    let page = lab.at(SIBLING, get("/logout-by-image"));
    assert!(!page.text().contains("<img") && page.text().contains("method: \"POST\""), "{page}");
    let link = lab.at(ATTACKER, get("/logout-by-link"));
    assert!(link.text().contains("<form action="), "{link}");
}

#[test]
fn a_form_logs_in_as_mallory_unless_it_is_told_apart() {
    for (defences, before, works) in [
        (&[][..], true, true),
        (&[][..], false, true),
        (&[("same-site", "strict")], false, true),
        (&[("new-id", "on")], true, true),
        (&[("fetch-metadata", "on")], true, false),
        (&[("token", "on")], true, false),
        (&[("token", "on")], false, false),
    ] {
        let lab = Lab::with(defences);
        let begun = cookie(&lab.bank(get("/login"))).unwrap();
        let sent = post("/login", &[("name", "mallory"), ("password", "malice")]);
        let sent = foreign("cross-site", &lab.origin(ATTACKER), sent);
        let reply = lab.bank(if before { sent.cookie(&begun) } else { sent });
        assert_eq!(reply.status, if works { 303 } else { 403 }, "{defences:?}: {reply}");
        assert_eq!(reply.set_cookies().len(), usize::from(works), "{defences:?}: {reply}");
        assert_eq!(lab.worked("login-by-form"), works, "{defences:?}");
    }
}

#[test]
fn an_entry_is_html_unless_it_is_escaped_and_a_policy_stops_its_scripts() {
    for (attack, holds) in [
        ("script-takes-cookie", "<script>new Image()"),
        ("script-transfers", "<script>"),
        ("form-in-entry", "<form action=\"/transfer\""),
    ] {
        let lab = Lab::open();
        let page = lab.at(ATTACKER, get(&format!("/{attack}")));
        assert_page(&page, 200);
        let left = lab.at(ATTACKER, post(&format!("/{attack}"), &[]));
        let there = format!("{}/guestbook", lab.origin(BANK));
        assert_eq!((left.status, left.header("Location")), (303, Some(&*there)), "{left}");
        let guestbook = lab.bank(get("/guestbook"));
        assert!(guestbook.text().contains(holds), "{guestbook}");
        assert!(guestbook.page().says("Vulnerable on purpose"), "{guestbook}");
        assert_eq!(guestbook.header("Content-Security-Policy"), None, "{guestbook}");
    }
    let lab = Lab::with(&[("escape", "on"), ("csp", "on"), ("frame-ancestors", "on")]);
    let ada = lab.log_in("ada");
    for text in TYPED {
        let reply = lab.bank(post("/guestbook", &[("text", text)]).cookie(&ada));
        assert_eq!(reply.status, 303, "{reply}");
        let guestbook = lab.bank(get("/guestbook"));
        assert_page(&guestbook, 200);
        let page = guestbook.page();
        let shown = page.all().iter().find(|at| at.attribute("class") == Some("entry"));
        let shown = shown.map(|at| at.text().to_owned());
        assert_eq!(shown, Some(probe::collapsed(&probe::in_a_page(text.trim()))), "{guestbook}");
    }
    for path in ["/", "/login", "/account", "/statement", "/guestbook", "/none"] {
        let reply = lab.bank(get(path));
        let policies = reply.all("Content-Security-Policy");
        assert_eq!(policies, ["script-src 'self'", "frame-ancestors 'none'"], "{reply}");
    }
}

#[test]
fn what_a_script_sends_to_mallory_is_kept_and_shown_as_text() {
    let lab = Lab::open();
    let ada = lab.log_in("ada");
    let take = |text: &str| {
        let taken = format!("/take?cookie={}", probe::encode(text));
        let reply = lab.at(ATTACKER, get(&taken).header("Sec-Fetch-Site", "cross-site"));
        assert_eq!(reply.status, 204, "{reply}");
    };
    for text in ["", "theme=dark", MARKUP, &"x".repeat(10_000)] {
        take(text);
        assert!(!lab.worked("script-takes-cookie"), "{text}");
    }
    take(&lab.log_in("mallory"));
    assert!(!lab.worked("script-takes-cookie"), "her own cookie is none that she took");
    take(&format!("theme=dark; {ada}"));
    assert!(lab.worked("script-takes-cookie"));
    let page = lab.at(ATTACKER, get("/"));
    assert_page(&page, 200);
    assert!(page.page().says("it opened the session of ada"), "{page}");
    for _ in 0..150 {
        take("many");
    }
    assert_eq!(lab.books()["stolen"].as_array().unwrap().len(), 100);
}

#[test]
fn an_id_that_a_sibling_planted_is_adas_unless_it_changes_at_the_log_in() {
    for (defences, works) in [
        (&[][..], true),
        (&[("http-only", "on")], true),
        (&[("same-site", "strict")], true),
        (&[("token", "on")], true),
        (&[("fetch-metadata", "on")], true),
        (&[("new-id", "on")], false),
    ] {
        let lab = Lab::with(defences);
        let page = lab.at(SIBLING, get("/planted-before-login"));
        assert_page(&page, 200);
        let planted = cookie(&page).unwrap();
        let line = page.set_cookies().join("|");
        let attributes = "; Domain=crumbs.localhost; Path=/login; Max-Age=300; Secure";
        assert_eq!(line, format!("{planted}{attributes}"), "{page}");
        let _ = lab.at(ATTACKER, post("/planted-before-login", &[]));
        assert!(!lab.worked("planted-before-login"), "nobody has logged in yet");
        let ada = lab.log_in_at(BANK, "ada", &planted);
        assert_eq!(ada == planted, works, "{defences:?}");
        assert_eq!(lab.who(&ada), "Logged in as ada");
        let used = lab.at(ATTACKER, post("/planted-before-login", &[]));
        assert!(used.sees_other("/"), "{used}");
        assert_eq!(lab.worked("planted-before-login"), works, "{defences:?}");
        assert_eq!(lab.balance("ada"), if works { 85 } else { 100 }, "{defences:?}");
        let again = lab.bank(get("/statement").cookie(&planted));
        let begins = again.set_cookies().len();
        assert_eq!(begins, usize::from(!works), "{defences:?}: an old id is no session. {again}");
    }
}

#[test]
fn an_id_that_the_bank_did_not_make_is_taken_unless_a_new_one_is_made() {
    for (defences, took) in [(&[][..], true), (&[("new-id", "on")], false)] {
        let lab = Lab::with(defences);
        let fields = [("name", "ada"), ("password", "engine")];
        let reply = lab.bank(post("/login", &fields).cookie("bank=made_up; bank=; bank=made2"));
        assert_eq!(cookie(&reply).as_deref() == Some("bank=made2"), took, "{reply}");
        let begun = cookie(&lab.bank(get("/statement").cookie("bank=made3"))).unwrap();
        assert_eq!(begun == "bank=made3", took);
        let who = if took { "Logged in as ada" } else { "You are not logged in" };
        assert_eq!(lab.who("bank=made2"), who);
        for odd in ["a;b", "\u{e9}", "a b", &"x".repeat(65), MARKUP] {
            let reply = lab.bank(get("/login").cookie(format!("bank=\"{odd}\"")));
            let id = cookie(&reply).unwrap();
            assert_eq!(id.len(), "bank=".len() + 32, "{odd}: {reply}");
        }
    }
}

#[test]
fn with_the_prefix_a_sibling_tries_its_name_in_a_line_that_browsers_refuse() {
    let lab = Lab::with(&[("host-prefix", "on")]);
    for attack in ["/planted-before-login", "/planted-account"] {
        let page = lab.at(SIBLING, get(attack));
        let line = page.set_cookies().join("|");
        assert!(line.starts_with("__Host-bank=") && line.contains("; Domain="), "{page}");
        // And a plain `bank` opens nothing.
        let plain = line.trim_start_matches("__Host-").split(';').next().unwrap();
        assert!(lab.bank(get("/account").cookie(plain)).page().says("Nobody is logged in"));
        assert!(page.page().says("Browsers refuse it"), "the page says so. {page}");
    }
    lab.switch(&[]);
    for attack in ["/planted-before-login", "/planted-account"] {
        let page = lab.at(SIBLING, get(attack));
        assert!(!page.page().says("Browsers refuse it"), "{page}");
    }
}

#[test]
fn a_planted_account_is_mallorys_whatever_the_log_in_did() {
    for defences in [&[][..], &[("new-id", "on")], &[("same-site", "strict"), ("http-only", "on")]]
    {
        let lab = Lab::with(defences);
        let ada = lab.log_in("ada");
        let page = lab.at(SIBLING, get("/planted-account"));
        assert!(page.set_cookies().join("|").contains("; Path=/account; "), "{page}");
        let planted = cookie(&page).unwrap();
        // The longer path goes first.
        let account = lab.bank(get("/account").cookie(format!("{planted}; {ada}")));
        assert!(account.page().says("The account of mallory"), "{account}");
        assert!(
            account.text().contains("src=\"/seen?what=account&amp;page=mallory\""),
            "{account}"
        );
        let seen = get("/seen?what=account&page=mallory").header("Sec-Fetch-Site", "same-origin");
        assert_eq!(lab.bank(seen.cookie(&ada)).status, 204);
        assert!(lab.worked("planted-account") && !lab.worked("next-user-sees-page"));
    }
}

#[test]
fn a_payment_link_fills_the_form_in_and_a_frame_may_show_it_unless_the_policy_forbids() {
    let lab = Lab::open();
    let ada = lab.log_in("ada");
    let frame = lab.at(SIBLING, get("/framed-by-sibling"));
    assert_page(&frame, 200);
    let address = format!("{}/?to=mallory&amp;amount=16#send", lab.origin(BANK));
    assert!(frame.text().contains(&format!("src=\"{address}\"")), "{frame}");
    let page = lab.bank(get("/?to=mallory&amount=16").cookie(&ada));
    assert_page(&page, 200);
    let form = page.page().forms().into_iter().find(|form| form.value("amount").is_some());
    let form = form.unwrap_or_else(|| panic!("a form sends money. {page}"));
    assert_eq!((form.value("to"), form.value("amount")), (Some("mallory"), Some("16")), "{page}");
    assert!(page.text().contains("<iframe src=\"http://127.0.0.1:"), "{page}");
    let framed = lab.bank(get("/").header("Sec-Fetch-Dest", "iframe").cookie(&ada));
    assert!(!framed.text().contains("<iframe"), "the wire is beside the page around it. {framed}");
    let markup = probe::encode(MARKUP);
    assert_page(&lab.bank(get(&format!("/?to={markup}&amount={markup}")).cookie(&ada)), 200);
    assert_page(&lab.bank(get("/?to=a&to=b").cookie(&ada)), 400);
}

#[test]
fn what_another_sites_page_embeds_is_noted_with_what_the_browser_said() {
    let lab = Lab::open();
    let ada = lab.log_in("ada");
    let embedded = |site: &str, dest: &str, access: &str| {
        let request = get("/").header("Sec-Fetch-Site", site).header("Sec-Fetch-Dest", dest);
        request.header("Sec-Fetch-Storage-Access", access)
    };
    let _ = lab.bank(embedded("cross-site", "image", "none"));
    let _ = lab.bank(embedded("cross-site", "iframe", MARKUP));
    let _ = lab.bank(embedded("same-site", "image", "none"));
    let _ = lab.bank(embedded("cross-site", "document", "none"));
    assert!(!lab.worked("withheld"));
    let _ = lab.bank(embedded("cross-site", "iframe", "active").cookie(&ada));
    assert!(lab.worked("withheld"));
    let stale = format!("bank={}", "0".repeat(32));
    let _ = lab.bank(embedded("cross-site", "image", "active").cookie(stale));
    let _ = lab.bank(embedded("cross-site", "image", "active").cookie("other=1"));
    let seen = lab.books()["withheld"].clone();
    let rows: Vec<_> = seen
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            (text("what"), text("storage_access"), row["cookie"].as_bool().unwrap())
        })
        .collect();
    let row = |what: &str, access: &str, came| (what.to_owned(), access.to_owned(), came);
    assert_eq!(
        rows,
        [
            row("an image", "none", false),
            row("a frame", "not said", false),
            row("a frame", "active", true),
            row("an image", "active", true),
            row("an image", "active", false),
        ]
    );
    assert_page(&lab.at(ATTACKER, get("/")), 200);
}

#[test]
fn what_a_sibling_embeds_is_not_noted_where_the_bank_led_it_on_and_firefox_calls_it_cross_site() {
    let lab = Lab::open();
    let from = |page: String| {
        let request = get("/").header("Sec-Fetch-Site", "cross-site").header("Referer", page);
        lab.bank(request.header("Sec-Fetch-Dest", "image"))
    };
    for host in [SIBLING, BANK] {
        assert_page(&from(lab.origin(host) + "/"), 200);
    }
    assert_eq!(lab.books()["withheld"].as_array().unwrap().len(), 0);
    assert!(!lab.at(ATTACKER, get("/")).page().says("What another site"));
    for page in [lab.origin(ATTACKER) + "/", "http://evilcrumbs.localhost/".to_owned()] {
        assert_page(&from(page), 200);
    }
    assert_eq!(lab.books()["withheld"].as_array().unwrap().len(), 2);
    assert!(lab.at(ATTACKER, get("/")).page().says("What another site"));
}

#[test]
fn only_the_statement_may_be_kept_and_three_defences_say_by_whom() {
    for (defences, control, vary) in [
        (&[][..], "max-age=60", None),
        (&[("private", "on")], "private, max-age=60", None),
        (&[("no-store", "on")], "no-store", None),
        (&[("private", "on"), ("no-store", "on")], "no-store", None),
        (&[("vary", "on")], "max-age=60", Some("Cookie")),
        (&[("private", "on"), ("vary", "on")], "private, max-age=60", Some("Cookie")),
    ] {
        let lab = Lab::with(defences);
        let account = lab.bank(get("/statement").cookie(lab.log_in("ada")));
        assert_page(&account, 200);
        assert_eq!(account.all("Cache-Control"), [control], "{account}");
        assert_eq!(account.header("Vary"), vary, "{account}");
        for path in ["/", "/login", "/account", "/guestbook", "/transfer"] {
            let reply = lab.bank(get(path));
            assert_eq!(reply.all("Cache-Control"), ["no-store"], "{reply}");
            assert_eq!(reply.header("Vary"), Some("Cookie"), "{reply}");
        }
    }
}

#[test]
fn a_shared_cache_gives_a_session_away_unless_it_may_not_keep_the_answer() {
    for (defences, works) in [
        (&[][..], true),
        (&[("vary", "on")], true),
        (&[("token", "on"), ("fetch-metadata", "on"), ("http-only", "on")], true),
        (&[("private", "on")], false),
        (&[("no-store", "on")], false),
        (&[("new-id", "on")], false),
    ] {
        let lab = Lab::with(defences);
        let first = lab.at(CACHE, get("/statement"));
        assert!(first.page().says("Nobody is logged in"), "{first}");
        let begun = cookie(&first).unwrap();
        let ada = lab.log_in_at(CACHE, "ada", &begun);
        let newcomer = lab.at(CACHE, get("/statement"));
        let kept = !defences.iter().any(|(name, _)| ["private", "no-store"].contains(name));
        assert_eq!(newcomer.header("Age").is_some(), kept, "{defences:?}: {newcomer}");
        assert_eq!(cookie(&newcomer) == Some(begun.clone()), kept, "{defences:?}: {newcomer}");
        assert_eq!(lab.word().starts_with("From the shared cache"), kept, "{}", lab.word());
        let used = lab.at(ATTACKER, post("/cache-gives-login", &[]));
        assert!(used.sees_other("/"), "{used}");
        assert_eq!(lab.worked("cache-gives-login"), works, "{defences:?}");
        assert_eq!(lab.who(&ada), "Logged in as ada");
    }
}

#[test]
fn the_cache_gives_adas_statement_to_bob_unless_it_varies_or_may_not_be_kept() {
    for (defences, whose) in [
        (&[][..], "ada"),
        (&[("vary", "on")], "bob"),
        (&[("private", "on")], "bob"),
        (&[("no-store", "on")], "bob"),
    ] {
        let lab = Lab::with(defences);
        let (ada, bob) = (lab.log_in_at(CACHE, "ada", ""), lab.log_in_at(CACHE, "bob", ""));
        let heading =
            |pair: &str| lab.at(CACHE, get("/statement").cookie(pair)).page().heading().to_owned();
        assert_eq!(heading(&ada), "The statement of ada");
        assert_eq!(heading(&bob), format!("The statement of {whose}"), "{defences:?}");
        assert_eq!(heading(&ada), "The statement of ada", "{defences:?}");
        let at_the_bank =
            own(BANK, &lab, get(&format!("/seen?what=statement&page={whose}"))).cookie(&bob);
        assert_eq!(lab.bank(at_the_bank).status, 204);
        assert_eq!(lab.worked("next-user-sees-page"), whose == "ada", "{defences:?}");
    }
}

#[test]
fn whoever_comes_by_a_link_of_another_site_logs_in_where_each_form_has_a_token() {
    let lab = Lab::with(&[("token", "on"), ("same-site", "strict")]);
    let list = lab.at(ATTACKER, get("/"));
    assert!(!list.text().contains(&format!("{}/login", lab.origin(BANK))), "{list}");
    let led = |path: &str, cookies: &str| {
        let asked = get(path).header("Sec-Fetch-Site", "cross-site").cookie(cookies);
        lab.bank(asked)
    };
    for path in ["/login", "/"] {
        let mut page = led(path, "");
        assert_eq!(page.set_cookies(), [""; 0], "{page}");
        if path == "/login" {
            assert!(page.sees_other("/"), "a form without a token is none. {page}");
            page = led("/", "");
        }
        assert!(page.text().contains("<a href=\"/login\">Log in</a>"), "{page}");
        assert_eq!(lab.who(&lab.log_in("ada")), "Logged in as ada");
    }
    let ada = lab.log_in("ada");
    assert_eq!(led("/login", &ada).header("Location"), Some("/"), "she is in already");
}

#[test]
fn a_session_begins_where_another_site_did_not_ask_and_the_first_known_id_counts() {
    let lab = Lab::open();
    for path in ["/", "/account", "/guestbook", "/none"] {
        assert_eq!(lab.bank(get(path)).set_cookies(), [""; 0], "{path}");
    }
    for path in ["/login", "/statement"] {
        assert_eq!(lab.bank(get(path)).set_cookies().len(), 1, "{path}");
        let cross = get(path).header("Sec-Fetch-Site", "cross-site");
        assert_eq!(lab.bank(cross).set_cookies(), [""; 0], "the browser may hold one back: {path}");
    }
    let (ada, bob) = (lab.log_in("ada"), lab.log_in("bob"));
    let old = "bank=0123456789abcdef0123456789abcdef";
    assert_eq!(
        lab.who(&format!("bank=; {old}; bank; bank=\"\"; {ada}; {bob}")),
        "Logged in as ada"
    );
    assert_eq!(lab.who(&ada.to_uppercase()), "You are not logged in");
    assert!(lab.bank(get("/login").cookie(&ada)).sees_other("/"), "she is in already");
    assert_eq!(lab.books()["logged_in"].to_string(), "[\"ada\",\"bob\"]");
    for (what, cookies) in strange_cookies() {
        let line = [&cookies, b"; ".as_slice(), ada.as_bytes(), b"; ", &cookies].concat();
        let page = lab.bank(get("/").cookie(&line));
        assert!(page.page().says("Logged in as ada"), "{what} lost the log-in. {page}");
    }
}

#[test]
fn however_many_cookies_of_its_name_came_before_it_a_session_is_found_and_stays_whose_it_is() {
    for defences in [&[][..], &[("new-id", "on")]] {
        let lab = Lab::with(defences);
        let ada = lab.log_in("ada");
        for junk in ["bank=-", "bank=a", "bank=%2d"] {
            let planted: String = (0..40).map(|at| format!("{junk}{at}; ")).collect();
            let came = format!("{planted}{ada}");
            let page = lab.bank(get("/login").cookie(&came));
            assert!(page.sees_other("/") && page.set_cookies().is_empty(), "{junk}: {page}");
            assert_eq!(lab.who(&came), "Logged in as ada", "{junk}");
        }
        assert_eq!(lab.who(&ada), "Logged in as ada");
    }
}

#[test]
fn of_a_thousand_sessions_the_oldest_that_nobody_has_logged_in_with_is_forgotten() {
    let lab = Lab::with(&[("token", "on")]);
    let begun = |lab: &Lab| {
        let page = lab.bank(get("/login"));
        (cookie(&page).unwrap(), token(&page))
    };
    let is_known =
        |(pair, known): &(String, String)| token(&lab.bank(get("/login").cookie(pair))) == *known;
    let (ada, first, second) = (lab.log_in("ada"), begun(&lab), begun(&lab));
    for _ in 0..998 {
        assert_eq!(lab.bank(get("/login")).set_cookies().len(), 1);
    }
    assert!(is_known(&second));
    assert!(!is_known(&first));
    assert_eq!(lab.who(&ada), "Logged in as ada");
    for _ in 0..1100 {
        let _ = lab.at(SIBLING, get("/planted-account"));
    }
    assert_eq!(lab.who(&ada), "Logged in as ada", "Mallory's own sessions are hers to lose");
}

#[test]
fn where_everybody_is_logged_in_the_oldest_log_in_is_forgotten() {
    let lab = Lab::open();
    let (ada, bob) = (lab.log_in("ada"), lab.log_in("bob"));
    let fields = [("name", "ada"), ("password", "engine")];
    for _ in 0..999 {
        assert_eq!(lab.bank(post("/login", &fields)).status, 303);
    }
    assert_eq!(lab.who(&ada), "You are not logged in");
    assert_eq!(lab.who(&bob), "Logged in as bob");
}

#[test]
fn a_form_with_anything_else_in_it_is_a_clear_answer_and_changes_nothing() {
    let lab = Lab::open();
    let ada = lab.log_in("ada");
    let long = "x".repeat(3000);
    let wide = "小".repeat(2001);
    let before = lab.books()["balances"].clone();
    for (path, fields, status, says) in [
        ("/transfer", vec![("to", "eve"), ("amount", "1")], 422, "Nobody at this bank"),
        ("/transfer", vec![("to", MARKUP), ("amount", "1")], 422, "Nobody at this bank"),
        ("/transfer", vec![("to", &*long), ("amount", "1")], 422, "Nobody at this bank"),
        ("/transfer", vec![("to", "ada"), ("amount", "1")], 422, "your own account"),
        ("/transfer", vec![("to", "bob"), ("amount", "0")], 422, "a whole number"),
        ("/transfer", vec![("to", "bob"), ("amount", "-1")], 422, "a whole number"),
        ("/transfer", vec![("to", "bob"), ("amount", "1.5")], 422, "a whole number"),
        ("/transfer", vec![("to", "bob"), ("amount", "")], 422, "a whole number"),
        ("/transfer", vec![("to", "bob"), ("amount", "NaN")], 422, "a whole number"),
        ("/transfer", vec![("to", "bob"), ("amount", "4294967296")], 422, "a whole number"),
        ("/transfer", vec![("to", "bob"), ("amount", "101")], 422, "has less"),
        ("/transfer", vec![("to", "bob")], 422, "amount"),
        ("/transfer", vec![("amount", "1")], 422, "to"),
        ("/transfer", vec![("to", "bob"), ("to", "bob"), ("amount", "1")], 422, "duplicate field"),
        ("/guestbook", vec![("text", "  ")], 422, "at least one letter"),
        ("/guestbook", vec![("text", &*wide)], 413, "2000 characters"),
        ("/guestbook", vec![], 422, "text"),
        ("/login", vec![("name", "ada")], 422, "password"),
        ("/login", vec![("name", "ada"), ("password", "Engine")], 403, "No account"),
        ("/login", vec![("name", "eve"), ("password", "engine")], 403, "No account"),
        ("/login", vec![("name", ""), ("password", "")], 403, "No account"),
        ("/login", vec![("name", MARKUP), ("password", MARKUP)], 403, "No account"),
    ] {
        let reply = lab.bank(post(path, &fields).cookie(&ada));
        assert_page(&reply, status);
        assert!(reply.page().says(says), "{fields:?}: {}", reply.with_text(says));
        assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
    }
    for path in ["/transfer", "/guestbook", "/login", "/logout"] {
        let plain = Request::new("POST", path).body(b"to=bob&amount=1&text=x");
        assert_page(&lab.bank(plain.clone().cookie(&ada)), 415);
        let json = plain.header("Content-Type", "application/json");
        assert_page(&lab.bank(json.cookie(&ada)), 415);
        let huge = post(path, &[("text", &"x".repeat(40_000))]);
        assert_page(&lab.bank(huge.cookie(&ada)), 413);
    }
    for path in ["/transfer", "/guestbook"] {
        let fields = [("to", "bob"), ("amount", "1"), ("text", "x")];
        let reply = lab.bank(post(path, &fields));
        assert_page(&reply, 403);
        assert!(reply.page().says("Log in first"), "{reply}");
        assert_eq!(lab.word(), "Refused: Nobody is logged in. Log in first.");
    }
    assert_eq!(lab.books()["balances"], before);
    assert_eq!(lab.who(&ada), "Logged in as ada");
    let eve = get("/seen?what=account&page=eve").header("Sec-Fetch-Site", "same-origin");
    assert_eq!(lab.bank(eve.cookie(&ada)).status, 204);
    let odd = get("/seen?what=wallet&page=bob").header("Sec-Fetch-Site", "same-origin");
    assert_eq!(lab.bank(odd.cookie(&ada)).status, 204);
    assert_page(&lab.bank(get("/seen").cookie(&ada)), 400);
    assert_page(&lab.at(ATTACKER, get("/take")), 400);
    assert_eq!(lab.books()["shown"].to_string(), "[]");
}

#[test]
fn a_host_that_is_none_of_ours_gets_421_and_an_address_leads_to_localhost() {
    let lab = Lab::open();
    let port = lab.0.port();
    for (host, says) in [
        (format!("example.org:{port}"), "the request names another host"),
        (format!("app.crumbs.localhost.example.org:{port}"), "the request names another host"),
        (format!("localhost.:{port}"), "the request names another host"),
        (format!("{BANK}:99999"), "the request names another host"),
        (format!("{BANK}:80@evil.example"), "the request names another host"),
        (MARKUP.to_owned(), "the request names another host"),
        (String::new(), "the request names another host"),
        (format!("{BANK}.mallory.localhost:{port}"), "doesn't answer for this host"),
        (format!("other.crumbs.localhost:{port}"), "doesn't answer for this host"),
        (format!("crumbs.localhost:{port}"), "doesn't answer for this host"),
    ] {
        for request in
            [get("/"), get("/books.json"), post("/defences", &[]), post("/transfer", &[])]
        {
            let reply = lab.0.send(request.header("Host", &host));
            assert_eq!(reply.status, 421, "{reply}");
            assert!(reply.page().says(says), "{}", reply.with_text(says));
            assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
        }
    }
    let two = get("/").header("Host", "localhost").header("Host", BANK);
    assert_eq!(lab.0.send(two).status, 421);
    let upper = get("/").header("Host", format!("APP.Crumbs.LocalHost:{port}"));
    assert!(lab.0.send(upper).page().says("You are not logged in"));
    for address in ["127.0.0.1", "[::1]"] {
        let reply = lab.at(address, get("/account"));
        let home = format!("http://localhost:{port}/account");
        assert_eq!((reply.status, reply.header("Location")), (307, Some(&*home)), "{reply}");
    }
}

#[test]
fn pages_lead_to_the_port_that_was_asked_and_take_nothing_else_from_the_host() {
    let lab = Lab::open();
    for (host, origin) in [
        (format!("{ATTACKER}:8080"), "http://app.crumbs.localhost:8080/"),
        (ATTACKER.to_owned(), "http://app.crumbs.localhost/"),
    ] {
        let page = lab.0.send(get("/transfer-by-form").header("Host", &host));
        assert_page(&page, 200);
        assert!(page.text().contains(&format!("\"{origin}transfer\"")), "{host}: {page}");
    }
}

#[test]
fn no_other_site_and_no_sibling_switches_a_defence_or_reads_the_books() {
    let lab = Lab::with(&[("token", "on")]);
    let defences = || lab.books()["defences"].clone();
    let before = defences();
    assert_eq!((&before["token"], &before["same-site"]), (&true.into(), &"none".into()));
    let off: [(&str, &str); 0] = [];
    for (site, host) in
        [("cross-site", ATTACKER), ("same-site", BANK), ("cross-site", BANK), ("none", "localhost")]
    {
        for target in ["/defences", "/reset"] {
            let reply = lab.0.send(foreign(site, &lab.origin(host), post(target, &off)));
            assert_page(&reply, 403);
        }
    }
    for target in ["/defences", "/reset"] {
        for origin in [&*lab.origin(ATTACKER), "null"] {
            let old = post(target, &off).header("Origin", origin);
            assert_page(&lab.0.send(old), 403);
        }
    }
    assert_eq!(defences(), before);
    for (site, status) in
        [("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403)]
    {
        let reply = lab.0.send(get("/books.json").header("Sec-Fetch-Site", site));
        assert_eq!(reply.status, status, "{reply}");
        assert_eq!(reply.header("Access-Control-Allow-Origin"), None, "{reply}");
    }
    for host in [BANK, SIBLING, CACHE, ATTACKER] {
        for target in ["/defences", "/reset"] {
            assert!(lab.at(host, post(target, &off)).status >= 400, "{host} {target}");
        }
        assert!(lab.at(host, get("/books.json")).status >= 400, "{host}");
    }
    assert_eq!(defences(), before);
    let own = own("localhost", &lab, post("/defences", &[("same-site", "lax"), ("vary", "on")]));
    assert!(lab.0.send(own).sees_other("/"));
    let now = defences();
    assert_eq!(
        (&now["token"], &now["vary"], &now["same-site"]),
        (&false.into(), &true.into(), &"lax".into())
    );
}

#[test]
fn a_switch_that_is_none_changes_nothing_and_switching_logs_everybody_out() {
    let lab = Lab::with(&[("token", "on")]);
    let ada = lab.log_in("ada");
    for fields in [
        [("same-site", "loose")],
        [("same-site", "")],
        [("Token", "on")],
        [("token", "off")],
        [(MARKUP, "on")],
        [("token", MARKUP)],
    ] {
        let reply = lab.0.send(post("/defences", &fields));
        assert_page(&reply, 422);
    }
    assert_page(&lab.0.send(Request::new("POST", "/defences").body(b"token=on")), 415);
    assert_eq!(lab.who(&ada), "Logged in as ada");
    lab.switch(&[("token", "on")]);
    assert_eq!(lab.who(&ada), "You are not logged in");
    let bob = lab.log_in("bob");
    let sent = transfer("1", &token(&lab.bank(get("/").cookie(&bob)))).cookie(&bob);
    assert_eq!(lab.bank(sent).status, 303);
    assert_eq!(lab.balance("bob"), 99);
    assert!(lab.0.send(post("/reset", &[])).sees_other("/"));
    assert_eq!((lab.balance("bob"), lab.who(&bob)), (100, "You are not logged in".to_owned()));
    assert_eq!(lab.books()["defences"]["token"], true, "the defences stay");
}

#[test]
fn a_switch_begins_again_so_what_attacks_tells_is_of_the_defences_that_are_on() {
    let lab = Lab::open();
    let at_first = (lab.books(), lab.at(ATTACKER, get("/")).page().text().to_owned());
    let ada = lab.log_in("ada");
    let site = |request: Request, site: &str| request.header("Sec-Fetch-Site", site).cookie(&ada);
    let _ = lab.at(ATTACKER, get(&format!("/take?cookie={ada}")));
    let _ = lab.at(ATTACKER, post("/form-in-entry", &[]));
    let _ = lab.at(SIBLING, get("/planted-account"));
    let embedded = get("/account").header("Sec-Fetch-Dest", "image");
    for request in [
        site(embedded, "cross-site"),
        site(get("/seen?what=statement&page=bob"), "same-origin"),
        site(transfer("11", ""), "cross-site"),
        site(get("/logout"), "cross-site"),
    ] {
        let _ = lab.bank(request);
    }
    for attack in [
        "transfer-by-form",
        "script-takes-cookie",
        "withheld",
        "next-user-sees-page",
        "logout-by-link",
    ] {
        assert!(lab.worked(attack), "{attack}");
    }
    lab.switch(&[("csp", "on"), ("same-site", "lax")]);
    let list = lab.at(ATTACKER, get("/"));
    assert!(list.page().says("Switched on now: SameSite=Lax, csp."), "{list}");
    lab.switch(&[]);
    assert_eq!(lab.books(), at_first.0);
    assert_eq!(lab.at(ATTACKER, get("/")).page().text(), at_first.1);
    assert!(!lab.bank(get("/guestbook")).text().contains("Nice bank!"));
}

#[test]
fn what_attacks_tells_of_a_session_is_told_as_of_then() {
    let lab = Lab::open();
    let sent = post("/login", &[("name", "mallory"), ("password", "malice")]);
    let _ = lab.bank(foreign("cross-site", &lab.origin(ATTACKER), sent));
    let ada = lab.log_in("ada");
    for taken in [&*ada, ""] {
        let _ = lab.at(ATTACKER, get(&format!("/take?cookie={taken}")));
    }
    let _ = lab.bank(post("/logout", &[]).cookie(&ada));
    let page = lab.at(ATTACKER, get("/"));
    for says in [
        "Your browser was logged in as mallory.",
        "Mallory got a cookie that opened the session of ada.",
        &format!("{ada}: it opened the session of ada"),
        "A script found no cookie",
    ] {
        assert!(page.page().says(says), "{}", page.with_text(says));
    }
    for untrue in ["is logged in as mallory", "opens"] {
        assert!(!page.page().says(untrue), "{}", page.with_text(untrue));
    }
}

#[test]
fn an_attack_is_told_from_honest_use_by_what_caused_it() {
    let lab = Lab::open();
    let (ada, bob) = (lab.log_in("ada"), lab.log_in("bob"));
    for (amount, attack, site) in
        [("11", "transfer-by-form", "cross-site"), ("12", "transfer-by-sibling", "same-site")]
    {
        let honest = own(BANK, &lab, transfer(amount, "")).cookie(&ada);
        assert_eq!(lab.bank(honest).status, 303);
        assert!(!lab.worked(attack), "Ada herself typed {amount}");
        let _ = lab.bank(transfer(amount, "").header("Sec-Fetch-Site", site).cookie(&ada));
        assert!(lab.worked(attack));
    }
    let causes: Vec<_> = lab.books()["transfers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|transfer| transfer["site"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(causes, ["same-origin", "cross-site", "same-origin", "same-site"]);
    // A page of the shared cache is not one that a browser kept, and another site's image shows no page at all.
    let seen = get("/seen?what=statement&page=ada").cookie(&bob);
    let own = |request: Request| request.header("Sec-Fetch-Site", "same-origin");
    let _ = lab.at(CACHE, own(seen.clone()));
    let _ = lab.bank(seen.clone().header("Sec-Fetch-Site", "cross-site"));
    assert_eq!(lab.books()["shown"].to_string(), "[]");
    let _ = lab.bank(own(seen));
    assert!(lab.worked("next-user-sees-page"));
    // Mallory's statement that the browser has kept is no planted account.
    let kept = get("/seen?what=statement&page=mallory").cookie(&bob);
    let _ = lab.bank(own(kept));
    assert!(!lab.worked("planted-account"));
}

#[test]
fn what_ada_sends_by_hand_is_no_attack_whatever_the_amount() {
    for (amount, attack, place, dest) in [
        ("13", "script-transfers", "/guestbook", "empty"),
        ("14", "form-in-entry", "/guestbook?x", "document"),
        ("15", "planted-before-login", "", ""),
        ("16", "framed-by-sibling", "/?to=mallory&amount=16", "iframe"),
        ("17", "cache-gives-login", "", ""),
    ] {
        let lab = Lab::open();
        let ada = lab.log_in("ada");
        let send = |place: &str, dest: &str| {
            let sent = own(BANK, &lab, transfer(amount, "")).cookie(&ada);
            let referer = format!("{}{place}", lab.origin(BANK));
            let sent = sent.header("Referer", referer).header("Sec-Fetch-Dest", dest);
            assert_eq!(lab.bank(sent).status, 303);
        };
        for by_hand in ["/", "/?to=mallory&amount=16", "/?to=/guestbook", "/guestbooks"] {
            send(by_hand, "document");
            assert!(!lab.worked(attack), "Ada sent {amount} by the form of {by_hand}");
        }
        if !dest.is_empty() {
            send(place, dest);
            assert!(lab.worked(attack), "{attack}");
        }
    }
}

#[test]
fn where_mallory_got_in_and_the_money_did_not_come_she_says_why() {
    for (attack, amount) in [("planted-before-login", 15), ("cache-gives-login", 17)] {
        for (sent, says) in [
            ("10", format!("ada sent {amount} to mallory.")),
            (
                "90",
                format!(
                    "Mallory was in the session of ada. {amount} did not go: Your account has less than that."
                ),
            ),
        ] {
            let lab = Lab::open();
            let (host, begun) = match attack {
                "cache-gives-login" => (CACHE, lab.at(CACHE, get("/statement"))),
                _ => (BANK, lab.at(SIBLING, get("/planted-before-login"))),
            };
            let ada = lab.log_in_at(host, "ada", &cookie(&begun).unwrap());
            let honest = [("to", "bob"), ("amount", sent)];
            assert_eq!(lab.bank(post("/transfer", &honest).cookie(&ada)).status, 303);
            let _ = lab.at(ATTACKER, post(&format!("/{attack}"), &[]));
            assert!(lab.worked(attack), "{attack}: she was in");
            let list = lab.at(ATTACKER, get("/"));
            assert!(list.page().says(&says), "{}", list.with_text(&says));
        }
    }
}

#[test]
fn of_the_own_session_mallory_gets_nothing() {
    let lab = Lab::open();
    let begun = lab.at(CACHE, get("/statement"));
    let _ = lab.log_in_at(CACHE, "mallory", &cookie(&begun).unwrap());
    let _ = lab.at(ATTACKER, post("/cache-gives-login", &[]));
    assert!(!lab.worked("cache-gives-login"));
}

#[test]
fn only_what_changed_something_makes_the_cache_forget_it() {
    let lab = Lab::open();
    let is_kept = || lab.at(CACHE, get("/statement")).header("Age").is_some();
    assert!(!is_kept() && is_kept());
    for method in ["DELETE", "POST", "BREW"] {
        assert_eq!(lab.at(CACHE, Request::new(method, "/statement")).status, 405);
        assert!(is_kept(), "{method} was refused, so nothing changed there");
    }
}

#[test]
fn the_cache_passes_on_what_is_too_long_to_keep() {
    let lab = Lab::with(&[("escape", "on")]);
    let ada = lab.log_in("ada");
    for _ in 0..30 {
        let entry = post("/guestbook", &[("text", &*"&".repeat(2000))]);
        assert_eq!(lab.bank(entry.cookie(&ada)).status, 303);
    }
    let by_the_cache = lab.at(CACHE, get("/guestbook").cookie(&ada));
    assert_eq!(by_the_cache.status, 200);
    assert!(by_the_cache.body.len() > 256 * 1024, "{}", by_the_cache.body.len());
}

#[test]
fn the_cache_keeps_an_answer_for_its_host_and_none_that_a_frame_decided() {
    let lab = Lab::open();
    let at = |port: &str, dest: &str| {
        let host = format!("{CACHE}{port}");
        lab.0.send(get("/statement").header("Host", host).header("Sec-Fetch-Dest", dest))
    };
    let first = at(":6666", "iframe");
    assert!(first.text().contains("<iframe src=\"http://127.0.0.1:"), "the wire. {first}");
    let other = at("", "document");
    assert_eq!(other.header("Age"), None, "{other}");
    assert!(!other.text().contains(":6666"), "{other}");
    let again =
        lab.0.send(get("/statement").header("Host", format!("{}:6666", CACHE.to_uppercase())));
    assert!(again.header("Age").is_some() && again.text() == first.text(), "{again}");
}

#[test]
fn the_page_of_the_defences_shows_the_files_that_do_it() {
    let lab = Lab::with(&[("same-site", "strict"), ("csp", "on")]);
    let page = lab.0.send(get("/"));
    assert_page(&page, 200);
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/defences")).unwrap() {
        let path = file.unwrap().path();
        if path.ends_with("mod.rs") {
            continue;
        }
        let code = std::fs::read_to_string(&path).unwrap();
        assert!(page.page().says(&code), "the page should show {}", path.display());
    }
    let forms = page.page().forms();
    let on = |name: &str| forms[0].value(name).map(str::to_owned);
    assert_eq!((on("csp").as_deref(), on("same-site").as_deref()), (Some("on"), Some("strict")));
}

#[test]
fn every_attack_has_a_page_at_its_own_host_alone() {
    let lab = Lab::open();
    let list = lab.at(ATTACKER, get("/"));
    assert_page(&list, 200);
    let worked = lab.books()["worked"].as_object().unwrap().clone();
    assert_eq!(worked.len(), 14);
    for attack in worked.keys() {
        let here: Vec<_> = [ATTACKER, SIBLING]
            .into_iter()
            .filter(|host| lab.at(host, get(&format!("/{attack}"))).status == 200)
            .collect();
        let [host] = here[..] else { panic!("{attack} is at {here:?}") };
        let address = format!("href=\"{}/{attack}\"", lab.origin(host));
        assert!(list.text().contains(&address), "{address}: {list}");
        let page = lab.at(host, get(&format!("/{attack}")));
        assert_page(&page, 200);
        assert!(page.text().contains("id=\"lure\""), "{page}");
    }
    assert_page(&lab.at(ATTACKER, post("/transfer-by-form", &[])), 405);
    assert_page(&lab.at(ATTACKER, post("/none", &[])), 404);
    let sibling = lab.at(SIBLING, get("/"));
    assert_eq!(sibling.header("Location"), Some(&*lab.origin(ATTACKER)), "{sibling}");
}

#[test]
fn the_list_numbers_each_attack_by_the_documents_step() {
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../../lessons/7-attacks.md");
    let document = std::fs::read_to_string(document).unwrap();
    let mut steps = vec![String::new()];
    let (_, walk) = document.split_once("## On the wire").unwrap();
    for line in walk.split("## The code").next().unwrap().lines() {
        let number = line.split(". ").next().unwrap().parse();
        if number == Ok(steps.len()) {
            steps.push(String::new());
        }
        *steps.last_mut().unwrap() += &format!("{} ", line.trim());
    }
    let lab = Lab::open();
    let list = lab.at(ATTACKER, get("/")).text().replace("&#39;", "'");
    for attack in lab.books()["worked"].as_object().unwrap().keys() {
        let row = list.split_once(&format!("id=\"{attack}\"><td>")).unwrap().1;
        let (number, row) = row.split_once(". <a ").unwrap();
        let (_, title) = row.split("</a>").next().unwrap().split_once('>').unwrap();
        let step = &steps[number.parse::<usize>().unwrap()];
        assert!(step.contains(&format!("*{title}*")), "step {number} has no {title}: {step}");
    }
}

#[test]
fn a_path_answers_the_methods_that_it_names_and_no_other() {
    let lab = Lab::open();
    for (host, path, allowed) in [
        ("localhost", "/", "GET,HEAD"),
        ("localhost", "/defences", "POST"),
        ("localhost", "/reset", "POST"),
        ("localhost", "/books.json", "GET,HEAD"),
        (BANK, "/", "GET,HEAD"),
        (BANK, "/login", "GET,HEAD,POST"),
        (BANK, "/logout", "GET,HEAD,POST"),
        (BANK, "/transfer", "POST"),
        (BANK, "/account", "GET,HEAD"),
        (BANK, "/statement", "GET,HEAD"),
        (BANK, "/guestbook", "GET,HEAD,POST"),
        (ATTACKER, "/", "GET,HEAD"),
        (SIBLING, "/planted-account", "GET,HEAD"),
    ] {
        for method in ["GET", "POST", "PUT", "DELETE", "BREW"] {
            if !allowed.contains(method) {
                let reply = lab.at(host, Request::new(method, path));
                assert_page(&reply, 405);
                let names = |allow: &str| {
                    allow.split(',').map(str::to_owned).collect::<std::collections::BTreeSet<_>>()
                };
                assert_eq!(reply.header("Allow").map(names), Some(names(allowed)), "{reply}");
            }
        }
    }
    for host in HOSTS {
        assert_page(&lab.at(host, get("/none/such")), 404);
    }
}

#[test]
fn the_wire_has_the_banks_word_on_each_exchange() {
    let lab = Lab::open();
    let says = |request: Request| {
        let _ = lab.bank(request);
        lab.word()
    };
    assert_eq!(says(get("/")), "Nobody is logged in.");
    assert_eq!(says(get("/login")), "Nobody is logged in.");
    let ada = lab.log_in("ada");
    assert_eq!(lab.word(), "Logged in: ada.");
    assert_eq!(says(get("/").cookie(&ada)), "Logged in: ada.");
    assert_eq!(says(get("/account").cookie(&ada)), "The account of ada.");
    assert_eq!(says(get("/statement").cookie(&ada)), "The statement of ada.");
    assert_eq!(says(transfer("7", "").cookie(&ada)), "ada sends 7 to mallory.");
    assert_eq!(
        says(post("/guestbook", &[("text", "x")]).cookie(&ada)),
        "ada wrote into the guestbook."
    );
    assert_eq!(says(post("/logout", &[]).cookie(&ada)), "Logged out: ada.");
    assert_eq!(says(get("/logout").cookie(&ada)), "Nobody was logged in.");
    lab.switch(&[("post", "on")]);
    assert!(says(get("/logout")).starts_with("Refused: "));
}

#[test]
fn no_script_of_a_page_can_read_the_wire() {
    probe::assert_no_script_reads_the_wire(
        &Lab::open().0,
        &["/login", "/account", "/statement", "/guestbook"],
    );
}

#[test]
fn a_server_whose_terminal_is_closed_still_serves() {
    probe::assert_serves_unheard(env!("CARGO_BIN_EXE_attacks"), &[]);
}

#[test]
fn on_the_projector_no_id_is_shown() {
    let server = Server::start(env!("CARGO_BIN_EXE_attacks"), &[("WIRE", "projector")]);
    let lab = Lab(server);
    let ada = lab.log_in("ada");
    let id = ada.trim_start_matches("bank=").to_owned();
    let _ = lab.at(ATTACKER, get(&format!("/take?cookie={ada}")));
    let list = lab.at(ATTACKER, get("/"));
    assert!(list.page().says("(hidden)") && !list.text().contains(&id), "{list}");
    assert!(!lab.0.send(get("/books.json")).text().contains(&id));
    let planted = lab.at(SIBLING, get("/planted-account"));
    let pair = cookie(&planted).unwrap();
    assert!(!planted.text().contains(pair.trim_start_matches("bank=")), "{planted}");
}
