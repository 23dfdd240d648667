//! One check at a time: answers are laid into the same files and built into the same programs.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::PathBuf;

use crate::say::{Doing, Say};
use crate::tools::report::Stop;
use crate::tools::status;
use crate::workspace::Workspace;

/// The right to grade, from the laying-out of an answer to its last test. It ends with this value, or with this process.
pub struct Turn {
    _lock: File,
    folder: PathBuf,
}

impl Turn {
    /// Waits until no other `check` or `verify` of this workspace grades.
    pub fn take(workspace: &Workspace) -> Result<Self, Stop> {
        let folder = workspace.target.join("course");
        let path = folder.join("lock");
        let opened = fs::create_dir_all(&folder)
            .and_then(|()| File::options().create(true).append(true).open(&path));
        let lock = opened.map_err(|error| Stop::file(Doing::Open, &path, &error))?;
        let locked = match lock.try_lock() {
            Err(TryLockError::WouldBlock) => {
                status::say(&Say::Waiting.to_string());
                lock.lock()
            }
            Err(TryLockError::Error(error)) => Err(error),
            Ok(()) => Ok(()),
        };
        status::clear();
        match locked {
            // A file system without locks: better one check without than none.
            Err(error) if error.kind() == ErrorKind::Unsupported => {}
            locked => locked.map_err(|error| Stop::file(Doing::Lock, &path, &error))?,
        }
        let turn = Self { _lock: lock, folder: folder.join("tests") };
        // What is there was left by a check that was ended.
        let _ = fs::remove_dir_all(&turn.folder);
        fs::create_dir_all(&turn.folder)
            .map_err(|error| Stop::file(Doing::Make, &turn.folder, &error))?;
        Ok(turn)
    }

    /// A file for what is said of the test of this number.
    pub fn file(&self, number: usize) -> PathBuf {
        self.folder.join(number.to_string())
    }
}
