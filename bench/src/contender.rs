//! One server that is measured.

use std::{
    error::Error,
    fs,
    io::{Read, Write},
    net::TcpStream,
    process::{Command, Stdio},
};

use probe::Server;

/// Requests a run, over this many connections that are kept.
const REQUESTS: usize = 6_400;
const CONNECTIONS: usize = 32;

/// A server with somebody logged in, and what its runs cost.
pub struct Contender {
    pub name: &'static str,
    server: Server,
    request: String,
    costs: Vec<f64>,
}

impl Contender {
    /// Starts `program` on core 0 and logs in; the answer sets `cookie`.
    pub fn start(
        name: &'static str,
        program: &str,
        environment: &[(&str, &str)],
        cookie: &str,
    ) -> Result<Self, Box<dyn Error>> {
        let server = Server::start(program, environment);
        pin(server.process_id().ok_or("no process")?, "0")?;
        let reply = server.send(probe::post("/login", &[("username", "Ada")]));
        let pair = reply.pair(cookie).ok_or_else(|| format!("{name} sets no cookie. {reply}"))?;
        let request = format!("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: {pair}\r\n\r\n");
        Ok(Self { name, server, request, costs: Vec::new() })
    }

    /// One run. All connections ask, then all read: the server is never idle while we are.
    pub fn run(&mut self) -> Result<(), Box<dyn Error>> {
        let connect = |_| TcpStream::connect(("127.0.0.1", self.server.port()));
        let mut connections = (0..CONNECTIONS).map(connect).collect::<Result<Vec<_>, _>>()?;
        let before = self.processor_time()?;
        for _ in 0..REQUESTS / CONNECTIONS {
            for connection in &mut connections {
                connection.write_all(self.request.as_bytes())?;
            }
            for connection in &mut connections {
                let answer = answer(connection)?;
                if !answer.contains("<h1>Logged in as Ada</h1>") {
                    return Err(format!("{} answers: {answer}", self.name).into());
                }
            }
        }
        self.costs.push((self.processor_time()? - before) / 1e3 / REQUESTS as f64);
        Ok(())
    }

    /// Microseconds a request, of each run but the first.
    pub fn costs(&self) -> &[f64] {
        &self.costs[1..]
    }

    /// How many requests it answers in the time in which `other` answers one, for each pair of runs.
    pub fn paired(&self, other: &Self) -> Vec<f64> {
        self.costs().iter().zip(other.costs()).map(|(own, other)| other / own).collect()
    }

    /// Nanoseconds that the server's process has used.
    fn processor_time(&self) -> Result<f64, Box<dyn Error>> {
        let process = self.server.process_id().ok_or("no process")?;
        let mut total = 0.0;
        for thread in fs::read_dir(format!("/proc/{process}/task"))? {
            let line = fs::read_to_string(thread?.path().join("schedstat"))?;
            total += line.split(' ').next().unwrap_or_default().parse::<f64>()?;
        }
        Ok(total)
    }
}

/// Keeps all threads of a process on one core.
pub fn pin(process: u32, core: &str) -> Result<(), Box<dyn Error>> {
    let mut taskset = Command::new("taskset");
    taskset.args(["-a", "-c", "-p", core, &process.to_string()]).stdout(Stdio::null());
    let status = taskset
        .status()
        .map_err(|error| format!("can't run taskset (package util-linux): {error}"))?;
    status.success().then_some(()).ok_or_else(|| "this measurement needs two cores".into())
}

/// Reads one response with its `Content-Length`.
fn answer(connection: &mut TcpStream) -> Result<String, Box<dyn Error>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        let read = connection.read(&mut buffer)?;
        if read == 0 {
            return Err("the server closed the connection".into());
        }
        bytes.extend(&buffer[..read]);
        let text = str::from_utf8(&bytes)?;
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.ok_or("no Content-Length")?.parse::<usize>()? {
                return Ok(text.to_owned());
            }
        }
    }
}
