//! Runs programs that may misbehave: bounds what they take and print, and leaves nothing of them running.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How much is kept of each end of what a program prints.
const KEPT: usize = 64 * 1024;

/// How much a program may print in all; past it, nobody wants to read it.
pub const PRINTED: u64 = 16 * 1024 * 1024;

/// A program and all that it starts. They end with this value, and with this process, however it ends.
#[derive(Debug)]
pub struct Group(Child);

impl Group {
    /// Starts `command` without input, its output piped.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command.spawn()?;
        #[cfg(unix)]
        guard::tell('+', child.id());
        Ok(Self(child))
    }

    /// The process id of the program.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Its standard output, once.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.0.stdout.take()
    }

    /// Its standard error, once.
    pub fn stderr(&mut self) -> Option<ChildStderr> {
        self.0.stderr.take()
    }

    /// Waits for the program while `may_run`; `None` where it may no longer.
    pub fn wait(&mut self, mut may_run: impl FnMut() -> bool) -> io::Result<Option<ExitStatus>> {
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(status) = self.0.try_wait()? {
                return Ok(Some(status));
            }
            if !may_run() {
                return Ok(None);
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(10));
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Windows knows no groups, but a tree of who started whom.
        #[cfg(windows)]
        if matches!(self.0.try_wait(), Ok(None)) {
            let tree = ["/T", "/F", "/PID", &self.id().to_string()];
            let _ = Command::new("taskkill").args(tree).output();
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
        #[cfg(unix)]
        guard::tell('-', self.id());
    }
}

/// While it lasts, a process that somebody else started ends with this one.
#[derive(Debug)]
pub struct Ward(#[cfg_attr(not(unix), expect(dead_code, reason = "only Unix has a guard"))] u32);

impl Ward {
    /// Of the process with this id.
    pub fn of(id: u32) -> Self {
        #[cfg(unix)]
        guard::tell('+', id);
        Self(id)
    }
}

#[cfg(unix)]
impl Drop for Ward {
    fn drop(&mut self) {
        guard::tell('=', self.0);
    }
}

/// A shell that ends groups of processes: one when it is told, all when this process ends, be it by SIGKILL. Without
/// `unsafe`, this process can neither signal a group nor catch a signal; a shell can, and sees our end of the pipe close.
#[cfg(unix)]
mod guard {
    use std::io::Write;
    use std::os::unix::process::CommandExt;
    use std::process::{ChildStdin, Command, Stdio};
    use std::sync::{Mutex, OnceLock, PoisonError};

    const SCRIPT: &str = r#"
        trap '' HUP INT TERM
        all=' '
        while read -r what group; do
            [ "$what" != - ] || kill -s KILL -- "-$group"
            case $what in
                +) all="$all$group " ;;
                *) all="${all%% "$group" *} ${all#* "$group" }" ;;
            esac
        done
        for group in $all; do kill -s KILL -- "-$group" || kill -s KILL "$group"; done
    "#;

    /// Tells the guard that a group or a process was started (`+`), that a group is to end (`-`), or that either has (`=`).
    pub fn tell(what: char, group: u32) {
        static PIPE: OnceLock<Option<Mutex<ChildStdin>>> = OnceLock::new();
        let start = || {
            // In a group of its own: Ctrl-C is not for it.
            let mut command = Command::new("sh");
            command.args(["-c", SCRIPT]).process_group(0);
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
            command.spawn().ok()?.stdin.map(Mutex::new)
        };
        if let Some(pipe) = PIPE.get_or_init(start) {
            let mut pipe = pipe.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = writeln!(pipe, "{what} {group}");
        }
    }
}

/// How a program came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, or by a signal that was not ours.
    Exit(ExitStatus),
    /// It was ended, for it ran too long.
    TooLong,
    /// It was ended, for it did nothing for too long.
    Idle,
    /// It was ended, for it printed more than [`PRINTED`].
    TooMuch,
}

/// What a program left behind.
#[derive(Debug)]
pub struct Ended {
    /// Its process id.
    pub id: u32,
    /// How it ended.
    pub end: End,
    /// What it wrote to standard output; bytes that are not UTF-8 are replaced, and a middle that is too long is left out.
    pub stdout: String,
    /// What it wrote to standard error, likewise.
    pub stderr: String,
}

/// How long a program may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// In all.
    pub time: Duration,
    /// While it does nothing, where the system tells (Linux). A busy machine makes a program slow, not idle.
    pub idle: Duration,
}

