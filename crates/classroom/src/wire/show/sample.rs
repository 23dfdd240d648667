//! Exchanges made by hand, drawn into files that are looked at: `cargo test -p classroom draw_samples -- --ignored`.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use cookie_rules::{Cookie, Note, Reason, Receipt, SameSite};

use super::{
    super::{exchange::Kind, head::Head, model::facts::*},
    detail::Detail,
    hide::Hide,
    pages,
    picture::{Kept, Picture},
    view::View,
};
use crate::Lesson;

const LESSON: Lesson =
    Lesson { port: 3004, title: "A sample", package: "x", cookies: &[], try_this: &[] };

fn client() -> Client {
    Client { program: Program::Chromium, nth: Some(1), jar: Some(1), known_by: KnownBy::Connection }
}

pub(super) fn receipt(
    name: &str,
    value: &str,
    path: &str,
    expiry: Option<SystemTime>,
    lock: &str,
) -> Receipt {
    Receipt {
        cookie: Cookie {
            name: name.into(),
            value: value.into(),
            domain: "localhost".into(),
            host_only: true,
            path: path.into(),
            creation: SystemTime::now(),
            last_access: SystemTime::now(),
            expiry,
            secure: lock.contains("Secure"),
            http_only: lock.contains("HttpOnly"),
            partitioned: false,
            same_site: if lock.contains("Strict") { SameSite::Strict } else { SameSite::Default },
        },
        notes: vec![
            Note::HostOnly { host: "localhost".into() },
            Note::Session,
            Note::SameSiteDefault,
        ],
    }
}

struct Stage {
    now: SystemTime,
    exchanges: Vec<Arc<Exchange>>,
    jar: Vec<Arc<Known>>,
    jars: Vec<Vec<Arc<Known>>>,
}

fn known(receipt: &Receipt, status: Status) -> Arc<Known> {
    let cookie = &receipt.cookie;
    Arc::new(Known {
        altered: false,
        under_way: false,
        order: 0,
        name: cookie.name.clone(),
        value: cookie.value.clone(),
        domain: cookie.domain.clone(),
        set: Some(Attributes {
            host_only: true,
            path: cookie.path.clone(),
            created: cookie.creation,
            expiry: cookie.expiry,
            secure: cookie.secure,
            http_only: cookie.http_only,
            same_site: cookie.same_site,
        }),
        ours: true,
        status,
    })
}

fn learned(name: &str, value: &str, ours: bool) -> Arc<Known> {
    Arc::new(Known {
        altered: false,
        under_way: false,
        order: 0,
        name: name.into(),
        value: value.into(),
        domain: "localhost".into(),
        set: None,
        ours,
        status: Status::Held,
    })
}

fn came(name: &str, value: &str, ours: bool, news: bool, how: How) -> Came {
    Came { name: name.into(), value: value.into(), ours, news, http_only: false, how }
}

fn absent(name: &str, path: &str, why: Why) -> Absent {
    Absent {
        name: name.into(),
        value: "1".into(),
        domain: "localhost".into(),
        path: path.into(),
        http_only: false,
        why,
    }
}

fn as_set() -> How {
    How::AsSet { path: "/".into(), might_have_stayed: None }
}

