//! The checks of the exercise `any-name`: they talk to the server over TCP, as a browser does.

use std::time::SystemTime;

use cookie_rules::Jar;
use probe::{Reply, Request, Server};

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn a_plain_name_comes_back() {
    for name in ["Ada", "Bob2", "x", "Grace-Hopper_1906"] {
        comes_back(name);
    }
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn a_semicolon_is_part_of_the_name() {
    for name in ["Ada; Bob", ";", "a;b;c", "Ada; Max-Age=0", "Ada;called=Eve"] {
        comes_back(name);
    }
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn nothing_typed_becomes_an_attribute() {
    let server = Server::of(any_name::app());
    let plain = attributes(&Browser::new(&server).save("Ada"));
    for name in ["Ada; Max-Age=0", "Ada;HttpOnly; Path=/nowhere", "Ada; Domain=example.org; x"] {
        let reply = Browser::new(&server).save(name);
        assert!(
            attributes(&reply) == plain,
            "Expected the attributes that the cookie has for `Ada` as well. Somebody typed `{name}`, and set \
             attributes.\n\n{reply}"
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn any_script_comes_back() {
    for name in ["小明", "Ζωή", "Иван", "عمر", "José", "🙂 👩‍🚀", "e\u{301}"]
    {
        comes_back(name);
    }
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn a_percent_sign_is_a_percent_sign() {
    for name in ["100%", "%", "%41", "%2541", "%E5%B0%8F", "%3B", "50%25", "%zz", "a+b c"] {
        comes_back(name);
    }
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn spaces_quotes_and_signs_come_back() {
    for name in
        [" Ada ", "Ada  Lovelace", "\"Ada\"", "a,b", "a=b=c", "back\\slash", "<b>Ada</b> & 'co'"]
    {
        comes_back(name);
    }
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn a_line_break_does_not_break_the_header() {
    for name in ["Ada\nBob", "Ada\r\nSet-Cookie: admin=1", "tab\there", "nul\0"] {
        comes_back(name);
    }
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn a_cookie_that_nobody_wrote_is_no_error() {
    let server = Server::of(any_name::app());
    let values: [&[u8]; 8] =
        [b"", b"%", b"%4", b"%zz", b"%ff%fe", b"\xff\xfe", b"a=b", "小明".as_bytes()];
    for value in values {
        for path in ["/name", "/"] {
            let cookie = [b"called=".as_slice(), value].concat();
            let reply = server.send(probe::get(path).cookie(cookie));
            assert!(
                reply.status == 200,
                "Expected an answer, whatever the cookie says: anyone can send any cookie.\n\n{reply}"
            );
        }
    }
}

#[test]
#[ignore = "exercise: cargo course check any-name"]
fn the_page_greets_with_the_name_as_text() {
    let server = Server::of(any_name::app());
    let mut browser = Browser::new(&server);
    let nobody = browser.get("/name");
    assert!(
        nobody.status == 200 && nobody.body.is_empty(),
        "Expected an empty text at /name for a browser without the cookie.\n\n{nobody}"
    );
    let _ = browser.save("<i>Tom</i>");
    let reply = browser.get("/");
    let text = reply.text();
    assert!(
        reply.status == 200
            && text.contains("Hello, &")
            && text.contains("Tom")
            && !text.contains("<i>"),
        "Expected that `<i>Tom</i>` is greeted, as text: escaped. The page is:\n{text}\n\n{reply}"
    );
}

/// Saves the name in a browser and asks for it again.
fn comes_back(name: &str) {
    let server = Server::of(any_name::app());
    let mut browser = Browser::new(&server);
    let reply = browser.save(name);
    let lines: Vec<_> = reply
        .headers
        .iter()
        .filter(|(header, _)| header.eq_ignore_ascii_case("Set-Cookie"))
        .collect();
    let is_ascii = |line: &[u8]| line.iter().all(|byte| matches!(byte, b' '..=b'~'));
    assert!(
        lines.len() == 1 && lines.iter().all(|(_, line)| is_ascii(line)),
        "Expected one `Set-Cookie` line in ASCII for the name `{name}`.\n\n{reply}"
    );
    let back = browser.get("/name");
    assert!(
        back.status == 200 && back.body == name.as_bytes(),
        "Expected that GET /name answers `{name}`, as it was typed. It answers `{}`.\n\nFirst, the form.\n{reply}\nThen, \
         the name.\n{back}",
        back.text()
    );
}

/// What stands behind the value in each `Set-Cookie` line.
fn attributes(reply: &Reply) -> Vec<String> {
    let lines = reply.set_cookies().into_iter();
    lines.map(|line| line.split_once(';').map_or("", |(_, rest)| rest).to_owned()).collect()
}

impl Browser<'_> {
    /// Sends the form.
    fn save(&mut self, name: &str) -> Reply {
        let reply = self.post("/name", &[("name", name)]);
        assert!(
            reply.status == 303 && reply.header("Location") == Some("/"),
            "Expected that the form is answered with `303 See Other` and `Location: /`, whatever was typed: here \
             `{name}`.\n\n{reply}"
        );
        reply
    }
}

/// A browser: it keeps cookies by the rules of RFC 6265bis and sends them back.
struct Browser<'s> {
    server: &'s Server,
    jar: Jar,
}

impl<'s> Browser<'s> {
    fn new(server: &'s Server) -> Self {
        Self { server, jar: Jar::new() }
    }

    fn get(&mut self, path: &str) -> Reply {
        self.send(path, probe::get(path))
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send(path, probe::post(path, fields))
    }

    fn send(&mut self, path: &str, mut request: Request) -> Reply {
        let now = SystemTime::now();
        let place = cookie_rules::Request::get(&self.server.url(path))
            .unwrap_or_else(|error| panic!("{path} is no path of this server: {error:?}"));
        let cookies = self.jar.cookie_header(&place, now);
        if !cookies.is_empty() {
            request = request.cookie(cookies);
        }
        let reply = self.server.send(request.header("User-Agent", "Mozilla/5.0"));
        let lines =
            reply.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Set-Cookie"));
        for (_, line) in lines {
            self.jar.store(line, &place, now);
        }
        reply
    }
}
