//! Folders to fetch into.

use std::path::PathBuf;

use super::{names_in, tag};
use crate::support::ept;
use crate::support::server::{Request, Server};

/// A folder for a test.
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Fetches a file that then is there with these bytes, and nothing else is.
    #[track_caller]
    pub(crate) fn fetches(&self, url: &str, expected: &[u8]) {
        let folder = self.0.path().to_str().unwrap();
        ept(&["fetch", url, "-d", folder]).ends_with(0);
        assert_eq!(names_in(self.0.path()), ["x.laz"]);
        assert!(std::fs::read(self.path("x.laz")).unwrap() == expected);
    }

    /// Writes the files that a process leaves if it is killed after the first bytes of some contents.
    pub(crate) fn leave(&self, server: &Server, contents: &[u8], bytes: usize) {
        self.leave_of(&server.url("/x.laz"), contents, bytes);
    }

    pub(crate) fn leave_of(&self, url: &str, contents: &[u8], bytes: usize) {
        std::fs::write(self.path("x.laz.part"), &contents[..bytes]).unwrap();
        let record = serde_json::json!({
            "url": url, "stamp": tag(contents), "length": contents.len(), "done": 0,
        });
        std::fs::write(self.path("x.laz.part.json"), record.to_string()).unwrap();
    }
}

/// The ranges that a server was asked for.
pub(crate) fn ranges(server: &Server) -> Vec<Option<String>> {
    let requests = server.requests();
    let range = |request: &Request| request.headers.get("range").cloned();
    requests.iter().map(range).collect()
}
