//! Files of remote datasets, kept in a folder between runs.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::{Answer, StoreError};

/// A folder that keeps what was fetched, for later queries and other processes.
///
/// Everything is in a folder `ept-cache` in it, which the cache marks as its own; no other file is ever removed, and no
/// link is followed.
///
/// Entries are whole or absent, also after a process was killed: each is written beside its name and
/// renamed, and read with a checksum. The least recently used go when it becomes larger than its limit.
///
/// An entry counts as fresh while the dataset's `ept.json` is the one under which it was fetched, by contents
/// and `ETag` or date; that file alone is asked for each time a dataset is opened. Once it has changed, each
/// entry is asked for by its own `ETag` or date before it is used again. A URL with another query string is another
/// dataset. What does not decode is removed and asked for once more.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: Arc<Folder>,
}

/// What a cache holds of one dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedDataset {
    /// URL of the dataset, without secrets.
    pub location: String,
    /// Number of files.
    pub files: u64,
    /// Size of the files in bytes, as they are in the cache.
    pub bytes: u64,
}

#[derive(Debug)]
struct Folder {
    /// The cache's own folder in the user's.
    root: PathBuf,
    max_bytes: u64,
    /// Bytes written since all files were last counted; at first more than can be, so that they are.
    uncounted: AtomicU64,
}

/// First line of an entry: tells ours from anything else, and versions of the form apart.
const MAGIC: &str = "ept-cache 1";
/// File in the folder of each dataset that holds its location.
const LOCATION_FILE: &str = "location";
/// Folder in the user's that is the cache's own.
const FOLDER: &str = "ept-cache";
/// File in that folder that marks it, as <https://bford.info/cachedir/> has it.
const TAG_FILE: &str = "CACHEDIR.TAG";
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This folder is a cache of ept, which may remove files from it.\n";
/// End of the names of entries.
const ENTRY: &str = ".entry";
/// Letters in the name of a dataset's folder.
const HASH: usize = 32;
/// Start of the names of files under way.
const PART: &str = ".part-";
/// Files under way that are older were left by a process that died.
const PART_LIFETIME: Duration = Duration::from_secs(3600);

impl Cache {
    /// The cache in `folder`, which is made when it is first needed. It holds at most `max_bytes`; files larger
    /// than a twentieth of that are not kept.
    pub fn new(folder: impl Into<PathBuf>, max_bytes: u64) -> Cache {
        Cache {
            folder: Arc::new(Folder {
                root: folder.into().join(FOLDER),
                max_bytes,
                uncounted: AtomicU64::new(max_bytes),
            }),
        }
    }

    /// The datasets in the cache, by location.
    ///
    /// # Errors
    /// When the folder cannot be read. One that does not exist is empty.
    pub fn datasets(&self) -> io::Result<Vec<CachedDataset>> {
        let mut datasets = Vec::new();
        for folder in folders(&self.folder.root)? {
            let Ok(location) = std::fs::read_to_string(folder.join(LOCATION_FILE)) else {
                continue;
            };
            let files = files(&folder)?;
            datasets.push(CachedDataset {
                location,
                files: files.len() as u64,
                bytes: files.iter().map(|file| file.bytes).sum(),
            });
        }
        datasets.sort_by(|a, b| a.location.cmp(&b.location));
        Ok(datasets)
    }

    /// Removes all that the cache holds, and nothing else that may be in its folder.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn clear(&self) -> io::Result<()> {
        for folder in folders(&self.folder.root)? {
            for entry in files(&folder)? {
                std::fs::remove_file(entry.path)?;
            }
            std::fs::remove_file(folder.join(LOCATION_FILE))?;
            remove_empty(&folder);
        }
        Ok(())
    }
}

/// The part of a cache that belongs to one dataset.
#[derive(Debug)]
pub(crate) struct DatasetCache {
    cache: Arc<Folder>,
    folder: PathBuf,
    location: String,
    /// Identifies the `ept.json` of this run.
    generation: Mutex<Option<String>>,
}

const METADATA_PATH: &str = "ept.json";

impl DatasetCache {
    /// The part of the dataset at `location`, which has no secrets in it. `identity` tells it from all others, and may have
    /// some.
    pub(crate) fn new(cache: &Cache, location: String, identity: &str) -> DatasetCache {
        DatasetCache {
            cache: Arc::clone(&cache.folder),
            folder: cache.folder.root.join(&hash(identity.as_bytes())[..HASH]),
            location,
            generation: Mutex::default(),
        }
    }

    /// What is kept of a file, if it is whole.
    pub(crate) async fn find(&self, path: &str, max_bytes: usize) -> Option<Entry> {
        read(self.place(path)?, max_bytes).await
    }

    /// Removes what is kept of a file.
    pub(crate) async fn forget(&self, path: &str) {
        if let Some(place) = self.place(path) {
            // One that cannot be removed is found to be damaged again.
            let _ = tokio::fs::remove_file(place).await;
        }
    }

    /// Whether an entry can be used without asking for it.
    pub(crate) fn is_fresh(&self, path: &str, entry: &Entry) -> bool {
        path != METADATA_PATH && self.generation().as_ref() == Some(&entry.generation)
    }

