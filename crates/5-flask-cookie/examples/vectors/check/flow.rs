//! Replays whole exchanges: the session that a request brings, what its handler does, the `Set-Cookie` line of the answer.

use flask_cookie::{FlaskSession, Keys, SameSite, SessionCookie, Step, Value};
use serde_json::Value as Json;

use super::python;
use super::report::{Checked, Outcome, Report, fail, list, same, same_cookie, text};

/// One request's session, and whether its handler looked at it.
struct Request {
    session: FlaskSession,
    accessed: bool,
}

/// Replays each step of a flow as a case of its own. A step starts from the cookie that the real client sent,
/// so that one failure doesn't hide the next.
pub fn run(report: &mut Report, flow: &Json) {
    let name = flow["name"].as_str().unwrap_or("?");
    for (index, step) in list(&flow["steps"]).iter().enumerate() {
        let checked = site(flow).and_then(|(keys, cookie)| replay(step, &keys, &cookie));
        report.add(format!("flows/{name} step {}", index + 1), checked);
    }
}

/// The keys and the settings of a flow.
fn site(flow: &Json) -> Result<(Keys, SessionCookie), Outcome> {
    let secret = python::secret(&flow["secret_key"])
        .ok_or_else(|| Outcome::Skip("a site without a secret".to_owned()))?;
    let mut keys = Keys::new(secret).map_err(|error| fail(error.to_string()))?;
    let mut site = SessionCookie::default();
    let empty = serde_json::Map::new();
    let config = flow["config"].as_object().unwrap_or(&empty);
    if let Some(root) = config.get("APPLICATION_ROOT").and_then(Json::as_str) {
        site.path = root.to_owned();
    }
    for (key, value) in config {
        let word = value.as_str();
        match key.as_str() {
            "SESSION_COOKIE_NAME" => site.name = word.unwrap_or("session").to_owned(),
            "SESSION_COOKIE_DOMAIN" => site.domain = word.map(str::to_owned),
            "SESSION_COOKIE_PATH" => site.path = word.map_or(site.path, str::to_owned),
            "SESSION_COOKIE_HTTPONLY" => site.http_only = *value == Json::Bool(true),
            "SESSION_COOKIE_SECURE" => site.secure = *value == Json::Bool(true),
            "SESSION_COOKIE_PARTITIONED" => site.partitioned = *value == Json::Bool(true),
            "SESSION_COOKIE_SAMESITE" => site.same_site = same_site(word)?,
            "SESSION_REFRESH_EACH_REQUEST" => {
                site.refresh_each_request = *value == Json::Bool(true)
            }
            "PERMANENT_SESSION_LIFETIME" => {
                site.lifetime = value.as_f64().unwrap_or_default() as u64
            }
            "SECRET_KEY_FALLBACKS" => {
                for secret in list(value).iter().filter_map(python::secret) {
                    keys = keys.with_fallback(secret).map_err(|error| fail(error.to_string()))?;
                }
            }
            "APPLICATION_ROOT"
            | "PROPAGATE_EXCEPTIONS"
            | "TESTING"
            | "DEBUG"
            | "MAX_COOKIE_SIZE" => {}
            other => {
                return Err(Outcome::Skip(format!(
                    "a setting that the library doesn't have: {other}"
                )));
            }
        }
    }
    Ok((keys, site))
}

fn same_site(word: Option<&str>) -> Result<Option<SameSite>, Outcome> {
    match word.map(str::to_ascii_lowercase).as_deref() {
        None => Ok(None),
        Some("strict") => Ok(Some(SameSite::Strict)),
        Some("lax") => Ok(Some(SameSite::Lax)),
        Some("none") => Ok(Some(SameSite::None)),
        Some(other) => Err(fail(format!("no such SameSite: {other}"))),
    }
}