/// Runs `command` without input. Past `limits`, or past [`PRINTED`], it is ended, with all that it started.
pub fn run(command: &mut Command, limits: Limits) -> io::Result<Ended> {
    let mut group = Group::start(command)?;
    let stdout = group.stdout().map(Gather::start);
    let stderr = group.stderr().map(Gather::start);
    let started = Instant::now();
    let mut activity = Activity::of(group.id());
    let printed = || [&stdout, &stderr].into_iter().flatten().map(Gather::total).sum::<u64>();
    let status = group.wait(|| {
        started.elapsed() <= limits.time && activity.idle() <= limits.idle && printed() <= PRINTED
    })?;
    let end = match status {
        // A quick one may print it all before it is looked at.
        _ if printed() > PRINTED => End::TooMuch,
        Some(status) => End::Exit(status),
        None if activity.idle() > limits.idle => End::Idle,
        None => End::TooLong,
    };
    let id = group.id();
    drop(group);
    let text = |gather: Option<Gather>| gather.map_or_else(String::new, Gather::finish);
    Ok(Ended { id, end, stdout: text(stdout), stderr: text(stderr) })
}

/// Since when a program does nothing: it uses no processor time, and no thread of it waits for a processor.
struct Activity {
    id: u32,
    used: u64,
    busy: Instant,
    looked: Instant,
}

impl Activity {
    fn of(id: u32) -> Self {
        Self { id, used: 0, busy: Instant::now(), looked: Instant::now() }
    }

    /// For how long, as far as is known; looks twice a second.
    fn idle(&mut self) -> Duration {
        if self.looked.elapsed() >= Duration::from_millis(500) {
            self.looked = Instant::now();
            let used = self.used();
            if used != Some(self.used) {
                self.used = used.unwrap_or(0);
                self.busy = Instant::now();
            }
        }
        self.busy.elapsed()
    }

    /// The processor time of all threads, from Linux's `/proc`; `None` while one of them runs, or where there is no `/proc`.
    fn used(&self) -> Option<u64> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.id)).ok()?;
        let mut used = 0;
        for task in tasks.flatten() {
            let Ok(stat) = std::fs::read_to_string(task.path().join("stat")) else { continue };
            // The name, in parentheses, may hold anything.
            let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
            if *fields.first()? != "S" {
                return None;
            }
            used += fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        }
        Some(used)
    }
}

/// Both ends of what a program printed, and how much it was.
#[derive(Debug, Default)]
struct Kept {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    total: u64,
}

impl Kept {
    fn add(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let (head, tail) = bytes.split_at(bytes.len().min(KEPT - self.head.len()));
        self.head.extend(head);
        self.tail.extend(tail);
        self.tail.drain(..self.tail.len().saturating_sub(KEPT));
    }

    fn text(&self) -> String {
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        let lost = self.total - (self.head.len() + tail.len()) as u64;
        if lost == 0 {
            return String::from_utf8_lossy(&[self.head.as_slice(), &tail].concat()).into_owned();
        }
        let [head, tail] = [&self.head, &tail].map(|part| String::from_utf8_lossy(part));
        format!("{head}\n[{lost} bytes are left out here]\n{tail}")
    }
}

/// Reads a pipe on a thread of its own, so that neither side waits for the other.
pub struct Gather {
    kept: Arc<Mutex<Kept>>,
    thread: thread::JoinHandle<()>,
}

impl Gather {
    /// Starts to read.
    pub fn start(mut pipe: impl Read + Send + 'static) -> Self {
        let kept = Arc::new(Mutex::new(Kept::default()));
        let shared = Arc::clone(&kept);
        let thread = thread::spawn(move || {
            let mut chunk = [0; 8192];
            while let Ok(read @ 1..) = pipe.read(&mut chunk) {
                lock(&shared).add(&chunk[..read]);
            }
        });
        Self { kept, thread }
    }

    /// How many bytes were read up to now.
    fn total(&self) -> u64 {
        lock(&self.kept).total
    }

    /// What was read up to now.
    pub fn so_far(&self) -> String {
        lock(&self.kept).text()
    }

    /// All that was read. A program's own child may keep the pipe open for ever: it is not waited for.
    pub fn finish(self) -> String {
        let started = Instant::now();
        while !self.thread.is_finished() && started.elapsed() < Duration::from_secs(1) {
            thread::sleep(Duration::from_millis(1));
        }
        self.so_far()
    }
}

fn lock(kept: &Mutex<Kept>) -> std::sync::MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_flood_are_kept() {
        let mut kept = Kept::default();
        for number in 0..200_000 {
            kept.add(format!("{number}\n").as_bytes());
        }
        let text = kept.text();
        assert!(text.starts_with("0\n1\n") && text.ends_with("199998\n199999\n"), "{text}");
        assert!(text.len() < 2 * KEPT + 100, "{}", text.len());
        assert_eq!(kept.total, 1_288_890);
        assert!(text.contains("\n[1157818 bytes are left out here]\n"));
        kept = Kept::default();
        kept.add(&[b'x'; 2 * KEPT]);
        assert_eq!(kept.text(), "x".repeat(2 * KEPT), "nothing is left out of what fits");
    }
}
