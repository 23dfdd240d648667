//! Keys that outlive a start of the server, so that the next start, which follows each edit, logs nobody out.
//!
//! They lie in the build folder, for this user alone: losing them costs a log-in, nothing else.

use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write},
    path::PathBuf,
};

use super::{Exercise, build_folder};
use crate::terminal::Said;

impl Exercise {
    /// The key of this exercise's earlier starts; at the first start `fresh`, which is kept.
    #[must_use]
    pub fn lasting_key(&self, fresh: &[u8]) -> Vec<u8> {
        let kept = self.kept_keys(fresh.len()).into_iter().next();
        kept.unwrap_or_else(|| {
            self.keep_keys(&[fresh]);
            fresh.to_owned()
        })
    }

    /// `fresh`, which becomes the key of this start, then the keys of the starts before it, the latest first, up to
    /// `older`. Still older ones are dropped.
    #[must_use]
    pub fn next_keys(&self, fresh: &[u8], older: usize) -> Vec<Vec<u8>> {
        let mut keys = self.kept_keys(fresh.len());
        keys.insert(0, fresh.to_owned());
        keys.truncate(1 + older);
        self.keep_keys(&keys);
        keys
    }

    /// The keys that were kept, each of this length.
    fn kept_keys(&self, length: usize) -> Vec<Vec<u8>> {
        let bytes = self.key_file().and_then(|path| fs::read(path).ok()).unwrap_or_default();
        bytes.chunks_exact(length.max(1)).map(<[u8]>::to_owned).collect()
    }

    fn keep_keys(&self, keys: &[impl AsRef<[u8]>]) {
        let kept = self.key_file().ok_or_else(|| io::Error::from(ErrorKind::NotFound));
        let kept = kept.and_then(|path| {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(path)?;
            keys.iter().try_for_each(|key| file.write_all(key.as_ref()))
        });
        if let Err(error) = kept {
            let _ = writeln!(io::stderr(), "{}", Said::NoKeyKept(&error));
        }
    }

    fn key_file(&self) -> Option<PathBuf> {
        Some(build_folder()?.join("course").join("keys").join(self.name))
    }
}
