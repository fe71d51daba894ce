//! The results of the checks of a dataset.

use std::fmt::{self, Debug};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Results for one dataset: the number of checks, and those that failed.
#[derive(Debug)]
pub(crate) struct Report {
    name: String,
    checks: u64,
    misses: Vec<String>,
}

impl Report {
    pub(crate) fn new(name: impl Into<String>) -> Report {
        Report {
            name: name.into(),
            checks: 0,
            misses: Vec::new(),
        }
    }

    pub(crate) fn passed(&self) -> bool {
        self.misses.is_empty()
    }

    /// Records a check. `miss` describes the failure.
    pub(crate) fn check(&mut self, holds: bool, miss: impl FnOnce() -> String) {
        self.checks += 1;
        if !holds {
            self.misses.push(miss());
        }
    }

    pub(crate) fn equal<T: PartialEq + Debug>(&mut self, what: &str, found: T, expected: T) {
        self.check(found == expected, || {
            format!("{what}: {found:?}, expected {expected:?}")
        });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.passed() { "ok  " } else { "MISS" };
        write!(f, "{verdict}  {:40} {:6} checks", self.name, self.checks)?;
        let shown = 12;
        for miss in self.misses.iter().take(shown) {
            write!(f, "\n      {miss}")?;
        }
        match self.misses.len().saturating_sub(shown) {
            0 => Ok(()),
            more => write!(f, "\n      and {more} more"),
        }
    }
}

/// The folders directly in `folder` that contain a file of this name, sorted.
pub(crate) fn folders_with(folder: &Path, file: &str) -> Result<Vec<PathBuf>> {
    let entries = folder
        .read_dir()
        .with_context(|| folder.display().to_string())?;
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.join(file).is_file() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}
