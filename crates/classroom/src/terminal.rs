//! What a server says in its terminal beside the trace, in the terminal's language: where it is, and why it stops. Who adds a
//! sentence is told by the compiler which language has none.

use std::{
    ffi::OsStr,
    fmt::{self, Display, Formatter},
    io::{self, ErrorKind},
};

use crate::reading::{Language, language};

/// A sentence, with what is particular about it.
pub(crate) enum Said<'a> {
    Lesson { number: u16, title: &'a str, exercise: Option<&'a str> },
    Place(Place),
    UnknownWire(&'a OsStr),
    Stopped(&'a io::Error),
    NoSignals(&'a io::Error),
    NoPort { text: &'a OsStr, usual: u16 },
    CannotBind { command: &'a str, port: u16, error: &'a io::Error },
    NoUtf8 { name: &'a str },
    NoTime { name: &'a str, text: &'a str },
    NoKeyKept(&'a io::Error),
    NoExercise { folder: &'a str },
}

/// What stands before a line of the banner.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    Page,
    Document,
    Contents,
    Wire,
    Try,
    Stop,
}

impl Display for Said<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match language() {
            Language::English => self.english(f),
            Language::Chinese => self.chinese(f),
        }
    }
}

/// The port to try where this one is taken.
fn other(port: u16) -> u16 {
    if port == 0 { 0 } else { port.saturating_add(1000) }
}

impl Said<'_> {
    fn english(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lesson { number, exercise: Some(name), .. } => {
                write!(f, "Lesson {number}: exercise {name}")
            }
            Self::Lesson { number, title, exercise: None } => write!(f, "Lesson {number}: {title}"),
            Self::Place(place) => f.write_str(match place {
                Place::Page => "page     ",
                Place::Document => "document ",
                Place::Contents => "contents ",
                Place::Wire => "the wire ",
                Place::Try => "try      ",
                Place::Stop => "stop     ",
            }),
            Self::UnknownWire(text) => write!(
                f,
                "WIRE={text:?} means nothing here. Say WIRE=off or WIRE=projector, or leave WIRE out."
            ),
            Self::Stopped(error) => write!(f, "The server stopped: {error}."),
            Self::NoSignals(error) => write!(f, "Can't listen for Ctrl-C: {error}."),
            Self::NoPort { text, usual } => write!(
                f,
                "PORT={text:?} is no port. Give a number from 1 to 65535, or 0 for any free port, or leave PORT out \
                 for {usual}."
            ),
            Self::CannotBind { command, port, error } => match error.kind() {
                ErrorKind::AddrInUse => write!(
                    f,
                    "Port {port} is in use by another program, perhaps this server in another terminal. Stop that one, or \
                     choose another port with the environment variable PORT: PORT={} {command} (in PowerShell: \
                     $env:PORT={0}; {command}).",
                    other(*port)
                ),
                ErrorKind::PermissionDenied => write!(
                    f,
                    "The system does not let this program use port {port}. Ports below 1024 need special rights, and \
                     Windows reserves ranges of ports (error 10013). Choose another port with the environment variable PORT."
                ),
                _ => write!(
                    f,
                    "Port {port} can't be used: {error}. Choose another with the environment variable PORT."
                ),
            },
            Self::NoUtf8 { name } => write!(f, "{name} is not UTF-8. Use letters and digits."),
            Self::NoTime { name, text } => {
                write!(f, "{name}={text:?} is no time. Give whole seconds, at least 1.")
            }
            Self::NoKeyKept(error) => {
                write!(f, "The key can't be kept: {error}. The next start logs everybody out.")
            }
            Self::NoExercise { folder } => {
                write!(f, "{folder} should be a folder crates/N-LESSON/exercises/NAME.")
            }
        }
    }

    fn chinese(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lesson { number, exercise: Some(name), .. } => {
                write!(f, "第 {number} 课：练习 {name}")
            }
            Self::Lesson { number, title, exercise: None } => write!(f, "第 {number} 课：{title}"),
            Self::Place(place) => f.write_str(match place {
                Place::Page => "页面  ",
                Place::Document => "文档  ",
                Place::Contents => "目录  ",
                Place::Wire => "线路  ",
                Place::Try => "试试  ",
                Place::Stop => "停止  ",
            }),
            Self::UnknownWire(text) => write!(
                f,
                "WIRE={text:?} 在这里没有意义。请写 WIRE=off 或 WIRE=projector，或者不写 WIRE。"
            ),
            Self::Stopped(error) => write!(f, "服务器停了：{error}。"),
            Self::NoSignals(error) => write!(f, "没有办法监听 Ctrl-C：{error}。"),
            Self::NoPort { text, usual } => write!(
                f,
                "PORT={text:?} 不是端口。请写 1 到 65535 的数，或者写 0 用任何空闲的端口，或者不写 PORT，用 {usual}。"
            ),
            Self::CannotBind { command, port, error } => match error.kind() {
                ErrorKind::AddrInUse => write!(
                    f,
                    "端口 {port} 正由别的程序使用，也许是另一个终端里的这个服务器。请停止那一个，或者用环境变量 PORT 换一个端口：\
                     PORT={} {command}（在 PowerShell 里：$env:PORT={0}; {command}）。",
                    other(*port)
                ),
                ErrorKind::PermissionDenied => write!(
                    f,
                    "系统不让这个程序使用端口 {port}。1024 以下的端口需要特别的权限，Windows 还会保留一些端口（错误 10013）。\
                     请用环境变量 PORT 换一个端口。"
                ),
                _ => write!(f, "用不了端口 {port}：{error}。请用环境变量 PORT 换一个。"),
            },
            Self::NoUtf8 { name } => write!(f, "{name} 不是 UTF-8。请用字母和数字。"),
            Self::NoTime { name, text } => {
                write!(f, "{name}={text:?} 不是时间。请写整数秒，至少 1。")
            }
            Self::NoKeyKept(error) => {
                write!(f, "密钥没有办法保存：{error}。下一次启动，所有人的登录都会失效。")
            }
            Self::NoExercise { folder } => {
                write!(f, "{folder} 应该是一个文件夹 crates/N-LESSON/exercises/NAME。")
            }
        }
    }
}
