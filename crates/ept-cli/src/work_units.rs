//! Writes work units.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use ept_job::write_units;
use ept_reader::Unit;

use crate::numbers::{counted, grouped};
use crate::terminal::{self, tell};

/// Writes units to a file or standard output, and says how many there are.
pub(crate) fn write(units: &[Unit], path: Option<&Path>, quiet: bool) -> Result<()> {
    match path {
        Some(path) if path.as_os_str() != "-" => write_units(units, path)?,
        _ => {
            let mut out = terminal::out();
            units.iter().try_for_each(|unit| writeln!(out, "{unit}"))?;
        }
    }
    if !quiet {
        let points: u64 = units.iter().map(Unit::points).sum();
        let most = units.iter().map(Unit::points).max().unwrap_or(0);
        tell!(
            "{}: {} to read, at most {} in one",
            counted(units.len() as u64, "unit"),
            counted(points, "point"),
            grouped(most)
        );
    }
    Ok(())
}
