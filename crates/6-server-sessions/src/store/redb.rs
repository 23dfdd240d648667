//! The store in a file: redb, a database that is part of this program. One process at a time can open the file.

#![allow(clippy::result_large_err, reason = "redb's own error is that large, and rare")]

use std::{
    cell::Cell,
    fs::{self, OpenOptions},
    io,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, Once, PoisonError},
};

use redb::{Database, Error, ReadOnlyTable, ReadableTable, TableDefinition, WriteTransaction};

use super::{Change, Key, Record, reached, unreachable, unsure};
use crate::refused::Refused;

/// Each session's record, as JSON.
const SESSIONS: TableDefinition<&[u8; 32], &[u8]> = TableDefinition::new("sessions");
/// The sessions of each user.
const BY_USER: TableDefinition<(&str, &[u8; 32]), ()> = TableDefinition::new("sessions by user");
/// All sessions, in the order in which they end.
const BY_END: TableDefinition<(u64, &[u8; 32]), ()> = TableDefinition::new("sessions by end");

/// How much of the file is kept in memory, in bytes. redb's own default is 1 GiB.
const CACHE: usize = 64 * 1024 * 1024;

/// The file, open.
pub struct Redb {
    path: PathBuf,
    /// `None` after the disk failed: redb wants the file to be opened again then.
    database: Mutex<Option<Arc<Database>>>,
}

impl Redb {
    pub fn open(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        if let Some(folder) = path.parent() {
            create_private(folder)
                .map_err(|error| format!("Can't create the folder of {shown}: {error}."))?;
        }
        let database = without_panic(|| open(path)).map_err(|error| match error {
            Error::DatabaseAlreadyOpen => format!(
                "Another process has {shown} open, and redb lets one in at a time. Stop that server, or give this one a file of \
                 its own: STORE=redb:PATH. For two servers on the same sessions, use STORE=redis://127.0.0.1:6379."
            ),
            error => format!("Can't open {shown} as a session store: {error}. Give another file: STORE=redb:PATH."),
        })?;
        Ok(Self { path: path.to_owned(), database: Mutex::new(Some(Arc::new(database))) })
    }

    pub fn load(&self, key: Key) -> Result<Option<Vec<u8>>, Refused> {
        self.read(|database| {
            let sessions = database.begin_read()?.open_table(SESSIONS)?;
            Ok(sessions.get(&key.0)?.map(|json| json.value().to_vec()))
        })
    }

    pub fn create(&self, key: Key, record: &Record) -> Result<(), Refused> {
        self.write(|database| {
            let transaction = database.begin_write()?;
            put(&transaction, key, record)?;
            Ok(transaction.commit()?)
        })
    }

    /// redb runs one write transaction at a time, so nobody can write between the look and the change.
    pub fn replace(&self, old: Key, new: Key, change: Change) -> Result<Option<Record>, Refused> {
        self.write(|database| {
            let transaction = database.begin_write()?;
            let Some(mut record) = take(&transaction, old)? else { return Ok(Ok(None)) };
            if let Err(refused) = change(&mut record) {
                // Without a commit nothing has happened.
                return Ok(Err(refused));
            }
            put(&transaction, new, &record)?;
            transaction.commit()?;
            Ok(Ok(Some(record)))
        })?
    }

    pub fn remove(&self, key: Key) -> Result<(), Refused> {
        self.write(|database| {
            let transaction = database.begin_write()?;
            take(&transaction, key)?;
            Ok(transaction.commit()?)
        })
    }

    pub fn of_user(&self, username: &str) -> Result<Vec<(Key, Record)>, Refused> {
        self.read(|database| {
            let transaction = database.begin_read()?;
            let sessions = transaction.open_table(SESSIONS)?;
            let range = (username, &[0; 32])..=(username, &[255; 32]);
            let mut found = Vec::new();
            for entry in transaction.open_table(BY_USER)?.range(range)? {
                found.extend(get(&sessions, Key(*entry?.0.value().1))?);
            }
            Ok(found)
        })
    }

    pub fn latest(&self, most: usize) -> Result<Vec<(Key, Record)>, Refused> {
        self.read(|database| {
            let transaction = database.begin_read()?;
            let sessions = transaction.open_table(SESSIONS)?;
            let mut found = Vec::new();
            for entry in transaction.open_table(BY_END)?.iter()?.rev().take(most) {
                found.extend(get(&sessions, Key(*entry?.0.value().1))?);
            }
            Ok(found)
        })
    }

