//! The classroom over TCP: start-up, the ways to stop, its own pages, error pages and the trace.
//!
//! The server under test is this test program itself, started again with [`as_server`] alone to run.

#![allow(clippy::unwrap_used, reason = "a test that can't go on should say where")]

use std::{
    env, fs,
    io::{Read, Write},
    net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream},
    process,
};

use axum::{
    Router,
    body::Bytes,
    http::{StatusCode, header},
    response::{Html, IntoResponse},
    routing::{any, get as on_get, post as on_post},
};
use probe::{Ended, MARKUP, Reply, Request, Server, get, post, strange_cookies};

/// What tells this program to be a server.
const SERVE: (&str, &str) = ("CLASSROOM_TEST_SERVES", "1");
const LESSONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../lessons");
const AS_SERVER: [&str; 4] = ["--exact", "as_server", "--nocapture", "--quiet"];

fn lesson() -> classroom::Lesson {
    classroom::Lesson {
        port: 3009,
        title: "Tests",
        package: "tests",
        cookies: &[],
        try_this: &["curl http://localhost:3009/here"],
    }
}

/// A lesson that has something of everything that the classroom must cope with.
fn app() -> Router {
    Router::new()
        .route("/", any(|| async { "hello" }))
        .route("/body", on_post(|body: Bytes| async move { format!("{} bytes", body.len()) }))
        .route("/echo", on_post(|body: String| async { (StatusCode::BAD_REQUEST, body) }))
        .route(
            "/own",
            on_get(|| async { (StatusCode::NOT_FOUND, Html("<p>A page of the lesson's</p>")) }),
        )
        .route("/broken", on_get(|| async { (StatusCode::INTERNAL_SERVER_ERROR, "out of flour") }))
        .route("/panics", on_get(panics))
        .route("/sets", on_get(|| async { [(header::SET_COOKIE, "a=1; Path=/")].into_response() }))
}

async fn panics() -> StatusCode {
    panic!("this handler panics, for a test")
}

/// The server that the other tests start; without being asked, nothing.
#[test]
fn as_server() {
    if env::var_os(SERVE.0).is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    // What `main` of a lesson does with the result.
    match runtime.block_on(classroom::serve(lesson(), app())) {
        Ok(()) => process::exit(0),
        Err(stop) => {
            eprintln!("Error: {stop:?}");
            process::exit(1)
        }
    }
}

fn program() -> String {
    env::current_exe().unwrap().into_os_string().into_string().unwrap()
}

fn server() -> Server {
    Server::start_with(&program(), &AS_SERVER, &[SERVE])
}

/// What becomes of a server with this `PORT`, where it should not start.
fn refused(port: &str) -> Ended {
    probe::run(&program(), &AS_SERVER, &[SERVE, ("PORT", port)])
}

/// Asserts that this is a page with this status and without markup that somebody typed.
#[track_caller]
fn assert_page(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{reply}");
    assert!(
        reply.is_safe_page(),
        "not a whole page without foreign markup: {}\n{reply}",
        reply.text()
    );
}

/// Asserts that a program ended with an error of one line that says this, and without a banner.
#[track_caller]
fn assert_one_line(ended: &Ended, says: &[&str]) {
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(ended.errors.lines().count(), 1, "should be one line: {ended:?}");
    for words in says {
        assert!(ended.errors.contains(words), "should say {words:?}: {ended:?}");
    }
    assert!(!ended.output.contains("http://"), "should print no address: {ended:?}");
}

#[test]
fn the_banner_names_the_lesson_its_addresses_what_to_try_and_how_to_stop() {
    let server = server();
    let banner = server.output_with("Ctrl-C");
    let port = server.port();
    for words in [
        "Lesson 9: Tests".to_owned(),
        format!("page      http://localhost:{port}\n"),
        format!("document  http://localhost:{port}/classroom/lesson (lessons/9-tests.md)\n"),
        format!("contents  http://localhost:{port}/classroom/\n"),
        format!("the wire  http://127.0.0.1:{port}/classroom/wire\n"),
        format!("curl http://localhost:{port}/here"),
    ] {
        assert!(banner.contains(&words), "should say {words:?}: {banner}");
    }
    assert!(!banner.contains('\x1b'), "no colours where this is no terminal: {banner:?}");
}

