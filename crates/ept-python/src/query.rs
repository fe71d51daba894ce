//! Queries.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::path::PathBuf;
use std::process;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_schema::SchemaRef;
use ept_job::{
    Batches, Costs, HeightAboveGround, Losses, OnError, OutputError, Pass, Terrain, ground_points,
    statistics,
};
use ept_reader::{Length, Selection};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};
use pyo3_arrow::ffi::to_schema_pycapsule;
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::reader::{self, Reader};
use crate::report::{Job, Slot};
use crate::runtime::{runtime, wait};
use crate::{arrays, errors, json};

/// Which points of a dataset, with which dimensions. Made by :meth:`Dataset.query`.
///
/// It is lazy, immutable, hashable and picklable. It is an Arrow stream itself (``__arrow_c_stream__``): pyarrow, polars, pandas, DuckDB and
/// others read it without adaptors, each time anew, in limited memory, while other Python threads run.
#[pyclass(frozen, module = "pyept", weakref)]
pub(crate) struct Query {
    dataset: Py<Dataset>,
    query: ept_reader::Query,
    extras: Extras,
    /// What this process knows of it. The lock is only taken by a thread that is attached to the interpreter, and not held while that
    /// detaches.
    known: Mutex<Known>,
    /// The report of the last read.
    report: Slot,
}

/// What a query has beside that of the library.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Extras {
    pub(crate) limit: Option<u64>,
    /// The ground above which heights are measured.
    pub(crate) hag: Option<Ground>,
    pub(crate) has_geometry: bool,
    /// Whether parts that can't be read are skipped.
    pub(crate) skips: bool,
}

/// The ground above which heights are measured.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Ground {
    /// That of points of these classes.
    Classes(Vec<u8>),
    /// A terrain model.
    Raster(PathBuf),
}

/// What a process knows of a query.
#[derive(Default)]
struct Known {
    pid: u32,
    /// The dataset opened for its areas.
    dataset: Option<ept_reader::Dataset>,
    schema: Option<SchemaRef>,
}

/// What a pickle has of a query.
type Parts = (Py<Dataset>, String, String);

/// Longest edge of triangles of the ground in metres, as that of the command.
const MAX_EDGE: f64 = 50.0;

impl Query {
    /// A query of an open dataset, checked.
    pub(crate) fn checked(
        dataset: &Bound<'_, Dataset>,
        query: ept_reader::Query,
        extras: Extras,
        opened: ept_reader::Dataset,
    ) -> PyResult<Query> {
        let py = dataset.py();
        let made = Query {
            dataset: dataset.clone().unbind(),
            query,
            extras,
            known: Mutex::new(Known {
                pid: process::id(),
                dataset: Some(opened),
                schema: None,
            }),
            report: Slot::default(),
        };
        log_transforms(py, &made.selection(py)?)?;
        if let Some(heights) = made.heights(py)? {
            let refused = heights.check(&made.query);
            refused.map_err(|error| errors::argument(py, error.to_string()))?;
        }
        Ok(made)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.pid != process::id() {
            let fresh = Known {
                pid: process::id(),
                ..Known::default()
            };
            // Its tasks don't exist in the child of a fork.
            std::mem::forget(std::mem::replace(&mut *known, fresh));
        }
        known
    }

    fn selection(&self, py: Python<'_>) -> PyResult<Selection> {
        let opened = self.known().dataset.clone();
        let dataset = match opened {
            Some(dataset) => dataset,
            None => {
                let (areas, edge) = (self.query.areas(), self.query.edge());
                let dataset = self.dataset.get().opened_for(py, areas, edge)?;
                self.known().dataset.get_or_insert(dataset).clone()
            }
        };
        let selection = dataset.select(&self.query);
        selection.map_err(|error| errors::read(py, &error))
    }

    /// A pass over the selected points, which begins to look for nodes.
    pub(crate) fn pass(&self, py: Python<'_>) -> PyResult<Pass> {
        let selection = self.selection(py)?;
        let on_error = if self.extras.skips {
            OnError::Skip
        } else {
            OnError::Fail
        };
        let _guard = runtime(py)?.enter();
        let mut pass = Pass::new(selection, on_error);
        if let Some(limit) = self.extras.limit {
            pass = pass.with_limit(limit);
        }
        match self.heights(py)? {
            None => Ok(pass),
            Some(heights) => {
                let refused = |error: OutputError| errors::argument(py, error.to_string());
                pass.with_heights(heights).map_err(refused)
            }
        }
    }

