//! Finds an item in a Rust file by its name, and gives its lines as they stand in the file.

use syn::{Attribute, ImplItem, Item, Path, TraitItem, Type, spanned::Spanned};

/// A Rust file, parsed, with the name and the lines of every item a document may quote.
#[derive(Debug)]
pub struct Source {
    lines: Vec<String>,
    items: Vec<Named>,
}

/// An item: what it is called and where it stands.
#[derive(Debug)]
struct Named {
    name: String,
    /// First and last line, counted from 1.
    lines: (usize, usize),
    /// What a method or another member stands in.
    within: Option<Within>,
}

/// An `impl` or a trait around its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Within {
    /// From its first word to its `{`.
    head: (usize, usize),
    /// The line of its `}`.
    end: usize,
}

impl Within {
    fn of(first: proc_macro2::Span, braces: &syn::token::Brace) -> Self {
        let (open, close) = (braces.span.open().start().line, braces.span.close().end().line);
        Self { head: (first.start().line, open), end: close }
    }
}

/// Why an item can't be quoted.
#[derive(Debug, PartialEq, Eq)]
pub enum Missing {
    /// No item has that name; the nearest names that exist.
    NotFound(Option<String>),
    /// Several have it, at these lines.
    Twice(Vec<usize>),
}

/// A file that isn't Rust: the line and what the parser says.
#[derive(Debug)]
pub struct NotRust {
    pub line: usize,
    pub what: String,
}

impl Source {
    pub fn parse(text: &str) -> Result<Self, NotRust> {
        let file = syn::parse_file(text).map_err(|error| NotRust {
            line: error.span().start().line,
            what: error.to_string(),
        })?;
        let mut items = Vec::new();
        for item in &file.items {
            collect(item, &mut items);
        }
        let lines = text.lines().map(|line| line.trim_end_matches('\r').to_owned()).collect();
        Ok(Self { lines, items })
    }

    /// The lines of these items in this order, one blank line between, without the indentation that they share. A method stands
    /// inside its `impl`, as in the file; methods of one `impl` that follow each other stand in it together.
    pub fn quote<'n>(&self, names: &'n [String]) -> Result<Vec<String>, (&'n str, Missing)> {
        let find = |name: &'n String| self.item(name).map_err(|missing| (name.as_str(), missing));
        let items: Vec<&Named> = names.iter().map(find).collect::<Result<_, _>>()?;
        let mut quoted = Vec::new();
        for group in items.chunk_by(|one, next| one.within.is_some() && one.within == next.within) {
            if !quoted.is_empty() {
                quoted.push(String::new());
            }
            quoted.extend(self.cut(group));
        }
        Ok(quoted)
    }

    fn item(&self, name: &str) -> Result<&Named, Missing> {
        let found: Vec<&Named> = self.items.iter().filter(|item| item.name == name).collect();
        match found.as_slice() {
            [item] => Ok(item),
            [] => Err(Missing::NotFound(crate::tools::names::nearest(
                name,
                self.items.iter().map(|item| item.name.as_str()),
            ))),
            several => Err(Missing::Twice(several.iter().map(|item| item.lines.0).collect())),
        }
    }

    /// Names of free functions with the attribute `attribute` (its last segment), in the file's order, with their lines.
    pub fn functions_with(text: &str, attribute: &str) -> Result<Vec<TestFunction>, NotRust> {
        let file = syn::parse_file(text).map_err(|error| NotRust {
            line: error.span().start().line,
            what: error.to_string(),
        })?;
        let mut found = Vec::new();
        functions_with(&file.items, "", attribute, &mut found);
        Ok(found)
    }

    /// An item alone, or the members of one `impl` inside it.
    fn cut(&self, group: &[&Named]) -> Vec<String> {
        let part = |(first, last): (usize, usize)| {
            self.lines.get(first.saturating_sub(1)..last.min(self.lines.len())).unwrap_or_default()
        };
        let within = group.first().and_then(|item| item.within);
        let mut lines = within.map_or_else(Vec::new, |within| part(within.head).to_vec());
        for (at, item) in group.iter().enumerate() {
            if at > 0 {
                lines.push(String::new());
            }
            lines.extend_from_slice(part(item.lines));
        }
        lines.extend(within.iter().flat_map(|within| part((within.end, within.end)).to_vec()));
        let indents = lines
            .iter()
            .filter(|line| !line.trim().is_empty())
            .map(|line| line.len() - line.trim_start().len());
        let shared = indents.min().unwrap_or(0);
        lines.iter().map(|line| line.get(shared..).unwrap_or("").to_owned()).collect()
    }
}

