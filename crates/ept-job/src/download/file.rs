//! A file of a download.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ept_reader::{
    Dataset, Engine, FileStore, Query, Receiver, StoreError, StoredFile, TransferError,
};
use futures::TryStreamExt;

use super::content::Content;
use super::meter::Meter;
use super::part_file::{self, PartFile};
use super::shown::shown;

/// A file to fetch.
#[derive(Debug, Clone)]
pub(crate) struct WantedFile {
    pub(crate) file: StoredFile,
    /// Its path in the folder, with `/` as the separator.
    pub(crate) path: String,
    pub(crate) content: Content,
}

/// Whether a file was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DownloadState {
    /// It was fetched, as a whole or its missing part.
    Fetched,
    /// It existed, is complete, and has the size of its source.
    Present,
}

/// A complete file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Had {
    pub(crate) state: DownloadState,
    pub(crate) bytes: u64,
    pub(crate) points: u64,
}

/// Why a file is missing.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It can't be fetched, or is invalid.
    File(String),
    /// It can't be written to the disk, and neither could others.
    Disk { path: PathBuf, source: io::Error },
}

/// The folder for the files, and how they are checked.
#[derive(Debug, Clone)]
pub(crate) struct Destination {
    pub(crate) folder: PathBuf,
    /// The engine that decodes the points of each file. `None` if they are not to be decoded.
    pub(crate) verifier: Option<Engine>,
    pub(crate) meter: Arc<Meter>,
}

/// Maximum number of transfers of a file that is not complete afterwards.
const MOST_ROUNDS: u32 = 6;

impl WantedFile {
    /// Fetches the file, unless a complete one exists.
    pub(crate) async fn fetch(self, to: &Destination) -> Result<Had, Failure> {
        let path = to.folder.join(&self.path);
        if let Some(had) = self.present(to, &path).await? {
            let stale = path.clone();
            let cleared = blocking(move || {
                part_file::clear(&stale);
                Ok(())
            });
            cleared.await.map_err(|error| on_disk(&path, error))?;
            return Ok(had);
        }
        let (url, magic) = (shown(&self.file.location()), self.content.magic());
        let (target, meter) = (path.clone(), Arc::clone(&to.meter));
        let opened = blocking(move || {
            if let Some(folder) = target.parent() {
                std::fs::create_dir_all(folder)?;
            }
            PartFile::open(&target, &url, magic, &meter)
        });
        let part = opened.await.map_err(|error| on_disk(&path, error))?;
        let (part, points) = self.complete(to, &path, part).await?;
        let bytes = part.held().bytes;
        let target = path.clone();
        let kept = blocking(move || part.keep(&target)).await;
        kept.map_err(|error| on_disk(&path, error))?;
        let state = DownloadState::Fetched;
        Ok(Had {
            state,
            bytes,
            points,
        })
    }

    /// The existing file, if it is complete. Its name alone proves nothing.
    async fn present(&self, to: &Destination, path: &Path) -> Result<Option<Had>, Failure> {
        let (target, content) = (path.to_owned(), self.content.clone());
        let looked = blocking(move || {
            let found = std::fs::metadata(&target)
                .ok()
                .filter(std::fs::Metadata::is_file);
            Ok(found.and_then(|found| Some((found.len(), content.check(&target, true).ok()?))))
        });
        let looked = looked.await.map_err(|error| on_disk(path, error))?;
        let Some((bytes, points)) = looked else {
            return Ok(None);
        };
        match self.file.size().await {
            Ok(size) if size.is_some_and(|size| size != bytes) => return Ok(None),
            // Some servers let a file be fetched, but not be asked about.
            Ok(_) | Err(StoreError::Denied { .. }) => {}
            Err(error) => return Err(Failure::File(error.cause().to_owned())),
        }
        if self.verified(to, &self.path, points).await.is_err() {
            return Ok(None);
        }
        let state = DownloadState::Present;
        Ok(Some(Had {
            state,
            bytes,
            points,
        }))
    }

    /// The part with all its bytes, checked, and its number of points.
    async fn complete(
        &self,
        to: &Destination,
        path: &Path,
        mut part: PartFile,
    ) -> Result<(PartFile, u64), Failure> {
        // What an earlier process left may be damaged.
        let is_left_over = part.held().bytes > 0;
        let (mut last, mut is_anew) = (None, false);
        for _ in 0..MOST_ROUNDS {
            part = match self.file.transfer(part).await {
                Ok(part) => part,
                Err(TransferError::Fetch(error)) => {
                    part_file::clear_if_empty(path);
                    return Err(Failure::File(error.cause().to_owned()));
                }
                Err(TransferError::Receive(error)) if error.kind() == ErrorKind::InvalidData => {
                    part_file::clear(path);
                    return Err(Failure::File(error.to_string()));
                }
                Err(TransferError::Receive(error)) => return Err(on_disk(path, error)),
                Err(error) => return Err(Failure::File(error.to_string())),
            };
            let held = part.held();
            let fault = match self.checked(to, &part).await {
                Ok(points) => return Ok((part, points)),
                Err(fault) => fault,
            };
            // If the server announced a wrong length, the rest is requested once.
            if last.replace(held.bytes) != Some(held.bytes) && held.contents.stamp.is_some() {
                continue;
            }
            if is_anew || !is_left_over && held.contents.size.is_some() {
                part.remove(path);
                return Err(Failure::File(format!(
                    "it was fetched, but is damaged: {fault}"
                )));
            }
            (last, is_anew) = (None, true);
            part.empty().map_err(|error| on_disk(path, error))?;
        }
        Err(Failure::File("its length differs in each response".into()))
    }

    /// The number of points of a complete part.
    async fn checked(&self, to: &Destination, part: &PartFile) -> Result<u64, String> {
        let (target, content) = (part.path().to_owned(), self.content.clone());
        let has_size = part.held().contents.size.is_some();
        let points = blocking(move || Ok(content.check(&target, has_size))).await;
        let points = points.map_err(|error| error.to_string())??;
        self.verified(to, &format!("{}.part", self.path), points)
            .await?;
        Ok(points)
    }

    /// Decodes all points of the file at a path in the folder, if requested.
    async fn verified(&self, to: &Destination, path: &str, points: u64) -> Result<(), String> {
        let Some(engine) = to.verifier.as_ref().filter(|_| self.content.is_las()) else {
            return Ok(());
        };
        let decode = async {
            let store = Arc::new(FileStore::new(&to.folder));
            let dataset = Dataset::from_file_in(store, path, engine).await?;
            let tiles = dataset
                .select(&Query::new())?
                .map(|tile| tile.points.len() as u64);
            tiles
                .try_fold(0, async |sum, points| Ok(sum + points))
                .await
        };
        match decode.await {
            Ok(found) if found == points => Ok(()),
            Ok(found) => Err(format!("it has {found} points, its header counts {points}")),
            Err(error) => match error.loss() {
                Some(loss) => Err(format!("{}: {}", loss.node, loss.cause)),
                None => Err(error.to_string()),
            },
        }
    }
}

/// Runs work that may block.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await?
}

/// The failure for a file that can't be written. If only its name is at fault, the other files are still fetched.
fn on_disk(path: &Path, error: io::Error) -> Failure {
    match error.kind() {
        ErrorKind::WouldBlock
        | ErrorKind::AlreadyExists
        | ErrorKind::NotADirectory
        | ErrorKind::IsADirectory
        | ErrorKind::InvalidFilename => {
            let path = shown(&path.display().to_string());
            Failure::File(format!("cannot write {path}: {error}"))
        }
        _ => Failure::Disk {
            path: path.to_owned(),
            source: error,
        },
    }
}
