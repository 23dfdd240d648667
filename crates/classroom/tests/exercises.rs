//! An exercise in the classroom, over TCP: the wire beside its pages, the keys that last, the ways to stop.
//!
//! The exercise is a folder of lesson 2; the server under test is this test program itself, as in `classroom.rs`.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should say where")]

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get as on_get,
};
use classroom::{Exercise, Page};
use futures_core::Stream;
use probe::{Reply, Request, Server, get};

const SERVE: (&str, &str) = ("CLASSROOM_TEST_SERVES", "1");
const AS_SERVER: [&str; 4] = ["--exact", "as_server", "--nocapture", "--quiet"];
const FOLDER: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../2-raw-cookies/exercises/count-visits");

/// Pages that answers write: path, head up to where the wire belongs, the rest.
const PAGES: [(&str, &str, &str); 9] = [
    (
        "/whole",
        "<!DOCTYPE html>\n<html lang=\"en\"><head><title>W</title></head>\n<body class=\"a>b\">",
        "<main><h1>W</h1></main>\n</body></html>\n",
    ),
    ("/line", "<!DOCTYPE html><meta charset=utf-8><title>L</title>", "<h1>One line</h1>"),
    ("/words", "", "Only words"),
    ("/comment", "<!DOCTYPE html>", "<h1>Open</h1><!-- a comment without an end"),
    ("/quote", "", "<p><a href=\"/where><b><i>Open"),
    ("/area", "", "<textarea>open"),
    ("/table", "", "<table><tr><td><select><option>open"),
    ("/script", "<title>S</title>", "<p>Open<script>let open = '"),
    ("/title", "", "<title>open"),
];

/// An endless page: its first words, then nothing.
struct Endless(Option<Bytes>);

impl Stream for Endless {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.0
            .take()
            .map_or(std::task::Poll::Pending, |bytes| std::task::Poll::Ready(Some(Ok(bytes))))
    }
}

#[derive(askama::Template)]
#[template(
    ext = "html",
    source = "{% extends \"layout.html\" %}{% block content %}laid out{% endblock %}"
)]
struct LaidOut;

fn html(body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "text/html")], body.into()).into_response()
}

fn app() -> Router {
    let mut app = Router::new()
        .route("/latin", on_get(|| async { html(&b"<p>Caf\xe9 \xff</p>"[..]) }))
        .route("/huge", on_get(|| async { Html(huge()) }))
        .route(
            "/endless",
            on_get(|| async {
                html(Body::from_stream(Endless(Some(Bytes::from_static(
                    b"<title>E</title><p>first words",
                )))))
            }),
        )
        .route(
            "/head",
            on_get(|| async {
                let set = [
                    ("set-cookie", "a=1"),
                    ("set-cookie", "b=2"),
                    ("x-own", "kept"),
                    ("content-length", "7"),
                ];
                (StatusCode::IM_A_TEAPOT, axum::response::AppendHeaders(set), Html("<p>tea\n"))
            }),
        )
        .route("/text", on_get(|| async { "<p>no page" }))
        .route(
            "/gzip",
            on_get(|| async { ([(header::CONTENT_ENCODING, "gzip")], Html("<p>gzip")) }),
        )
        .route(
            "/utf-16",
            on_get(|| async {
                ([(header::CONTENT_TYPE, "text/html; charset=UTF-16LE")], "<\0p\0")
            }),
        )
        .route("/unchanged", on_get(|| async { (StatusCode::NOT_MODIFIED, Html("")) }))
        .route("/nothing", on_get(|| async { (StatusCode::NO_CONTENT, Html("")) }))
        .route("/elsewhere", on_get(|| async { Redirect::to("/words") }))
        .route("/laid-out", on_get(|| async { Page(LaidOut) }))
        .route("/spins", on_get(spins));
    for (path, head, rest) in PAGES {
        app = app.route(path, on_get(move || async move { Html(format!("{head}{rest}")) }));
    }
    app
}

async fn spins() -> StatusCode {
    loop {
        std::hint::spin_loop()
    }
}

fn huge() -> String {
    format!("<!DOCTYPE html><style>{}</style><p>{}", "a".repeat(100_000), "b".repeat(5_000_000))
}

