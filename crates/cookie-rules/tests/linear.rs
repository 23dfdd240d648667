//! Taking a line apart costs time in proportion to its length: lines of 64 KB of the kinds that make naive parsers slow.

use cookie_rules::{SetCookie, cookie_date};
use std::hint::black_box;
use std::time::{Duration, Instant};

const LONG: usize = 64 * 1024;
/// Twice the length may take twice the time; four times would be quadratic.
const MOST: f64 = 3.0;

/// The least time of several: noise only ever adds.
fn least(work: &dyn Fn()) -> Duration {
    let time = || {
        let start = Instant::now();
        for _ in 0..4 {
            work();
        }
        start.elapsed()
    };
    (0..15).map(|_| time()).min().unwrap_or_default()
}

fn assert_linear(kind: &str, work: &dyn Fn(&[u8]), piece: &[u8]) {
    let long: Vec<u8> = piece.iter().copied().cycle().take(LONG).collect();
    let mut ratios = Vec::new();
    // A busy machine can spoil a measurement, but not five in a row.
    for _ in 0..5 {
        let half = least(&|| work(black_box(&long[..LONG / 2])));
        let whole = least(&|| work(black_box(&long)));
        let ratio = whole.as_secs_f64() / half.as_secs_f64().max(1e-9);
        if ratio < MOST {
            return;
        }
        ratios.push(ratio);
    }
    panic!("{kind}: twice the length took {ratios:.1?} times the time");
}

#[test]
fn a_set_cookie_line_of_64_kb_takes_linear_time() {
    let parse = |line: &[u8]| {
        black_box(SetCookie::parse(line));
    };
    for piece in [
        "x",
        ";",
        "=",
        " ",
        "a=b;",
        "; ",
        ";=",
        "Path=/;",
        "Path=/a; Path=b;",
        "Domain=.a;",
        "Expires=Thu;",
        "Max-Age=9",
        "Max-Age=9;",
        "SameSite=x;",
        "\t",
        "ü",
        ";;;; = ",
    ] {
        assert_linear(piece, &parse, piece.as_bytes());
    }
}

#[test]
fn a_cookie_date_of_64_kb_takes_linear_time() {
    let parse = |text: &[u8]| {
        black_box(cookie_date(text));
    };
    for piece in ["1", "1 ", ":", "1:1:", "jan ", " ", "a", "70 jan 1 1:1:1 "] {
        assert_linear(piece, &parse, piece.as_bytes());
    }
}