/// A test of a file: its name, its line, and the reason in `#[ignore = "…"]`.
#[derive(Debug)]
pub struct TestFunction {
    /// Its name as libtest prints it.
    pub name: String,
    pub line: usize,
    /// Why it is ignored, if it is.
    pub ignore: Option<String>,
    /// Whether it returns `probe::Passed`.
    pub returns_passed: bool,
    /// What its doc comment says, a line each.
    pub doc: Vec<String>,
}

fn functions_with(items: &[Item], prefix: &str, attribute: &str, found: &mut Vec<TestFunction>) {
    for item in items {
        match item {
            Item::Fn(function)
                if function.attrs.iter().any(|attr| last_segment(attr.path()) == attribute) =>
            {
                found.push(TestFunction {
                    name: format!("{prefix}{}", function.sig.ident),
                    line: function.sig.ident.span().start().line,
                    ignore: ignore_reason(&function.attrs),
                    returns_passed: matches!(&function.sig.output, syn::ReturnType::Type(_, kind)
                        if matches!(&**kind, Type::Path(path) if last_segment(&path.path) == "Passed")),
                    doc: function.attrs.iter().filter_map(doc_line).collect(),
                });
            }
            Item::Mod(module) => {
                if let Some((_, items)) = &module.content {
                    functions_with(items, &format!("{prefix}{}::", module.ident), attribute, found);
                }
            }
            _ => {}
        }
    }
}

fn ignore_reason(attributes: &[Attribute]) -> Option<String> {
    let ignore = attributes.iter().find(|attr| attr.path().is_ident("ignore"))?;
    Some(text_of(ignore).unwrap_or_default())
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    attribute.path().is_ident("doc").then(|| text_of(attribute))?
}

/// The text in `#[name = "text"]`.
fn text_of(attribute: &Attribute) -> Option<String> {
    let syn::Expr::Lit(literal) = &attribute.meta.require_name_value().ok()?.value else {
        return None;
    };
    let syn::Lit::Str(text) = &literal.lit else { return None };
    Some(text.value())
}

/// Adds the names of an item and of its members.
fn collect(item: &Item, into: &mut Vec<Named>) {
    let name = match item {
        Item::Fn(item) => item.sig.ident.to_string(),
        Item::Struct(item) => item.ident.to_string(),
        Item::Enum(item) => item.ident.to_string(),
        Item::Union(item) => item.ident.to_string(),
        Item::Const(item) => item.ident.to_string(),
        Item::Static(item) => item.ident.to_string(),
        Item::Type(item) => item.ident.to_string(),
        Item::Trait(item) => {
            let of = item.ident.to_string();
            let within = Some(Within::of(item.trait_token.span, &item.brace_token));
            for member in &item.items {
                let name = match member {
                    TraitItem::Fn(item) => &item.sig.ident,
                    TraitItem::Const(item) => &item.ident,
                    _ => continue,
                };
                into.push(Named { within, ..named(format!("{of}::{name}"), member) });
            }
            of
        }
        Item::Impl(item) => {
            let of = type_name(&item.self_ty);
            let within = Some(Within::of(item.impl_token.span, &item.brace_token));
            for member in &item.items {
                let name = match member {
                    ImplItem::Fn(item) => &item.sig.ident,
                    ImplItem::Const(item) => &item.ident,
                    ImplItem::Type(item) => &item.ident,
                    _ => continue,
                };
                into.push(Named { within, ..named(format!("{of}::{name}"), member) });
            }
            match &item.trait_ {
                Some((path, _)) => format!("impl {} for {of}", last_segment(path)),
                None => format!("impl {of}"),
            }
        }
        _ => return,
    };
    into.push(named(name, item));
}

/// An item from its first attribute or doc comment to its end.
fn named(name: String, item: &impl Spanned) -> Named {
    let span = item.span();
    Named { name, lines: (span.start().line, span.end().line), within: None }
}

fn last_segment(path: &Path) -> String {
    path.segments.last().map_or_else(String::new, |segment| segment.ident.to_string())
}

fn type_name(of: &Type) -> String {
    match of {
        Type::Path(path) => last_segment(&path.path),
        Type::Reference(reference) => format!("&{}", type_name(&reference.elem)),
        _ => String::new(),
    }
}

