//! Servers that answer with lesson 3's page, each as its own documentation would write it.

mod actix_session;
mod axum_extra;
mod bare_axum;
mod tower_sessions;

use std::{error::Error, net::SocketAddr};

use askama::Template;
use axum::{Router, http::HeaderName, http::header};

/// Set where this program is to be a server that is measured.
pub const SERVE: &str = "SERVE";

/// Lesson 3's page.
#[derive(Template)]
#[template(path = "3-signed-sessions/templates/index.html")]
struct Index<'a> {
    username: Option<&'a str>,
}

/// As lesson 3 says of a page that depends on a cookie.
const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
    [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];

/// Long enough for all.
const KEY: &[u8; 64] = b"a key of the bench, and of nothing else, of sixty-four bytes....";

/// Serves until somebody ends it.
pub fn serve(name: &str) -> Result<(), Box<dyn Error>> {
    match name {
        "actix-session" => actix_session::serve(),
        "axum-extra" => serve_with_axum(axum_extra::app),
        "axum" => serve_with_axum(bare_axum::app),
        "tower-sessions" => serve_with_axum(tower_sessions::app),
        _ => Err(format!("no yardstick is called {name}").into()),
    }
}

fn serve_with_axum(app: fn() -> Router) -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        tell(listener.local_addr()?);
        Ok(axum::serve(listener, app()).await?)
    })
}

/// Tells the port, as the lessons do.
fn tell(address: SocketAddr) {
    println!("http://localhost:{}", address.port());
}
