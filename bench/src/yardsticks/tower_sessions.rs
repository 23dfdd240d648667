//! tower-sessions on its store in memory.

use askama::Template;
use axum::{
    Router,
    response::{Html, IntoResponse, Redirect},
    routing::{get, post},
};
use tower_sessions::{
    Expiry, MemoryStore, Session, SessionManagerLayer, cookie::SameSite, cookie::time::Duration,
    session::Error,
};

use super::{FOR_ONE_BROWSER, Index};

pub fn app() -> Router {
    let sessions = SessionManagerLayer::new(MemoryStore::default())
        .with_secure(false)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(Duration::minutes(30)));
    Router::new().route("/", get(index)).route("/login", post(log_in)).layer(sessions)
}

async fn index(session: Session) -> Result<impl IntoResponse, String> {
    let username: Option<String> = session.get("username").await.map_err(in_words)?;
    Ok((
        FOR_ONE_BROWSER,
        Html(Index { username: username.as_deref() }.render().unwrap_or_default()),
    ))
}

async fn log_in(session: Session) -> Result<Redirect, String> {
    session.cycle_id().await.map_err(in_words)?;
    session.insert("username", "Ada").await.map_err(in_words)?;
    Ok(Redirect::to("/"))
}

fn in_words(error: Error) -> String {
    error.to_string()
}