impl Stage {
    #[allow(clippy::too_many_arguments)]
    fn add(
        &mut self,
        method: Method,
        target: &str,
        came: Vec<Came>,
        absent: Vec<Absent>,
        status: u16,
        set: Vec<Line>,
        follows: Option<u64>,
        more: impl FnOnce(&mut Asked, &mut Answer),
    ) -> u64 {
        let number = self.exchanges.len() as u64 + 1;
        let mut request = HeaderMap::new();
        request.insert(header::HOST, HeaderValue::from_static("localhost:3004"));
        request.insert(
            header::USER_AGENT,
            HeaderValue::from_static(
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156",
            ),
        );
        let cookie = came
            .iter()
            .map(|came| {
                format!(
                    "{}={}",
                    String::from_utf8_lossy(&came.name),
                    String::from_utf8_lossy(&came.value)
                )
            })
            .collect::<Vec<_>>()
            .join("; ");
        request.insert(header::COOKIE, HeaderValue::from_bytes(cookie.as_bytes()).unwrap());
        let mut response = HeaderMap::new();
        for line in &set {
            response.append(header::SET_COOKIE, HeaderValue::from_bytes(&line.line).unwrap());
        }
        if status == 303 {
            response.insert(header::LOCATION, HeaderValue::from_static("/account"));
        }
        for line in &set {
            match &line.outcome {
                SetOutcome::Stored(receipt) | SetOutcome::Replaced { receipt, .. } => {
                    self.jar.retain(|known| known.name != receipt.cookie.name);
                    self.jar.push(known(receipt, Status::Held));
                }
                SetOutcome::Deleted { receipt, .. } => {
                    self.jar.retain(|known| known.name != receipt.cookie.name);
                    self.jar.push(known(receipt, Status::Deleted { by: number }));
                }
                _ => {}
            }
        }
        let changes = self.jar.clone();
        let mut asked = Asked {
            at: self.now,
            kind: if target.starts_with("/classroom") { Kind::Furniture } else { Kind::Lesson },
            method,
            authority: "localhost:3004".into(),
            target: target.into(),
            head: Head::of(&request),
            body: Body::default(),
            client: client(),
            cause: Caused { by: By::Navigation, from: From::SameOrigin, ..Caused::default() },
            follows,
            came,
            left_out: 0,
            absent,
            last_set: Arc::default(),
        };
        let mut answer = Answer {
            took: Duration::from_millis(3),
            status: StatusCode::from_u16(status).unwrap(),
            head: Head::of(&response),
            set,
            lines_left_out: 0,
            word: None,
            store: None,
            panicked: false,
        };
        more(&mut asked, &mut answer);
        self.exchanges.push(Arc::new(Exchange { number, asked: Arc::new(asked), answer, changes }));
        self.jars.push(self.jar.clone());
        number
    }

    fn write(&self, name: &str, query: &[(&str, &str)], projector: bool) {
        let kept = Kept { exchanges: self.exchanges.clone(), count: self.exchanges.len() as u64 };
        let owned: Vec<_> =
            query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let jars = |at: u64| {
            let at = usize::try_from(at).unwrap();
            let cookies = if at == 0 { Vec::new() } else { self.jars[at - 1].clone() };
            vec![JarAt { client: client(), cookies }]
        };
        let picture = Picture::of(
            &kept,
            &jars,
            View::of(&owned),
            Program::Chromium,
            Hide::on(projector),
            self.now,
        );
        let html = pages::page(&picture, &LESSON, projector).unwrap();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/wire");
        std::fs::create_dir_all(&folder).unwrap();
        println!("{name}: {} bytes", html.len());
        std::fs::write(folder.join(format!("{name}.html")), html).unwrap();
        let last = self.exchanges.last().unwrap();
        let detail = Detail::of(last, Hide::on(projector));
        std::fs::write(
            folder.join(format!("{name}-detail.html")),
            pages::exchange(&detail, projector).unwrap(),
        )
        .unwrap();
    }
}

fn line(text: &str, outcome: SetOutcome) -> Line {
    Line { line: text.into(), outcome }
}

