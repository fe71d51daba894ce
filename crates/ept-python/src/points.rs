//! What points are read from: queries and work units.

use std::sync::Arc;

use ept_job::{Batches, Pass};
use pyo3::prelude::*;

use crate::report::{Job, Slot};
use crate::runtime::wait;
use crate::{arrays, errors, reader};

/// Points that can be read, any number of times.
pub(crate) trait Points {
    /// A pass over the points, which begins to look for nodes.
    fn pass(&self, py: Python<'_>) -> PyResult<Pass>;

    /// Where the report of a read is left.
    fn report_slot(&self) -> &Slot;

    /// Whether dimensions were named.
    fn names_dimensions(&self) -> bool;

    /// Whether there is a column of geometries.
    fn has_geometry(&self) -> bool;

    /// An error of reading, with what it says of these points.
    fn told(&self, _py: Python<'_>, error: PyErr) -> PyErr {
        error
    }

    /// The batches of the points, of which nothing is read yet.
    fn open_batches(&self, py: Python<'_>, has_geometry: bool) -> PyResult<Batches> {
        let pass = self.pass(py)?;
        let batches = wait(py, || Batches::new(pass, has_geometry))?;
        batches.map_err(|error| self.told(py, errors::job(py, &error)))
    }

    /// A job that reads the points, which leaves its report here.
    fn job(&self, pass: &Pass) -> Job {
        Job::new(pass, Arc::clone(self.report_slot()))
    }
}

/// All points as a `pandas.DataFrame`.
pub(crate) fn pandas<'py>(
    py: Python<'py>,
    points: &impl Points,
    progress: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let arrays = arrays::read(py, points, progress)?;
    let options = pyo3::types::PyDict::new(py);
    options.set_item("copy", false)?;
    py.import("pandas")?
        .getattr("DataFrame")?
        .call((arrays,), Some(&options))
}

/// All points as a `polars.DataFrame`.
pub(crate) fn polars<'py>(
    py: Python<'py>,
    points: &impl Points,
    progress: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let all = reader::all(py, points, points.has_geometry(), progress)?;
    py.import("polars")?.getattr("DataFrame")?.call1((all,))
}

/// All points as a `geopandas.GeoDataFrame`.
pub(crate) fn geopandas<'py>(
    py: Python<'py>,
    points: &impl Points,
    progress: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let frames = py.import("geopandas")?.getattr("GeoDataFrame")?;
    frames.call_method1("from_arrow", (reader::all(py, points, true, progress)?,))
}

/// Points as a `pyarrow.RecordBatchReader` of an object that is an Arrow stream.
pub(crate) fn batches<'py>(stream: &Bound<'py, impl pyo3::PyClass>) -> PyResult<Bound<'py, PyAny>> {
    let class = stream
        .py()
        .import("pyarrow")?
        .getattr("RecordBatchReader")?;
    class.call_method1("from_stream", (stream,))
}

/// The report of the last read as a dictionary.
pub(crate) fn report<'py>(
    py: Python<'py>,
    points: &impl Points,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let slot = points.report_slot().lock();
    let report = slot
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .clone();
    report
        .map(|report| crate::json::to_python(py, &report))
        .transpose()
}