#[test]
fn the_terminal_speaks_chinese_where_it_is_asked_to() {
    let chinese = ("CRUMBS_LANG", "zh");
    let server = Server::start_with(&program(), &AS_SERVER, &[SERVE, chinese]);
    let banner = server.output_with("Ctrl-C");
    let port = server.port();
    for words in [
        "第 9 课：Tests\n".to_owned(),
        format!("  页面   http://localhost:{port}\n"),
        format!("  文档   http://localhost:{port}/classroom/lesson (lessons/9-tests.md)\n"),
        format!("  线路   http://127.0.0.1:{port}/classroom/wire\n"),
        "  停止   Ctrl-C\n".to_owned(),
    ] {
        assert!(banner.contains(&words), "should say {words:?}: {banner}");
    }
    let _ = server.send(get("/sets?x=1").cookie("b=2; c=3"));
    let output = server.output_with("← 200");
    assert!(output.contains("Cookie: 这个服务器的没有，另有 2 个"), "{output}");
    let by_locale = ("LANG", "zh_CN.UTF-8");
    for (language, says) in
        [(chinese, "不是端口"), (by_locale, "不是端口"), (("LANG", "en_US.UTF-8"), "is no port")]
    {
        let ended = probe::run(&program(), &AS_SERVER, &[SERVE, language, ("PORT", "x")]);
        assert_one_line(&ended, &["PORT=\"x\"", says]);
    }
    let ended = probe::run(&program(), &AS_SERVER, &[SERVE, chinese, ("PORT", &port.to_string())]);
    assert_one_line(
        &ended,
        &[&format!("端口 {port} 正由别的程序使用"), "cargo run -p tests", "PowerShell"],
    );
}

#[test]
fn port_zero_takes_a_free_port_for_each_server() {
    let (one, two) = (server(), server());
    assert_ne!(one.port(), two.port());
    for server in [&one, &two] {
        let reply = server.send(get("/"));
        assert_eq!((reply.status, reply.text().as_str()), (200, "hello"), "{reply}");
    }
}

#[test]
fn the_server_answers_at_both_addresses_of_localhost() {
    let server = server();
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        eprintln!("NOT RUN: this machine has no [::1]");
        return;
    }
    let request = get("/").bytes(server.port());
    let mut stream = TcpStream::connect((Ipv6Addr::LOCALHOST, server.port())).unwrap();
    stream.write_all(&request).unwrap();
    let reply = Server::answer(stream, &request);
    assert_eq!((reply.status, reply.text().as_str()), (200, "hello"), "{reply}");
}

#[test]
fn a_port_in_use_is_one_line_with_the_way_out() {
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = other.local_addr().unwrap().port();
    let ended = refused(&port.to_string());
    let way_out = format!("PORT={} cargo run -p tests", port.saturating_add(1000));
    assert_one_line(&ended, &[&format!("Port {port} is in use"), &way_out, "PowerShell"]);

    let first = server();
    assert_one_line(&refused(&first.port().to_string()), &["in use"]);
    assert_eq!(first.send(get("/")).status, 200, "the first server goes on");
}

#[test]
fn another_program_on_the_port_of_the_other_address_is_a_port_in_use() {
    let Ok(other) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
        eprintln!("NOT RUN: this machine has no [::1]");
        return;
    };
    let port = other.local_addr().unwrap().port();
    assert_one_line(&refused(&port.to_string()), &[&format!("Port {port} is in use")]);
}

#[test]
fn a_port_that_is_none_is_one_line_that_says_what_is_one() {
    for port in
        ["", " ", "abc", "-1", "65536", "3001x", "30 01", "0x10", "http", "3001\n3002", "３００１"]
    {
        let ended = refused(port);
        assert_one_line(&ended, &["is no port", "1 to 65535", "3009"]);
    }
}

