//! Pages, read as a browser reads them.

use probe::{Address, Kind, MARKUP, Page};

fn page(html: &str) -> Page {
    Page::of(&Address::of("http://localhost:3101/a/b"), html)
}

#[test]
fn text_is_what_a_reader_sees() {
    for (html, text) in [
        (
            "<!DOCTYPE html><html><head><title>T</title><style>p{}</style></head><body><p>a\n  b</p></body></html>",
            "a b",
        ),
        ("<title>T</title><main><h1>Look</h1><p>x</main>", "Look x"),
        ("<head><title>T</title><main>seen</main>", "seen"),
        ("a<b>b</b>c<p>d<br>e", "abc d e"),
        ("<h1>Hello, <em>A</em>da!</h1>", "Hello, Ada!"),
        ("<ul><li>milk<li>bread</ul>", "milk bread"),
        ("x<script>alert('y')</script>z<!-- no -->!", "x z!"),
        (
            "&#60;b&#x3E; &lt;i&gt; &amp;lt; &quot;&apos;&#39; &copy; &nbsp;&euro;",
            "<b> <i> &lt; \"'' © \u{a0}€",
        ),
        ("a <span hidden>not</span>b<template>c</template>", "a b"),
        ("<div hidden><p>not</div>yes", "yes"),
        ("<input hidden name=x>seen", "seen"),
        ("<textarea> typed\n</textarea>", "typed"),
        ("<table><tr><td>1<td>2<tr><td>3</table>", "1 2 3"),
        ("5 > 3 & 2 < 4", "5 > 3 & 2 < 4"),
    ] {
        assert_eq!(page(html).text(), text, "{html}");
    }
    let plain = Page::of_plain(&Address::of("http://localhost/"), "<b>not bold</b>");
    assert_eq!(plain.text(), "<b>not bold</b>");
    assert!(plain.elements("b").is_empty());
}

#[test]
fn whole_words_end_where_the_page_says_something_else() {
    for whole in ["<p>Visits: <b>4</b></p>2", "Visits: 4, of 42", "Visits: 42. Visits: 4"] {
        assert!(page(whole).says_whole("Visits: 4"), "{whole}");
    }
    for longer in ["Visits: 42", "Visits: 4<b>2</b>", "Visits: 4小", "Visits:"] {
        assert!(!page(longer).says_whole("Visits: 4"), "{longer}");
    }
}

#[test]
fn a_form_is_answered_by_a_look_elsewhere() {
    use axum::{Router, http::StatusCode, http::header::LOCATION, routing::get};
    let sees = |status: StatusCode, to: &'static str| {
        let app = Router::new().route("/a", get(move || async move { (status, [(LOCATION, to)]) }));
        probe::Server::of(app).send(probe::get("/a")).sees_other("/b?x=1")
    };
    for to in ["/b?x=1", "b?x=1", "./b?x=1#top"] {
        assert!(sees(StatusCode::SEE_OTHER, to), "{to}");
        assert!(!sees(StatusCode::FOUND, to), "{to}");
    }
    for elsewhere in ["/b", "/B?x=1", "http://mallory.localhost/b?x=1", ""] {
        assert!(!sees(StatusCode::SEE_OTHER, elsewhere), "{elsewhere}");
    }
}

#[test]
fn a_heading_keeps_what_was_typed() {
    for typed in probe::TYPED {
        let escaped = typed.replace('&', "&amp;").replace('<', "&#60;");
        let page = page(&format!("<title>x</title><h1>Hi, {escaped}</h1><h1>more</h1>"));
        assert_eq!(page.heading(), format!("Hi, {}", probe::in_a_page(typed)));
    }
}

#[test]
fn a_page_is_safe_where_no_markup_got_through() {
    use axum::{Router, response::Html, routing::get};
    let safe = |html: String| {
        let app = Router::new().route("/", get(|| async { Html(html) }));
        probe::Server::of(app).send(probe::get("/")).is_safe_page()
    };
    let page =
        |content: &str| format!("<html><body><p title=\"{content}\">{content}</body></html>\n");
    assert!(safe(page("Ada &#60;script&#62;alert(1) &quot;'>")));
    for markup in [MARKUP, "<script>alert(1)</script>", "<img src=x>", "\" onfocus=\"x"] {
        assert!(!safe(page(markup)), "{markup}");
    }
    assert!(!safe("<p>not whole".to_owned()));
}

#[test]
fn attributes_are_read_in_any_spelling() {
    for html in [
        "<a title='O&#39;Hara \"x\"'>",
        "<a title=\"O'Hara &quot;x&#34;\">",
        "<A TITLE = \"O&apos;Hara &#x22;x&quot;\" >",
    ] {
        assert_eq!(page(html).elements("a")[0].attribute("title"), Some("O'Hara \"x\""), "{html}");
    }
    let bare = page("<a title=plain/text class>");
    assert_eq!(
        bare.elements("a")[0].attributes(),
        [("class".to_owned(), String::new()), ("title".to_owned(), "plain/text".to_owned())]
    );
    assert_eq!(
        page("<p id=x>in</p><p id=y>").element_with("p", "id", "x").map(|found| found.text()),
        Some("in")
    );
}

