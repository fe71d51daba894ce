//! Incomplete files.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ept_reader::{Contents, Held, Receiver};

use super::meter::{Meter, Share};
use super::record::Record;

/// An incomplete file: `NAME.part`, with a record `NAME.part.json`. It outlives the process, and can be continued.
///
/// All bytes count that were written, also by a process that was killed. After a crash of the system, blocks after the synced
/// bytes may be missing. They then read as zeros, and the part is truncated before them.
#[derive(Debug)]
pub(crate) struct PartFile {
    file: File,
    path: PathBuf,
    record_path: PathBuf,
    record: Record,
    length: u64,
    /// The first bytes of every valid file.
    magic: &'static [u8],
    share: Share,
}

/// Number of bytes after which the file is synced.
const SAFE: u64 = 16 << 20;
/// Size of the blocks that read as zeros if the system lost them.
const BLOCK: usize = 512;

/// The path of the part of a file.
pub(crate) fn part_path(path: &Path) -> PathBuf {
    with_suffix(path, ".part")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.into();
    name.push(suffix);
    name.into()
}

/// Removes the part and the record of a file that is complete.
pub(crate) fn clear(path: &Path) {
    for suffix in [".part", ".part.json", ".part.json.new"] {
        // Usually they do not exist.
        let _ = fs::remove_file(with_suffix(path, suffix));
    }
}

/// Removes the part and the record of a file if no byte was fetched.
pub(crate) fn clear_if_empty(path: &Path) {
    if fs::metadata(part_path(path)).is_ok_and(|part| part.len() == 0) {
        clear(path);
    }
}

impl PartFile {
    /// Opens the part of the file that will be at `path`. `url` is its source, without secrets. Bytes of another source, or of
    /// contents without a stamp, are discarded.
    pub(crate) fn open(
        path: &Path,
        url: &str,
        magic: &'static [u8],
        meter: &Arc<Meter>,
    ) -> io::Result<PartFile> {
        let record_path = with_suffix(path, ".part.json");
        let path = part_path(path);
        let file = locked(&path)?;
        let known = Record::read(&record_path);
        let record = known.filter(|known| known.url == url && known.contents.stamp.is_some());
        let record = record.unwrap_or_else(|| Record {
            url: url.to_owned(),
            ..Record::default()
        });
        let mut part = PartFile {
            length: file.metadata()?.len(),
            file,
            path,
            record_path,
            record,
            magic,
            share: meter.share(),
        };
        let length = match part.record.contents.stamp {
            Some(_) => part.sound_length()?,
            None => 0,
        };
        part.cut(length)?;
        Ok(part)
    }

    /// The number of bytes that were certainly written.
    fn sound_length(&mut self) -> io::Result<u64> {
        let safe = self.record.done.min(self.length);
        let mut block = [0; BLOCK];
        self.file.seek(SeekFrom::Start(safe))?;
        loop {
            let read = self.file.read(&mut block)?;
            if read == 0 {
                return Ok(self.length);
            }
            if read == BLOCK && block == [0; BLOCK] {
                return Ok(safe);
            }
        }
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        if length < self.length {
            self.file.set_len(length)?;
        }
        self.length = length;
        self.file.seek(SeekFrom::Start(length))?;
        Ok(())
    }

    /// The path of the part.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Discards all bytes.
    pub(crate) fn empty(&mut self) -> io::Result<()> {
        self.cut(0)?;
        self.record.contents = Contents::default();
        self.record.done = 0;
        self.record.write(&self.record_path)
    }

    /// Gives the file its name.
    pub(crate) fn keep(self, path: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, path)?;
        if let Some(folder) = path.parent().filter(|_| cfg!(unix)) {
            // Syncs the name, if the system can do that.
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        clear(path);
        Ok(())
    }

    /// Removes the part.
    pub(crate) fn remove(self, path: &Path) {
        drop(self);
        clear(path);
    }

    /// Checks that the file starts with the first bytes of every valid file.
    fn check_magic(&self, bytes: &[u8]) -> io::Result<()> {
        let at = usize::try_from(self.length).unwrap_or(usize::MAX);
        let rest = self.magic.get(at..).unwrap_or_default();
        if rest
            .iter()
            .zip(bytes)
            .all(|(wanted, found)| wanted == found)
        {
            return Ok(());
        }
        let start: String = bytes
            .iter()
            .take(16)
            .map(|byte| char::from(*byte))
            .collect();
        let problem = format!("not a LAS, LAZ or COPC file: it begins with {start:?}");
        Err(io::Error::new(ErrorKind::InvalidData, problem))
    }
}

/// Opens the file at a path exclusively.
fn locked(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    let file = options.open(path)?;
    match file.try_lock() {
        // Not every file system supports locks.
        Ok(()) | Err(TryLockError::Error(_)) if is_at(&file, path) => Ok(file),
        _ => Err(io::Error::new(
            ErrorKind::WouldBlock,
            "another process is fetching it; run this again when that has finished",
        )),
    }
}

/// Whether a file is still at the path it was opened at. Another process may have completed it meanwhile.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let (own, other) = (
        file.metadata().map(identity),
        fs::metadata(path).map(identity),
    );
    own.ok().is_some_and(|own| other.ok() == Some(own))
}

#[cfg(not(unix))]
fn is_at(_file: &File, path: &Path) -> bool {
    path.exists()
}

impl Receiver for PartFile {
    fn held(&self) -> Held {
        Held {
            bytes: self.length,
            contents: self.record.contents.clone(),
        }
    }

    fn begin(&mut self, at: u64, contents: &Contents) -> io::Result<()> {
        // Bytes of other contents are removed before the record names the new ones.
        self.cut(at)?;
        self.record.contents.clone_from(contents);
        self.record.done = self.record.done.min(at);
        self.record.write(&self.record_path)?;
        let left = contents.size.map(|size| size.saturating_sub(at));
        self.share.expect(left);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.check_magic(bytes)?;
        self.file.write_all(bytes)?;
        self.length += bytes.len() as u64;
        self.share.add(bytes.len() as u64);
        if self.length - self.record.done >= SAFE {
            self.file.sync_data()?;
            self.record.done = self.length;
            self.record.write(&self.record_path)?;
        }
        Ok(())
    }
}
