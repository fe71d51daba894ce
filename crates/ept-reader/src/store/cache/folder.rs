//! The cache's own folder: marked, bounded, and safe to share with other processes.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// File in the folder of each dataset that holds its location.
pub(super) const LOCATION_FILE: &str = "location";
/// File in that folder that marks it, as <https://bford.info/cachedir/> has it.
const TAG_FILE: &str = "CACHEDIR.TAG";
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This folder is a cache of ept, which may remove files from it.\n";
/// End of the names of entries.
pub(super) const ENTRY: &str = ".entry";
/// Letters in the name of a dataset's folder.
pub(super) const HASH: usize = 32;
/// Start of the names of files under way.
const PART: &str = ".part-";
/// Files under way that are older were left by a process that died.
const PART_LIFETIME: Duration = Duration::from_secs(3600);

/// The cache's own folder in the user's.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) root: PathBuf,
    max_bytes: u64,
    /// Bytes written since all files were last counted; at first more than can be, so that they are. Locked while a file
    /// is written: one under way would be missed by the count.
    uncounted: Mutex<u64>,
}

impl Folder {
    pub(super) fn new(root: PathBuf, max_bytes: u64) -> Folder {
        Folder {
            root,
            max_bytes,
            uncounted: Mutex::new(max_bytes),
        }
    }

    /// Whether the folder is the cache's own: marked before, or made and marked now.
    fn claim(&self) -> io::Result<bool> {
        if is_own(&self.root) {
            return Ok(true);
        }
        std::fs::create_dir_all(&self.root)?;
        let is_empty = is_folder(&self.root) && self.root.read_dir()?.next().is_none();
        if is_empty {
            std::fs::write(self.root.join(TAG_FILE), TAG)?;
        }
        // Another thread may have been faster.
        Ok(is_empty || is_own(&self.root))
    }

    /// Writes a file whole, and makes room when it is time to.
    pub(super) fn write(&self, path: &Path, parts: &[&[u8]]) -> io::Result<()> {
        let size: u64 = parts.iter().map(|part| part.len() as u64).sum();
        // Counted again after each twentieth, down to nine tenths: two processes stay within the limit.
        let share = self.max_bytes / 20;
        if size > share || !self.claim()? {
            return Ok(());
        }
        let mut uncounted = self
            .uncounted
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if uncounted.saturating_add(size) > share {
            self.make_room()?;
            *uncounted = 0;
        }
        *uncounted += size;
        let folder = path.parent().unwrap_or(&self.root);
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().prefix(PART).tempfile_in(folder)?;
        for part in parts {
            file.write_all(part)?;
        }
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Removes what was used least recently, until nine tenths of the limit are left.
    fn make_room(&self) -> io::Result<()> {
        let mut entries = Vec::new();
        for folder in folders(&self.root)? {
            entries.extend(files(&folder)?);
        }
        entries.sort_by_key(|entry| entry.used);
        let mut total: u64 = entries.iter().map(|entry| entry.bytes).sum();
        for entry in entries {
            if total <= self.max_bytes / 10 * 9 {
                break;
            }
            // Another process may have been faster.
            let _ = std::fs::remove_file(&entry.path);
            total -= entry.bytes;
        }
        Ok(())
    }
}

/// A file of the cache.
pub(super) struct Kept {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    used: SystemTime,
}

/// Whether this is a folder, and not a link to one.
fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|it| it.is_dir())
}

/// Whether the folder is marked as the cache's own.
fn is_own(root: &Path) -> bool {
    let tag = || std::fs::read(root.join(TAG_FILE));
    is_folder(root) && tag().is_ok_and(|text| text.starts_with(TAG.as_bytes()))
}

/// The folders of datasets; `None` if there is no cache yet.
pub(super) fn folders(root: &Path) -> io::Result<Vec<PathBuf>> {
    if !is_own(root) {
        return Ok(Vec::new());
    }
    let mut folders = Vec::new();
    for entry in root.read_dir()? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_hash = name.len() == HASH && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hash && entry.file_type()?.is_dir() && entry.path().join(LOCATION_FILE).is_file() {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

/// The entries below a dataset's folder. Remains of processes that died are removed on the way.
pub(super) fn files(folder: &Path) -> io::Result<Vec<Kept>> {
    let mut kept = Vec::new();
    for entry in folder.read_dir()? {
        let entry = entry?;
        let path = entry.path();
        // Of a link itself. Gone since the folder was listed: another process made room.
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        if metadata.is_dir() {
            kept.extend(files(&path)?);
            continue;
        }
        if !metadata.is_file() {
            continue;
        }
        let used = metadata.modified()?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(PART) {
            if used.elapsed().is_ok_and(|age| age > PART_LIFETIME) {
                let _ = std::fs::remove_file(&path);
            }
        } else if name.ends_with(ENTRY) {
            kept.push(Kept {
                path,
                bytes: metadata.len(),
                used,
            });
        }
    }
    Ok(kept)
}

/// Removes a folder and those below it, as far as they are empty.
pub(super) fn remove_empty(folder: &Path) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_empty(&entry.path());
        }
    }
    // Fails for one that is not empty.
    let _ = std::fs::remove_dir(folder);
}
