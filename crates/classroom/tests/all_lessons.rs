//! All lesson servers at once, as on a student's machine at the end of a day: four ports, and one cookie jar for all of
//! localhost.
//!
//! The programs are those that `cargo test` has built beside this one.

#![allow(clippy::unwrap_used, reason = "a test that can't go on should say where")]

use std::{env, path::PathBuf};

use probe::Server;
use ureq::Agent;

const LESSONS: [&str; 4] =
    ["stateless-http", "raw-cookies", "signed-sessions", "cookie-attributes"];

/// The lessons' programs, or nothing where `cargo test` ran for this package alone and they were never built.
fn programs() -> Option<[String; 4]> {
    let here = env::current_exe().unwrap();
    let folder = here.parent().and_then(|deps| deps.parent()).unwrap();
    let programs = LESSONS.map(|name| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)));
    if let Some(missing) = programs.iter().find(|program| !program.exists()) {
        let message = format!("{} is not built. Run `cargo test --workspace`.", missing.display());
        assert!(env::var_os("CI").is_none(), "{message}");
        eprintln!("NOT RUN: {message}");
        return None;
    }
    Some(programs.map(PathBuf::into_os_string).map(|path| path.into_string().unwrap()))
}

fn page(agent: &Agent, server: &Server, path: &str) -> String {
    agent.get(server.url(path)).call().unwrap().body_mut().read_to_string().unwrap()
}

fn submit(agent: &Agent, server: &Server, path: &str, form: &[(&str, &str)]) -> String {
    let mut answer = agent.post(server.url(path)).send_form(form.iter().copied()).unwrap();
    answer.body_mut().read_to_string().unwrap()
}

#[test]
fn all_lessons_run_side_by_side_and_share_one_cookie_jar_without_harm() {
    let Some(programs) = programs() else { return };
    let servers = programs.each_ref().map(|program| Server::start(program, &[]));
    let [stateless, raw, signed, attributes] = &servers;
    let agent = Agent::new_with_defaults();
    let first = page(&agent, stateless, "/");
    for visit in 1..4 {
        let text = page(&agent, raw, "/");
        let count =
            if visit == 1 { "first visit".into() } else { format!("<strong>{visit}</strong>") };
        assert!(text.contains(&count), "lesson 2 should say {count:?}: {text}");
        let text = submit(&agent, signed, "/login", &[("username", "Ada")]);
        assert!(text.contains("Logged in as Ada"), "{text}");
        let fields = [("name", "cart"), ("value", "3"), ("lifetime", "1m"), ("path", "/shop")];
        let text = submit(&agent, attributes, "/cookies", &fields);
        assert!(text.contains("Stored"), "{text}");
        let text = submit(&agent, attributes, "/remember", &[("username", "Grace")]);
        assert!(text.contains("Remembered: Grace"), "{text}");
        assert_eq!(page(&agent, stateless, "/"), first, "lesson 1 looks at no cookie");
    }
    let text = page(&agent, raw, "/");
    for name in ["signed_session", "remember", "workbench"] {
        let (_, row) = text.split_once(&format!("<td><code>{name}</code>")).unwrap();
        let row = row.split("</tr>").next().unwrap();
        assert!(row.contains("another server on localhost"), "cookies don't know ports: {row}");
    }
    assert!(page(&agent, signed, "/").contains("Logged in as Ada"));
    let text = page(&agent, attributes, "/shop");
    assert!(text.contains("<code>cart</code>") && text.contains("as predicted"), "{text}");
    submit(&agent, raw, "/forget", &[]);
    assert!(page(&agent, signed, "/").contains("Logged in as Ada"), "each deletes its own");
}

#[test]
fn each_lesson_has_a_port_of_its_own() {
    let Some(programs) = programs() else { return };
    for (number, program) in (1..).zip(&programs) {
        let ended = probe::run(program, &[], &[("PORT", "none")]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        let port = format!("leave PORT out for {}", 3000 + number);
        assert!(ended.errors.contains(&port), "should say {port:?}: {ended:?}");
    }
}
