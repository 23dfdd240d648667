//! actix-session on its store in a signed cookie.

use std::error::Error;

use actix_session::{
    Session, SessionMiddleware,
    config::{BrowserSession, CookieContentSecurity},
    storage::CookieSessionStore,
};
use actix_web::{
    App, HttpResponse, HttpServer,
    cookie::Key,
    http::header,
    rt::System,
    web::{get, post},
};
use askama::Template;

use super::{Index, KEY, tell};

pub fn serve() -> Result<(), Box<dyn Error>> {
    let app = || {
        let sessions = SessionMiddleware::builder(CookieSessionStore::default(), Key::from(KEY))
            .cookie_secure(false)
            .cookie_content_security(CookieContentSecurity::Signed)
            .session_lifecycle(BrowserSession::default())
            .build();
        App::new().wrap(sessions).route("/", get().to(index)).route("/login", post().to(log_in))
    };
    System::new().block_on(async {
        let server = HttpServer::new(app).workers(1).bind(("127.0.0.1", 0))?;
        tell(server.addrs()[0]);
        Ok(server.run().await?)
    })
}

async fn index(session: Session) -> actix_web::Result<HttpResponse> {
    let username: Option<String> = session.get("username")?;
    let page = Index { username: username.as_deref() }.render().unwrap_or_default();
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::VARY, "Cookie"))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(answer.content_type(header::ContentType::html()).body(page))
}

async fn log_in(session: Session) -> actix_web::Result<HttpResponse> {
    session.insert("username", "Ada")?;
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/")).finish())
}
