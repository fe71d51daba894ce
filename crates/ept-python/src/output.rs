//! Points to files.

use std::path::{Path, PathBuf};

use ept_job::{Format, Output, OutputError, write_points};
use pyo3::prelude::*;

use crate::points::Points;
use crate::progress::Bar;
use crate::query::Query;
use crate::runtime::wait;
use crate::{errors, json};

/// Writes the points of a query to a file and returns the report.
pub(crate) fn write<'py>(
    py: Python<'py>,
    query: &Query,
    path: PathBuf,
    format: Option<&str>,
    precision: Option<u8>,
    progress: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let output = output(path, format, precision);
    let output = output.map_err(|error| errors::output(py, &error))?;
    let mut pass = query.pass(py)?;
    let job = query.job(&pass);
    let bar = Bar::new(py, progress)?;
    let written = wait(py, || {
        write_points(&mut pass, output, |progress| bar.show(progress))
    })?;
    bar.close(py)?;
    match written {
        Ok(points) => job.end(py, &pass, points)?,
        Err(error) => {
            job.fail(&pass, &error);
            return Err(errors::job(py, &error));
        }
    }
    json::to_python(py, &job.report())
}

fn output(
    path: PathBuf,
    format: Option<&str>,
    precision: Option<u8>,
) -> Result<Output, OutputError> {
    let format = format.map(str::parse::<Format>).transpose()?;
    let output = Output::to_file(path, format)?;
    match precision {
        Some(decimals) => output.with_precision(decimals),
        None => Ok(output),
    }
}

/// Refuses to overwrite a file.
pub(crate) fn check_overwrite(py: Python<'_>, path: &Path, overwrite: bool) -> PyResult<()> {
    if overwrite || !path.exists() {
        return Ok(());
    }
    let problem = format!("{} already exists, and overwrite is False", path.display());
    Err(errors::output(py, &OutputError::Value(problem)))
}
