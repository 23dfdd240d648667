//! How a program is started: with what, and how it ends.
//!
//! The program under test is this test program itself: it runs again, as the one test [`as_program`].
#![allow(clippy::unwrap_used, reason = "a test that can't go on should say where")]

use std::{env, io::Read, time::Duration};

use launch::Launch;

/// This program, told to do something.
fn program(act: &str) -> Launch {
    let launch = Launch::new(env::current_exe().unwrap()).variable("LAUNCH_TEST", act);
    ["--exact", "as_program", "--nocapture"]
        .iter()
        .fold(launch, |launch, word| launch.argument(word))
}

#[test]
fn as_program() {
    let Ok(act) = env::var("LAUNCH_TEST") else { return };
    eprintln!("this is {act}");
    let folder = env::current_dir().unwrap();
    println!("\nin {}", folder.display());
    for (name, value) in env::vars_os() {
        println!("\n{}={}", name.display(), value.display());
    }
    match act.as_str() {
        "serve" => {
            println!("\nOther servers are at http://localhost:1. Mine: http://localhost:40123/");
            println!("\nhere I am at http://localhost:40124");
            let _ = std::io::stdin().read(&mut [0]);
        }
        "hang" => std::thread::sleep(Duration::from_secs(600)),
        _ => std::process::exit(3),
    }
}

#[test]
fn the_environment_is_what_is_let_in_and_what_is_said() {
    let ended = program("end").variable("WIRE", "off").run(launch::PATIENCE).unwrap();
    let names: Vec<_> =
        ended.output.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    assert!(names.contains(&"PATH") && names.contains(&"WIRE"), "{names:?}");
    assert!(ended.output.contains("\nPORT=0\n"), "{}", ended.output);
    // Cargo sets these for us; they, and a student's own, stay outside.
    assert!(env::var_os("CARGO_MANIFEST_DIR").is_some());
    let ours = ["LAUNCH_TEST", "PORT", "WIRE"];
    let let_in = |name: &&str| launch::LET_IN.iter().any(|known| known.eq_ignore_ascii_case(name));
    let foreign: Vec<_> =
        names.into_iter().filter(|name| !let_in(name) && !ours.contains(name)).collect();
    // A Mac adds its own.
    assert!(foreign.iter().all(|name| name.starts_with("__CF")), "{foreign:?}");
    assert_eq!((ended.code, ended.errors.as_str()), (Some(3), "this is end\n"));
}

#[test]
fn a_server_says_its_port_and_ends_with_its_value() {
    let server = program("serve").mark("here").folder(env::temp_dir()).start().unwrap();
    assert_eq!(server.port(), 40124, "the marked line counts");
    let folder = env::temp_dir().canonicalize().unwrap();
    assert!(server.output().contains(&format!("in {}", folder.display())), "{}", server.output());
    assert_eq!(program("serve").start().map(|server| server.port()), Ok(1), "else the first");
}

#[test]
fn a_program_that_prints_no_address_is_an_error_with_what_it_printed() {
    let error = program("end").start().unwrap_err();
    assert!(error.contains("printed no line with") && error.contains("this is end"), "{error}");
    let error = Launch::new("no such program").start().unwrap_err();
    assert!(error.contains("no such program does not start"), "{error}");
}

#[test]
fn a_program_that_does_not_end_is_ended() {
    let error = program("hang").run(Duration::from_millis(300)).unwrap_err();
    assert!(error.contains("still runs after 300ms"), "{error}");
}
