//! Work units.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use ept_job::{Format, JobError, OnError, OutputError, Pass, unit_pass, write_unit};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyType};
use pyo3_arrow::ffi::to_schema_pycapsule;
use serde::{Deserialize, Serialize};

use crate::points::{self, Points};
use crate::progress::Bar;
use crate::reader::{self, Reader};
use crate::report::Slot;
use crate::runtime::{runtime, wait};
use crate::settings::Settings;
use crate::text::Text;
use crate::{arrays, errors, json, settings};

/// A part of a query that can be read anywhere, in any order and again: the same points each time. Made by :meth:`Query.units` or
/// :func:`read_units`.
///
/// It asks for tiles only, since it knows what else is needed to read it. It is immutable, hashable and picklable, and contains no secrets.
/// ``str(unit)`` is a line of JSON, as ``ept plan --units`` writes it. It is an Arrow stream itself, as a :class:`Query` is.
#[pyclass(frozen, module = "pyept", weakref)]
pub(crate) struct Unit {
    unit: ept_reader::Unit,
    settings: Settings,
    options: UnitOptions,
    /// The report of the last read.
    report: Slot,
}

/// How the points of a unit are read.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct UnitOptions {
    /// Dimensions. Those of the query if there are none.
    pub(crate) columns: Option<Vec<String>>,
    pub(crate) drops_halo: bool,
    pub(crate) has_geometry: bool,
    /// Whether parts that can't be read are skipped.
    pub(crate) skips: bool,
}

/// What a pickle has of a unit.
type Texts = (String, String, String);

impl Unit {
    pub(crate) fn new(unit: ept_reader::Unit, settings: Settings, options: UnitOptions) -> Unit {
        Unit {
            unit,
            settings,
            options,
            report: Slot::default(),
        }
    }

    /// A unit of which only its text is known.
    pub(crate) fn of_text(unit: ept_reader::Unit) -> Unit {
        Unit::new(unit, Settings::default().of_units(), UnitOptions::default())
    }

    /// The unit with the query that its options make.
    fn own(&self) -> ept_reader::Unit {
        let mut query = self.unit.query().clone();
        if let Some(columns) = &self.options.columns {
            // These are there anyway.
            let added = [Some(ept_reader::Unit::HALO), self.unit.query().source_id()];
            let columns = columns.iter().map(String::as_str);
            query = query.with_dimensions(columns.filter(|name| !added.contains(&Some(*name))));
        }
        if let Some(core) = query.core().filter(|_| self.options.drops_halo).cloned() {
            query = query.with_core(core.without_halo());
        }
        self.unit.clone().with_query(query)
    }

    fn engine(&self, py: Python<'_>) -> PyResult<ept_reader::Engine> {
        let location = self.unit.locations().next().unwrap_or_default();
        self.settings.check_secrets(py, location)?;
        settings::engine(py, &self.settings)
    }

    fn on_error(&self) -> OnError {
        if self.options.skips {
            OnError::Skip
        } else {
            OnError::Fail
        }
    }

    fn texts(&self) -> Texts {
        let settings = self.settings.without_secrets();
        (
            self.unit.to_string(),
            serde_json::to_string(&settings).unwrap_or_default(),
            serde_json::to_string(&self.options).unwrap_or_default(),
        )
    }
}

impl Points for Unit {
    fn pass(&self, py: Python<'_>) -> PyResult<Pass> {
        let engine = self.engine(py)?;
        let _guard = runtime(py)?.enter();
        let pass = unit_pass(&self.own(), &engine, self.on_error());
        pass.map_err(|error| errors::job(py, &error))
    }

    fn report_slot(&self) -> &Slot {
        &self.report
    }

    fn names_dimensions(&self) -> bool {
        self.options.columns.is_some() || self.unit.query().dimensions().is_some()
    }

    fn has_geometry(&self) -> bool {
        self.options.has_geometry
    }

    /// The error, with the number of the unit as a note.
    fn told(&self, py: Python<'_>, error: PyErr) -> PyErr {
        let (index, of) = (self.unit.index(), self.unit.of());
        let note = format!("in unit {index} of {of}");
        // Without the note, it is the same error.
        let _ = error.value(py).call_method1("add_note", (note,));
        error
    }
}