    /// The contents that an answer stands for, kept for the next time.
    pub(crate) async fn resolve(
        &self,
        path: &str,
        known: Option<Entry>,
        answer: Answer,
    ) -> Result<Bytes, StoreError> {
        let (bytes, stamp) = match (answer, known) {
            (Answer::File { bytes, stamp }, _) => (bytes, stamp),
            (Answer::Same, Some(entry)) => (entry.bytes, entry.stamp),
            (Answer::Same, None) => {
                return Err(StoreError::Failed {
                    location: format!("{}{path}", self.location),
                    cause: "said to be the same as before, but there was nothing before".into(),
                });
            }
        };
        if path == METADATA_PATH {
            let mut identity = bytes.to_vec();
            identity.extend_from_slice(stamp.as_deref().unwrap_or_default().as_bytes());
            *self.lock() = Some(hash(&identity));
        }
        if let Some(place) = self.place(path) {
            let entry = Entry {
                generation: self.generation().unwrap_or_default(),
                stamp,
                bytes: bytes.clone(),
            };
            self.keep(place, entry).await;
        }
        Ok(bytes)
    }

    /// Where a file of the dataset is kept; nowhere when its path could lead out of the folder.
    fn place(&self, path: &str) -> Option<PathBuf> {
        let is_plain = |part: &str| {
            let is_safe = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            !part.is_empty() && !part.starts_with('.') && part.chars().all(is_safe)
        };
        let is_plain = path.len() < 200 && path.split('/').all(is_plain);
        is_plain.then(|| self.folder.join(format!("{path}{ENTRY}")))
    }

    /// Keeps an entry if that can be done: a cache that is full or cannot be written is not a failure.
    async fn keep(&self, place: PathBuf, entry: Entry) {
        let (cache, location) = (Arc::clone(&self.cache), self.location.clone());
        let label = self.folder.join(LOCATION_FILE);
        let work = move || -> io::Result<()> {
            if !label.is_file() {
                cache.write(&label, &[location.as_bytes()])?;
            }
            let head = entry.head();
            cache.write(&place, &[head.as_bytes(), &entry.bytes])
        };
        let _ = tokio::task::spawn_blocking(work).await;
    }

    fn generation(&self) -> Option<String> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.generation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file as the cache keeps it.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The `ept.json` under which it was fetched or found to be the same.
    generation: String,
    pub(crate) stamp: Option<String>,
    pub(crate) bytes: Bytes,
}

impl Entry {
    /// What stands before the contents: four lines and an empty one.
    fn head(&self) -> String {
        let stamp = self.stamp.as_deref().unwrap_or_default();
        let checksum = hash(&self.bytes);
        let generation = &self.generation;
        format!("{MAGIC}\nof {generation}\nstamp {stamp}\nsha256 {checksum}\n\n")
    }

    /// An entry from its file; `None` if it is not whole.
    fn parse(file: Bytes) -> Option<Entry> {
        let end = file.windows(2).position(|pair| pair == b"\n\n")?;
        let head = std::str::from_utf8(&file[..end]).ok()?;
        let mut lines = head.strip_prefix(MAGIC)?.split('\n').skip(1);
        let mut line = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let generation = line("of")?.to_owned();
        let stamp = line("stamp")
            .filter(|stamp| !stamp.is_empty())
            .map(str::to_owned);
        let checksum = line("sha256")?;
        let bytes = file.slice(end + 2..);
        (checksum == hash(&bytes)).then_some(Entry {
            generation,
            stamp,
            bytes,
        })
    }
}

/// The entry at a place, marked as used; `None` if there is no whole one.
async fn read(place: PathBuf, max_bytes: usize) -> Option<Entry> {
    let work = move || {
        let entry = Entry::parse(std::fs::read(&place).ok()?.into())?;
        let used = std::fs::File::options().append(true).open(&place);
        // Only the order of eviction depends on it.
        let _ = used.and_then(|file| file.set_modified(SystemTime::now()));
        Some(entry)
    };
    let entry = tokio::task::spawn_blocking(work).await.ok()??;
    (entry.bytes.len() <= max_bytes).then_some(entry)
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Folder {
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
    fn write(&self, path: &Path, parts: &[&[u8]]) -> io::Result<()> {
        let size: u64 = parts.iter().map(|part| part.len() as u64).sum();
        // Counted again after each twentieth, down to nine tenths: two processes stay within the limit.
        let share = self.max_bytes / 20;
        if size > share || !self.claim()? {
            return Ok(());
        }
        if self.uncounted.fetch_add(size, Ordering::Relaxed) + size > share {
            self.uncounted.store(size, Ordering::Relaxed);
            self.make_room()?;
        }
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
struct Kept {
    path: PathBuf,
    bytes: u64,
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
fn folders(root: &Path) -> io::Result<Vec<PathBuf>> {
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
fn files(folder: &Path) -> io::Result<Vec<Kept>> {
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
fn remove_empty(folder: &Path) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_empty(&entry.path());
        }
    }
    // Fails for one that is not empty.
    let _ = std::fs::remove_dir(folder);
}