    fn heights(&self, py: Python<'_>) -> PyResult<Option<HeightAboveGround>> {
        let ground = match &self.extras.hag {
            None => return Ok(None),
            Some(Ground::Raster(path)) => Terrain::Raster(path.clone()),
            Some(Ground::Classes(classes)) => {
                let points = ground_points(classes);
                Terrain::Points(points.map_err(|error| errors::read(py, &error.into()))?)
            }
        };
        Ok(Some(HeightAboveGround {
            ground,
            max_edge: Length::from_metres(MAX_EDGE),
        }))
    }

    /// The batches of the selected points, of which nothing is read yet.
    pub(crate) fn open_batches(&self, py: Python<'_>, has_geometry: bool) -> PyResult<Batches> {
        let pass = self.pass(py)?;
        let batches = wait(py, || Batches::new(pass, has_geometry))?;
        batches.map_err(|error| errors::job(py, &error))
    }

    fn arrow_schema(&self, py: Python<'_>) -> PyResult<SchemaRef> {
        if let Some(schema) = self.known().schema.clone() {
            return Ok(schema);
        }
        let schema = self.open_batches(py, self.extras.has_geometry)?.schema();
        self.known().schema = Some(schema.clone());
        Ok(schema)
    }

    /// A job that reads the query, which leaves its report here.
    pub(crate) fn job(&self, pass: &Pass) -> Job {
        Job::new(pass, Arc::clone(&self.report))
    }

    /// Whether dimensions were named.
    pub(crate) fn names_dimensions(&self) -> bool {
        self.query.dimensions().is_some()
    }

    pub(crate) fn has_geometry(&self) -> bool {
        self.extras.has_geometry
    }

    fn texts(&self) -> (String, String) {
        (
            self.query.to_string(),
            serde_json::to_string(&self.extras).unwrap_or_default(),
        )
    }
}

/// Tells of operations between datums that there is reason to distrust by more than metres.
fn log_transforms(py: Python<'_>, selection: &Selection) -> PyResult<()> {
    for operation in selection.bound().operations() {
        let warnings = operation.warnings().iter().map(ToString::to_string);
        let warnings: Vec<String> = warnings.collect();
        if !operation.is_within_metres() && !warnings.is_empty() {
            let text = format!("{operation}: {}", warnings.join("; "));
            crate::log::warn(py, &text)?;
        }
    }
    Ok(())
}

/// The query of a pickle.
#[pyfunction(name = "_unpickled_query")]
pub(crate) fn unpickled_query(
    dataset: Bound<'_, Dataset>,
    query: &str,
    extras: &str,
) -> PyResult<Query> {
    let py = dataset.py();
    let wrong = |problem: String| errors::argument(py, format!("not a pickled query: {problem}"));
    Ok(Query {
        query: query
            .parse()
            .map_err(|error: ept_reader::SelectError| wrong(error.to_string()))?,
        extras: serde_json::from_str(extras).map_err(|error| wrong(error.to_string()))?,
        dataset: dataset.unbind(),
        known: Mutex::default(),
        report: Slot::default(),
    })
}

#[pymethods]
impl Query {
    /// The dataset.
    #[getter]
    fn dataset(&self, py: Python<'_>) -> Py<Dataset> {
        self.dataset.clone_ref(py)
    }