/// The unit of a pickle.
#[pyfunction(name = "_unpickled_unit")]
pub(crate) fn unpickled_unit(
    py: Python<'_>,
    unit: &str,
    settings: &str,
    options: &str,
) -> PyResult<Unit> {
    let wrong = |problem: String| errors::argument(py, format!("not a pickled unit: {problem}"));
    let unit = unit.parse();
    let settings = serde_json::from_str(settings);
    let options = serde_json::from_str(options);
    Ok(Unit::new(
        unit.map_err(|error: ept_reader::Error| wrong(error.to_string()))?,
        settings.map_err(|error| wrong(error.to_string()))?,
        options.map_err(|error| wrong(error.to_string()))?,
    ))
}

#[pymethods]
impl Unit {
    /// The unit of a line of JSON, which is what ``str`` makes of it.
    ///
    /// Raises
    /// ------
    /// FormatError
    ///     If it is not a unit.
    #[classmethod]
    fn from_json(class: &Bound<'_, PyType>, line: &str) -> PyResult<Unit> {
        let unit = line.parse();
        let unit = unit.map_err(|error: ept_reader::Error| {
            errors::format(class.py(), &error.to_string(), None)
        })?;
        Ok(Unit::of_text(unit))
    }

    /// The index of the unit, from 0.
    #[getter]
    fn index(&self) -> u32 {
        self.unit.index()
    }

    /// Number of units of the division.
    #[getter]
    fn of(&self) -> u32 {
        self.unit.of()
    }

    /// Identifies the division: all its units have the same text, and no others.
    #[getter]
    fn job(&self) -> &str {
        self.unit.job()
    }

    /// Number of points of its nodes, before selection.
    #[getter]
    fn points(&self) -> u64 {
        self.unit.points()
    }

    /// Paths or URLs of the sources that it reads, without secrets.
    #[getter]
    fn locations(&self) -> Vec<String> {
        self.unit.locations().map(str::to_owned).collect()
    }

