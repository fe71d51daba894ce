//! The cache's own folder: marked, limited in size, and safe to share with other processes.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// File in the folder of each dataset that contains its location.
pub(super) const LOCATION_FILE: &str = "location";
/// File that marks the cache's folder, see <https://bford.info/cachedir/>.
const TAG_FILE: &str = "CACHEDIR.TAG";
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This folder is a cache of ept, which may remove files from it.\n";
/// Extension of entries.
pub(super) const ENTRY: &str = ".entry";
/// Number of characters in the name of a dataset's folder.
pub(super) const HASH: usize = 32;
/// Prefix of temporary files.
const PART: &str = ".part-";
/// Maximum age of temporary files. Older ones were left by a process that died.
const PART_LIFETIME: Duration = Duration::from_secs(3600);

/// The cache's own folder.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) root: PathBuf,
    max_bytes: u64,
    /// Bytes written since all files were last counted. Initially so large that they are counted first. Locked while a
    /// file is written, since a temporary file would be missed by the count.
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

    /// Whether the folder is the cache's own: it was marked before, or is created and marked now.
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

    /// Writes a file atomically, and evicts others when necessary.
    pub(super) fn write(&self, path: &Path, parts: &[&[u8]]) -> io::Result<()> {
        let size: u64 = parts.iter().map(|part| part.len() as u64).sum();
        // Counted again after each twentieth of the limit, and reduced to nine tenths, so that two processes stay
        // within the limit.
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

    /// Removes the least recently used files until nine tenths of the limit are left.
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

/// A file in the cache.
pub(super) struct Kept {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    used: SystemTime,
}

/// Whether this is a folder and not a link.
fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|it| it.is_dir())
}

/// Whether the folder is marked as the cache's own.
fn is_own(root: &Path) -> bool {
    let tag = || std::fs::read(root.join(TAG_FILE));
    is_folder(root) && tag().is_ok_and(|text| text.starts_with(TAG.as_bytes()))
}

/// The folders of datasets. `None` if the cache does not exist yet.
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

/// The entries in a dataset's folder. Files left by processes that died are removed on the way.
pub(super) fn files(folder: &Path) -> io::Result<Vec<Kept>> {
    let mut kept = Vec::new();
    for entry in folder.read_dir()? {
        let entry = entry?;
        let path = entry.path();
        // Does not follow links. It fails if another process removed the file after the folder was listed.
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

/// Removes a folder and its subfolders if they are empty.
pub(super) fn remove_empty(folder: &Path) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_empty(&entry.path());
        }
    }
    // Fails if it is not empty.
    let _ = std::fs::remove_dir(folder);
}