    /// The report of the last read of this object, as a dictionary like that of ``ept query --report``: ``points``, ``nodes``,
    /// ``losses``, ``remarks``, ``transforms``, ``seconds``, ... None before.
    #[getter]
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let report = self
            .report
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        report
            .map(|report| json::to_python(py, &report))
            .transpose()
    }

    /// What reading would cost: points, bytes, requests, nodes by depth, sizes of outputs; as a dictionary like the JSON of
    /// ``ept plan``. No tile is read.
    fn plan<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let pass = self.pass(py)?;
        let planned = wait(py, || async {
            let mut lost = Losses::new(pass.losses().on_error());
            let (plan, errors) = pass.selection().plan().await?;
            for error in errors {
                lost.sort_out::<()>(Err(error))?;
            }
            Ok::<_, ept_reader::Error>((Costs::of(pass.selection(), plan).await, lost))
        })?;
        let (costs, lost) = planned.map_err(|error| errors::read(py, &error))?;
        errors::warn_of_losses(py, &lost.sorted())?;
        json::to_python(py, &costs.to_json())
    }

    /// The points as a ``pyarrow.Table`` with a chunk for each node. Columns are zero-copy; values that a tile lacks are null.
    #[pyo3(signature = (*, progress=false))]
    fn to_arrow<'py>(&self, py: Python<'py>, progress: bool) -> PyResult<Bound<'py, PyAny>> {
        reader::table(py, self, progress)
    }

    /// The points as a ``pyarrow.RecordBatchReader``: a batch for each node, read while they are taken, in limited memory.
    fn batches<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let class = slf.py().import("pyarrow")?.getattr("RecordBatchReader")?;
        class.call_method1("from_stream", (slf,))
    }

    /// The points as a dictionary of numpy arrays by dimension: owned, writable, one-dimensional, all of the same length. X, Y and Z
    /// are float64, others have the type of the dataset. A dimension that some tiles lack is a masked array; one that no tile has
    /// is left out, unless `columns` names it.
    #[pyo3(signature = (*, progress=false))]
    fn to_numpy<'py>(&self, py: Python<'py>, progress: bool) -> PyResult<Bound<'py, PyDict>> {
        arrays::read(py, self, progress)
    }

    /// The points as a ``pandas.DataFrame``, with columns as in :meth:`to_numpy`.
    #[pyo3(signature = (*, progress=false))]
    fn to_pandas<'py>(&self, py: Python<'py>, progress: bool) -> PyResult<Bound<'py, PyAny>> {
        let arrays = arrays::read(py, self, progress)?;
        let options = PyDict::new(py);
        options.set_item("copy", false)?;
        py.import("pandas")?
            .getattr("DataFrame")?
            .call((arrays,), Some(&options))
    }

    /// The points as a ``polars.DataFrame``.
    #[pyo3(signature = (*, progress=false))]
    fn to_polars<'py>(&self, py: Python<'py>, progress: bool) -> PyResult<Bound<'py, PyAny>> {
        let all = reader::all(py, self, self.has_geometry(), progress)?;
        py.import("polars")?.getattr("DataFrame")?.call1((all,))
    }

    /// The points as a ``geopandas.GeoDataFrame`` of points with z, with the coordinate system of the result. Needs pyarrow too.
    #[pyo3(signature = (*, progress=false))]
    fn to_geopandas<'py>(&self, py: Python<'py>, progress: bool) -> PyResult<Bound<'py, PyAny>> {
        let frames = py.import("geopandas")?.getattr("GeoDataFrame")?;
        frames.call_method1("from_arrow", (reader::all(py, self, true, progress)?,))
    }

    /// Minimum, maximum, mean and standard deviation of each dimension, and numbers of points by class and return, as a
    /// dictionary like the JSON of ``ept stats``.
    #[pyo3(signature = (*, progress=false))]
    fn stats<'py>(&self, py: Python<'py>, progress: bool) -> PyResult<Bound<'py, PyAny>> {
        let mut pass = self.pass(py)?;
        let job = self.job(&pass);
        let bar = crate::progress::Bar::new(py, progress)?;
        let statistics = wait(py, || statistics(&mut pass, |progress| bar.show(progress)))?;
        bar.close(py)?;
        let statistics = statistics.map_err(|error| errors::read(py, &error))?;
        job.end(py, &pass, statistics.points())?;
        json::to_python(py, &statistics.to_json())
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.arrow_schema(py)?.as_ref())?)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let batches = self.open_batches(py, self.extras.has_geometry)?;
        let job = self.job(batches.pass());
        Reader::new(batches, job).into_capsule(py, requested_schema)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let dataset: String = self.dataset.bind(py).repr()?.extract()?;
        Ok(format!("<pyept.Query {} of {dataset}>", self.query))
    }

    fn __eq__(&self, other: &Self) -> bool {
        let datasets = [
            self.dataset.get().settings(),
            other.dataset.get().settings(),
        ];
        self.texts() == other.texts() && datasets[0] == datasets[1]
    }

    fn __hash__(&self) -> u64 {
        let all = (self.dataset.get().settings(), self.texts());
        BuildHasherDefault::<DefaultHasher>::default().hash_one(all)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Parts)> {
        let make = py.import("pyept._pyept")?.getattr("_unpickled_query")?;
        let (query, extras) = self.texts();
        Ok((make, (self.dataset.clone_ref(py), query, extras)))
    }
}
