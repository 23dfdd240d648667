//! The check of `name-it`: carries signed values from one cookie to another, as an attacker with developer tools would.

use std::collections::BTreeSet;

use cookie::{Cookie, Key};
use name_it::app;
use probe::{
    Apart, Browser, MARKUP, Passed, Reply, Server, TYPED, byte_strangers, excerpt, forge, get,
    in_a_page, post, seed, splice, strangers, tamper,
};

const NICKNAME: &str = "name_it_nickname";
const ROLE: &str = "name_it_role";

fn server() -> Server {
    Server::of(app(Key::generate()))
}

/// Sends a form and returns the value of the cookie that it sets, as it is on the wire, and the exchange.
fn value_of(server: &Server, cookie: &str, path: &str, field: &str, text: &str) -> (String, Reply) {
    let reply = server.send(post(path, &[(field, text)]));
    match reply.pair(cookie).and_then(|pair| pair.split_once('=')) {
        Some((_, value)) => (value.to_owned(), reply),
        None => panic!(
            "Expected POST {path} to set the cookie `{cookie}`, with {field} = {:?}.\n\n{reply}",
            excerpt(text, "")
        ),
    }
}

fn nickname(server: &Server, nickname: &str) -> (String, Reply) {
    value_of(server, NICKNAME, "/nickname", "nickname", nickname)
}

fn role(server: &Server, password: &str) -> (String, Reply) {
    value_of(server, ROLE, "/login", "password", password)
}

/// Asks for the admins' page with this value in the role's cookie.
fn ask(server: &Server, role: &str) -> Reply {
    server.send(get("/admin").cookie(format!("{ROLE}={role}")))
}

fn must_be_no_admin(reply: &Reply, what: &str) {
    assert!(reply.status == 403, "Expected 403 for {what}.\n\n{reply}");
}

/// Comes to the first page with this `Cookie` header, and must be greeted so. The cause may be where the cookie was set.
fn must_greet(reply: &Reply, nickname: &str, why: &str, chosen: &Reply) {
    let words = format!("Hello, {}", in_a_page(nickname));
    assert!(
        reply.page().says(&words),
        "Expected the page to say {:?}. {why}\n\nThe choice. {chosen}\nThe page. {}",
        excerpt(&words, ""),
        reply.with_text("Hello, ")
    );
}