/// One request and its answer.
fn replay(step: &Json, keys: &Keys, site: &SessionCookie) -> Checked {
    let now = step["at"].as_u64().ok_or_else(|| fail("the step has no time"))?;
    let sent = step["request"]["cookie_sent"].as_str().unwrap_or_default();
    let value = sent
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == site.name);
    let loaded = value.map(|(_, cookie)| site.load(cookie.trim_matches('"'), keys, now));
    let flask_gave_up = step["status"].as_str().is_some_and(|status| status.starts_with("500"));
    if let (Some(Err(error)), true) = (&loaded, flask_gave_up)
        && error.step() == Step::Payload
    {
        let why = "Flask answers 500 to a payload that it can't read, ours starts a fresh session";
        return Err(Outcome::Skip(why.to_owned()));
    }
    let session = loaded.and_then(Result::ok).unwrap_or_default();
    let mut request = Request { session, accessed: true };
    let flasks: Vec<&str> = list(&step["set_cookie"]).iter().filter_map(Json::as_str).collect();

    match handle(&mut request, &step["request"]) {
        Some(body) if step["body"].is_string() => {
            same("body", &body.as_str(), &text(step, "body")?)?
        }
        Some(_) => {}
        // A route that this program doesn't know did to the session what its answer shows.
        None => {
            request.accessed = step["vary"].is_string();
            infer(&mut request, flasks.first().copied(), keys, site, now)?;
        }
    }
    let ours = site.save(&request.session, keys, now);
    match (ours.as_deref(), &flasks[..]) {
        (Some(ours), [flasks]) if ours != *flasks => {
            let ((name, cookie, attributes), flasks) = (split(ours), split(flasks));
            same("name and attributes", &(name, attributes), &(flasks.0, flasks.2))?;
            same_cookie(cookie, flasks.1, |cookie| site.load(cookie, keys, now))?;
        }
        (ours, _) => same("Set-Cookie", &ours.into_iter().collect::<Vec<_>>(), &flasks)?,
    }
    let vary = (request.accessed || ours.is_some()).then_some("Cookie");
    same("Vary", &vary, &step["vary"].as_str())
}

/// A line's name, its value, and its attributes.
fn split(line: &str) -> (&str, &str, &str) {
    let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    (name, value, attributes)
}

/// What the handlers behind the vectors do. Gives the page, or `None` for a route that isn't known.
fn handle(request: &mut Request, wanted: &Json) -> Option<String> {
    let session = &mut request.session;
    Some(match (wanted["method"].as_str()?, wanted["path"].as_str()?) {
        ("POST", "/login") => {
            session.insert("username", wanted["form"]["username"].as_str()?);
            if !wanted["form"]["remember"].is_null() {
                session.set_permanent(true);
            }
            String::new()
        }
        ("GET", "/") => match session.get_str("username") {
            Some(username) => format!("Logged in as {}", escape(username)),
            None => "You are not logged in".to_owned(),
        },
        ("GET", "/logout") => {
            session.remove("username");
            String::new()
        }
        ("GET", "/clear") => {
            session.clear();
            "cleared".to_owned()
        }
        ("GET", "/static-page") => {
            request.accessed = false;
            "session never touched".to_owned()
        }
        ("GET", "/flash") => {
            let message = Value::Tuple(vec!["message".into(), "saved".into()]);
            match session.get_mut("_flashes") {
                Some(Value::List(messages)) => messages.push(message),
                _ => _ = session.insert("_flashes", vec![message]),
            }
            "flashed".to_owned()
        }
        ("GET", "/read-flash") => match session.remove("_flashes") {
            Some(Value::List(messages)) => {
                format!("[{}]", messages.iter().map(message).collect::<Vec<_>>().join(", "))
            }
            _ => "[]".to_owned(),
        },
        _ => return None,
    })
}

/// The text of a flashed message, as Python's `repr` shows it.
fn message(flashed: &Value) -> String {
    match flashed {
        Value::Tuple(pair) => {
            format!("'{}'", pair.get(1).and_then(Value::as_str).unwrap_or_default())
        }
        _ => String::new(),
    }
}

/// What `markupsafe.escape` does.
fn escape(text: &str) -> String {
    let mut escaped = text.replace('&', "&amp;");
    for (character, name) in [('<', "&lt;"), ('>', "&gt;"), ('\'', "&#39;"), ('"', "&#34;")] {
        escaped = escaped.replace(character, name);
    }
    escaped
}

/// Makes the session what Flask's answer says that it is.
fn infer(
    request: &mut Request,
    answer: Option<&str>,
    keys: &Keys,
    site: &SessionCookie,
    now: u64,
) -> Checked {
    let Some(line) = answer else { return Ok(()) };
    let after = match split(line) {
        (_, "", _) => FlaskSession::new(),
        (_, cookie, _) => site
            .load(cookie, keys, now)
            .map_err(|error| fail(format!("Flask's answer: {error}")))?,
    };
    if after.to_json() == request.session.to_json() {
        return Ok(());
    }
    request.session.clear();
    for (name, value) in after.iter() {
        request.session.insert(name.clone(), value.clone());
    }
    Ok(())
}
