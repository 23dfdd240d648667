//! The checks of `escape-it`.

use probe::{Server, get};

/// The page that greets this name.
#[track_caller]
fn expect(name: &str, html: &str) {
    let server = Server::of(escape_it::app());
    let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let reply = server.send(get(&format!("/?name={encoded}")));
    let page = reply.text().replace("&#34;", "&quot;").replace("&#x27;", "&#39;");
    for expected in [format!("<h1>Logged in as {html}</h1>"), format!("value=\"{html}\"")] {
        assert!(
            page.contains(&expected),
            "The name {name:?} should be shown as it was typed, so the page should hold\n  {expected}\nIt is\n{page}\n{reply}"
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check escape-it"]
fn a_plain_name_stays_as_it_is() {
    expect("Ada", "Ada");
    expect("小明 🎉", "小明 🎉");
}

#[test]
#[ignore = "exercise: cargo course check escape-it"]
fn a_script_in_a_name_is_text() {
    expect("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
}

#[test]
#[ignore = "exercise: cargo course check escape-it"]
fn any_markup_in_a_name_is_text() {
    expect("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;");
}

#[test]
#[ignore = "exercise: cargo course check escape-it"]
fn a_quote_in_a_name_does_not_end_the_attribute() {
    expect("\" onfocus=\"alert(1)", "&quot; onfocus=&quot;alert(1)");
    expect("O'Hara", "O&#39;Hara");
}

#[test]
#[ignore = "exercise: cargo course check escape-it"]
fn an_ampersand_is_written_as_its_entity() {
    expect("Tom & Jerry", "Tom &amp; Jerry");
    expect("&lt;", "&amp;lt;");
}
