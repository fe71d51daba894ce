//! Validation: what is intact has no errors, and each fault is found by its code.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    clippy::semicolon_if_nothing_returned,
    reason = "a change of the table of cases is one expression"
)]

mod cases;
mod findings;
mod intact;
mod servers;

use std::collections::BTreeSet;
use std::path::Path;

use ept_reader::{Checks, Options, ValidationReport, validate};
use serde_json::Value;

const DEEP: Checks = Checks {
    deep: true,
    headers: 64,
    examples: 10,
};

async fn report(folder: &Path, checks: &Checks) -> ValidationReport {
    let location = folder.to_str().unwrap();
    validate(location, &Options::default(), checks, |_| {})
        .await
        .unwrap()
}

fn codes(report: &ValidationReport) -> BTreeSet<&'static str> {
    report
        .findings
        .iter()
        .map(|finding| finding.code.id())
        .collect()
}

fn errors(report: &ValidationReport) -> BTreeSet<&'static str> {
    let codes = codes(report).into_iter();
    codes.filter(|code| code.starts_with('E')).collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(std::fs::copy(entry.path(), to).unwrap()),
        }
    }
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Changes a JSON file below a folder.
fn edit(folder: &Path, path: &str, change: impl FnOnce(&mut Value)) {
    let path = folder.join(path);
    let mut value = read(&path);
    change(&mut value);
    std::fs::write(path, value.to_string()).unwrap();
}

/// Changes the pages of the hierarchy.
fn page(folder: &Path, key: &str, change: impl FnOnce(&mut Value)) {
    edit(folder, &format!("ept-hierarchy/{key}.json"), change);
}

const ROOT_TILE: &str = "ept-data/0-0-0-0.laz";