/// The server that the other tests start; without being asked, nothing.
#[test]
fn as_server() {
    if env::var_os(SERVE.0).is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let exercise = Exercise::in_folder(FOLDER, &["curl http://localhost:3102/here"]).unwrap();
    match runtime.block_on(exercise.serve(app())) {
        // As `main` does: the runtime waits for handlers.
        Ok(()) => drop(runtime),
        Err(stop) => eprintln!("Error: {stop:?}"),
    }
    process::exit(0);
}

fn program() -> String {
    env::current_exe().unwrap().into_os_string().into_string().unwrap()
}

fn server(wire: &str) -> Server {
    Server::start_with(&program(), &AS_SERVER, &[SERVE, ("WIRE", wire)])
}

/// What stands beside each page of this server.
fn beside(server: &Server) -> String {
    let text = server.send(get("/words")).text();
    let beside = text.strip_suffix("Only words").unwrap_or_else(|| panic!("{text}"));
    let wire = format!("<iframe src=\"http://127.0.0.1:{}/classroom/wire?frame\"", server.port());
    assert_eq!(
        beside.matches(&wire).count(),
        1,
        "should frame the wire at the other host: {beside}"
    );
    assert!(
        beside.contains("<a href=\"/classroom/lesson\">"),
        "should lead to the lesson: {beside}"
    );
    beside.to_owned()
}

/// The heads of an answer but for what may change.
fn kept(reply: &Reply) -> (u16, Vec<(String, Vec<u8>)>) {
    let stays = |(name, _): &&(String, Vec<u8>)| !["date", "content-length"].contains(&&**name);
    (reply.status, reply.headers.iter().filter(stays).cloned().collect())
}

#[test]
fn the_wire_is_beside_any_html_before_whatever_it_leaves_open() {
    for wire in ["on", "projector"] {
        let server = server(wire);
        let beside = beside(&server);
        for (path, head, rest) in PAGES {
            let reply = server.send(get(path));
            assert_eq!(reply.text(), format!("{head}{beside}{rest}"), "{path}");
            let length = reply.body.len().to_string();
            assert_eq!(reply.header("Content-Length"), Some(&*length), "{reply}");
        }
        let latin = server.send(get("/latin")).body;
        assert_eq!(latin, [beside.as_bytes(), b"<p>Caf\xe9 \xff</p>"].concat(), "byte by byte");
        let page = server.send(get("/huge")).text();
        let (before, after) = page.split_once(&beside).unwrap();
        assert_eq!(
            format!("{before}{after}"),
            huge(),
            "also where the head itself has no end in sight"
        );
    }
}

#[test]
fn a_page_without_an_end_is_shown_as_far_as_it_is_there() {
    let server = server("on");
    let beside = beside(&server);
    let mut connection = server.connect();
    connection.write_all(&get("/endless").bytes(server.port())).unwrap();
    let (mut seen, mut chunk) = (String::new(), [0; 4096]);
    while !seen.contains("<p>first words") {
        let read = connection.read(&mut chunk).unwrap();
        assert!(read > 0, "ended after {seen}");
        seen.push_str(&String::from_utf8_lossy(&chunk[..read]));
    }
    assert!(seen.contains(&format!("<title>E</title>{beside}<p>first words")), "{seen}");
}

#[test]
fn status_and_heads_stay_but_for_the_length() {
    let (on, off) = (server("on"), server("off"));
    let added = beside(&on).len();
    for (path, _, _) in PAGES.iter().chain([&("/head", "", "")]) {
        let (with, without) = (on.send(get(path)), off.send(get(path)));
        assert_eq!(kept(&with), kept(&without), "{path}");
        assert_eq!(with.body.len(), without.body.len() + added, "{with}");
    }
    let head = on.send(get("/head"));
    assert_eq!((head.status, head.set_cookies()), (418, vec!["a=1", "b=2"]), "{head}");
    assert_eq!(head.header("Content-Length"), Some(&*(7 + added).to_string()), "{head}");
}