/// Splits the names of a `code` comment: words, and `impl Type` or `impl Trait for Type` as one. Generics are dropped.
pub fn names(words: &str) -> Vec<String> {
    let mut words = words.split_whitespace();
    let mut names = Vec::new();
    let mut next = words.next();
    while let Some(word) = next {
        next = words.next();
        if word != "impl" {
            names.push(word.to_owned());
            continue;
        }
        let mut name = format!("impl {}", bare(next.unwrap_or("")));
        next = words.next();
        if next == Some("for") {
            name = format!("{name} for {}", bare(words.next().unwrap_or("")));
            next = words.next();
        }
        names.push(name);
    }
    names
}

fn bare(name: &str) -> &str {
    name.split('<').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    const FILE: &str = r#"//! A file.
use std::fmt;

/// Says hello.
#[inline]
pub async fn hello(
    name: &str,
) -> String {
    // Why.
    format!("hello {name}")
}

/// A thing.
#[derive(Debug)]
struct Thing {
    a: u8,
}

struct Unit;
struct Tuple(u8);
const MOST: usize = 3;
type Pair = (u8, u8);

impl Thing {
    /// Makes one.
    fn new() -> Self {
        Self { a: 1 }
    }

    const LEAST: u8 = 3;
}

impl<T> From<T> for Thing {
    fn from(_: T) -> Self {
        Self::new()
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("thing")
    }
}

#[cfg(unix)]
fn twice() {}

#[cfg(windows)]
fn twice() {}
"#;

    fn item(name: &str) -> String {
        Source::parse(FILE).unwrap().quote(&names(name)).unwrap().join("\n")
    }

    #[test]
    fn a_function_comes_with_its_comments_and_attributes() {
        let expected = "/// Says hello.\n#[inline]\npub async fn hello(\n    name: &str,\n) -> String {\n    // Why.\n    format!(\"hello {name}\")\n}";
        assert_eq!(item("hello"), expected);
    }

    #[test]
    fn a_method_stands_inside_its_impl_together_with_its_neighbour() {
        let new = "impl Thing {\n    /// Makes one.\n    fn new() -> Self {\n        Self { a: 1 }\n    }\n";
        assert_eq!(item("Thing::new"), format!("{new}}}"));
        assert_eq!(
            item("Thing::new Thing::LEAST Unit"),
            format!("{new}\n    const LEAST: u8 = 3;\n}}\n\nstruct Unit;")
        );
    }

    #[test]
    fn every_kind_of_item_is_found() {
        assert_eq!(item("Thing"), "/// A thing.\n#[derive(Debug)]\nstruct Thing {\n    a: u8,\n}");
        assert_eq!(item("Unit"), "struct Unit;");
        assert_eq!(item("Tuple"), "struct Tuple(u8);");
        assert_eq!(item("MOST"), "const MOST: usize = 3;");
        assert_eq!(item("Pair"), "type Pair = (u8, u8);");
        assert!(item("impl Thing").starts_with("impl Thing {\n    /// Makes one."));
        assert!(item("impl From for Thing").starts_with("impl<T> From<T> for Thing {"));
        assert!(item("impl Display for Thing").contains("write_str"));
    }

    #[test]
    fn what_is_missing_or_there_twice_is_said() {
        let source = Source::parse(FILE).unwrap();
        assert_eq!(source.item("helo").unwrap_err(), Missing::NotFound(Some("hello".to_owned())));
        assert_eq!(source.item("twice").unwrap_err(), Missing::Twice(vec![45, 48]));
    }

    #[test]
    fn names_of_impls_are_one_name() {
        assert_eq!(
            names("a impl B impl From<X> for C D::e"),
            ["a", "impl B", "impl From for C", "D::e"]
        );
    }

    #[test]
    fn a_broken_file_names_its_line() {
        assert_eq!(Source::parse("fn a() {}\nfn b( {}\n").unwrap_err().line, 2);
    }

    #[test]
    fn tests_are_listed_in_the_order_of_the_file() {
        let found = Source::functions_with(
            "/// One.\n/// Two.\n#[test]\n#[ignore = \"why\"]\nfn b() -> probe::Passed {}\n#[test]\nfn a() {}\nfn c() {}\n",
            "test",
        )
        .unwrap();
        let names: Vec<_> =
            found.iter().map(|test| (test.name.as_str(), test.ignore.as_deref())).collect();
        assert_eq!(names, [("b", Some("why")), ("a", None)]);
        assert_eq!(found[0].doc, [" One.", " Two."]);
        assert!(found[0].returns_passed && !found[1].returns_passed);
    }
}
