//! Divisions of queries, and what becomes of them.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use ept_job::{Merge, Pass};
use ept_reader::{Cut, Spacing};
use pyo3::prelude::*;
use serde_json::json;

use crate::progress::Bar;
use crate::runtime::wait;
use crate::text::Text;
use crate::unit::Unit;
use crate::{errors, json};

/// Divides the points of a pass into at most `n` work units.
pub(crate) fn divide(
    py: Python<'_>,
    mut pass: Pass,
    n: NonZeroUsize,
    halo: Option<Text>,
) -> PyResult<Vec<ept_reader::Unit>> {
    let cut = match halo {
        None => Cut::by_nodes(n),
        Some(Text::Number(0.0)) => Cut::by_area(n, None),
        Some(width) => Cut::by_area(n, Some(width.parse::<Spacing>(py, "halo")?)),
    };
    let units = wait(py, || ept_job::units(&mut pass, &cut))?;
    errors::warn_of_losses(py, &pass.losses().sorted())?;
    units.map_err(|error| errors::job(py, &error))
}

/// Reads work units from a file of ``ept plan --units``: lines of JSON.
///
/// Returns
/// -------
/// list of Unit
///
/// Raises
/// ------
/// NotFoundError, StoreError
///     If the file can't be read.
/// FormatError
///     If a line is not a unit.
#[pyfunction]
pub(crate) fn read_units(py: Python<'_>, path: PathBuf) -> PyResult<Vec<Unit>> {
    let shown = path.display().to_string();
    let failed = |error: io::Error| errors::file(py, &shown, &error);
    let lines = BufReader::new(File::open(&path).map_err(failed)?).lines();
    let mut units = Vec::new();
    for (line, number) in lines.zip(1_u64..) {
        let unit = line.map_err(failed)?.parse();
        let unit = unit.map_err(|error: ept_reader::Error| {
            let message = format!("{shown}, line {number}: {error}");
            errors::format(py, &message, Some(&shown))
        })?;
        units.push(Unit::of_text(unit));
    }
    Ok(units)
}

/// Puts the parts of all units in a folder together, without encoding COPC, LAZ and Parquet again.
///
/// Parameters
/// ----------
/// folder : path
///     Where units were written: by :meth:`Unit.write`, or ``ept run``.
/// path : path
///     The file to write, which appears complete or not at all.
/// overwrite : bool
///     Whether an existing file is replaced.
/// progress : bool
///     Show a progress bar, if tqdm is installed.
///
/// Returns
/// -------
/// dict
///     ``points``, ``parts``, ``copied`` (whether points are as the units stored them), ``losses`` of all units.
///
/// Raises
/// ------
/// OutputError
///     If a part is missing, doubled, of another job, or not as it was written; the message names it.
#[pyfunction]
#[pyo3(signature = (folder, path, *, overwrite=true, progress=false))]
pub(crate) fn merge<'py>(
    py: Python<'py>,
    folder: PathBuf,
    path: PathBuf,
    overwrite: bool,
    progress: bool,
) -> PyResult<Bound<'py, PyAny>> {
    crate::output::check_overwrite(py, &path, overwrite)?;
    let bar = Bar::new(py, progress)?;
    let merged = wait(py, || merge_all(&folder, &path, &bar))?;
    bar.close(py)?;
    let merged = merged.map_err(|error| errors::job(py, &error))?;
    errors::warn_of_losses_of_units(py, merged.losses.len())?;
    let told = json!({
        "points": merged.points,
        "parts": merged.parts,
        "copied": merged.is_copied,
        "losses": merged.losses,
    });
    json::to_python(py, &told)
}

async fn merge_all(
    folder: &Path,
    path: &Path,
    bar: &Bar,
) -> Result<ept_job::Merged, ept_job::JobError> {
    let merge = Merge::of_folder(folder)?;
    merge.write(path, |progress| bar.show(progress)).await
}
