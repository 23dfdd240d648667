//! Where sessions are kept and how long they last, from the environment.

use std::{
    env,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use classroom::{
    Stop,
    settings::{seconds, variable},
};

use crate::store::Place;

/// How the server keeps its sessions.
#[derive(Clone, Debug)]
pub struct Settings {
    pub store: Place,
    /// A session that is not used for so long ends.
    pub idle: Duration,
    /// A session ends after so long, used or not.
    pub longest: Duration,
    pub transport: Transport,
    /// The clock: a test can bring its own.
    pub now: fn() -> SystemTime,
}

/// What the cookie may travel over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Transport {
    /// Plain HTTP on this machine.
    Plain,
    /// HTTPS only, by a proxy in front of this server.
    Secure,
}

impl Settings {
    /// `STORE`, `IDLE_SECONDS`, `SESSION_SECONDS` and `SECURE`.
    ///
    /// # Errors
    ///
    /// [`Stop`] where one of them can't be understood.
    pub fn from_environment() -> Result<Self, Stop> {
        Ok(Self {
            store: place(variable("STORE")?)?,
            idle: seconds("IDLE_SECONDS", Duration::from_secs(30 * 60))?,
            longest: seconds("SESSION_SECONDS", Duration::from_secs(12 * 60 * 60))?,
            transport: transport(variable("SECURE")?)?,
            now: SystemTime::now,
        })
    }
}

fn place(store: Option<String>) -> Result<Place, Stop> {
    let Some(text) = store else {
        return Ok(Place::File(data_folder().join("sessions.redb")));
    };
    if let Some(path) = text.strip_prefix("redb:").filter(|path| !path.is_empty()) {
        return Ok(Place::File(PathBuf::from(path)));
    }
    if text.starts_with("redis://") || text.starts_with("valkey://") {
        #[cfg(feature = "redis")]
        return Ok(Place::Server(text));
        #[cfg(not(feature = "redis"))]
        return Err(Stop::because(
            "STORE names a Redis server, and this program was built without Redis. Type: \
             cargo run -p server-sessions --features redis",
        ));
    }
    // The value may hold a password, so it is not printed.
    Err(Stop::because(
        "STORE names no store. Give STORE=redb:PATH, STORE=redis://HOST:PORT or STORE=valkey://HOST:PORT.",
    ))
}

/// The folder in which this system keeps programs' data; where it names none, the one for temporary files.
fn data_folder() -> PathBuf {
    let named = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let data = if cfg!(windows) {
        named("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        named("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        named("XDG_DATA_HOME").or_else(|| named("HOME").map(|home| home.join(".local/share")))
    };
    data.unwrap_or_else(env::temp_dir).join("crumbs")
}

fn transport(secure: Option<String>) -> Result<Transport, Stop> {
    match secure.as_deref() {
        None | Some("off") => Ok(Transport::Plain),
        Some("on") => Ok(Transport::Secure),
        Some(text) => Err(Stop::because(format!(
            "SECURE={text:?} is neither on nor off. Say on where browsers reach this server by HTTPS, behind a proxy."
        ))),
    }
}
