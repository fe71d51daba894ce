//! Reports of downloads.

use ept_reader::Engine;
use serde_json::{Value, json};

use super::file::{DownloadState, Had};
use crate::{JobError, sorted_json};

/// The result of a download.
#[derive(Debug)]
pub struct DownloadReport {
    /// The source, without secrets.
    pub source: String,
    /// The files, in the order of their source.
    pub files: Vec<DownloadedFile>,
    /// Why the download ended early. `None` if it did not.
    pub error: Option<JobError>,
    /// Numbers of the entries of the tile index without a location, from 1.
    pub unlocated: Vec<u64>,
    /// Where the tile index continues, if it is one page of several.
    pub next: Option<String>,
    pub(crate) engine: Engine,
}

/// A file of a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadedFile {
    /// Its path or URL, without secrets.
    pub location: String,
    /// Its path in the folder, with `/` as the separator. `None` if it has no name there.
    pub path: Option<String>,
    pub(crate) had: Result<Had, String>,
}

impl DownloadedFile {
    /// Whether it was fetched or existed. `None` if it failed.
    #[must_use]
    pub fn state(&self) -> Option<DownloadState> {
        self.had.as_ref().ok().map(|had| had.state)
    }

    /// Its size in bytes, or 0 if it failed.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.had.as_ref().map_or(0, |had| had.bytes)
    }

    /// Why it failed. `None` if it is complete.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.had.as_ref().err().map(String::as_str)
    }

    fn to_json(&self) -> Value {
        let had = self.had.as_ref().ok();
        json!({
            "location": self.location,
            "path": self.path,
            "state": match self.state() {
                Some(DownloadState::Fetched) => "fetched",
                Some(DownloadState::Present) => "present",
                None => "failed",
            },
            "bytes": had.map(|had| had.bytes),
            "points": had.map(|had| had.points),
            "cause": self.cause(),
        })
    }
}

impl DownloadReport {
    /// Whether all files are complete.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let has_all = self.files.iter().all(|file| file.had.is_ok());
        has_all && self.error.is_none() && self.unlocated.is_empty() && self.next.is_none()
    }

    /// The files that failed.
    pub fn failed(&self) -> impl Iterator<Item = &DownloadedFile> {
        self.files.iter().filter(|file| file.had.is_err())
    }

    /// The report as a JSON object; `seconds` is the time since the engine was made.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let traffic = self.engine.traffic();
        sorted_json(json!({
            "version": env!("CARGO_PKG_VERSION"),
            "source": self.source,
            "complete": self.is_complete(),
            "error": self.error.as_ref().map(JobError::in_full),
            "files": self.files.iter().map(DownloadedFile::to_json).collect::<Vec<_>>(),
            "unlocated": self.unlocated,
            "next": self.next,
            "bytes": traffic.bytes,
            "requests": traffic.requests,
            "retries": traffic.retries,
            "seconds": self.engine.elapsed().as_secs_f64(),
        }))
    }
}