#[test]
fn what_is_no_page_to_look_at_stays_byte_by_byte() {
    let (on, off) = (server("on"), server("off"));
    let paths = ["/text", "/gzip", "/utf-16", "/unchanged", "/nothing", "/elsewhere"];
    let mut requests: Vec<Request> = paths.map(get).into();
    requests.push(Request::new("HEAD", "/whole"));
    // What a script fetches, and what a frame holds.
    requests.extend(["empty", "iframe"].map(|kind| get("/whole").header("Sec-Fetch-Dest", kind)));
    for request in requests {
        let (with, without) = (on.send(request.clone()), off.send(request));
        assert_eq!((kept(&with), &with.body), (kept(&without), &without.body), "{with}");
        assert_eq!(with.header("Content-Length"), without.header("Content-Length"), "{with}");
    }
    let shown = on.send(get("/whole").header("Sec-Fetch-Dest", "document")).text();
    assert!(shown.contains("<iframe"), "a page that is looked at has it: {shown}");
    for reply in [off.send(get("/whole")), off.send(get("/laid-out"))] {
        assert!(!reply.text().contains("/classroom/wire"), "WIRE=off leaves it out: {reply}");
    }
}

#[test]
fn a_page_that_has_the_layout_or_tells_an_error_has_one_wire() {
    let server = server("on");
    for path in ["/laid-out", "/nowhere"] {
        let text = server.send(get(path)).text();
        assert_eq!(text.matches("<iframe").count(), 1, "{path}: {text}");
    }
}

#[test]
fn the_lesson_of_the_exercise_is_served_and_named() {
    let server = server("on");
    let banner = server.output_with("Ctrl-C");
    for words in ["Lesson 2: exercise count-visits\n", "(lessons/2-raw-cookies.md)"] {
        assert!(banner.contains(words), "should say {words:?}: {banner}");
    }
    let lesson = server.send(get("/classroom/lesson"));
    assert!(lesson.status == 200 && lesson.text().contains("<h1>Lesson 2: "), "{lesson}");
    for path in
        ["/classroom/img/2-raw-cookies.svg", "/classroom/beside.css", "/classroom/style.css"]
    {
        assert_eq!(server.send(get(path)).status, 200, "{path}");
    }
    let Err(stop) = Exercise::in_folder(env!("CARGO_MANIFEST_DIR"), &[]) else {
        panic!("the classroom is no exercise")
    };
    assert!(stop.to_string().contains("exercises/NAME"), "{stop}");
}

#[test]
fn a_port_in_use_is_told_with_the_exercises_command() {
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = other.local_addr().unwrap().port();
    let ended = probe::run(&program(), &AS_SERVER, &[SERVE, ("PORT", &port.to_string())]);
    let way_out = format!("PORT={} cargo course run count-visits", port.saturating_add(1000));
    assert!(ended.errors.contains(&way_out), "{ended:?}");
    assert!(!ended.errors.contains("cargo run"), "{ended:?}");
}

#[test]
fn where_it_is_asked_to_the_server_stops_with_its_input_even_while_handlers_spin() {
    for spinning in [0, 8] {
        let environment = [SERVE, ("STOP_WITH_INPUT", "1"), ("PORT", "0")];
        let mut child = process::Command::new(program())
            .args(AS_SERVER)
            .envs(environment)
            .stdin(process::Stdio::piped())
            .stdout(process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut banner = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let page =
            banner.find_map(|line| line.split_once("http://localhost:")?.1.parse::<u16>().ok());
        let port = page.unwrap();
        let connections: Vec<_> = (0..spinning)
            .map(|_| {
                let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
                connection.write_all(&get("/spins").bytes(port)).unwrap();
                connection
            })
            .collect();
        drop(child.stdin.take());
        let start = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if start.elapsed() > Duration::from_secs(20) {
                child.kill().unwrap();
                panic!("the server outlives its input, with {} requests open", connections.len());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn a_key_lasts_from_start_to_start_for_this_user_alone() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("keys");
    let folder = root.join("crates/9-none/exercises/kept-for-a-test");
    fs::create_dir_all(&folder).unwrap();
    let exercise = Exercise::in_folder(folder.to_str().unwrap().to_owned().leak(), &[]).unwrap();
    let program = env::current_exe().unwrap();
    let target = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists()).unwrap();
    let file = target.join("course/keys/kept-for-a-test");
    let _ = fs::remove_file(&file);

    assert_eq!(exercise.lasting_key(b"one."), b"one.");
    assert_eq!(exercise.lasting_key(b"two."), b"one.", "the first one is kept");
    assert_eq!(exercise.next_keys(b"two.", 2), [b"two.", b"one."]);
    assert_eq!(exercise.next_keys(b"tre.", 2), [b"tre.", b"two.", b"one."]);
    assert_eq!(exercise.next_keys(b"four", 2), [b"four", b"tre.", b"two."]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "nobody else may read it");
    }
    fs::remove_file(&file).unwrap();
}
