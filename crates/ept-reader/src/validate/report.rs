//! What a validation came to.

use super::{Finding, Severity};

/// What was found in a dataset, and how much of it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Path or URL of `ept.json`, without secrets.
    pub location: String,
    /// Findings, errors first, in the order of their codes.
    pub findings: Vec<Finding>,
    /// How much was looked at.
    pub checked: Checked,
}

/// How much of a dataset was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checked {
    /// Whether `ept.json` could be read: nothing else can be checked without it.
    pub metadata: bool,
    /// Pages of the hierarchy that were read.
    pub pages: u64,
    /// Nodes with points.
    pub nodes: u64,
    /// Points by the hierarchy.
    pub points: u64,
    /// Tiles that were looked for.
    pub tiles: u64,
    /// Tiles whose header was read.
    pub headers: u64,
    /// Tiles of which every point was decoded.
    pub decoded: u64,
    /// Sources in the list.
    pub sources: u64,
}

impl Report {
    /// Whether nothing of error level was found.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.count(Severity::Error) == 0
    }

    /// How many findings there are of a level.
    #[must_use]
    pub fn count(&self, severity: Severity) -> u64 {
        let findings = self.findings.iter();
        let of_level = findings.filter(|finding| finding.code.severity() == severity);
        of_level.map(|finding| finding.count).sum()
    }
}
