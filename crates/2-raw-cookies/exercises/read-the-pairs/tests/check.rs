//! The checks of the exercise `read-the-pairs`: they talk to the server over TCP, with cookies as a browser would send them.

use probe::{MARKUP, Passed, Server, byte_strangers, get, strange_cookies, strangers};

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn the_look_and_the_nick_are_honoured() -> Passed {
    let server = Server::of(read_the_pairs::app());
    for cookies in ["look=dark; nick=Ada", "nick=Ada; look=dark"] {
        says(&server, &[cookies], "dark", "Ada");
    }
    says(&server, &["look=dark"], "dark", "nobody");
    says(&server, &["nick=Bob; look=light"], "light", "Bob");
    // Whoever came before.
    says(&server, &[] as &[&str], "light", "nobody");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn other_cookies_change_nothing() -> Passed {
    let server = Server::of(read_the_pairs::app());
    for cookies in [
        "outlook=dark; oldnick=Eve",
        "look2=dark; nickname=Eve",
        "Look=dark; NICK=Eve",
        "=look=dark; =nick=Eve",
        "q=look=dark; r=nick=Eve",
        "look; nick; dark",
    ] {
        says(&server, &[cookies], "light", "nobody");
    }
    says(&server, &["nick=Ada; look=dark; Nick=Eve; outlook=light; nick2=Bob"], "dark", "Ada");
    let many: String = (0..150).map(|number| format!("c{number}={number}; ")).collect();
    says(&server, &[many + "nick=Ada; look=dark"], "dark", "Ada");
    for (_, cookies) in strangers("nick=Ada").into_iter().chain(strangers("look=light")) {
        let nick =
            if cookies.windows(8).any(|part| part == b"nick=Ada") { "Ada" } else { "nobody" };
        says(&server, &[&cookies], "light", nick);
    }
    for (_, cookies) in strangers("look=dark") {
        says(&server, &[&cookies], "dark", "nobody");
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn the_whole_value_counts() -> Passed {
    let server = Server::of(read_the_pairs::app());
    for look in ["darkest", "darker=1", "dark,", "Dark", "d", "", "\"dark\"", "so dark"] {
        says(&server, &[format!("look={look}; nick=Ada")], "light", "Ada");
    }
    // Nearly as long as a browser keeps one.
    let long = "Countess-of-Lovelace-".repeat(190);
    for nick in ["", "Ada B. Lovelace", "Ada  B.   Lovelace", &long] {
        says(&server, &[format!("nick={nick}; look=dark")], "dark", nick);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn a_value_may_hold_an_equals_sign() -> Passed {
    let server = Server::of(read_the_pairs::app());
    for nick in ["a=b=c", "==x", "=Ada", "nick=Eve", "look=light"] {
        says(&server, &[format!("nick={nick}; look=dark")], "dark", nick);
    }
    says(&server, &["look==dark; nick=Ada"], "light", "Ada");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn only_a_semicolon_separates_pairs() -> Passed {
    let server = Server::of(read_the_pairs::app());
    // Whoever may choose a nickname can write this into it.
    for nick in
        ["look=dark", "Ada look=dark", "Ada,look=dark", "Ada&look=dark", "look=dark,nick=Eve"]
    {
        says(&server, &[format!("nick={nick}")], "light", nick);
        says(&server, &[format!("look=light; nick={nick}")], "light", nick);
    }
    says(&server, &["nick=Countess, Ada; look=dark"], "dark", "Countess, Ada");
    says(&server, &["list=1,nick=Eve,look=dark"], "light", "nobody");
    says(&server, &["nick=Ada B. Lovelace;look=dark"], "dark", "Ada B. Lovelace");
    says(&server, &[";; ;  nick=Ada ;   look=dark ;"], "dark", "Ada");
    // Quotes hold nothing together.
    says(&server, &["a=\"x; nick=Ada; look=dark; y\""], "dark", "Ada");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn of_white_space_only_spaces_and_tabs_are_no_part_of_a_pair() -> Passed {
    let server = Server::of(read_the_pairs::app());
    says(&server, &["a=1;\tnick=Ada \t;\t look=dark\t; b=2"], "dark", "Ada");
    for space in ["\u{3000}", "\u{a0}", "\u{85}", "\u{2003}"] {
        says(
            &server,
            &[format!("nick={space}Ada; look=dark{space}")],
            "light",
            &format!("{space}Ada"),
        );
        says(
            &server,
            &[format!("look={space}dark; nick=Ada{space}")],
            "light",
            &format!("Ada{space}"),
        );
        says(&server, &[format!("{space}look=dark; {space}nick=Eve")], "light", "nobody");
        says(&server, &[format!("look{space}=dark; nick{space}=Eve")], "light", "nobody");
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn pairs_may_come_in_several_lines() -> Passed {
    let server = Server::of(read_the_pairs::app());
    says(&server, &["look=dark", "nick=Ada"], "dark", "Ada");
    says(&server, &["nick=Ada", "look=dark"], "dark", "Ada");
    says(&server, &["a=1", "nick=Ada; look=dark", "b=2"], "dark", "Ada");
    // The end of a line is the end of a pair.
    says(&server, &["nick=Ada", "Eve=1", "look=da", "rk=2"], "light", "Ada");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn one_strange_byte_loses_no_other_cookie() -> Passed {
    let server = Server::of(read_the_pairs::app());
    for (_, cookies) in byte_strangers("nick=Ada; look=dark") {
        says(&server, &[cookies], "dark", "Ada");
    }
    says(&server, &["look=dark; nick=小明"], "dark", "小明");
    let reply = server.send(get("/").cookie(b"nick=caf\xe9; look=dark"));
    assert!(
        reply.status == 200 && reply.page().says_whole("Look: dark"),
        "Expected a page that says `Look: dark`, though one byte of the cookie `nick` is not UTF-8.\n\n{}",
        reply.with_text("Look:")
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn nothing_is_decoded() -> Passed {
    let server = Server::of(read_the_pairs::app());
    for (look, nick) in [
        ("%64ark", "100%25x"),
        ("d%61rk", "%41da"),
        ("%20dark", "Ada+B"),
        ("so%20dark", "Ada%20B"),
        ("&#100ark", "\"Ada\"x"),
        ("\\dark", "Ada\\u0041"),
    ] {
        says(&server, &[format!("look={look}; nick={nick}")], "light", nick);
    }
    says(&server, &["n%69ck=Eve; l%6fok=dark"], "light", "nobody");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn a_name_that_comes_with_two_values_counts_as_missing() -> Passed {
    let server = Server::of(read_the_pairs::app());
    says(&server, &["nick=Ada; nick=Eve; look=dark"], "dark", "nobody");
    says(&server, &["nick=Ada; nick=ada; look=dark"], "dark", "nobody");
    says(&server, &["look=dark; look=light; nick=Ada"], "light", "Ada");
    says(&server, &["look=light; nick=Ada; look=dark"], "light", "Ada");
    says(&server, &["nick=Ada; a=1; nick=Eve; look=dark; nick=Ada"], "dark", "nobody");
    says(&server, &["nick=Ada; nick=Ada; nick=Eve"], "light", "nobody");
    says(&server, &["nick=Ada; look=dark", "look=; nick=Eve"], "light", "nobody");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check read-the-pairs"]
fn what_a_cookie_says_is_text() -> Passed {
    let server = Server::of(read_the_pairs::app());
    let harmless = server.send(get("/").cookie("nick=Ada")).page();
    let mut headers: Vec<_> = strange_cookies().into_iter().map(|(_, cookies)| cookies).collect();
    for nick in [MARKUP, "<i>Tom</i>", "Tom &amp Ann &lt", "\" onclick=alert(1) x=\""] {
        headers.push(format!("nick={nick}").into_bytes());
        headers.push(format!("look={nick}").into_bytes());
    }
    for cookies in headers {
        let reply = server.send(get("/").cookie(&cookies));
        if let Some(what) = reply.page().foreign_markup(&harmless) {
            panic!(
                "Expected that what a cookie says is text in the page. It became {what}.\n\n{reply}"
            );
        }
        let text = String::from_utf8_lossy(&cookies).into_owned();
        match text.strip_prefix("nick=") {
            Some(nick) => says(&server, &[&cookies], "light", nick),
            None => says(&server, &[&cookies], "light", "nobody"),
        }
    }
    Passed
}

/// Whether the page says `Look: LOOK` and `Nick: NICK`, and nothing else of both, to a browser that sends these `Cookie`
/// lines.
fn says(server: &Server, lines: &[impl AsRef<[u8]>], look: &str, nick: &str) {
    let reply = server.send(lines.iter().fold(get("/"), |request, line| request.cookie(line)));
    let page = reply.page();
    let other = if look == "dark" { "Look: light" } else { "Look: dark" };
    assert!(
        reply.status == 200
            && page.says_whole(&format!("Look: {look}"))
            && page.says_whole(&format!("Nick: {nick}"))
            // What a reader sees of it has no two spaces side by side.
            && page.source().contains(nick)
            && !page.says(other)
            && (nick == "nobody" || !page.says_whole("Nick: nobody")),
        "Expected a page that says `Look: {look}` and {:?} for {}. It says {:?}.\n\n{}",
        short(&format!("Nick: {nick}")),
        sent(lines),
        page.text().chars().take(80).collect::<String>(),
        reply.with_text("Look:")
    );
}

/// The `Cookie` lines, for a message. White space that looks like a space is told from one.
fn sent(lines: &[impl AsRef<[u8]>]) -> String {
    let plain = |sign: char| match sign {
        ' ' => " ".to_owned(),
        _ if sign.is_whitespace() => sign.escape_debug().to_string(),
        _ => sign.to_string(),
    };
    let shown = |line| {
        let line: String = String::from_utf8_lossy(line).chars().map(plain).collect();
        format!("`Cookie: {}`", short(&line))
    };
    let shown: Vec<_> = lines.iter().map(|line| shown(line.as_ref())).collect();
    if shown.is_empty() { "a browser without cookies".to_owned() } else { shown.join(" and ") }
}

/// The start and the end of a long text, for a message.
fn short(text: &str) -> String {
    let signs: Vec<_> = text.chars().collect();
    let part = |range: std::ops::Range<usize>| signs[range].iter().collect::<String>();
    match signs.len() {
        0..=160 => text.to_owned(),
        length => format!("{}… ({length} characters) …{}", part(0..60), part(length - 60..length)),
    }
}
