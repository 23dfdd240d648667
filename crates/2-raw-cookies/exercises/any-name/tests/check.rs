//! The checks of the exercise `any-name`: they talk to the server over TCP, as a browser does.

use probe::{
    Apart, Browser, MARKUP, Passed, Reply, Server, byte_strangers, get, post, strange_cookies,
    strangers, tamper,
};

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn a_semicolon_is_part_of_the_name() -> Passed {
    let server = Server::of(any_name::app());
    for name in ["Ada; Bob", ";", "a;b;c", "Ada; Max-Age=0", "Ada;called=Eve"] {
        comes_back(&server, name);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn any_script_comes_back() -> Passed {
    let server = Server::of(any_name::app());
    for name in
        ["Ada", "小明", "Ζωή", "Иван", "عمر", "José", "🙂 👩‍🚀", "e\u{301}", "\u{feff}x\u{a0}y"]
    {
        comes_back(&server, name);
    }
    let greeted = Browser::new().post(&server.url("/name"), &[("name", "小明")]);
    assert!(
        greeted.says("小明"),
        "Expected a page at / that greets \"小明\".\n\n{}",
        greeted.with_text("Hello,")
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn a_percent_sign_and_a_plus_stay() -> Passed {
    let server = Server::of(any_name::app());
    for name in ["100%", "%", "%41", "%2541", "%E5%B0%8F", "%3B", "50%25", "%zz", "a+b c", "+"] {
        comes_back(&server, name);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn spaces_quotes_and_signs_come_back() -> Passed {
    let server = Server::of(any_name::app());
    for name in [
        " Ada ",
        "Ada  Lovelace",
        "\"Ada\"",
        "a,b",
        "a=b=c",
        "back\\slash \\n \\u0041",
        "<b>Ada</b> & 'co'",
        "!#$%&'()*-./:<=>?@[]^_`{|}~",
    ] {
        comes_back(&server, name);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn a_line_break_does_not_break_the_header() -> Passed {
    let server = Server::of(any_name::app());
    for name in [
        "Ada\r\nBob",
        "Ada\r\nSet-Cookie: admin=1",
        "\r\nAda\r\n",
        "tab\there",
        "nul\0",
        "\x1b[31m\u{85}\x7fx",
    ] {
        comes_back(&server, name);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn a_long_name_comes_back_whole() -> Passed {
    let server = Server::of(any_name::app());
    for name in ["Ada Lovelace, Countess ".repeat(9), "小明".repeat(100), "🙂".repeat(200)] {
        let name: String = name.chars().take(200).collect();
        comes_back(&server, &name);
        let visit = Browser::new().post(&server.url("/name"), &[("name", &name)]);
        assert!(
            visit.says(&name),
            "Expected a page at / that greets the whole name {}.\n\n{}",
            short(&name),
            visit.with_text("Hello,")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn a_name_that_looks_encoded_comes_back() -> Passed {
    let server = Server::of(any_name::app());
    for name in ["4164", "e5b08f", "QWRh", "QWRhLg==", "=41", "&#65", "null", "stranger", "\"41\""]
    {
        comes_back(&server, name);
    }
    // Whatever this server writes for a name may be a name itself.
    for name in ["Ada", "小明", "a b"] {
        let mut typed = name.to_owned();
        for _ in 0..2 {
            typed = comes_back(&server, &typed);
        }
        comes_back(&server, &typed);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn the_form_is_answered_for_every_name() -> Passed {
    let server = Server::of(any_name::app());
    let long = "Ada ".repeat(100);
    for name in ["Ada", "", "Ada; Max-Age=0", "小明", "Ada\r\nBob", MARKUP, &long] {
        let reply = server.send(post("/name", &[("name", name)]));
        assert!(
            reply.sees_other("/"),
            "Expected that the form is answered with `303 See Other` and `Location: /`, whatever was typed: here \
             {}.\n\n{reply}",
            short(name)
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn the_line_is_ascii() -> Passed {
    let server = Server::of(any_name::app());
    for name in ["Ada", "小明", "José", "Ada\nBob", "tab\there", "\x7f\u{85}"] {
        let reply = server.send(post("/name", &[("name", name)]));
        let lines =
            reply.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Set-Cookie"));
        let lines: Vec<_> = lines.map(|(_, line)| line).collect();
        assert!(
            lines.len() == 1 && lines[0].iter().all(|byte| matches!(byte, b' '..=b'~')),
            "Expected one `Set-Cookie` line in ASCII for the name {name:?}.\n\n{reply}"
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn nothing_typed_becomes_an_attribute() -> Passed {
    let server = Server::of(any_name::app());
    let plain = attributes(&server.send(post("/name", &[("name", "Ada")])));
    for name in [
        "Bob",
        "",
        "小明",
        "Ada Lovelace",
        "Ada; Max-Age=0",
        "Ada;HttpOnly; Path=/nowhere",
        "Ada; Domain=example.org; x",
        "Ada; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    ] {
        let reply = server.send(post("/name", &[("name", name)]));
        assert!(
            attributes(&reply) == plain,
            "Expected the same attributes for every name. Somebody typed {name:?}, and the cookie got `{}`; for `Ada` it \
             gets `{}`.\n\n{reply}",
            attributes(&reply).join("; "),
            plain.join("; ")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn the_page_greets_with_the_name_as_text() -> Passed {
    let server = Server::of(any_name::app());
    let save = |name: &str| Browser::new().post(&server.url("/name"), &[("name", name)]);
    let harmless = save("Ada").page();
    for name in [
        "Ada Lovelace",
        "<i>Tom</i>",
        "Tom & Ann &lt &copy",
        "\" onclick=alert(1) x=\"",
        MARKUP,
        "--></title></textarea></script><b>Ada",
    ] {
        let visit = save(name);
        if let Some(what) = visit.page().foreign_markup(&harmless) {
            panic!(
                "Expected that {name:?} is greeted as text. In the page it became {what}.\n\n{visit}"
            );
        }
        assert!(
            visit.last().status == 200 && visit.says(name),
            "Expected a page at / that greets {name:?}.\n\n{}",
            visit.with_text("Hello,")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn the_name_is_plain_text() -> Passed {
    let server = Server::of(any_name::app());
    let mut browser = Browser::new();
    browser.post(&server.url("/name"), &[("name", MARKUP)]);
    let visit = browser.open(&server.url("/name"));
    let kind = visit.last().header("Content-Type").unwrap_or("nothing").to_ascii_lowercase();
    assert!(
        kind.starts_with("text/plain"),
        "Expected plain text at /name, and the answer says `Content-Type: {kind}`: a browser takes what was typed for a \
         page, or saves it as a file.\n\n{visit}"
    );
    let charset = kind.split_once("charset=").map(|(_, charset)| charset.trim_matches(['"', '\'']));
    assert!(
        charset.is_none_or(|charset| charset.starts_with("utf-8")),
        "Expected the name in UTF-8 at /name, and the answer says `Content-Type: {kind}`: a browser reads other scripts \
         wrongly.\n\n{visit}"
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn without_the_cookie_there_is_no_name() -> Passed {
    let server = Server::of(any_name::app());
    Browser::new().post(&server.url("/name"), &[("name", "Ada")]);
    for request in [get("/name"), get("/name").cookie("recalled=Eve; called2=Eve")] {
        let reply = server.send(request);
        assert!(
            matches!(reply.status, 200 | 204) && reply.body.is_empty(),
            "Expected nothing at /name for a browser without the cookie `called`. The answer is {} with {:?}.\n\n{reply}",
            reply.status,
            reply.text()
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn other_cookies_change_nothing() -> Passed {
    let server = Server::of(any_name::app());
    let browser = Browser::new();
    let set = browser.tab().post(&server.url("/name"), &[("name", "Ada Lovelace")]);
    let pair = String::from_utf8_lossy(&browser.cookie_header(&server.url("/name"))).into_owned();
    for (what, cookies) in strangers(&pair).into_iter().chain(byte_strangers(&pair)) {
        let reply = server.send(get("/name").cookie(cookies));
        assert!(
            reply.text() == "Ada Lovelace",
            "Expected the name at /name for a browser that sends another cookie too ({what}). The answer is \
             {:?}.\n\nFirst, the form. {}Then, the name. {reply}",
            reply.text(),
            set.first()
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn a_restart_loses_no_name() -> Passed {
    let app = Apart::of(any_name::app);
    let server = app.start();
    let long = "Lovelace.".repeat(22);
    let mut visits = ["Ada Lovelace", &long].map(|name| {
        let mut browser = Browser::new();
        let set = browser.post(&server.url("/name"), &[("name", name)]);
        (name, browser, set)
    });
    drop(server);
    let server = app.start();
    for (name, browser, set) in &mut visits {
        let visit = browser.open(&server.url("/name"));
        assert!(
            visit.last().text() == *name,
            "Expected the name at /name after the server was restarted, for the cookie holds it. The answer is {:?}; what \
             was typed is {name:?}.\n\nFirst, the form. {}Then, the name. {visit}",
            visit.last().text(),
            set.first()
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn a_cookie_that_nobody_wrote_is_no_error() -> Passed {
    let server = Server::of(any_name::app());
    let browser = Browser::new();
    browser.tab().post(&server.url("/name"), &[("name", "小明; x")]);
    let harmless = browser.tab().open(&server.url("/")).page();
    let values: [&[u8]; 13] = [
        b"",
        b"%",
        b"%4",
        b"%zz",
        b"%ff%fe",
        b"\xff\xfe",
        b"a=b",
        b"4",
        b"====",
        b"ab\"",
        "小明".as_bytes(),
        "a小".as_bytes(),
        MARKUP.as_bytes(),
    ];
    let written = browser.value("called").unwrap_or_default();
    let mut cookies: Vec<_> = strange_cookies().into_iter().map(|(_, cookies)| cookies).collect();
    cookies.extend(values.map(|value| [b"called=", value].concat()));
    cookies.extend(tamper(&written).iter().map(|value| format!("called={value}").into_bytes()));
    for cookies in cookies {
        for path in ["/name", "/"] {
            let reply = server.send(get(path).cookie(&cookies));
            assert!(
                matches!(reply.status, 200 | 204),
                "Expected an answer, whatever the cookie says, for anyone can send any cookie. {path} answers {}.\n\n{reply}",
                if reply.status == 0 { "nothing".to_owned() } else { reply.status.to_string() }
            );
            if let Some(what) = reply.page().foreign_markup(&harmless).filter(|_| path == "/") {
                panic!(
                    "Expected that what a cookie says is text in the page. It became {what}.\n\n{reply}"
                );
            }
        }
    }
    Passed
}

/// Saves the name in a browser and asks for it again; gives the cookie's value.
fn comes_back(server: &Server, name: &str) -> String {
    let mut browser = Browser::new();
    let set = browser.post(&server.url("/name"), &[("name", name)]);
    let visit = browser.open(&server.url("/name"));
    assert!(
        visit.last().status == 200 && visit.last().body == name.as_bytes(),
        "Expected that GET /name answers {}, as it was typed. It answers {}.\n\nFirst, the form. {}Then, the name. {visit}",
        short(name),
        short(&visit.last().text()),
        set.first()
    );
    browser.value("called").unwrap_or_else(|| {
        panic!(
            "Expected that a cookie called `called` keeps {name:?}. The browser has none.\n\n{}",
            set.first()
        )
    })
}

/// A text as a message shows it: the start of a long one, and how long it is.
fn short(text: &str) -> String {
    let start: String = text.chars().take(40).collect();
    match text.chars().count() {
        0..=40 => format!("{text:?}"),
        length => format!("{start:?}… ({length} characters, {} bytes)", text.len()),
    }
}

/// What stands behind the value in each `Set-Cookie` line. A date goes with the clock, so it isn't looked at.
fn attributes(reply: &Reply) -> Vec<String> {
    let lines = reply.set_cookies().into_iter();
    let attributes = lines.flat_map(|line| line.split(';').skip(1)).map(|attribute| {
        let name = attribute.split('=').next().unwrap_or_default().trim();
        let date = name.eq_ignore_ascii_case("expires");
        if date { name.to_owned() } else { attribute.trim().to_owned() }
    });
    attributes.collect()
}
