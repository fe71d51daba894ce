//! Files of a download that were not fetched yet.

use ept_reader::{Error, StoredFile};

use super::content::Content;
use super::file::WantedFile;
use super::report::DownloadedFile;
use super::shown::shown;

/// A file to fetch, or why it can't be fetched.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) location: String,
    pub(crate) wanted: Result<WantedFile, String>,
}

impl Entry {
    /// The entry of a LAS, LAZ or COPC file. `name` is `None` if another file has its name.
    pub(crate) fn of(
        location: &str,
        file: Result<StoredFile, Error>,
        name: Option<String>,
    ) -> Entry {
        let file = match file {
            Ok(file) => file,
            Err(error) => {
                return Entry {
                    location: shown(location),
                    wanted: Err(error.to_string()),
                };
            }
        };
        let is_ept = file.location().to_ascii_lowercase().ends_with("/ept.json");
        let wanted = match name {
            _ if is_ept => Err("an EPT dataset, which is fetched by itself: give its URL".into()),
            None => Err("another file of the index has the same name".into()),
            Some(path) => Ok(WantedFile {
                file: file.clone(),
                path,
                content: Content::Points,
            }),
        };
        Entry {
            location: shown(&file.location()),
            wanted,
        }
    }

    /// The entry of a file that can't be opened.
    pub(crate) fn lost(error: &Error) -> Entry {
        let (location, cause) = match error {
            Error::Store(error) => (error.location(), error.cause().to_owned()),
            Error::File { location, fault } => (&**location, fault.to_string()),
            Error::Location { location, problem } => (&**location, problem.clone()),
            error => ("", error.to_string()),
        };
        Entry {
            location: shown(location),
            wanted: Err(cause),
        }
    }

    /// The result of a file that was not fetched.
    pub(crate) fn untried(&self) -> DownloadedFile {
        DownloadedFile {
            location: self.location.clone(),
            path: self.wanted.as_ref().ok().map(|wanted| wanted.path.clone()),
            had: Err("not fetched, since the download ended early".into()),
        }
    }
}