#[test]
#[ignore = "draws pages to look at"]
fn draw_samples() {
    let now = SystemTime::now();
    let new = || Stage { now, exchanges: Vec::new(), jar: Vec::new(), jars: Vec::new() };
    let mut one = new();
    let visits = |value: &str| receipt("visits", value, "/", None, "");
    one.add(
        Method::GET,
        "/",
        vec![],
        vec![],
        200,
        vec![line("visits=1; Path=/", SetOutcome::Stored(visits("1")))],
        None,
        |_, _| (),
    );
    one.add(
        Method::GET,
        "/",
        vec![came("visits", "1", true, true, as_set())],
        vec![],
        200,
        vec![line(
            "visits=2; Path=/",
            SetOutcome::Replaced { receipt: visits("2"), old: "1".into() },
        )],
        None,
        |_, _| (),
    );
    one.write("one", &[("frame", "")], false);

    let mut many = new();
    let cart = receipt("cart", "1", "/shop", Some(now + Duration::from_secs(9)), "");
    let strict = receipt("strict", "1", "/", None, "Strict");
    let sid = receipt(
        "signed_session",
        "eyJ1c2VyIjoiYWRhIiwidmlzaXRzIjozfQ.ZhQb7w.aK2vxx81bQ",
        "/",
        Some(now + Duration::from_secs(86_400 * 31)),
        "HttpOnly Secure",
    );
    for name in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"] {
        many.jar.push(learned(&format!("other_{name}"), "some-value", false));
    }
    let others = || {
        (0..12)
            .map(|number| came(&format!("o{number}"), "v", false, false, How::NotSetHere))
            .collect::<Vec<_>>()
    };
    let with = |ours: Vec<Came>| ours.into_iter().chain(others()).collect::<Vec<_>>();
    many.add(
        Method::GET,
        "/",
        with(vec![]),
        vec![],
        200,
        vec![
            line("cart=1; Path=/shop; Max-Age=10", SetOutcome::Stored(cart.clone())),
            line("strict=1; Path=/; SameSite=Strict", SetOutcome::Stored(strict.clone())),
            line(
                "__Host-wrong=1; Path=/; Domain=localhost; Secure",
                SetOutcome::Refused {
                    rule: Reason::HostPrefix {
                        name: "__Host-wrong".into(),
                        fault: cookie_rules::HostPrefixFault::HasDomain,
                    },
                    certain: true,
                },
            ),
        ],
        None,
        |_, _| (),
    );
    many.add(
        Method::GET,
        "/shopping",
        with(vec![came("strict", "1", true, true, as_set())]),
        vec![absent(
            "cart",
            "/shop",
            Why::HeldBack(Reason::Path {
                cookie_path: "/shop".into(),
                request_path: "/shopping".into(),
            }),
        )],
        200,
        vec![],
        None,
        |_, _| (),
    );
    many.add(
        Method::GET,
        "/shop",
        with(vec![
            came("cart", "1", true, true, as_set()),
            came("strict", "1", true, false, as_set()),
        ]),
        vec![],
        200,
        vec![],
        None,
        |_, _| (),
    );
    many.add(Method::GET, "/classroom/style.css", vec![], vec![], 200, vec![], None, |_, _| ());
    let post = many.add(
        Method::POST,
        "/login",
        with(vec![came("strict", "1", true, false, as_set())]),
        vec![absent(
            "cart",
            "/shop",
            Why::HeldBack(Reason::Path {
                cookie_path: "/shop".into(),
                request_path: "/login".into(),
            }),
        )],
        303,
        vec![line(
            &format!(
                "signed_session={}; HttpOnly; Secure; Path=/; Max-Age=2678400",
                String::from_utf8_lossy(&sid.cookie.value)
            ),
            SetOutcome::Stored(sid.clone()),
        )],
        None,
        |asked, answer| {
            asked.cause.by = By::Form;
            asked.body = Body {
                size: Some(30),
                fields: vec![
                    (b"user".to_vec(), Some(b"ada".to_vec())),
                    (b"password".to_vec(), None),
                ],
                cut: false,
            };
            answer.word = Some("Ada's password is right: a new session".into());
        },
    );
    many.add(
        Method::GET,
        "/account",
        with(vec![
            Came {
                http_only: true,
                ..came(
                    "signed_session",
                    &String::from_utf8_lossy(&sid.cookie.value),
                    true,
                    true,
                    as_set(),
                )
            },
            came("strict", "1", true, false, as_set()),
        ]),
        vec![absent(
            "cart",
            "/shop",
            Why::HeldBack(Reason::Path {
                cookie_path: "/shop".into(),
                request_path: "/account".into(),
            }),
        )],
        200,
        vec![],
        Some(post),
        |_, answer| {
            answer.word = Some("Verdict: verifies, 2 s old; logged in as ada".into());
            answer.store = Some(
                vec![StoreRow {
                    key: "3fa9…".into(),
                    what: "ada, Firefox".into(),
                    until: now + Duration::from_secs(1800),
                }]
                .into(),
            );
        },
    );
    many.add(
        Method::POST,
        "/transfer",
        with(vec![]),
        vec![
            absent("strict", "/", Why::HeldBack(Reason::SameSiteStrict)),
            absent(
                "signed_session",
                "/",
                Why::HeldBack(Reason::SameSiteLaxMethod {
                    same_site: SameSite::Default,
                    method: "POST".into(),
                }),
            ),
            absent(
                "cart",
                "/shop",
                Why::HeldBack(Reason::Path {
                    cookie_path: "/shop".into(),
                    request_path: "/transfer".into(),
                }),
            ),
        ],
        403,
        vec![],
        None,
        |asked, _| {
            asked.cause = Caused {
                by: By::Form,
                from: From::CrossSite,
                origin: Some("http://mallory.localhost:3004".into()),
                storage_denied: false,
            };
            asked.body = Body {
                size: Some(30),
                fields: vec![
                    (b"to".to_vec(), Some(b"mallory".to_vec())),
                    (b"amount".to_vec(), Some(b"100".to_vec())),
                ],
                cut: false,
            };
        },
    );
    many.write("many", &[("frame", "")], false);
    many.write("page", &[], false);
    many.write("projector", &[("frame", "")], true);
    many.write("then", &[("frame", ""), ("at", "5")], false);
    many.write("guess", &[("frame", ""), ("guess", "6.3.4")], false);
    many.write("guessed", &[("frame", ""), ("guess", "6.3.4"), ("asked", "7"), ("c", "1")], false);
    many.add(
        Method::GET,
        "/logout",
        with(vec![Came {
            http_only: true,
            ..came("signed_session", "forged", true, true, How::OtherValue { was: "eyJ".into() })
        }]),
        vec![
            absent("strict", "/", Why::Missing),
            absent(
                "cart",
                "/shop",
                Why::Ended {
                    reason: Reason::Expired { at: now, ago: Duration::from_secs(3) },
                    news: true,
                },
            ),
        ],
        303,
        vec![
            line(
                "signed_session=; Max-Age=0; Path=/",
                SetOutcome::Deleted { receipt: sid.clone(), old: sid.cookie.value.clone() },
            ),
            line(
                "cart=; Max-Age=0; Path=/",
                SetOutcome::OtherCookie {
                    receipt: cart.clone(),
                    rule: Reason::DeleteOtherPath {
                        name: "cart".into(),
                        asked: "/".into(),
                        stored: "/shop".into(),
                    },
                },
            ),
            line(
                "sid=; Max-Age=0; Path=/",
                SetOutcome::AsksToDelete { receipt: cart.clone(), came: true },
            ),
            line(
                "strict=1; Path=/; SameSite=Strict",
                SetOutcome::Replaced { receipt: strict, old: "1".into() },
            ),
        ],
        None,
        |_, _| (),
    );
    many.write("odd", &[("frame", "")], false);

    let mut forty = new();
    let lines = (0..40).map(|number| {
        let receipt = receipt(
            &format!("cookie{number}"),
            "value",
            if number % 3 == 0 { "/shop" } else { "/" },
            (number % 4 == 0).then(|| now + Duration::from_secs(500 * (number + 1))),
            if number % 5 == 0 { "HttpOnly" } else { "" },
        );
        line(&format!("cookie{number}=value; Path=/"), SetOutcome::Stored(receipt))
    });
    forty.add(Method::GET, "/", with(vec![]), vec![], 200, lines.collect(), None, |_, _| ());
    let all = (0..40)
        .filter(|number| number % 3 != 0)
        .map(|number| came(&format!("cookie{number}"), "value", true, number < 9, as_set()));
    let held = (0..40).filter(|number| number % 3 == 0).map(|number| {
        absent(
            &format!("cookie{number}"),
            "/shop",
            Why::HeldBack(Reason::Path {
                cookie_path: "/shop".into(),
                request_path: "/shopping".into(),
            }),
        )
    });
    forty.add(
        Method::GET,
        "/shopping",
        with(all.collect()),
        held.collect(),
        200,
        vec![],
        None,
        |_, _| (),
    );
    forty.write("forty", &[("frame", "")], false);
}
