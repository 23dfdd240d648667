//! The checks of the exercise `read-the-pairs`: they talk to the server over TCP, with cookies as a browser would send them.

use probe::{Reply, Server, get};

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn the_look_and_the_nick_are_honoured() {
    says(&page(&[]), "light", "nobody");
    for cookie in
        ["look=dark; nick=Ada", "nick=Ada; look=dark", "a=1; nick=Ada; b=2; look=dark; c=3"]
    {
        says(&page(&[cookie.as_bytes()]), "dark", "Ada");
    }
    says(&page(&[b"look=dark"]), "dark", "nobody");
    says(&page(&[b"nick=Bob; look=light"]), "light", "Bob");
    says(&page(&["nick=小明".as_bytes()]), "light", "小明");
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn a_nickname_can_not_set_the_look() {
    for nick in
        ["look=dark", "Ada look=dark", "Ada,look=dark", "Ada&look=dark", "look=dark,nick=Eve"]
    {
        says(&page(&[format!("nick={nick}").as_bytes()]), "light", nick);
        says(&page(&[format!("look=light; nick={nick}").as_bytes()]), "light", nick);
    }
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn another_name_is_another_cookie() {
    for cookie in [
        "outlook=dark; oldnick=Eve",
        "look2=dark; nickname=Eve",
        "Look=dark; NICK=Eve",
        "=look=dark; =nick=Eve",
    ] {
        says(&page(&[cookie.as_bytes()]), "light", "nobody");
    }
    says(&page(&[b"outlook=light; oldnick=Eve; look=dark; nick=Ada"]), "dark", "Ada");
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn the_whole_value_counts() {
    for value in ["darkest", "darker=1", "dark,", "Dark", "d", "", "=dark"] {
        says(&page(&[format!("look={value}; nick=Ada").as_bytes()]), "light", "Ada");
    }
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn a_value_may_hold_an_equals_sign() {
    for nick in ["a=b=c", "==", "Ada=", "nick=Eve"] {
        says(&page(&[format!("nick={nick}; look=dark").as_bytes()]), "dark", nick);
    }
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn only_a_semicolon_separates_pairs() {
    says(&page(&[b"nick=Countess, Ada; look=dark"]), "dark", "Countess, Ada");
    says(&page(&[b"list=1,nick=Eve,look=dark"]), "light", "nobody");
    says(&page(&[b"nick=Ada B. Lovelace;look=dark"]), "dark", "Ada B. Lovelace");
    says(&page(&[b";; ;  nick=Ada ;   look=dark ;"]), "dark", "Ada");
    says(&page(&[b"look; nick; dark"]), "light", "nobody");
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn pairs_may_come_in_several_lines() {
    says(&page(&[b"look=dark", b"nick=Ada"]), "dark", "Ada");
    says(&page(&[b"nick=Ada", b"look=dark"]), "dark", "Ada");
    says(&page(&[b"a=1", b"nick=Ada; look=dark", b"b=2"]), "dark", "Ada");
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn one_strange_byte_loses_no_other_cookie() {
    says(&page(&[b"other=\xff\xfe; nick=Ada; look=dark"]), "dark", "Ada");
    says(&page(&[b"nick=Ada; look=dark; other=caf\xe9"]), "dark", "Ada");
}

/// The page for a browser that sends these `Cookie` lines.
fn page(lines: &[&[u8]]) -> Reply {
    let server = Server::of(read_the_pairs::app());
    server.send(lines.iter().fold(get("/"), |request, line| request.cookie(line)))
}

/// Whether the page says `Look: LOOK` and `Nick: NICK`.
fn says(reply: &Reply, look: &str, nick: &str) {
    let text = reply.text();
    // However a page escapes `&`, it means the same.
    let plain = text.replace("&amp;", "&").replace("&#38;", "&");
    assert!(
        reply.status == 200
            && plain.contains(&format!("Look: {look}<"))
            && plain.contains(&format!("Nick: {nick}<")),
        "Expected a page that says `Look: {look}` and `Nick: {nick}`. It is:\n{text}\n\n{reply}"
    );
}