    /// The query as a dictionary. That of a unit by area has its area, halo included, and its core.
    #[getter]
    fn query<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let query = serde_json::to_value(self.unit.query());
        json::to_python(py, &query.unwrap_or_default())
    }

    /// The report of the last read of this object, as :attr:`Query.report`.
    #[getter]
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        points::report(py, self)
    }

    /// The same unit, read in another way. What is not given stays.
    ///
    /// Parameters
    /// ----------
    /// threads : int, optional
    ///     Maximum number of tiles decoded concurrently. 1 by default, since several units usually run on a machine.
    /// storage_options, headers : dict, optional
    ///     As for :func:`open`; in a pickle, secrets are left out.
    /// retries, timeout
    ///     As for :func:`open`.
    /// columns : list of str, optional
    ///     Dimensions, in this order.
    /// drop_halo : bool, optional
    ///     Leave out the points of the halo, and the column ``Halo``.
    /// on_error : {"raise", "skip"}, optional
    ///     As for :meth:`Dataset.query`.
    #[pyo3(signature = (*, threads=None, storage_options=None, headers=None, retries=None, timeout=None, columns=None, drop_halo=None, on_error=None))]
    #[allow(clippy::too_many_arguments)]
    fn with_options(
        &self,
        py: Python<'_>,
        threads: Option<NonZeroUsize>,
        storage_options: Option<BTreeMap<String, String>>,
        headers: Option<BTreeMap<String, String>>,
        retries: Option<u32>,
        timeout: Option<Text>,
        columns: Option<Vec<String>>,
        drop_halo: Option<bool>,
        on_error: Option<&str>,
    ) -> PyResult<Unit> {
        let (mut settings, mut options) = (self.settings.clone(), self.options.clone());
        settings.threads = threads.or(settings.threads);
        settings.retries = retries.or(settings.retries);
        settings.timeout = settings::timeout(py, timeout)?.or(settings.timeout);
        if let Some(given) = storage_options {
            settings.set_storage_options(given);
        }
        if let Some(given) = headers {
            settings.set_headers(given);
        }
        if let Some(columns) = columns {
            options.columns = Some(columns);
        }
        options.drops_halo = drop_halo.unwrap_or(options.drops_halo);
        options.skips = match on_error {
            None => options.skips,
            Some(text) => crate::query_args::skips(py, text)?,
        };
        Ok(Unit::new(self.unit.clone(), settings, options))
    }

    /// As :meth:`Query.to_arrow`.
    #[pyo3(signature = (*, progress=false))]
    fn to_arrow<'py>(&self, py: Python<'py>, progress: bool) -> PyResult<Bound<'py, PyAny>> {
        reader::table(py, self, progress)
    }

    /// As :meth:`Query.batches`.
    fn batches<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        points::batches(slf)
    }

    /// As :meth:`Query.to_numpy`.
    #[pyo3(signature = (*, progress=false))]
    fn to_numpy<'py>(&self, py: Python<'py>, progress: bool) -> PyResult<Bound<'py, PyDict>> {
        arrays::read(py, self, progress)
    }

    /// As :meth:`Query.to_pandas`.
    #[pyo3(signature = (*, progress=false))]
    fn to_pandas<'py>(&self, py: Python<'py>, progress: bool) -> PyResult<Bound<'py, PyAny>> {
        points::pandas(py, self, progress)
    }

    /// As :meth:`Query.to_polars`.
    #[pyo3(signature = (*, progress=false))]
    fn to_polars<'py>(&self, py: Python<'py>, progress: bool) -> PyResult<Bound<'py, PyAny>> {
        points::polars(py, self, progress)
    }

    /// As :meth:`Query.to_geopandas`.
    #[pyo3(signature = (*, progress=false))]
    fn to_geopandas<'py>(&self, py: Python<'py>, progress: bool) -> PyResult<Bound<'py, PyAny>> {
        points::geopandas(py, self, progress)
    }

    /// Writes the points, without the halo, to a part in a folder, and beside it a receipt, for :func:`merge`. Both appear complete or
    /// not at all. Writing a unit again gives the same bytes, so it does not matter how often an engine tries.
    ///
    /// Parameters
    /// ----------
    /// folder : path
    ///     It is created.
    /// format : str, optional
    ///     ``copc``, ``laz``, ``parquet``, ``csv`` or ``xyz``. By default ``copc`` for units of nodes, if their octree can be kept, otherwise ``laz``.
    /// progress : bool
    ///     Show a progress bar, if tqdm is installed.
    ///
    /// Returns
    /// -------
    /// dict
    ///     The receipt: ``job``, ``index``, ``of``, ``part`` (the name of the file), ``format``, ``points``, ``bytes``, ``sha256``, ``losses``.
    #[pyo3(signature = (folder, *, format=None, progress=false))]
    fn write<'py>(
        &self,
        py: Python<'py>,
        folder: PathBuf,
        format: Option<&str>,
        progress: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let format = format.map(str::parse::<Format>).transpose();
        let format = format.map_err(|error: OutputError| errors::output(py, &error))?;
        let (unit, engine, on_error) = (self.own(), self.engine(py)?, self.on_error());
        let bar = Bar::new(py, progress)?;
        let show = |progress: &ept_job::Progress| bar.show(progress);
        let written = wait(py, || {
            write_unit(&unit, &engine, &folder, format, on_error, show)
        })?;
        bar.close(py)?;
        let told = |error: JobError| self.told(py, errors::job(py, &error));
        let (receipt, pass) = written.map_err(told)?;
        Points::job(self, &pass).end(py, &pass, receipt.points)?;
        json::to_python(py, &serde_json::to_value(&receipt).unwrap_or_default())
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = self.open_batches(py, self.has_geometry())?.schema();
        Ok(to_schema_pycapsule(py, schema.as_ref())?)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let batches = self.open_batches(py, self.has_geometry())?;
        let job = Points::job(self, batches.pass());
        Reader::new(batches, job).into_capsule(py, requested_schema)
    }

    fn __str__(&self) -> String {
        self.unit.to_string()
    }

    fn __repr__(&self) -> String {
        let (index, of, points) = (self.unit.index(), self.unit.of(), self.unit.points());
        let of_what = self.unit.locations().next().unwrap_or("nothing");
        format!("<pyept.Unit {index} of {of}: {points} points of {of_what}>")
    }

    fn __eq__(&self, other: &Self) -> bool {
        (&self.unit, &self.settings, &self.options)
            == (&other.unit, &other.settings, &other.options)
    }

    fn __hash__(&self) -> u64 {
        let all = (
            self.unit.job(),
            self.unit.index(),
            &self.settings,
            &self.options,
        );
        BuildHasherDefault::<DefaultHasher>::default().hash_one(all)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Texts)> {
        let make = py.import("pyept._pyept")?.getattr("_unpickled_unit")?;
        Ok((make, self.texts()))
    }
}