    pub fn sweep(&self, now: u64, most: usize) -> Result<usize, Refused> {
        self.write(|database| {
            let transaction = database.begin_write()?;
            let mut ended = Vec::new();
            let mut by_end = transaction.open_table(BY_END)?;
            for entry in by_end.extract_from_if(..(now, &[0; 32]), |_, ()| true)?.take(most) {
                ended.push(Key(*entry?.0.value().1));
            }
            drop(by_end);
            if ended.is_empty() {
                return Ok(0);
            }
            for key in &ended {
                take(&transaction, *key)?;
            }
            transaction.commit()?;
            Ok(ended.len())
        })
    }

    fn read<T>(&self, work: impl FnOnce(&Database) -> Result<T, Error>) -> Result<T, Refused> {
        self.attempt(work, unreachable)
    }

    fn write<T>(&self, work: impl FnOnce(&Database) -> Result<T, Error>) -> Result<T, Refused> {
        self.attempt(work, unsure)
    }

    /// Does `work` with the file. A failing disk closes it, and the next attempt opens it again.
    fn attempt<T>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, Error>,
        failed: fn(String) -> Refused,
    ) -> Result<T, Refused> {
        let named = |error| format!("{}: {error}", self.path.display());
        let database = without_panic(|| self.database()).map_err(|e| unreachable(named(e)))?;
        let result = without_panic(|| work(&database));
        drop(database);
        if matches!(result, Err(Error::Io(_) | Error::PreviousIo | Error::LockPoisoned(_))) {
            *self.database.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        result.inspect(|_| reached()).map_err(|error| failed(named(error)))
    }

    fn database(&self) -> Result<Arc<Database>, Error> {
        let mut slot = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let database = match slot.take() {
            Some(database) => database,
            None => Arc::new(open(&self.path)?),
        };
        Ok(Arc::clone(slot.insert(database)))
    }
}

thread_local! {
    /// Whether this thread is within redb, where a panic is an error and no news for the terminal.
    static WITHIN: Cell<bool> = const { Cell::new(false) };
}

/// redb panics where the file is damaged. To us that is an error like another: the file can't be used.
fn without_panic<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let say = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !WITHIN.get() {
                say(panic);
            }
        }));
    });
    WITHIN.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    WITHIN.set(false);
    result.unwrap_or_else(|_| Err(Error::Corrupted("it is damaged".to_owned())))
}

/// Opens the file and makes sure that the tables are there. Notes are nobody else's business: on Unix, a file that we
/// create is for its owner alone, and so is its folder.
fn open(path: &Path) -> Result<Database, Error> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let database = Database::builder().set_cache_size(CACHE).create_file(options.open(path)?)?;
    // A file that has its tables is not written: where the disk is full, it can still be read.
    if database.begin_read()?.list_tables()?.count() < 3 {
        let transaction = database.begin_write()?;
        transaction.open_table(SESSIONS)?;
        transaction.open_table(BY_USER)?;
        transaction.open_table(BY_END)?;
        transaction.commit()?;
    }
    Ok(database)
}

/// Reads a record that an index names.
fn get(
    sessions: &ReadOnlyTable<&[u8; 32], &[u8]>,
    key: Key,
) -> Result<Option<(Key, Record)>, Error> {
    let json = sessions.get(&key.0)?;
    Ok(json.and_then(|json| Some((key, Record::parse(json.value())?))))
}

/// Writes a record and its entries in both indexes.
fn put(transaction: &WriteTransaction, key: Key, record: &Record) -> Result<(), Error> {
    transaction.open_table(SESSIONS)?.insert(&key.0, record.to_json().as_slice())?;
    transaction.open_table(BY_END)?.insert((record.ends, &key.0), ())?;
    if let Some(username) = &record.username {
        transaction.open_table(BY_USER)?.insert((username.as_str(), &key.0), ())?;
    }
    Ok(())
}

/// Takes a record out, with its entries in both indexes.
fn take(transaction: &WriteTransaction, key: Key) -> Result<Option<Record>, Error> {
    let json = transaction.open_table(SESSIONS)?.remove(&key.0)?.map(|json| json.value().to_vec());
    let Some(record) = json.and_then(|json| Record::parse(&json)) else { return Ok(None) };
    transaction.open_table(BY_END)?.remove((record.ends, &key.0))?;
    if let Some(username) = &record.username {
        transaction.open_table(BY_USER)?.remove((username.as_str(), &key.0))?;
    }
    Ok(Some(record))
}

fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match folder.as_os_str().is_empty() {
        true => Ok(()),
        false => builder.create(folder),
    }
}
