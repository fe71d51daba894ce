//! Files of a download before they are fetched.

use ept_reader::{Engine, Error, StoredFile};

use super::content::Content;
use super::file::WantedFile;
use super::report::DownloadedFile;
use super::shown::shown;

/// A file to have, or why it can't be had.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) location: String,
    pub(crate) wanted: Result<WantedFile, String>,
}

impl Entry {
    /// The entry of a LAS, LAZ or COPC file that gets a name, if there is one for it.
    pub(crate) fn of(location: &str, name: Option<String>, engine: &Engine) -> Entry {
        let file = match StoredFile::at(location, engine) {
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

    /// The file before it is fetched.
    pub(crate) fn untried(&self) -> DownloadedFile {
        DownloadedFile {
            location: self.location.clone(),
            path: self.wanted.as_ref().ok().map(|wanted| wanted.path.clone()),
            had: Err("not fetched, since the download ended before".into()),
        }
    }
}
