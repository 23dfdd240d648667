//! What people and attackers type and send, for every lesson's tests.

/// Markup that breaks out of an element or an attribute where a page forgets to escape it.
pub const MARKUP: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";

/// Texts that a form must give back unchanged: other scripts, and every character that means something to a cookie, to a
/// header, to a percent-encoding or to HTML.
pub const TYPED: [&str; 16] = [
    "Ada",
    "Ада Лавлейс",
    "艾达·洛芙莱斯",
    "آدا لوفليس",
    "👩🏽‍💻",
    "a; Path=/; b=c",
    "a,b",
    "\"quoted\"",
    "a\r\nSet-Cookie: evil=1",
    "a\nb\rc",
    "nul\0 bell\x07 escape\x1b[31m delete\x7f next line\u{85}",
    " spaces around ",
    "100% %41 %zz +",
    "a=b&c=d",
    "back\\slash",
    MARKUP,
];

/// `Cookie` headers that no server may stumble over, each with what is strange about it.
#[must_use]
pub fn strange_cookies() -> Vec<(&'static str, Vec<u8>)> {
    let many: Vec<_> = (0..200).map(|number| format!("c{number}={number}")).collect();
    vec![
        ("empty", b"".to_vec()),
        ("separators alone", b"; ;;; ;".to_vec()),
        ("no name", b"=value; alone".to_vec()),
        ("no value", b"name=; other=".to_vec()),
        ("equals signs", b"a==b=; =".to_vec()),
        ("not UTF-8", b"bytes=\xff\xfe\x80; \xc3=1".to_vec()),
        ("UTF-8 cut short", b"name=\xe7\x94".to_vec()),
        ("another script", "имя=значение; 名=値".as_bytes().to_vec()),
        ("a tab", b"a=1\t2;\tb=3".to_vec()),
        ("quotes and commas", b"a=\"1; 2\", b=3".to_vec()),
        ("broken percent-encoding", b"a=%; b=%4; c=%zz; d=%ff".to_vec()),
        ("markup", format!("{MARKUP}={MARKUP}").into_bytes()),
        ("200 cookies", many.join("; ").into_bytes()),
        ("16 KB", format!("long={}", "x".repeat(16 * 1024)).into_bytes()),
    ]
}