#[test]
fn an_element_that_is_left_open_ends_where_the_next_begins() {
    let page = page(
        "<ul><li>one<ul><li>inner</ul><li>two</ul><p>a<p>b<div>c</div><select><option>x<option>y</select>",
    );
    assert_eq!(page.texts("li"), ["one inner", "inner", "two"]);
    assert_eq!(page.texts("p"), ["a", "b"]);
    assert_eq!(page.texts("option"), ["x", "y"]);
}

#[test]
fn links_and_images_are_resolved() {
    let page =
        page("<a href='../c?x=1&amp;y=2'>C</a><a href=mailto:x>mail</a><a>none</a><img src=i.png>");
    let links = page.links();
    assert_eq!(links.len(), 1);
    assert_eq!((links[0].0, links[0].1.target().as_str()), ("C", "/c?x=1&y=2"));
    assert_eq!(page.link("/c?x=1&y=2"), page.link(" C "));
    assert_eq!(page.images()[0].to_string(), "http://localhost:3101/a/i.png");
}

#[test]
fn a_form_without_a_button_is_sent_by_the_enter_key_alone() {
    let sends = |fields: &str| {
        let page = page(&format!("<form method=post action=/clap>{fields}</form>"));
        page.form("/clap").is_some_and(|form| form.submission(None).is_ok())
    };
    for fields in
        ["<button>Clap</button>", "<input type=image>", "<input name=q>", "<input type=checkbox>"]
    {
        assert!(sends(fields), "{fields}");
    }
    for fields in [
        "",
        "<button type=button>Clap</button>",
        "<button disabled>Clap</button>",
        "<input name=a><input name=b>",
        "<input type=hidden name=a>",
    ] {
        assert!(!sends(fields), "{fields}");
    }
}

#[test]
fn a_form_is_found_by_its_address_or_a_field() {
    let page = page(
        "<form method = 'Post' action='http://localhost:3101/login'><input name=user><button>In</button></form><form><input name=q></form><form id=f action=x></form><input form=f name=far>",
    );
    assert_eq!(page.form("/login").map(|form| form.method().to_owned()).as_deref(), Some("POST"));
    let own = page.form("q").expect("the second form");
    assert_eq!(
        (own.method(), own.action().map(|to| to.target()).as_deref()),
        ("GET", Some("/a/b"))
    );
    assert_eq!(
        page.form("far").and_then(|form| form.action().map(Address::target)).as_deref(),
        Some("/a/x")
    );
    assert!(page.form("/logout").is_none());
    assert_eq!(page.forms()[0].controls()[1].kind, Kind::Button);
}

#[test]
fn typed_markup_is_told_from_typed_text() {
    let greet = |name: &str| {
        page(&format!("<h1>Hello, {name}</h1><input value=\"{name}\"><p class=x>{name}"))
    };
    let harmless = greet("Ada");
    for text in [
        "Bob",
        "&lt;b&gt;",
        "&#60;script&#62;alert(1)&#60;/script&#62;",
        "O'Hara > 3",
        "&quot; onfocus=&quot;x",
        "&amp;lt;",
        "",
        "a &lt;!-- b",
    ] {
        assert_eq!(greet(text).foreign_markup(&harmless), None, "{text}");
    }
    for (text, part) in [
        ("<b>x</b>", "<b>"),
        ("<script>alert(1)</script>", "<script>"),
        ("</h1>", "</h1>"),
        ("\" onfocus=\"alert(1)", "onfocus"),
        ("<!-- x", "<!-- -->"),
        (MARKUP, "<script>"),
        ("<img src=x onerror=alert(1)>", "<img onerror=\\\"alert(1)\\\" src>"),
    ] {
        let foreign = greet(text).foreign_markup(&harmless);
        assert!(
            foreign.as_deref().is_some_and(|foreign| foreign
                .replace("\\\"", "\"")
                .contains(&part.replace("\\\"", "\""))),
            "{text}: {foreign:?}"
        );
    }
    let link = |place: &str| page(&format!("<a href='{place}'>x</a>"));
    assert_eq!(link("/b").foreign_markup(&link("/a")), None);
    assert!(link("javascript:alert(1)").foreign_markup(&link("/a")).is_some());
    let script = |name: &str| page(&format!("<script>let name = '{name}';</script>"));
    assert!(script("Bob").foreign_markup(&script("Ada")).is_some(), "a text in a script may run");
}