#[test]
#[ignore = "exercise: cargo course check name-it"]
fn the_forms_lead_to_a_page_and_the_password_to_the_admins() -> Passed {
    let server = server();
    let mut browser = Browser::new();
    for (path, field, text) in [
        ("/nickname", "nickname", "Zoë of the Hill"),
        ("/login", "password", "x"),
        ("/login", "password", "sesame"),
    ] {
        let visit = browser.post(&server.url(path), &[(field, text)]);
        let is_ours = visit.address().authority() == format!("localhost:{}", server.port());
        assert!(
            visit.first().status == 303 && is_ours && [200, 403].contains(&visit.last().status),
            "Expected POST {path} to answer 303 with a Location that leads to a page of this server.\n\n{visit}"
        );
    }
    let visit = browser.open(&server.url("/admin"));
    assert!(visit.last().status == 200, "Expected 200 after a log-in with `sesame`.\n\n{visit}");
    let visit = browser.open(&server.url("/"));
    assert!(
        visit.says("Hello, Zoë of the Hill"),
        "Expected \"Hello, Zoë of the Hill\": a log-in changes no nickname.\n\n{}",
        visit.with_text("Hello, ")
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check name-it"]
fn each_form_leaves_the_other_cookie_alone() -> Passed {
    let server = server();
    let mut browser = Browser::new();
    browser.post(&server.url("/nickname"), &[("nickname", "Zoë of the Hill")]);
    let nickname = browser.value(NICKNAME);
    let visit = browser.post(&server.url("/login"), &[("password", "sesame")]);
    let role = browser.value(ROLE);
    let unchanged = "Expected a log-in to leave the cookie of the nickname as it is.";
    assert!(nickname.is_some() && browser.value(NICKNAME) == nickname, "{unchanged}\n\n{visit}");
    let visit = browser.post(&server.url("/nickname"), &[("nickname", "Ada")]);
    let unchanged = "Expected the choice of a nickname to leave the cookie of the role as it is.";
    assert!(role.is_some() && browser.value(ROLE) == role, "{unchanged}\n\n{visit}");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check name-it"]
fn a_role_and_a_nickname_outlive_a_restart() -> Passed {
    let app = Apart::of(|| app(Key::from(&seed("key"))));
    let before = app.start();
    let ((admin, log_in), (ada, choice)) = (role(&before, "sesame"), nickname(&before, "Ada"));
    drop(before);
    let server = app.start();
    let reply = ask(&server, &admin);
    assert!(
        reply.status == 200,
        "Expected 200 for an admin after a restart. The key is the same, and the server keeps no list.\n\n\
         The log-in. {log_in}\nNow. {reply}"
    );
    let reply = server.send(get("/").cookie(format!("{NICKNAME}={ada}")));
    must_greet(&reply, "Ada", "The server was started again with the same key.", &choice);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check name-it"]
fn other_cookies_do_no_harm() -> Passed {
    let server = server();
    let ((admin, log_in), (ada, choice)) = (role(&server, "sesame"), nickname(&server, "Ada"));
    let (admin, ada) = (format!("{ROLE}={admin}"), format!("{NICKNAME}={ada}"));
    for (what, header) in strangers(&admin).into_iter().chain(byte_strangers(&admin)) {
        let reply = server.send(get("/admin").cookie(header));
        assert!(
            reply.status == 200,
            "Expected 200 for an admin. Another cookie came along: {what}.\n\nThe log-in. {log_in}\nNow. {reply}"
        );
    }
    for (what, header) in strangers(&ada).into_iter().chain(byte_strangers(&ada)) {
        let why = format!("Another cookie came along: {what}.");
        must_greet(&server.send(get("/").cookie(header)), "Ada", &why, &choice);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check name-it"]
fn every_nickname_comes_back_whole() -> Passed {
    let server = server();
    let long = "admin".repeat(40);
    let typed = TYPED.into_iter().filter(|typed| *typed != MARKUP);
    for text in typed.chain([
        "admin",
        "Admin",
        "guest",
        "name_it_role=admin",
        "name_it_nickname=a",
        "=",
        "\u{a0}a\u{a0}",
        &long,
    ]) {
        let (value, choice) = nickname(&server, text);
        let reply = server.send(get("/").cookie(format!("{NICKNAME}={value}")));
        let why = "That nickname was chosen, and its cookie came back as it was set.";
        must_greet(&reply, text, why, &choice);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check name-it"]
fn a_nickname_is_text_of_the_page() -> Passed {
    let server = server();
    let greet = |text| {
        let (value, choice) = nickname(&server, text);
        (server.send(get("/").cookie(format!("{NICKNAME}={value}"))), choice)
    };
    let (reply, choice) = greet(MARKUP);
    if let Some(markup) = reply.page().foreign_markup(&greet("Ada").0.page()) {
        panic!(
            "Expected a nickname with `<` in it as text. The page has {markup}.\n\n{}",
            reply.with_text("Hello, ")
        );
    }
    must_greet(&reply, MARKUP, "That is the nickname, as text.", &choice);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check name-it"]
fn a_role_that_nobody_signed_makes_no_admin() -> Passed {
    let server = server();
    let (guest, _) = role(&server, "open");
    must_be_no_admin(&server.send(get("/admin")), "somebody without a role");
    must_be_no_admin(&ask(&server, &guest), "a guest");
    for value in ["admin", "", "name_it_role=admin", "true", "1"] {
        must_be_no_admin(&ask(&server, value), &format!("the role {value:?} without a signature"));
    }
    for forged in forge(&guest, "guest", "admin") {
        must_be_no_admin(&ask(&server, &forged), "a guest's cookie with `admin` written into it");
    }
    let (admin, _) = role(&server, "sesame");
    for edited in tamper(&admin) {
        must_be_no_admin(&ask(&server, &edited), "an admin's cookie with a changed character");
    }
    let (ada, _) = nickname(&server, "admin");
    for mixed in splice(&guest, &ada) {
        must_be_no_admin(&ask(&server, &mixed), "a guest's cookie put together with a nickname's");
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check name-it"]
fn another_servers_admin_is_none_here() -> Passed {
    let (admin, _) = role(&server(), "sesame");
    must_be_no_admin(&ask(&server(), &admin), "a role from a server with another key");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check name-it"]
fn no_nickname_makes_an_admin() -> Passed {
    let server = server();
    let mut texts: BTreeSet<String> =
        ["admin", " admin ", "ADMIN", "role=admin", "name_it_role=admin", "name_it_role:admin"]
            .map(str::to_owned)
            .into();
    // A signed cookie can be read, and the program too. So an attacker knows what an admin's looks like, and types that, or
    // whatever part of it was signed.
    let admin = format!("{ROLE}={}", role(&server, "sesame").0);
    let admin = Cookie::parse_encoded(admin).expect("the server's own cookie can be read");
    for (at, _) in admin.value().char_indices() {
        let (start, end) = admin.value().split_at(at);
        texts.extend(
            [start, end, &format!("{ROLE}={end}"), &format!("{ROLE}{end}")].map(str::to_owned),
        );
    }
    texts
        .extend(admin.value().split(|mark: char| !mark.is_ascii_alphanumeric()).map(str::to_owned));
    for text in texts.iter().filter(|text| !text.is_empty()) {
        let (value, choice) = nickname(&server, text);
        for cookie in [format!("{ROLE}={value}"), format!("{NICKNAME}={value}")] {
            let reply = server.send(get("/admin").cookie(cookie));
            assert!(
                reply.status == 403,
                "Expected 403: whoever takes the nickname {text:?} is an admin now. The value was signed for `{NICKNAME}` and \
                 for nothing else.\n\nThe choice. {choice}\nThen. {reply}"
            );
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check name-it"]
fn a_role_is_no_nickname() -> Passed {
    let server = server();
    let stranger = server.send(get("/")).page().text();
    for password in ["open", "sesame"] {
        let (value, log_in) = role(&server, password);
        let reply = server.send(get("/").cookie(format!("{NICKNAME}={value}")));
        assert!(
            reply.page().text() == stranger,
            "Expected the page of somebody without a nickname. The value was signed for `{ROLE}`, and came in `{NICKNAME}`.\n\n\
             The log-in. {log_in}\nThen. {}",
            reply.with_text("Hello, ")
        );
    }
    let (value, choice) = nickname(&server, "Ada");
    for edited in forge(&value, "Ada", "Bob").into_iter().chain(["Bob".to_owned()]) {
        let reply = server.send(get("/").cookie(format!("{NICKNAME}={edited}")));
        assert!(
            reply.page().text() == stranger,
            "Expected the page of somebody without a nickname. Nobody signed this one.\n\n\
             The choice, before it was edited. {choice}\nThen. {}",
            reply.with_text("Hello, ")
        );
    }
    Passed
}
