//! What the compiler can't say where axum takes a function for no handler: it names the trait, and not the reason.

use crate::say::Say;

/// What it says.
const SAYS: &str = "Handler<_, _>` is not satisfied";

/// Extractors that read the body of a request.
const BODY: [&str; 7] = ["Form", "Json", "String", "Bytes", "Multipart", "RawForm", "Request"];

/// Why the function that the compiler refuses is no handler, as far as can be told from what it says.
pub fn explained(compiler: &str) -> Option<String> {
    compiler.contains(SAYS).then(|| {
        let why = function(compiler).and_then(|(name, arguments)| out_of_order(name, &arguments));
        let why = why.unwrap_or_else(|| Say::NoHandler.to_string());
        format!("{why} {}", Say::NoDebugHandler)
    })
}

/// The argument that reads the body, where another follows it.
fn out_of_order(name: &str, arguments: &[&str]) -> Option<String> {
    let (_, before) = arguments.split_last()?;
    let body = before.iter().map(|argument| head(argument)).find(|head| BODY.contains(head))?;
    Some(Say::BodyBeforeLast { function: name, body }.to_string())
}

/// The name and the types of the arguments in ``fn item `fn(A, B) -> ... {name}` ``.
fn function(compiler: &str) -> Option<(&str, Vec<&str>)> {
    let (_, item) = compiler.split_once("for fn item `")?;
    let (item, _) = item.split_once('`')?;
    let (_, after) = item.split_once("fn(")?;
    let (name, _) = item.rsplit_once('{')?.1.split_once('}')?;
    let mut arguments = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, c) in after.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            ',' | ')' if depth == 0 => {
                arguments.push(after[start..at].trim());
                start = at + 1;
                if c == ')' {
                    return Some((name, arguments));
                }
            }
            '>' | ')' | ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// `Form` of `axum::Form<Visitor>`.
fn head(argument: &str) -> &str {
    let path = argument.split('<').next().unwrap_or(argument);
    path.rsplit("::").next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What rustc 1.95 says of such a function.
    fn said(item: &str) -> String {
        format!(
            "error[E0277]: the trait bound `fn(Form<...>) -> ... {{enter}}: Handler<_, _>` is not satisfied\n\
             36 | ^^^^^ the trait `Handler<_, _>` is not implemented for fn item `{item}`\n"
        )
    }

    #[test]
    fn the_wrong_order_is_named() {
        for (item, name) in [
            (
                "fn(Form<Visitor>, State<Arc<Mutex<Option<(u8, u8)>>>>) -> ... {enter}",
                "`Form` last",
            ),
            (
                "fn(HeaderMap, String, State<A>) -> impl Future<Output = Response> {enter}",
                "`String` last",
            ),
            ("fn(axum::Json<A>, HeaderMap) -> ... {enter}", "`Json` last"),
        ] {
            let why = explained(&said(item)).unwrap_or_default();
            assert!(why.starts_with("The arguments of `enter` are") && why.contains(name), "{why}");
        }
    }

    #[test]
    fn in_the_right_order_the_rest_is_named() {
        for item in [
            "fn(State<A>, Form<B>) -> ... {enter}",
            "fn() -> ... {enter}",
            "fn(Form<A>) -> ... {enter}",
            "?",
        ] {
            let why = explained(&said(item)).unwrap_or_default();
            assert!(why.starts_with("axum takes") && why.contains("`MutexGuard`"), "{why}");
        }
        assert_eq!(explained("error[E0277]: the trait bound `A: Clone` is not satisfied"), None);
    }
}
