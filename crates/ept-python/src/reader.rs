//! Streams and tables of Arrow.

use std::process;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchReader, StructArray};
use arrow_schema::{ArrowError, Field, SchemaRef};
use ept_job::{Batches, JobError};
use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::PyTable;
use pyo3_arrow::ffi::{ArrayIterator, to_stream_pycapsule};

use crate::errors;
use crate::points::Points;
use crate::progress::Bar;
use crate::report::Job;
use crate::runtime::wait;

/// A stream of points, which is read while it is taken.
pub(crate) struct Reader {
    batches: Batches,
    job: Job,
    points: u64,
    /// The process that reads it.
    pid: u32,
}

impl Reader {
    pub(crate) fn new(batches: Batches, job: Job) -> Reader {
        Reader {
            batches,
            job,
            points: 0,
            pid: process::id(),
        }
    }

    /// The stream as a capsule of Arrow's C interface.
    pub(crate) fn into_capsule<'py>(
        self,
        py: Python<'py>,
        requested: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = self.schema();
        let field = Field::new_struct("", schema.fields().clone(), false);
        let field = field.with_metadata(schema.metadata().clone());
        let arrays = self.map(|batch| Ok(Arc::new(StructArray::from(batch?)) as ArrayRef));
        let arrays = Box::new(ArrayIterator::new(arrays, Arc::new(field)));
        Ok(to_stream_pycapsule(py, arrays, requested)?)
    }

    fn take(&mut self, py: Python<'_>) -> PyResult<Option<RecordBatch>> {
        if self.pid != process::id() {
            return Err(PyRuntimeError::new_err(
                "this stream was begun before a fork: read the query again",
            ));
        }
        let batches = &mut self.batches;
        match wait(py, || batches.next())? {
            Some(Ok(batch)) => {
                self.points += batch.num_rows() as u64;
                Ok(Some(batch))
            }
            Some(Err(error)) => {
                self.job.fail(self.batches.pass(), &error);
                Err(errors::job(py, &error))
            }
            None => {
                self.job.end(py, self.batches.pass(), self.points)?;
                Ok(None)
            }
        }
    }
}

impl Iterator for Reader {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let taken = Python::try_attach(|py| {
            let taken = self.take(py);
            taken.map_err(|error| in_words(py, &error))
        });
        match taken {
            Some(Ok(batch)) => batch.map(Ok),
            Some(Err(text)) => Some(Err(ArrowError::ExternalError(text.into()))),
            None => Some(Err(ArrowError::ExternalError(
                "Python is about to end".into(),
            ))),
        }
    }
}

impl RecordBatchReader for Reader {
    fn schema(&self) -> SchemaRef {
        self.batches.schema()
    }
}

/// The message of an exception, since the C interface has no others. An interrupt is raised again as soon as the caller is back.
fn in_words(py: Python<'_>, error: &PyErr) -> String {
    if error.is_instance_of::<PyKeyboardInterrupt>(py) {
        let raised = py
            .import("_thread")
            .and_then(|module| module.call_method0("interrupt_main"));
        return raised.map_or_else(|error| error.to_string(), |_| "interrupted".to_owned());
    }
    error.value(py).to_string()
}

/// Reads points to their end: `start` is given the schema, `take` each batch. If a tile has columns that were not foreseen, everything
/// is read again with columns that fit all tiles.
pub(crate) fn read_all<T: Send>(
    py: Python<'_>,
    points: &impl Points,
    has_geometry: bool,
    progress: bool,
    start: impl Fn(&SchemaRef) -> T + Sync,
    take: impl Fn(&mut T, RecordBatch) + Sync,
) -> PyResult<T> {
    let bar = Bar::new(py, progress)?;
    let mut batches = points.open_batches(py, has_geometry)?;
    let job = points.job(batches.pass());
    let mut read = wait(py, || read(&mut batches, &bar, &start, &take))?;
    if matches!(&read, Err(JobError::Columns(error)) if error.is_unforeseen()) {
        let pass = points.pass(py)?;
        let surveyed = wait(py, || Batches::surveyed(pass, has_geometry))?;
        batches = surveyed.map_err(|error| errors::job(py, &error))?;
        read = wait(py, || self::read(&mut batches, &bar, &start, &take))?;
    }
    bar.close(py)?;
    match read {
        Ok((made, points)) => {
            job.end(py, batches.pass(), points)?;
            Ok(made)
        }
        Err(error) => {
            job.fail(batches.pass(), &error);
            Err(points.told(py, errors::job(py, &error)))
        }
    }
}

async fn read<T>(
    batches: &mut Batches,
    bar: &Bar,
    start: &impl Fn(&SchemaRef) -> T,
    take: &impl Fn(&mut T, RecordBatch),
) -> Result<(T, u64), JobError> {
    let mut made = start(&batches.schema());
    let mut points = 0;
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        points += batch.num_rows() as u64;
        take(&mut made, batch);
        bar.show(&batches.progress());
    }
    Ok((made, points))
}

/// All points as a `pyarrow.Table`.
pub(crate) fn table<'py>(
    py: Python<'py>,
    points: &impl Points,
    progress: bool,
) -> PyResult<Bound<'py, PyAny>> {
    all(py, points, points.has_geometry(), progress)?.into_pyarrow(py)
}

/// All points as a table, which is an Arrow stream too.
pub(crate) fn all(
    py: Python<'_>,
    points: &impl Points,
    has_geometry: bool,
    progress: bool,
) -> PyResult<PyTable> {
    let start = |schema: &SchemaRef| (schema.clone(), Vec::new());
    let take = |(_, batches): &mut (SchemaRef, Vec<RecordBatch>), batch| batches.push(batch);
    let (schema, batches) = read_all(py, points, has_geometry, progress, start, take)?;
    PyTable::try_new(batches, schema)
}

/// An error of Arrow itself.
pub(crate) fn arrow_error(py: Python<'_>, error: &ArrowError) -> PyErr {
    errors::internal(py, &error.to_string())
}
