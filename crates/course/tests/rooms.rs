//! The rooms of a crate: what one uses is below it. A circle would mean that nobody can read one file without all of them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};

/// A module's path from the crate's root: `["wire", "trace"]`. The root itself is empty.
type Module = Vec<String>;

/// What each module uses.
type Uses = BTreeMap<Module, BTreeSet<Module>>;

/// Reads every file of a crate's `src`.
fn uses(source: &Path) -> Uses {
    let mut files = BTreeMap::new();
    read(source, &mut Vec::new(), &mut files);
    let known: BTreeSet<Module> = files.keys().cloned().collect();
    let used = |(module, text): (&Module, &String)| {
        let tokens: Vec<TokenTree> = text.parse::<TokenStream>().unwrap().into_iter().collect();
        let mut paths = Vec::new();
        paths_in(&tokens, module, &mut paths);
        let target = |mut path: Module| {
            while !known.contains(&path) {
                path.pop();
            }
            path
        };
        (module.clone(), paths.into_iter().map(target).filter(|target| target != module).collect())
    };
    files.iter().map(used).collect()
}

fn read(folder: &Path, module: &mut Module, files: &mut BTreeMap<Module, String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            module.push(name);
            read(&path, module, files);
            module.pop();
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let is_folder_itself = ["mod", "lib", "main"].contains(&name.as_str());
            let own = (!is_folder_itself).then_some(name);
            let module = module.iter().cloned().chain(own).collect();
            files.insert(module, fs::read_to_string(&path).unwrap());
        }
    }
}

/// Every path that starts with `crate` or `super`, in `use` lines and elsewhere; `mod tests { … }` may use what it likes.
fn paths_in(tokens: &[TokenTree], module: &Module, found: &mut Vec<Module>) {
    let word = |at: usize| match tokens.get(at) {
        Some(TokenTree::Ident(name)) => name.to_string(),
        _ => String::new(),
    };
    let mut at = 0;
    while at < tokens.len() {
        match (&tokens[at], word(at).as_str()) {
            (_, "mod") if word(at + 1) == "tests" => at += 3,
            (_, "crate") => at = path(tokens, at + 1, Vec::new(), found),
            (_, "super") => {
                at = path(tokens, at + 1, module[..module.len().saturating_sub(1)].to_vec(), found);
            }
            (TokenTree::Group(group), _) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                paths_in(&inner, module, found);
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// Follows `::name` and `::{…}` from `at`; gives the place after the path.
fn path(tokens: &[TokenTree], mut at: usize, mut so_far: Module, found: &mut Vec<Module>) -> usize {
    let is_colon =
        |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
    while is_colon(at) && is_colon(at + 1) {
        match tokens.get(at + 2) {
            Some(TokenTree::Ident(name)) => so_far.push(name.to_string()),
            Some(TokenTree::Group(group)) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',');
                for branch in inner.split(is_comma) {
                    if let Some(TokenTree::Ident(name)) = branch.first() {
                        let own = (name != "self").then(|| name.to_string());
                        path(branch, 1, so_far.iter().cloned().chain(own).collect(), found);
                    }
                }
                return at + 3;
            }
            _ => break,
        }
        at += 3;
    }
    found.push(so_far);
    at
}

/// Only the first name of each: what one top room uses of another.
fn rooms(uses: &Uses) -> Uses {
    let mut rooms = Uses::new();
    let room = |module: &Module| module.iter().take(1).cloned().collect::<Module>();
    for (module, used) in uses {
        let others = used.iter().map(room).filter(|other| *other != room(module));
        rooms.entry(room(module)).or_default().extend(others);
    }
    rooms
}

/// A way that comes back to where it started, if there is one.
fn circle(uses: &Uses) -> Option<Vec<Module>> {
    fn walk(uses: &Uses, way: &mut Vec<Module>, done: &mut BTreeSet<Module>) -> bool {
        let Some(here) = way.last().cloned() else { return false };
        for next in &uses[&here] {
            if let Some(start) = way.iter().position(|module| module == next) {
                way.drain(..start);
                way.push(next.clone());
                return true;
            }
            if !done.contains(next) {
                way.push(next.clone());
                if walk(uses, way, done) {
                    return true;
                }
                way.pop();
            }
        }
        done.insert(here);
        false
    }
    let mut done = BTreeSet::new();
    uses.keys().find_map(|start| {
        let mut way = vec![start.clone()];
        (!done.contains(start) && walk(uses, &mut way, &mut done)).then_some(way)
    })
}

/// Asserts that neither the files nor the rooms of a crate use each other in a circle, but for those through `but`.
fn is_a_house(name: &str, but: &[&str]) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src");
    let mut uses = uses(&source);
    let is_left_out =
        |module: &Module| module.first().is_some_and(|room| but.contains(&room.as_str()));
    uses.retain(|module, _| !is_left_out(module));
    uses.values_mut().for_each(|used| used.retain(|module| !is_left_out(module)));
    let edges: usize = uses.values().map(BTreeSet::len).sum();
    assert!(edges > 5, "{edges} uses were found in {name}: is this its source?");
    for (what, graph) in [("rooms", &rooms(&uses)), ("files", &uses)] {
        let shown = circle(graph)
            .map(|way| way.iter().map(|module| module.join("/")).collect::<Vec<_>>().join(" -> "));
        assert_eq!(shown, None, "{what} of {name} use each other in a circle");
    }
}

#[test]
fn the_rooms_of_course_use_only_what_is_below_them() {
    is_a_house("course", &[]);
}

#[test]
fn the_rooms_of_classroom_use_only_what_is_below_them() {
    // The wire is one room whose files still know each other, and `listener` knows it.
    is_a_house("classroom", &["wire"]);
}

#[test]
fn a_circle_is_seen_through_groups_and_super() {
    let parse = |module: &[&str], text: &str| {
        let module = module.iter().map(|&name| name.to_owned()).collect();
        let mut found = Vec::new();
        paths_in(
            &text.parse::<TokenStream>().unwrap().into_iter().collect::<Vec<_>>(),
            &module,
            &mut found,
        );
        found.iter().map(|path| path.join("/")).collect::<Vec<_>>()
    };
    assert_eq!(
        parse(&["a"], "use crate::{b::{self, C}, d}; fn x() { crate::e::f(); }"),
        ["b", "b/C", "d", "e/f"]
    );
    assert_eq!(
        parse(&["a", "b"], "use super::{c, D}; mod tests { use super::*; }"),
        ["a/c", "a/D"]
    );
    let module = |name: &str| vec![name.to_owned()];
    let uses = |pairs: &[(&str, &str)]| {
        let one = |(from, to): &(&str, &str)| (module(from), BTreeSet::from([module(to)]));
        pairs.iter().map(one).collect::<Uses>()
    };
    let there_and_back = uses(&[("a", "b"), ("b", "c"), ("c", "b")]);
    assert_eq!(circle(&there_and_back), Some(["b", "c", "b"].map(module).to_vec()));
    let mut down = uses(&[("a", "b"), ("b", "c")]);
    down.insert(module("c"), BTreeSet::new());
    assert_eq!(circle(&down), None);
}
