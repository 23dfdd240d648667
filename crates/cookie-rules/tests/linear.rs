//! Taking a line apart costs time in proportion to its length: lines of 64 KB of the kinds that make naive parsers slow.

use cookie_rules::{Family, SetCookie, cookie_date};
use std::hint::black_box;
use std::time::{Duration, Instant};

const LONG: usize = 64 * 1024;
/// The short line is so many times shorter: linear work takes so many times less, quadratic work its square.
const TIMES: usize = 16;
/// Halfway between the two, by ratio: a noisy machine must be four times off to spoil it.
const MOST: f64 = (TIMES * 4) as f64;

/// The least time of several, taken in turns: noise only ever adds.
fn least(short: &dyn Fn(), long: &dyn Fn()) -> (Duration, Duration) {
    let time = |work: &dyn Fn()| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    let pairs = (0..20).map(|_| (time(short), time(long)));
    pairs.fold((Duration::MAX, Duration::MAX), |least, pair| {
        (least.0.min(pair.0), least.1.min(pair.1))
    })
}

fn assert_linear(kind: &str, work: &dyn Fn(&[u8]), piece: &[u8]) {
    let long: Vec<u8> = piece.iter().copied().cycle().take(LONG).collect();
    let mut ratios = Vec::new();
    for _ in 0..5 {
        let (short, long) =
            least(&|| work(black_box(&long[..LONG / TIMES])), &|| work(black_box(&long)));
        let ratio = long.as_secs_f64() / short.as_secs_f64().max(1e-9);
        if ratio < MOST {
            return;
        }
        ratios.push(ratio);
    }
    panic!("`{kind}`: {TIMES} times the length took {ratios:.0?} times the time");
}

#[test]
fn a_set_cookie_line_of_64_kb_takes_linear_time() {
    let parse = |line: &[u8]| {
        black_box(SetCookie::parse(line, Family::Chromium));
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
