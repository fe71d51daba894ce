//! Selections to work units.

use std::io::Write;
use std::path::Path;

use ept_reader::{Cut, Selection, Unit};

use crate::pending::Pending;
use crate::tile_names::find_names;
use crate::{JobError, OnError, Pass};

/// Divides a selection into work units, see [`Selection::units`]. Names in the query that are not in the schema are
/// looked for in tiles first, as [`write_points`](crate::write_points) does.
///
/// # Errors
/// As there.
pub async fn units(selection: Selection, cut: &Cut) -> Result<Vec<Unit>, JobError> {
    let mut pass = Pass::new(selection, OnError::Fail);
    find_names(&mut pass).await?;
    Ok(pass.selection().units(cut).await?)
}

/// Writes units to a file as lines of JSON. The file appears when it is complete.
///
/// # Errors
/// If it can't be written.
pub fn write_units(units: &[Unit], path: &Path) -> Result<(), JobError> {
    let failed = |source| JobError::File {
        output: path.display().to_string(),
        source,
    };
    let (file, pending) = Pending::create(path).map_err(failed)?;
    let mut out = std::io::BufWriter::new(file);
    for unit in units {
        writeln!(out, "{unit}").map_err(failed)?;
    }
    out.into_inner()
        .map_err(|error| failed(error.into_error()))?;
    pending.keep().map_err(failed)
}
