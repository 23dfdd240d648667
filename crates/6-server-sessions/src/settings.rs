//! Where sessions are kept and how long they last, from the environment.

use std::{
    env,
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use classroom::{
    Stop,
    settings::{seconds, spoken, variable},
};

use crate::store::Store;

/// What all requests share: the store, and the rules of a session.
pub struct Settings {
    pub store: Store,
    /// A session that is not used for so long ends.
    pub idle: Duration,
    /// A session ends after so long, used or not.
    pub longest: Duration,
    /// Whether browsers reach this server by HTTPS, by a proxy in front of it.
    pub secure: bool,
    /// A test can bring its own.
    pub clock: fn() -> SystemTime,
}

impl Settings {
    /// `STORE`, `IDLE_SECONDS`, `SESSION_SECONDS` and `SECURE`. Opens the store.
    ///
    /// # Errors
    ///
    /// [`Stop`] where one of them can't be understood, and where the store can't be opened.
    pub fn from_environment() -> Result<Self, Stop> {
        Ok(Self {
            idle: seconds("IDLE_SECONDS", Duration::from_secs(30 * 60))?,
            longest: seconds("SESSION_SECONDS", Duration::from_secs(12 * 60 * 60))?,
            secure: secure(variable("SECURE")?)?,
            clock: SystemTime::now,
            store: store(variable("STORE")?)?,
        })
    }

    /// Seconds since 1970.
    pub fn now(&self) -> u64 {
        (self.clock)().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
    }
}

/// Opens the store that `STORE` names.
fn store(place: Option<String>) -> Result<Store, Stop> {
    let Some(place) = place else {
        return file(&data_folder().join("sessions.redb"));
    };
    if let Some(path) = place.strip_prefix("redb:").filter(|path| !path.is_empty()) {
        return file(Path::new(path));
    }
    if place.starts_with("redis://") || place.starts_with("valkey://") {
        return server(&place);
    }
    // The value may hold a password, so it is not printed.
    Err(Stop::because(spoken(
        "STORE names no store. Give STORE=redb:PATH, STORE=redis://HOST:PORT or STORE=valkey://HOST:PORT.",
        "STORE 没有指明存储。请写 STORE=redb:PATH、STORE=redis://HOST:PORT 或 STORE=valkey://HOST:PORT。",
    )))
}

fn file(path: &Path) -> Result<Store, Stop> {
    let store = Store::file(path).map_err(Stop::because)?;
    let path = path.display();
    say(&spoken(format!("Sessions are kept in the file {path}"), format!("会话保存在文件 {path}")));
    Ok(store)
}

#[cfg(feature = "redis")]
fn server(address: &str) -> Result<Store, Stop> {
    let store = Store::server(address).map_err(Stop::because)?;
    say(spoken(
        "Sessions are kept by the server that STORE names",
        "会话由 STORE 指明的服务器保存",
    ));
    Ok(store)
}

#[cfg(not(feature = "redis"))]
fn server(_: &str) -> Result<Store, Stop> {
    Err(Stop::because(spoken(
        "STORE names a Redis server, and this program was built without Redis. Type: \
         cargo run -p server-sessions --features redis",
        "STORE 指明的是 Redis 服务器，而这个程序编译时没有带上 Redis。请输入：cargo run -p server-sessions --features redis",
    )))
}

/// A server whose terminal is closed still serves.
fn say(sentence: &str) {
    let _ = writeln!(io::stdout(), "{sentence}");
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

fn secure(text: Option<String>) -> Result<bool, Stop> {
    match text.as_deref() {
        None | Some("off") => Ok(false),
        Some("on") => Ok(true),
        Some(text) => Err(Stop::because(spoken(
            format!(
                "SECURE={text:?} is neither on nor off. Say on where browsers reach this server by HTTPS, behind a proxy."
            ),
            format!(
                "SECURE={text:?} 既不是 on 也不是 off。浏览器通过代理用 HTTPS 访问这个服务器时，才写 on。"
            ),
        ))),
    }
}
