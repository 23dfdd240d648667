//! The contents page, at `/classroom/`: `lessons/README.md`, and which lesson is running now.
//!
//! No server knows of the others. So each usual port is asked, all at once, which lesson answers there, and what doesn't
//! answer quickly doesn't run.

use std::{io, net::Ipv4Addr, time::Duration};

use documents::Folder;
use tokio::{net::TcpStream, task::JoinSet, time::timeout};

use crate::{Lesson, reading::Reading};

/// How long a lesson has to say that it is there.
const PATIENCE: Duration = Duration::from_millis(200);
/// How many bytes of an answer are looked at.
const MOST: usize = 1024;

/// Where a server says which one it is.
pub(crate) const WHO: &str = "/classroom/who";

/// What a server answers there: an exercise of a lesson is another server, and its usual port says so.
pub(crate) fn who(lesson: &Lesson) -> String {
    format!("{} {}\n", lesson.package, lesson.port)
}

/// The contents as HTML.
///
/// # Errors
///
/// As [`Folder::lessons`].
pub(crate) async fn contents(
    folder: &Folder,
    own: &Lesson,
    reading: &Reading,
) -> io::Result<String> {
    let words = reading.language.labels();
    let mut asked = JoinSet::new();
    for name in folder.lessons()? {
        asked.spawn(async move {
            let runs = match usual(&name) {
                Some((port, package)) => is_there(port, &format!("{package} {port}\n")).await,
                None => false,
            };
            runs.then_some(name)
        });
    }
    let running: Vec<_> = asked.join_all().await.into_iter().flatten().collect();
    let beside = |name: &str| {
        let (port, package) = usual(name)?;
        let state = if own.port == port {
            format!("{}<a href=\"/\">{}</a>", words.serves_this, words.its_first_page)
        } else if running.iter().any(|runs| runs == name) {
            let first_page = words.its_first_page;
            format!("{}<a href=\"http://localhost:{port}/\">{first_page}</a>", words.running)
        } else {
            format!("{}<code>cargo run -p {package}</code>", words.not_running)
        };
        Some(format!("<br><small>{state}</small>"))
    };
    // Where a reader asks how the page can know.
    let table = "</table></div>";
    let html = reading.page(&beside).html;
    Ok(html.replacen(table, &format!("{table}\n<p class=\"quiet\">{}</p>", words.how_known), 1))
}

/// The usual port and the package of a lesson, of which this is the document: `3001` and `stateless-http` of
/// `1-stateless-http`.
fn usual(name: &str) -> Option<(u16, &str)> {
    let (number, package) = name.split_once('-')?;
    Some((3000 + number.parse::<u8>().ok().map(u16::from)?, package))
}

/// Whether a server on this port says soon enough that it is this one.
async fn is_there(port: u16, who: &str) -> bool {
    let answer = timeout(PATIENCE, ask(port)).await;
    matches!(answer, Ok(Ok(answer)) if answer.ends_with(format!("\r\n\r\n{who}").as_bytes()))
}

/// What a server on this port answers to [`WHO`].
async fn ask(port: u16) -> io::Result<Vec<u8>> {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let question =
        format!("GET {WHO} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    server.writable().await?;
    // It fits into any buffer, and what is cut off gets no answer.
    server.try_write(question.as_bytes())?;
    let mut answer = Vec::new();
    let mut piece = [0; MOST];
    while answer.len() < MOST {
        server.readable().await?;
        match server.try_read(&mut piece) {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(&piece[..length]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread,
        time::Instant,
    };

    use super::*;

    /// Whether the lesson `a`, whose usual port this is, is there, where a program answers like this and closes or doesn't.
    async fn with(answer: &'static str, closes: bool) -> io::Result<bool> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        thread::spawn(move || {
            let (mut client, _) = listener.accept()?;
            let mut question = [0; 1024];
            let length = client.read(&mut question)?;
            assert!(
                question[..length].starts_with(b"GET /classroom/who HTTP/1.1\r\nHost: localhost:")
            );
            client.write_all(answer.replace("PORT", &port.to_string()).as_bytes())?;
            if !closes {
                // Until the other side goes.
                client.read_to_end(&mut Vec::new())?;
            }
            io::Result::Ok(())
        });
        let start = Instant::now();
        let is_there = is_there(port, &format!("a {port}\n")).await;
        assert!(start.elapsed() < 5 * PATIENCE, "{:?}", start.elapsed());
        Ok(is_there)
    }

    #[tokio::test]
    async fn a_lesson_is_there_where_it_answers_as_itself_and_soon() -> io::Result<()> {
        assert!(with("HTTP/1.1 200 OK\r\n\r\na PORT\n", true).await?);
        for (answer, closes) in [
            ("HTTP/1.1 200 OK\r\n\r\nb PORT\n", true),
            ("HTTP/1.1 200 OK\r\n\r\nba PORT\n", true),
            ("HTTP/1.1 200 OK\r\n\r\na 3101\n", true),
            ("HTTP/1.1 404 Not Found\r\n\r\n", true),
            ("SSH-2.0", true),
            ("", true),
            ("", false),
            ("HTTP/1.1 200 OK\r\n\r\na PORT\n", false),
        ] {
            assert!(!with(answer, closes).await?, "{answer:?}");
        }
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        assert!(!is_there(free, &format!("a {free}\n")).await);
        Ok(())
    }

    #[test]
    fn a_document_names_the_port_and_the_package() {
        assert_eq!(usual("1-stateless-http"), Some((3001, "stateless-http")));
        for name in ["README", "x-y", "-y", "1", "700-far"] {
            assert_eq!(usual(name), None, "{name}");
        }
    }
}
