//! The rooms of a crate: what one uses is below it. A circle would mean that nobody can read one file without all of them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};

/// What each module uses. A module is its path from the crate's root, as `/wire/trace`; the root itself is empty.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// Reads every file of a folder of `src`.
fn read(folder: &Path, module: &str, files: &mut BTreeMap<String, String>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let inner = format!("{module}/{name}");
        if path.is_dir() {
            read(&path, &inner, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let is_folder_itself = ["mod", "lib", "main"].contains(&name);
            let module = if is_folder_itself { module.to_owned() } else { inner };
            files.insert(module, fs::read_to_string(&path).unwrap());
        }
    }
}

/// What each file uses, by the longest part of a path that is a file.
fn uses(files: &BTreeMap<String, String>) -> Uses {
    let of = |(module, text): (&String, &String)| {
        let mut found = Vec::new();
        paths_in(text.parse().unwrap(), module, &mut found);
        for path in &mut found {
            while !files.contains_key(path) {
                path.truncate(path.rfind('/').unwrap_or(0));
            }
        }
        (module.clone(), found.into_iter().filter(|path| path != module).collect())
    };
    files.iter().map(of).collect()
}

/// Every path that starts with `crate` or `super`, in `use` lines and elsewhere; `mod tests { … }` may use what it likes.
fn paths_in(tokens: TokenStream, module: &str, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token.to_string().as_str() {
            "mod" if tokens[at].to_string() == "tests" => at += 2,
            "crate" => at = path(&tokens, at, String::new(), found),
            "super" => {
                let parent = module.rsplit_once('/').map_or("", |(parent, _)| parent);
                at = path(&tokens, at, parent.to_owned(), found);
            }
            _ => {
                if let TokenTree::Group(group) = token {
                    paths_in(group.stream(), module, found);
                }
            }
        }
    }
}

/// Follows `::name` and `::{…}` from `at`; gives the place after the path.
fn path(tokens: &[TokenTree], mut at: usize, base: String, found: &mut Vec<String>) -> usize {
    let is = |at: usize, mark| tokens.get(at).is_some_and(|token| token.to_string() == mark);
    let mut so_far = base;
    while is(at, ":") && is(at + 1, ":") {
        at += 3;
        match tokens.get(at - 1) {
            Some(TokenTree::Ident(name)) => so_far = format!("{so_far}/{name}"),
            Some(TokenTree::Group(group)) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for branch in inner.split(|token| token.to_string() == ",") {
                    let own = branch.first().map(ToString::to_string).filter(|own| own != "self");
                    let own = own.map_or(so_far.clone(), |own| format!("{so_far}/{own}"));
                    path(branch, 1, own, found);
                }
                return at;
            }
            _ => break,
        }
    }
    found.push(so_far);
    at
}

/// What is left where all that uses nothing, and all that nobody uses, is taken away again and again: the circles.
fn circles(mut uses: Uses) -> Uses {
    loop {
        let before = uses.len();
        let used: BTreeSet<String> = uses.values().flatten().cloned().collect();
        uses.retain(|module, below| !below.is_empty() && used.contains(module));
        let left: BTreeSet<String> = uses.keys().cloned().collect();
        uses.values_mut().for_each(|below| below.retain(|module| left.contains(module)));
        if uses.len() == before {
            return uses;
        }
    }
}

/// The name of the top room: `/wire` of `/wire/trace`.
fn room(module: &str) -> String {
    module.split('/').take(2).collect::<Vec<_>>().join("/")
}

/// Asserts that neither the files nor the rooms of a crate use each other in a circle, but for those of the room `but`.
fn is_a_house(name: &str, but: &str) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src");
    let mut files = BTreeMap::new();
    read(&source, "", &mut files);
    files.retain(|module, _| room(module) != but);
    assert!(files.len() > 5, "{name} has {} files: is this its source?", files.len());
    let files = uses(&files);
    let mut rooms = Uses::new();
    for (module, below) in &files {
        let others = below.iter().map(|module| room(module));
        rooms
            .entry(room(module))
            .or_default()
            .extend(others.filter(|other| *other != room(module)));
    }
    assert_eq!(circles(rooms), Uses::new(), "rooms of {name} use each other in a circle");
    assert_eq!(circles(files), Uses::new(), "files of {name} use each other in a circle");
}

#[test]
fn the_rooms_of_course_use_only_what_is_below_them() {
    is_a_house("course", "none");
}

#[test]
fn the_rooms_of_classroom_use_only_what_is_below_them() {
    is_a_house("classroom", "none");
}

#[test]
fn the_rooms_of_wire_use_only_what_is_below_them() {
    is_a_house("wire", "none");
}

#[test]
fn a_circle_is_seen_through_groups_and_super() {
    let house = |c: &str| {
        let files = [
            ("", ""),
            ("/a", "use crate::{b::{self, c::D}, e}; fn f() { crate::g::h(); }"),
            ("/b", "mod tests { use super::a; }"),
            ("/b/c", c),
            ("/e", "// crate::a"),
        ];
        circles(uses(&files.map(|(module, text)| (module.to_owned(), text.to_owned())).into()))
    };
    assert_eq!(house("use super::super::e;"), Uses::new());
    let left = house("use crate::{e, a};");
    assert_eq!(left.keys().collect::<Vec<_>>(), ["/a", "/b/c"]);
}
