//! The store in a file: redb, a database that is part of this program. One process at a time can open the file.

#![allow(clippy::result_large_err, reason = "redb's own error is that large, and rare")]

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use redb::{Database, Error, TableDefinition, WriteTransaction};

use super::{Key, Record, Unreachable, Written};

/// Each session's record, as JSON.
const SESSIONS: TableDefinition<&[u8; 32], &[u8]> = TableDefinition::new("sessions");
/// The sessions of each user.
const BY_USER: TableDefinition<(&str, &[u8; 32]), ()> = TableDefinition::new("sessions by user");
/// All sessions, in the order in which they end.
const BY_END: TableDefinition<(u64, &[u8; 32]), ()> = TableDefinition::new("sessions by end");

/// How much of the file is kept in memory, in bytes. redb's own default is 1 GiB.
const CACHE: usize = 64 * 1024 * 1024;

/// The file, open.
#[derive(Debug)]
pub struct Redb {
    path: PathBuf,
    /// `None` after the disk failed: redb wants the file to be opened again then.
    database: RwLock<Option<Arc<Database>>>,
}

impl Redb {
    /// Opens the file, or creates it with the folders it is in.
    ///
    /// # Errors
    ///
    /// One sentence: who has the file, or what the system says.
    pub fn open(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        if let Some(folder) = path.parent() {
            create_private(folder)
                .map_err(|error| format!("Can't create the folder of {shown}: {error}."))?;
        }
        let database = open(path).map_err(|error| match error {
            Error::DatabaseAlreadyOpen => format!(
                "Another process has {shown} open, and redb lets one in at a time. Stop that server, or give this one a file of \
                 its own: STORE=redb:PATH. For two servers on the same sessions, use STORE=redis://127.0.0.1:6379."
            ),
            error => format!("Can't open {shown} as a session store: {error}. Give another file: STORE=redb:PATH."),
        })?;
        Ok(Self { path: path.to_owned(), database: RwLock::new(Some(Arc::new(database))) })
    }

    pub fn load(&self, key: Key) -> Result<Option<Record>, Unreachable> {
        self.attempt(|database| {
            let sessions = database.begin_read()?.open_table(SESSIONS)?;
            sessions.get(&key.0)?.map(|bytes| parse(bytes.value())).transpose()
        })
    }

    pub fn create(&self, key: Key, record: Record) -> Result<(), Unreachable> {
        self.create_all([(key, record)])
    }

    /// Stores many new sessions in one transaction.
    pub fn create_all(
        &self,
        records: impl IntoIterator<Item = (Key, Record)>,
    ) -> Result<(), Unreachable> {
        self.attempt(|database| {
            let transaction = database.begin_write()?;
            for (key, record) in records {
                put(&transaction, key, &record)?;
            }
            Ok(transaction.commit()?)
        })
    }

    pub fn replace(&self, old: Key, new: Key, mut record: Record) -> Result<Written, Unreachable> {
        self.attempt(move |database| {
            // redb runs one write transaction at a time, so nobody can write between the look and the change.
            let transaction = database.begin_write()?;
            match take(&transaction, old)? {
                None => return Ok(Written::Gone),
                Some(stored) if stored.version != record.version => return Ok(Written::Changed),
                Some(_) => {}
            }
            record.version += 1;
            put(&transaction, new, &record)?;
            transaction.commit()?;
            Ok(Written::Done)
        })
    }

    pub fn remove(&self, key: Key) -> Result<(), Unreachable> {
        self.attempt(|database| {
            let transaction = database.begin_write()?;
            take(&transaction, key)?;
            Ok(transaction.commit()?)
        })
    }

    pub fn of_user(&self, username: &str) -> Result<Vec<(Key, Record)>, Unreachable> {
        self.attempt(|database| {
            let transaction = database.begin_read()?;
            let sessions = transaction.open_table(SESSIONS)?;
            let range = (username, &[0; 32])..=(username, &[255; 32]);
            let mut found = Vec::new();
            for entry in transaction.open_table(BY_USER)?.range(range)? {
                let key = Key(*entry?.0.value().1);
                if let Some(bytes) = sessions.get(&key.0)? {
                    found.push((key, parse(bytes.value())?));
                }
            }
            Ok(found)
        })
    }

