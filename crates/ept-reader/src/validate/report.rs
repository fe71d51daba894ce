//! The report of a validation.

use super::{Finding, Severity};

/// The findings for a dataset, and how much of it was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationReport {
    /// Path or URL of `ept.json`, without secrets.
    pub location: String,
    /// Findings, errors first, in the order of their codes.
    pub findings: Vec<Finding>,
    /// How much was checked.
    pub checked: Checked,
}

/// How much of a dataset was checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checked {
    /// Whether `ept.json` could be read. Otherwise nothing else could be checked.
    pub metadata: bool,
    /// Number of pages of the hierarchy that were read.
    pub pages: u64,
    /// Number of nodes with points.
    pub nodes: u64,
    /// Number of points according to the hierarchy.
    pub points: u64,
    /// Number of tiles whose existence was checked.
    pub tiles: u64,
    /// Number of tiles whose headers were read.
    pub headers: u64,
    /// Number of tiles whose points were decoded.
    pub decoded: u64,
    /// Number of sources in the list.
    pub sources: u64,
}

impl ValidationReport {
    /// Whether there are no findings of severity error.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.count(Severity::Error) == 0
    }

    /// The number of kinds of findings with a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> u64 {
        let findings = self.findings.iter();
        let of_level = findings.filter(|finding| finding.code.severity() == severity);
        of_level.map(|finding| finding.count).sum()
    }
}
