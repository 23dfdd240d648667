//! The checks of `crack-the-key`.

use flask_cookie::{FlaskSession, Keys};
use probe::{Reply, Server, get, post};

/// What the server finds for a cookie.
fn crack(server: &Server, cookie: &str) -> Reply {
    server.send(post("/crack", &[("cookie", cookie)]))
}

/// A cookie that this secret signed.
fn signed(secret: &str) -> String {
    let mut session = FlaskSession::new();
    session.insert("username", "guest");
    Keys::new(secret).map(|keys| session.dump(&keys, 1_735_689_600)).unwrap_or_default()
}

/// The cookie of a server that has just started.
#[track_caller]
fn cookie(server: &Server) -> (String, Reply) {
    let reply = server.send(get("/"));
    let Some(pair) = reply.pair("cracked") else {
        panic!("GET / should set the cookie `cracked`\n{reply}")
    };
    (pair["cracked=".len()..].to_owned(), reply)
}

#[test]
#[ignore = "exercise: cargo course check crack-the-key"]
fn a_weak_key_is_found_from_one_cookie() {
    let server = Server::of(crack_the_key::app());
    for word in crack_the_key::WORDS {
        let reply = crack(&server, &signed(word));
        let (text, expected) = (reply.text(), format!("the key is: {word}"));
        assert!(
            text.trim() == expected,
            "A cookie signed with {word:?} came, and the answer should be\n  {expected}\nIt was\n  {text}\n{reply}"
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check crack-the-key"]
fn a_key_that_is_no_word_is_not_found() {
    let server = Server::of(crack_the_key::app());
    for cookie in [signed("A0Zr98j/3yX R~XHH!jmN]LWX/,?RT"), "no cookie".to_owned(), String::new()]
    {
        let reply = crack(&server, &cookie);
        let text = reply.text();
        assert!(
            text.trim() == "no word",
            "No word of the list signed {cookie:?}, and the answer should be\n  no word\nIt was\n  {text}\n{reply}"
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check crack-the-key"]
fn the_servers_own_key_is_in_no_list() {
    let (cookie, reply) = cookie(&Server::of(crack_the_key::app()));
    for word in crack_the_key::WORDS {
        let signed_it = Keys::new(word).is_ok_and(|keys| {
            flask_cookie::Parts::split(&cookie).is_ok_and(|parts| parts.signed_by(&keys).is_some())
        });
        assert!(
            !signed_it,
            "The server's own key should be in no list, and it is {word:?}.\n{reply}"
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check crack-the-key"]
fn two_servers_do_not_share_a_key() {
    // In two different seconds the cookies differ in their time as well, so compare in one: three tries are enough.
    for _ in 0..3 {
        let (one, _) = cookie(&Server::of(crack_the_key::app()));
        let (other, reply) = cookie(&Server::of(crack_the_key::app()));
        let (Some((text, _)), Some((same, _))) = (one.rsplit_once('.'), other.rsplit_once('.'))
        else {
            panic!("The cookie should have three parts.\n{reply}")
        };
        if text == same {
            assert!(
                one != other,
                "Two servers should have two keys, and they signed the same text alike:\n  {one}\n{reply}"
            );
            return;
        }
    }
    panic!("No two servers answered within the same second; try again.");
}
