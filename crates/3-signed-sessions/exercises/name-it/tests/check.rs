//! The check of `name-it`: carries signed values from one cookie to another, as an attacker with developer tools would.

use cookie::{Cookie, Key};
use name_it::app;
use probe::{Reply, Server, get, post};

const NICKNAME: &str = "name_it_nickname";
const ROLE: &str = "name_it_role";

/// Sends a form and returns the value of the cookie that it sets, as it is on the wire.
fn value_of(server: &Server, cookie: &str, path: &str, field: &str, text: &str) -> String {
    let reply = server.send(post(path, &[(field, text)]));
    match reply.pair(cookie).and_then(|pair| pair.split_once('=')) {
        Some((_, value)) => value.to_owned(),
        None => panic!(
            "Expected POST {path} to set the cookie `{cookie}`, with {field} = {text:?}: every nickname is allowed.\n\n{reply}"
        ),
    }
}

fn nickname(server: &Server, nickname: &str) -> String {
    value_of(server, NICKNAME, "/nickname", "nickname", nickname)
}

fn role(server: &Server, password: &str) -> String {
    value_of(server, ROLE, "/login", "password", password)
}

/// Asks for the admins' page with this value in the role's cookie.
fn ask(server: &Server, role: &str) -> Reply {
    server.send(get("/admin").cookie(format!("{ROLE}={role}")))
}

/// Puts the nickname's signed value into the role's cookie, at a server that was started again.
fn must_make_no_admin(text: &str) {
    let key = Key::generate();
    let value = nickname(&Server::of(app(key.clone())), text);
    let reply = ask(&Server::of(app(key)), &value);
    assert!(
        reply.status == 403,
        "Expected 403: this value was signed for `{NICKNAME}`, as the nickname {text:?}, and came in `{ROLE}`. Whoever chose \
         that nickname is an admin now.\n\n{reply}"
    );
}

#[test]
#[ignore = "exercise: cargo course check name-it"]
fn the_password_makes_an_admin() {
    let key = Key::generate();
    let before = Server::of(app(key.clone()));
    let (admin, guest) = (role(&before, "sesame"), role(&before, "open"));
    drop(before);
    let server = Server::of(app(key));
    let reply = ask(&server, &admin);
    assert!(
        reply.status == 200,
        "Expected 200: this role was given for the right password, before a restart with the same key.\n\n{reply}"
    );
    for (value, who) in
        [(&*guest, "a guest"), ("admin", "a role that nobody signed"), ("", "nobody")]
    {
        let reply = ask(&server, value);
        assert!(reply.status == 403, "Expected 403 for {who}.\n\n{reply}");
    }
    let reply = ask(&Server::of(app(Key::generate())), &admin);
    assert!(
        reply.status == 403,
        "Expected 403 for a role signed with another server's key.\n\n{reply}"
    );
}

#[test]
#[ignore = "exercise: cargo course check name-it"]
fn every_nickname_is_allowed() {
    let key = Key::generate();
    let before = Server::of(app(key.clone()));
    let long = "admin".repeat(40);
    for text in [
        "admin",
        " Admin ",
        "a",
        "小明",
        "role=admin",
        "name_it_role=admin",
        "Ada; Path=/admin",
        &long,
    ] {
        let value = nickname(&before, text);
        let reply =
            Server::of(app(key.clone())).send(get("/").cookie(format!("{NICKNAME}={value}")));
        assert!(
            reply.text().contains(&format!("Hello, {text}")),
            "Expected the page to say \"Hello, {text}\": that nickname was chosen, and its cookie came back as it was set.\n\n\
             {reply}"
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check name-it"]
fn a_nickname_in_the_place_of_a_role_makes_no_admin() {
    for text in
        ["admin", " admin ", "ADMIN", "role=admin", "name_it_role=admin", "name_it_role:admin"]
    {
        must_make_no_admin(text);
    }
}

#[test]
#[ignore = "exercise: cargo course check name-it"]
fn a_nickname_spelled_like_a_role_cookie_makes_no_admin() {
    // A signed cookie can be read. The attacker reads a guest's role, and types what an admin's must look like.
    let guest = format!("{ROLE}={}", role(&Server::of(app(Key::generate())), "open"));
    let guest = Cookie::parse_encoded(guest).expect("the server's own cookie can be read");
    let signature = 44;
    for from in [0, signature] {
        if let Some(payload) = guest.value().get(from..).filter(|payload| payload.contains("guest"))
        {
            must_make_no_admin(&payload.replace("guest", "admin"));
        }
    }
}