    pub fn sweep(&self, now: u64, most: usize) -> Result<usize, Unreachable> {
        self.attempt(|database| {
            let ended = {
                let by_end = database.begin_read()?.open_table(BY_END)?;
                let ended = by_end.range(..(now, &[0; 32]))?.take(most);
                ended
                    .map(|entry| Ok(Key(*entry?.0.value().1)))
                    .collect::<Result<Vec<_>, Error>>()?
            };
            if ended.is_empty() {
                return Ok(0);
            }
            let transaction = database.begin_write()?;
            let mut swept = 0;
            for key in ended {
                // It may have been used since we looked.
                match take(&transaction, key)? {
                    Some(record) if record.ends >= now => put(&transaction, key, &record)?,
                    Some(_) => swept += 1,
                    None => {}
                }
            }
            transaction.commit()?;
            Ok(swept)
        })
    }

    /// Does `work` with the file. A failing disk closes it, and the next attempt opens it again.
    fn attempt<T>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, Error>,
    ) -> Result<T, Unreachable> {
        let result = self.database().and_then(|database| work(&database));
        if matches!(result, Err(Error::Io(_) | Error::PreviousIo | Error::LockPoisoned(_))) {
            *self.database.write().unwrap_or_else(PoisonError::into_inner) = None;
        }
        result.map_err(|error| Unreachable(format!("{}: {error}", self.path.display())))
    }

    fn database(&self) -> Result<Arc<Database>, Error> {
        if let Some(database) = &*self.database.read().unwrap_or_else(PoisonError::into_inner) {
            return Ok(Arc::clone(database));
        }
        let mut slot = self.database.write().unwrap_or_else(PoisonError::into_inner);
        match &*slot {
            Some(database) => Ok(Arc::clone(database)),
            None => Ok(Arc::clone(slot.insert(Arc::new(open(&self.path)?)))),
        }
    }
}

/// Opens the file and makes sure that the tables are there.
fn open(path: &Path) -> Result<Database, Error> {
    let database = Database::builder().set_cache_size(CACHE).create(path)?;
    let transaction = database.begin_write()?;
    transaction.open_table(SESSIONS)?;
    transaction.open_table(BY_USER)?;
    transaction.open_table(BY_END)?;
    transaction.commit()?;
    Ok(database)
}

/// Writes a record and its entries in both indexes.
fn put(transaction: &WriteTransaction, key: Key, record: &Record) -> Result<(), Error> {
    let json = serde_json::to_vec(record).map_err(|error| corrupted(&error))?;
    transaction.open_table(SESSIONS)?.insert(&key.0, json.as_slice())?;
    transaction.open_table(BY_END)?.insert((record.ends, &key.0), ())?;
    if let Some(username) = &record.username {
        transaction.open_table(BY_USER)?.insert((username.as_str(), &key.0), ())?;
    }
    Ok(())
}

/// Takes a record out, with its entries in both indexes.
fn take(transaction: &WriteTransaction, key: Key) -> Result<Option<Record>, Error> {
    let record = match transaction.open_table(SESSIONS)?.remove(&key.0)? {
        None => return Ok(None),
        Some(bytes) => parse(bytes.value())?,
    };
    transaction.open_table(BY_END)?.remove((record.ends, &key.0))?;
    if let Some(username) = &record.username {
        transaction.open_table(BY_USER)?.remove((username.as_str(), &key.0))?;
    }
    Ok(Some(record))
}

fn parse(bytes: &[u8]) -> Result<Record, Error> {
    serde_json::from_slice(bytes).map_err(|error| corrupted(&error))
}

fn corrupted(error: &serde_json::Error) -> Error {
    Error::Corrupted(format!("a record is not what this program writes: {error}"))
}

/// Notes are nobody else's business: on Unix, a folder that we create is for its owner alone.
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