#[cfg(unix)]
#[test]
fn a_port_that_is_not_utf8_is_one_line_that_says_what_is_one() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let ended = process::Command::new(program())
        .args(AS_SERVER)
        .env(SERVE.0, SERVE.1)
        .env("PORT", OsStr::from_bytes(b"30\xff01"))
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(errors.contains("is no port") && errors.lines().count() == 1, "{errors}");
}

/// Sends the head of a `POST /body` that announces ten bytes, and five of them.
#[cfg(unix)]
fn open_request(server: &Server) -> (TcpStream, Vec<u8>) {
    let whole = post("/body", &[]).body(b"helloworld").bytes(server.port());
    let mut stream = server.connect();
    stream.write_all(&whole[..whole.len() - 5]).unwrap();
    // The server has read the head once it answers a request that came later.
    assert_eq!(server.send(get("/")).status, 200);
    (stream, whole)
}

#[cfg(unix)]
#[test]
fn ctrl_c_and_sigterm_end_the_server_with_exit_code_0() {
    for signal in ["INT", "TERM"] {
        let mut server = server();
        assert_eq!(server.send(get("/")).status, 200);
        server.signal(signal);
        assert_eq!(server.wait(), Some(0), "SIG{signal} is no failure");
        assert_eq!(server.errors(), "", "and nothing to complain of");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_lets_an_open_request_finish() {
    for signal in ["INT", "TERM"] {
        let mut server = server();
        let (mut stream, whole) = open_request(&server);
        server.signal(signal);
        server.await_refusal();
        stream.write_all(&whole[whole.len() - 5..]).unwrap();
        let reply = Server::answer(stream, &whole);
        assert_eq!(
            (reply.status, reply.text().as_str()),
            (200, "10 bytes"),
            "SIG{signal}\n{reply}"
        );
        assert_eq!(server.wait(), Some(0));
    }
}

#[cfg(unix)]
#[test]
fn a_connection_that_is_open_and_idle_holds_nothing_up() {
    let mut server = server();
    let unused = server.connect();
    let mut used = server.connection();
    assert_eq!(used.send(get("/")).text(), "hello");
    let start = std::time::Instant::now();
    server.signal("INT");
    assert_eq!(server.wait(), Some(0));
    drop((unused, used));
    assert!(start.elapsed().as_secs() < 3, "an idle browser should not delay the end");
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_the_server_at_once() {
    let mut server = server();
    let (mut stream, _) = open_request(&server);
    let start = std::time::Instant::now();
    server.signal("INT");
    server.await_refusal();
    server.signal("INT");
    assert_eq!(server.wait(), Some(0));
    assert!(start.elapsed().as_secs() < 3, "the second signal should not wait for the request");
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(rest.is_empty(), "nobody answers: {}", String::from_utf8_lossy(&rest));
}

#[test]
fn every_server_serves_every_document_with_its_drawings_and_a_way_back() {
    let server = server();
    let lessons =
        fs::read_dir(LESSONS).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut documents = 0;
    for name in lessons.filter_map(|file| Some(file.strip_suffix(".md")?.to_owned())) {
        let reply = server.send(get(&format!("/classroom/lesson/{name}")));
        assert_eq!(reply.status, 200, "{reply}");
        let page = reply.text();
        assert!(page.contains("href=\"/classroom/\">Crumbs</a>"), "{page}");
        assert!(page.contains("<a href=\"/\">Back to the page</a>"), "{page}");
        assert!(!page.contains("<iframe"), "a document is there to be read: {page}");
        // Whatever a document shows, or leads to on this server, is there.
        let inner = page.split("<article>").nth(1).unwrap();
        for link in inner.split(['"']).filter(|part| part.starts_with("/classroom/")) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let there = server.send(get(path));
            assert_eq!(there.status, 200, "{name} leads to {link}\n{there}");
            assert!(
                anchor.is_empty() || there.text().contains(&format!("id=\"{anchor}\"")),
                "{link}"
            );
        }
        documents += 1;
    }
    assert!(documents > 1, "{documents} documents");
    let page = server.send(get("/classroom/lesson/2-raw-cookies")).text();
    for part in [
        "<title>Lesson 2: Raw cookies · Crumbs</title>",
        "<h1>Lesson 2: Raw cookies</h1>",
        "<h2 id=\"the-code\">",
        "href=\"/classroom/lesson/3-signed-sessions",
        "<img src=\"/classroom/img/2-raw-cookies.svg\"",
    ] {
        assert!(page.contains(part), "should hold {part:?}: {page}");
    }
}

#[test]
fn a_document_speaks_the_language_of_its_reader() {
    let server = server();
    const CHINESE: &str = "zh-CN,zh;q=0.9,en;q=0.8";
    for path in ["/classroom/", "/classroom/lesson/2-raw-cookies", "/classroom/lesson/README"] {
        let as_is = get(path);
        let preferred = get(path).header("Accept-Language", CHINESE);
        let named = get(&format!("{path}?lang=zh")).header("Accept-Language", "en");
        let back = get(&format!("{path}?lang=en")).header("Accept-Language", CHINESE);
        for (request, is_chinese, query) in [
            (as_is, false, ""),
            (preferred, true, ""),
            (named, true, "?lang=zh"),
            (back, false, "?lang=en"),
        ] {
            let reply = server.send(request);
            assert_page(&reply, 200);
            assert_eq!(reply.header("Vary"), Some("Accept-Language"), "{reply}");
            let page = reply.text();
            let (language, other, chrome) = if is_chinese {
                ("<html lang=\"zh-Hans\"", "<a href=\"?lang=en\" lang=\"en\"", "跳到正文")
            } else {
                ("<html lang=\"en\"", "<a href=\"?lang=zh\" lang=\"zh-Hans\"", "Skip to the page")
            };
            for part in [language, other, chrome] {
                assert!(page.contains(part), "should hold {part:?}: {page}");
            }
            // Whatever it leads to is there, in the language that the address names.
            let links = page.split('"').filter(|part| part.starts_with("/classroom/"));
            let links: Vec<_> = links
                .filter(|link| !link.contains("/style.css") && !link.contains("/img/"))
                .collect();
            let drawings = page.split('"').filter(|part| part.starts_with("/classroom/img/"));
            for drawing in drawings {
                let svg = server.send(get(drawing)).text();
                assert_eq!(svg.contains("浏览器"), is_chinese, "{drawing}: {svg}");
            }
            assert!(links.len() > 2, "{links:?}");
            // The lesson of these tests has no document.
            for link in links.into_iter().filter(|link| !link.starts_with("/classroom/wire")) {
                let (there, anchor) = link.split_once('#').unwrap_or((link, ""));
                assert!(
                    there.ends_with(query) && there.contains('?') != query.is_empty(),
                    "{link}"
                );
                if anchor.is_empty() {
                    continue;
                }
                let request =
                    get(there).header("Accept-Language", if is_chinese { CHINESE } else { "en" });
                let text = server.send(request).text();
                let ids: Vec<_> = text.split("id=\"").skip(1).collect();
                let anchor = decoded(anchor);
                assert!(ids.iter().any(|id| id.starts_with(&format!("{anchor}\""))), "{link}");
            }
        }
    }
    let unknown = get("/classroom/?lang=%22%3E%3Cscript%3E").header("Accept-Language", MARKUP);
    assert_page(&server.send(unknown), 200);
}

/// A part of an address with its escapes resolved.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = part.as_bytes();
    while let [first, after @ ..] = rest {
        let byte = match (first, after) {
            (b'%', [high, low, ..]) => {
                rest = &after[2..];
                let digits = [*high, *low];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            _ => {
                rest = after;
                *first
            }
        };
        bytes.push(byte);
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_document_that_is_not_there_is_a_page_that_says_so() {
    let server = server();
    // The lesson of these tests has none.
    for path in [
        "/classroom/lesson",
        "/classroom/lesson/9-tests",
        "/classroom/lesson/..%2FREADME",
        "/classroom/lesson/%2Fetc%2Fpasswd",
    ] {
        let reply = server.send(get(path));
        assert_page(&reply, 404);
        assert!(reply.text().contains("No document of this course has this name"), "{reply}");
    }
    for path in [
        "/classroom/img/10.svg",
        "/classroom/img/..%2F2-raw-cookies.md",
        "/classroom/img/%FF",
        "/classroom/img/",
        "/classroom/lesson/",
        "/classroom/nothing",
        "/classroom/wire/nothing",
    ] {
        let reply = server.send(get(path));
        assert!(reply.status == 404 || reply.status == 400, "{reply}");
        assert_page(&reply, reply.status);
    }
}

#[test]
fn the_contents_say_of_each_lesson_whether_it_runs() {
    let server = server();
    let reply = server.send(get("/classroom/"));
    assert_eq!(reply.status, 200, "{reply}");
    let page = reply.text();
    for part in [
        "<h2 id=\"glossary\">",
        "<a href=\"/classroom/lesson/1-stateless-http\">1. Stateless HTTP</a><br><small>",
        "One that runs on another <code>PORT</code> can't be known",
    ] {
        assert!(page.contains(part), "should hold {part:?}: {page}");
    }
    let rows = page.split("<a href=\"/classroom/lesson/").skip(1).map(|row| {
        let (name, rest) = row.split_once('"').unwrap();
        (name.to_owned(), rest.split("</td>").next().unwrap().to_owned())
    });
    let mut lessons = 0;
    for (name, row) in rows {
        let (number, package) = name.split_once('-').unwrap();
        // Whether one runs on this machine while this test does is not for the test to say.
        let runs = format!(
            "<br><small>running: <a href=\"http://localhost:300{number}/\">its first page</a></small>"
        );
        let rests = format!("<br><small>not running: <code>cargo run -p {package}</code></small>");
        assert!(row.ends_with(&runs) || row.ends_with(&rests), "{name}: {row}");
        lessons += 1;
    }
    assert!(lessons > 5, "{page}");
    let reply = server.send(get("/classroom"));
    assert_eq!((reply.status, reply.header("Location")), (308, Some("/classroom/")), "{reply}");
    assert_eq!(server.send(get("/classroom/who")).text(), "tests 3009\n");
}

#[test]
fn the_style_sheet_comes_from_this_server() {
    let server = server();
    let reply = server.send(get("/classroom/style.css"));
    assert_eq!(reply.header("Content-Type"), Some("text/css; charset=utf-8"), "{reply}");
    assert!(!reply.text().contains("http"), "no request leaves the machine: {}", reply.text());
    let reply = server.send(get("/favicon.ico"));
    assert_eq!((reply.status, reply.body.len()), (204, 0), "{reply}");
}

#[test]
fn an_address_serves_the_wire_alone_and_leads_to_localhost() {
    for wire in ["on", "off"] {
        let server = Server::start_with(&program(), &AS_SERVER, &[SERVE, ("WIRE", wire)]);
        let port = server.port();
        for path in [
            "/",
            "/own?a=1",
            "/sets",
            "/nowhere",
            "/classroom/",
            "/classroom/lesson",
            "/classroom/style.css",
            "/favicon.ico",
            "/echo",
        ] {
            let request = if path == "/echo" { post(path, &[("a", "b")]) } else { get(path) };
            let home = format!("http://localhost:{port}{path}");
            for address in ["127.0.0.1", "[::1]"] {
                let reply =
                    server.send(request.clone().header("Host", format!("{address}:{port}")));
                assert_eq!((reply.status, reply.set_cookies().len()), (307, 0), "{wire} {reply}");
                assert_eq!(reply.header("Location"), Some(&*home), "{reply}");
                assert!(reply.text().contains(&home), "{}\n{reply}", reply.text());
            }
            for name in ["localhost", "mallory.localhost", "app.crumbs.localhost"] {
                let reply = server.send(request.clone().header("Host", format!("{name}:{port}")));
                assert_ne!(reply.status, 307, "{wire} {name} {reply}");
            }
        }
    }
}

#[test]
fn a_name_that_is_not_this_machines_has_no_page() {
    for wire in ["on", "off"] {
        let server = Server::start_with(&program(), &AS_SERVER, &[SERVE, ("WIRE", wire)]);
        let port = server.port();
        for path in ["/", "/sets", "/nowhere", "/classroom/", "/classroom/lesson", "/favicon.ico"] {
            for name in ["evil.com", "localhost.evil.com", "127.0.0.1.nip.io", "192.168.1.4", "a"] {
                for host in [name.to_owned(), format!("{name}:{port}")] {
                    let reply = server.send(get(path).header("Host", &host));
                    assert_eq!((reply.status, reply.set_cookies().len()), (421, 0), "{reply}");
                    let text = reply.text();
                    assert!(text.contains(&format!("`{host}`")), "{text}");
                    assert!(text.contains("http://localhost"), "{text}");
                    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
                    assert_eq!(reply.header("Content-Type"), Some("text/plain; charset=utf-8"));
                }
            }
        }
        // No browser sends two; what stands before a server may.
        let two = get("/").header("Host", format!("localhost:{port}")).header("Host", "evil.com");
        assert_eq!(server.send(two).status, 421);
    }
}

#[test]
fn an_error_is_a_page_that_says_what_came_and_what_to_do() {
    let server = server();
    for (request, status, says) in [
        (get("/nowhere?a=1"), 404, "No route of this server has this path"),
        (post("/own", &[]), 405, "the Allow header of this response names them"),
        (post("/echo", &[]).body(b"a%3Db"), 400, "a%3Db"),
        (post("/echo", &[]).body(b"\xff"), 400, "Go back to the form"),
        (get("/broken"), 500, "out of flour"),
        (get("/broken"), 500, "the server&#39;s fault, not yours"),
    ] {
        let reply = server.send(request);
        assert_page(&reply, status);
        assert!(reply.text().contains(says), "should say {says:?}: {}\n{reply}", reply.text());
        let length = reply.header("Content-Length").and_then(|length| length.parse().ok());
        assert_eq!(length, Some(reply.body.len()), "{reply}");
    }
    let reply = server.send(post("/own", &[]));
    assert_eq!(reply.header("Allow"), Some("GET,HEAD"), "{reply}");
    let reply = server.send(get("/own"));
    assert_eq!(
        reply.text(),
        "<p>A page of the lesson's</p>",
        "the lesson's own page stays\n{reply}"
    );
    let reply = server.send(Request::new("HEAD", "/nowhere"));
    assert_eq!((reply.status, reply.body.len()), (404, 0), "{reply}");
}

#[test]
fn an_error_is_told_in_the_language_of_its_reader() {
    let server = server();
    let chinese = |request: Request| request.header("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8");
    for (request, status, says) in [
        (get("/nowhere"), 404, "这个服务器没有对应这个路径的路由"),
        (get("/classroom/lesson/none"), 404, "这门课没有叫这个名字的文档"),
        (post("/own", &[]), 405, "Allow 头字段"),
        (post("/echo", &[]).body(b"\xff"), 400, "回到表单"),
        (get("/broken"), 500, "这是服务器的错"),
        (get("/panics"), 500, "这个页面的处理函数 panic 了"),
    ] {
        let reply = server.send(chinese(request.clone()));
        assert_page(&reply, status);
        assert_eq!(reply.header("Vary"), Some("Accept-Language"), "{reply}");
        let text = reply.text();
        for part in
            [says, "<html lang=\"zh-Hans\"", "跳到正文", "课：<span lang=\"en\">", "title=\"线路："]
        {
            assert!(text.contains(part), "should hold {part:?}: {text}");
        }
        let reply = server.send(request);
        assert!(
            reply.text().contains("<html lang=\"en\"") && !reply.text().contains(says),
            "{reply}"
        );
        assert_eq!(reply.header("Vary"), Some("Accept-Language"), "{reply}");
    }
    let named = server.send(get("/nowhere?lang=zh").header("Accept-Language", "en")).text();
    assert!(
        named.contains("<html lang=\"zh-Hans\"") && named.contains("/classroom/?lang=zh"),
        "{named}"
    );
    let port = server.port();
    for (host, status, says) in [
        ("127.0.0.1".to_owned(), 307, "这个页面在 http://localhost"),
        (format!("evil.example:{port}"), 421, "另一个主机"),
    ] {
        let reply = server.send(chinese(get("/own")).header("Host", &host));
        assert_eq!(reply.status, status, "{reply}");
        assert!(reply.text().contains(says), "{}", reply.text());
        assert_eq!(reply.header("Vary"), Some("Accept-Language"), "{reply}");
    }
    // Lessons' own pages are one for everybody.
    let (own, as_is) = (server.send(chinese(get("/own"))), server.send(get("/own")));
    assert_eq!((own.text(), own.header("Vary")), (as_is.text(), None));
}

#[test]
fn an_error_page_escapes_what_it_repeats() {
    let server = server();
    assert_page(&server.send(post("/echo", &[]).body(MARKUP.as_bytes())), 400);
    let reply = server.send(post("/echo", &[]).body(MARKUP.as_bytes()));
    assert!(reply.page().says(MARKUP), "and shows it as it was typed\n{reply}");
    for target in ["/<script>alert(1)</script>", "/\"'><img", "/%3Cscript%3Ealert(1)"] {
        let reply = server.send(get(target));
        assert!(reply.status == 404 || reply.status == 400, "{reply}");
        for markup in ["<script>alert", "\"'>", "<img"] {
            assert!(!reply.text().contains(markup), "{markup} got through\n{reply}");
        }
    }
}

#[test]
fn what_is_no_page_of_a_lesson_repeats_nothing_that_a_terminal_obeys() {
    let server = server();
    let hostile = "\u{9b}31m\u{202e}";
    let raw = |host: &str| {
        let head = format!("GET /{hostile}?{hostile} HTTP/1.1\r\nHost: {host}\r\n");
        server.send_bytes(format!("{head}Connection: close\r\n\r\n").as_bytes())
    };
    for (reply, told) in [
        (server.send(post("/echo", &[]).body(hostile.as_bytes())), "\\u{9b}31m\\u{202e}"),
        (raw("localhost"), "/\\u{9b}31m\\u{202e}"),
        (raw(hostile), "`\\u{9b}31m\\u{202e}`"),
        (raw("127.0.0.1"), "/%C2%9B31m%E2%80%AE?%C2%9B31m%E2%80%AE"),
    ] {
        let all = format!("{:?} {}", reply.header("Location"), reply.text());
        assert!(!all.contains(['\u{9b}', '\u{202e}']), "{all:?}");
        assert!(all.contains(told), "{all:?}");
    }
    let reply = server.send(post("/echo", &[]).body(b"two\nlines"));
    assert!(reply.text().contains("two\nlines"), "{reply}");
}

#[test]
fn a_handler_that_panics_ends_its_own_request_alone() {
    let server = server();
    let reply = server.send(get("/panics"));
    assert_eq!(reply.status, 500, "{reply}");
    let wire = server.send(get("/classroom/wire.json").header("Host", "127.0.0.1")).text();
    assert!(wire.contains(r#""target":"/panics""#) && wire.contains(r#""status":500"#), "{wire}");
    assert_eq!(server.send(get("/")).text(), "hello", "the server should go on");
}

#[test]
fn what_is_no_http_harms_nobody() {
    let server = server();
    for bytes in [
        b"".as_slice(),
        b"\r\n\r\n",
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET  / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nCookie: a=\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nCook ie: a=1\r\n\r\n",
        b"POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhello",
    ] {
        let mut stream = server.connect();
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let reply = Server::answer(stream, bytes);
        assert!(matches!(reply.status, 0 | 400 | 505), "{reply}");
    }
    let reply = server.send_bytes(b"GET / HTTP/1.0\r\n\r\n");
    assert_eq!((reply.status, reply.text().as_str()), (200, "hello"), "no Host is needed\n{reply}");
    let many =
        (0..200).fold(get("/"), |request, number| request.header(&format!("X-{number}"), "1"));
    let reply = server.send(many);
    assert!(matches!(reply.status, 0 | 200 | 431), "{reply}");
    let huge = server.send(get("/").cookie("x".repeat(1024 * 1024)));
    assert!(matches!(huge.status, 0 | 200 | 431), "{huge}");
    assert_eq!(server.send(get("/")).text(), "hello", "the server should go on");
}

#[test]
fn each_exchange_is_two_lines_in_the_terminal_and_the_classrooms_own_are_none() {
    let server = server();
    for path in ["/classroom/lesson", "/classroom/style.css", "/favicon.ico"] {
        let _ = server.send(get(path));
    }
    let _ = server.send(get("/sets?x=1").cookie("b=2; c=3"));
    let _ = server.send(get("/last"));
    let output = server.output_with("← 404");
    let (_, trace) = output.split_once("Ctrl-C\n").unwrap();
    let lines: Vec<_> =
        trace.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        lines,
        [
            "→ GET /sets?x=1 Cookie: none of this server's, 2 others",
            "← 200 OK Set-Cookie: a=1; Path=/",
            "→ GET /last",
            "← 404 Not Found"
        ],
        "{output}"
    );
}

#[test]
fn nothing_that_a_client_sends_can_move_the_cursor_of_the_terminal() {
    let server = server();
    let hostile = ["\u{9b}31m", "\u{202e}olleh", "\u{2028}", "\u{200b}", "\u{feff}", "\u{85}"];
    for text in hostile {
        let _ = server.send(get("/").cookie(format!("a={text}; b={}", "x".repeat(500))));
        let encoded = text.as_bytes();
        let _ = server
            .send_bytes(&[b"GET /", encoded, b" HTTP/1.1\r\nConnection: close\r\n\r\n"].concat());
    }
    for (_, cookies) in strange_cookies() {
        let _ = server.send(get("/sets").cookie(cookies));
    }
    for bytes in [b"a=\x1b[31m".as_slice(), b"a=\x07", b"a=\x9b31m", b"a=\xff\x1b]0;title\x07"] {
        let _ = server.send(get("/").cookie(bytes));
        let target = [b"GET /", bytes, b" HTTP/1.1\r\nConnection: close\r\n\r\n"].concat();
        let _ = server.send_bytes(&target);
    }
    let _ = server.send(get("/end"));
    let output = server.output_with("/end");
    assert!(
        output.contains("\\u{9b}31m") && output.contains("\\x9b31m"),
        "shown as escapes: {output}"
    );
    let harmful = output.chars().find(|character| {
        (character.is_control() && *character != '\n')
            || hostile.iter().any(|text| text.starts_with(*character))
    });
    assert_eq!(harmful, None, "should be no such character: {output:?}");
    assert!(
        output.lines().all(|line| line.chars().count() < 200),
        "lines should be short: {output}"
    );
}

#[test]
fn a_terminal_that_is_held_stops_no_request_and_the_trace_says_how_many_it_left_out() {
    const REQUESTS: usize = 2000;
    let server = server();
    let cookie = "x".repeat(200);
    server.unread(|| {
        let mut connection = server.connect();
        let request = get("/flood").header("Connection", "keep-alive").cookie(&cookie);
        let many = request.bytes(server.port()).repeat(REQUESTS - 1);
        let last = get("/flood").cookie(&cookie).bytes(server.port());
        let mut writing = connection.try_clone().unwrap();
        let writer = std::thread::spawn(move || {
            writing.write_all(&many).unwrap();
            writing.write_all(&last).unwrap();
        });
        let mut answers = String::new();
        connection.read_to_string(&mut answers).unwrap();
        writer.join().unwrap();
        let answered = answers.matches("HTTP/1.1 404").count();
        assert_eq!(answered, REQUESTS, "no request should wait for the terminal");
    });
    let counts = |output: &str| {
        let left_out = output
            .lines()
            .filter_map(|line| line.strip_prefix("… ")?.split(' ').next()?.parse::<usize>().ok());
        (output.matches("→ GET /flood").count(), left_out.sum::<usize>())
    };
    let all = format!("or count each of the {REQUESTS} exchanges");
    let output = server.output_when(&all, |output| {
        let (shown, left_out) = counts(output);
        shown + left_out == REQUESTS
    });
    let (shown, left_out) = counts(&output);
    assert!(shown > 0 && left_out > REQUESTS / 2, "{shown} shown, {left_out} left out");
    assert!(output.contains("exchanges left out"), "{output}");
}
