//! The workbench: sets and deletes cookies as its forms say.

use axum::{
    Router,
    extract::Form,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect},
    routing::post,
};
use classroom::{BROWSER_ID, BROWSER_ID_CROSS_SITE};
use cookie::Cookie;
use serde::Deserialize;

pub fn routes() -> Router {
    Router::new().route("/cookies", post(set_cookie)).route("/cookies/delete", post(delete_cookie))
}

/// What the workbench's form asks for.
#[derive(Deserialize)]
struct NewCookie {
    name: String,
    value: String,
    lifetime: Lifetime,
    #[serde(default)]
    path: String,
    #[serde(default)]
    domain: String,
    http_only: Option<String>,
    secure: Option<String>,
    #[serde(default)]
    same_site: SameSite,
}

#[derive(Deserialize)]
enum Lifetime {
    #[serde(rename = "session")]
    Session,
    #[serde(rename = "10s")]
    TenSeconds,
    #[serde(rename = "1m")]
    OneMinute,
    #[serde(rename = "1mo")]
    OneMonth,
    #[serde(rename = "1y")]
    OneYear,
    #[serde(rename = "10y")]
    TenYears,
}

#[derive(Default, Deserialize)]
enum SameSite {
    #[default]
    #[serde(rename = "")]
    NotStated,
    #[serde(alias = "lax")]
    Lax,
    #[serde(alias = "strict")]
    Strict,
    #[serde(alias = "none")]
    None,
}

/// Sets one cookie, as the form says, even where the browser will refuse it: then the page says why.
async fn set_cookie(Form(new): Form<NewCookie>) -> impl IntoResponse {
    let mut line = pair(&new.name, &new.value)?;
    line.push_str(&attribute("Path", &new.path)?);
    line.push_str(&attribute("Domain", &new.domain)?);
    line.push_str(match new.lifetime {
        Lifetime::Session => "",
        Lifetime::TenSeconds => "; Max-Age=10",
        Lifetime::OneMinute => "; Max-Age=60",
        Lifetime::OneMonth => "; Max-Age=2592000",
        Lifetime::OneYear => "; Max-Age=31536000",
        Lifetime::TenYears => "; Max-Age=315360000",
    });
    if is_ticked(&new.http_only) {
        line.push_str("; HttpOnly");
    }
    if is_ticked(&new.secure) {
        line.push_str("; Secure");
    }
    line.push_str(match new.same_site {
        SameSite::NotStated => "",
        SameSite::Lax => "; SameSite=Lax",
        SameSite::Strict => "; SameSite=Strict",
        SameSite::None => "; SameSite=None",
    });
    Ok::<_, BadInput>(([(header::SET_COOKIE, line)], Redirect::to("/")))
}

/// A checkbox that is not ticked is not in the form at all.
pub fn is_ticked(checkbox: &Option<String>) -> bool {
    !matches!(checkbox.as_deref(), None | Some("" | "0" | "false" | "off"))
}

#[derive(Deserialize)]
struct OldCookie {
    name: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    domain: String,
}

/// Deletes a cookie, if path and domain are those that it was set with: otherwise the browser looks for another cookie,
/// finds none, and does nothing.
async fn delete_cookie(Form(old): Form<OldCookie>) -> impl IntoResponse {
    let mut line = pair(&old.name, "")?;
    line.push_str(&attribute("Path", &old.path)?);
    line.push_str(&attribute("Domain", &old.domain)?);
    line.push_str("; Max-Age=0");
    Ok::<_, BadInput>(([(header::SET_COOKIE, line)], Redirect::to("/")))
}

type BadInput = (StatusCode, &'static str);

/// `name=value`, both percent-encoded, so that no character of theirs can end the pair.
fn pair(name: &str, value: &str) -> Result<String, BadInput> {
    match name {
        "" => Err((StatusCode::UNPROCESSABLE_ENTITY, "A cookie of this workbench needs a name.")),
        BROWSER_ID | BROWSER_ID_CROSS_SITE => Err((
            StatusCode::UNPROCESSABLE_ENTITY,
            "This workbench tells browsers apart by a cookie of that name. Choose another.",
        )),
        _ if name.len() + value.len() > 8192 => Err((
            StatusCode::PAYLOAD_TOO_LARGE,
            "Name and value together may have 8192 bytes here. A browser keeps 4096.",
        )),
        _ => Ok(Cookie::new(name, value).encoded().to_string()),
    }
}

/// This attribute, or none where it is left empty. An attribute has no escapes: a `;` would start the next one.
fn attribute(name: &str, value: &str) -> Result<String, BadInput> {
    if value.is_empty() {
        Ok(String::new())
    } else if value.len() <= 2048
        && value.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b';')
    {
        Ok(format!("; {name}={value}"))
    } else {
        Err((
            StatusCode::UNPROCESSABLE_ENTITY,
            "Path and domain are at most 2048 characters of printable ASCII each, without `;`. Percent-encode the rest of a \
             path.",
        ))
    }
}
