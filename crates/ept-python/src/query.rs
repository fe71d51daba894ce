//! Queries.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};

use arrow_schema::SchemaRef;
use ept_job::{
    Costs, HeightAboveGround, Losses, OnError, OutputError, Pass, Terrain, ground_points,
    statistics,
};
use ept_reader::{Detail, Length, Selection};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};
use pyo3_arrow::ffi::to_schema_pycapsule;
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::points::{self, Points};
use crate::rasters::{RasterArgs, SurfaceArgs};
use crate::reader::{self, Reader};
use crate::report::Slot;
use crate::runtime::{runtime, wait};
use crate::text::Text;
use crate::unit::{Unit, UnitOptions};
use crate::{arrays, errors, json, output, units};

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
        dataset.engine().restart_timeout();
        let selection = dataset.select(&self.query);
        selection.map_err(|error| errors::read(py, &error))
    }

    /// The query for the points of a raster: dimensions don't matter, since a raster reads what it needs.
    pub(crate) fn of_rasters(&self, py: Python<'_>) -> PyResult<ept_reader::Query> {
        let query = &self.query;
        let is_partial = query.thin().is_some()
            || query.max_points().is_some()
            || self.extras.limit.is_some()
            || query.detail() != Detail::All;
        if is_partial {
            let problem = "a raster is made of all points of the area, or with preview=True of a part: the query must not \
                           have resolution, depth, thin, max_points or limit";
            return Err(errors::argument(py, problem.into()));
        }
        let mut all = ept_reader::Query::new()
            .with_areas(query.areas().iter().cloned())
            .with_edge(query.edge());
        if let Some(filter) = query.filter() {
            all = all.with_filter(filter.clone());
        }
        if let Some(origin) = query.origin() {
            all = all.with_origin(origin.clone());
        }
        if let Some(crs) = query.output_crs() {
            all = all.with_output_crs(crs.clone());
        }
        Ok(all)
    }

    /// A pass over the points of another query of the same areas.
    pub(crate) fn pass_of(&self, py: Python<'_>, query: &ept_reader::Query) -> PyResult<Pass> {
        let selection = self.selection(py)?.dataset().select(query);
        let selection = selection.map_err(|error| errors::read(py, &error))?;
        let _guard = runtime(py)?.enter();
        Ok(Pass::new(selection, self.on_error()))
    }

    fn on_error(&self) -> OnError {
        if self.extras.skips {
            OnError::Skip
        } else {
            OnError::Fail
        }
    }

    /// The work units of the query.
    fn divided(&self, py: Python<'_>, n: NonZeroUsize, halo: Option<Text>) -> PyResult<Vec<Unit>> {
        let settings = self.dataset.get().settings();
        if settings.has_named_location() {
            let problem = "a location with ${NAME} can't be divided into work units, which have the location itself";
            return Err(errors::argument(py, problem.into()));
        }
        let options = UnitOptions {
            has_geometry: self.extras.has_geometry,
            skips: self.extras.skips,
            ..UnitOptions::default()
        };
        let units = units::divide(py, self.pass(py)?, n, halo)?.into_iter();
        let units = units.map(|unit| Unit::new(unit, settings.of_units(), options.clone()));
        Ok(units.collect())
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

    fn arrow_schema(&self, py: Python<'_>) -> PyResult<SchemaRef> {
        if let Some(schema) = self.known().schema.clone() {
            return Ok(schema);
        }
        let schema = self.open_batches(py, self.extras.has_geometry)?.schema();
        self.known().schema = Some(schema.clone());
        Ok(schema)
    }

    fn texts(&self) -> (String, String) {
        (
            self.query.to_string(),
            serde_json::to_string(&self.extras).unwrap_or_default(),
        )
    }
}

impl Points for Query {
    fn pass(&self, py: Python<'_>) -> PyResult<Pass> {
        let selection = self.selection(py)?;
        let _guard = runtime(py)?.enter();
        let mut pass = Pass::new(selection, self.on_error());
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

    fn report_slot(&self) -> &Slot {
        &self.report
    }

    fn names_dimensions(&self) -> bool {
        self.query.dimensions().is_some()
    }

    fn has_geometry(&self) -> bool {
        self.extras.has_geometry
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
        points::report(py, self)
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
        points::batches(slf)
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
        points::pandas(py, self, progress)
    }

    /// The points as a ``polars.DataFrame``.
    #[pyo3(signature = (*, progress=false))]
    fn to_polars<'py>(&self, py: Python<'py>, progress: bool) -> PyResult<Bound<'py, PyAny>> {
        points::polars(py, self, progress)
    }

    /// The points as a ``geopandas.GeoDataFrame`` of points with z, with the coordinate system of the result. Needs pyarrow too.
    #[pyo3(signature = (*, progress=false))]
    fn to_geopandas<'py>(&self, py: Python<'py>, progress: bool) -> PyResult<Bound<'py, PyAny>> {
        points::geopandas(py, self, progress)
    }

    /// Divides the query into at most `n` work units: disjoint, together the query, whatever their number, and about equal.
    ///
    /// Units can be read anywhere, by any engine, in any order and again. They ask for tiles only, and all see the same state of the
    /// dataset. A query that thins is always divided by area: a cell of its grid belongs to one unit. If it has `limit`, tiles that may
    /// have points outside the query are read to find out which have the first points.
    ///
    /// Parameters
    /// ----------
    /// n : int
    ///     Maximum number of units.
    /// halo : float or str, optional
    ///     Divide the area rather than the nodes, with points around each part as far as this: a number in units of the dataset, or a
    ///     length on the ground (``"20m"``); 0 for none. The column ``Halo`` is 1 for points around a part, which are other units' too.
    ///
    /// Returns
    /// -------
    /// list of Unit
    ///     Units by nodes, one after the other, give the points in the order of the query.
    ///
    /// Raises
    /// ------
    /// QueryError
    ///     If heights are measured above points of the ground (`hag` must be a terrain model), since they depend on points however far
    ///     away; if the query has `limit`, and `halo` or thinning; or if a location has secrets.
    #[pyo3(signature = (n, *, halo=None))]
    fn units(&self, py: Python<'_>, n: NonZeroUsize, halo: Option<Text>) -> PyResult<Vec<Unit>> {
        self.divided(py, n, halo)
    }

    /// The points as a ``dask.dataframe`` of `n` partitions, each a unit of :meth:`units`. Dask reads only the columns it needs.
    #[pyo3(signature = (n, *, halo=None))]
    fn to_dask<'py>(
        &self,
        py: Python<'py>,
        n: NonZeroUsize,
        halo: Option<Text>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let units = self.divided(py, n, halo)?;
        py.import("pyept._engines")?
            .call_method1("dask_frame", (units,))
    }

    /// The points as a ``ray.data.Dataset`` of `n` blocks, each a unit of :meth:`units`.
    #[pyo3(signature = (n, *, halo=None))]
    fn to_ray<'py>(
        &self,
        py: Python<'py>,
        n: NonZeroUsize,
        halo: Option<Text>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let units = self.divided(py, n, halo)?;
        py.import("pyept._engines")?
            .call_method1("ray_dataset", (units,))
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

    /// Writes the points to a file, which appears complete or not at all.
    ///
    /// Parameters
    /// ----------
    /// path : path
    ///     Its extension determines the format: ``.csv``, ``.csv.gz``, ``.xyz``, ``.las``, ``.laz`` (LAS 1.4), ``.copc.laz``, ``.ply``, ``.arrow``,
    ///     ``.parquet`` (GeoParquet 1.1).
    /// format : str, optional
    ///     ``csv``, ``csv.gz``, ``xyz``, ``las``, ``laz``, ``copc``, ``ply``, ``arrow`` or ``parquet``.
    /// precision : int, optional
    ///     Decimals of floating-point values in text.
    /// overwrite : bool
    ///     Whether an existing file is replaced.
    /// progress : bool
    ///     Show a progress bar, if tqdm is installed.
    ///
    /// Returns
    /// -------
    /// dict
    ///     The report, as :attr:`report`.
    ///
    /// Raises
    /// ------
    /// OutputError
    ///     If the format does not fit, or the file can't be written.
    #[pyo3(signature = (path, *, format=None, precision=None, overwrite=true, progress=false))]
    fn write<'py>(
        &self,
        py: Python<'py>,
        path: PathBuf,
        format: Option<&str>,
        precision: Option<u8>,
        overwrite: bool,
        progress: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        output::check_overwrite(py, &path, overwrite)?;
        output::write(py, self, path, format, precision, progress)
    }

    /// Writes a terrain model as Cloud Optimized GeoTIFF.
    ///
    /// All points of the area at all depths are used, and points around it as far as cells at its edge depend on them. Dimensions of
    /// the query don't matter.
    ///
    /// Parameters
    /// ----------
    /// path : path
    ///     A ``.tif``, complete or not at all.
    /// resolution : float or str
    ///     Size of a cell: on the ground (``"1m"``, ``"50cm"``), or in units of the coordinate system (a number).
    /// method : {"tin", "min", "mean", "idw", "median"}
    ///     How the points near a cell become its height: triangles (Delaunay), lowest, mean, weighted by distance, median.
    /// classes : list of int, optional
    ///     Classes of the ground, 2 by default.
    /// ground : {"smrf"}, optional
    ///     Find the ground by the shape of the surface instead, as PDAL's ``filters.smrf``.
    /// kernel : str, optional
    ///     ``"cell"`` (default), ``"radius"`` or ``"radius=2m"``: which points count for a cell, unless the method is tin.
    /// outlier : str, optional
    ///     Leave out points far from others: ``"k=8,m=3"`` or ``"radius=1m,k=2"``, as PDAL's ``filters.outlier``.
    /// max_edge : str, optional
    ///     Longest edge of triangles, ``"50m"`` by default; ``"none"`` for no limit.
    /// fill : str
    ///     How void cells get a value: ``"none"``, ``"window=N"``, ``"tin"`` or ``"octree"``.
    /// align : tuple
    ///     A corner of a cell; the others are at multiples of the resolution from it.
    /// like : path, optional
    ///     Take the cells of this GeoTIFF.
    /// out_crs : str, int, or pyproj.CRS, optional
    ///     Make the raster in this system, of transformed points.
    /// compress : {"deflate", "zstd", "lerc", "none"}
    ///     Compression; with lerc, values differ by at most 0.001.
    /// mask, distance : path, optional
    ///     Also write what each cell is, and how far the nearest used point is.
    /// hillshade : path, optional
    ///     Also write a hillshade: a picture if it is a ``.png``, else a GeoTIFF.
    /// preview : bool
    ///     Read only the upper depths of the octree: fast and rough. `biased` allows it for statistics that this distorts.
    /// progress : bool
    ///     Show a progress bar, if tqdm is installed.
    ///
    /// Returns
    /// -------
    /// dict
    ///     The report, with ``raster``: columns, rows, extent, numbers of used points and of cells by kind.
    #[pyo3(signature = (
        path, *, resolution=Text::Text("1m".into()), method="tin", classes=None, ground=None, kernel=None, outlier=None, max_edge=None,
        fill="none", align=[0.0, 0.0], like=None, out_crs=None, compress="deflate", mask=None, distance=None, hillshade=None,
        preview=false, biased=false, progress=false
    ), text_signature = "($self, path, *, resolution='1m', method='tin', classes=None, ground=None, kernel=None, outlier=None, max_edge=None, fill='none', align=(0.0, 0.0), like=None, out_crs=None, compress='deflate', mask=None, distance=None, hillshade=None, preview=False, biased=False, progress=False)")]
    #[allow(clippy::too_many_arguments)]
    fn dtm<'py>(
        &self,
        py: Python<'py>,
        path: PathBuf,
        resolution: Text,
        method: &str,
        classes: Option<Vec<u8>>,
        ground: Option<&str>,
        kernel: Option<&str>,
        outlier: Option<&str>,
        max_edge: Option<Text>,
        fill: &str,
        align: [f64; 2],
        like: Option<PathBuf>,
        out_crs: Option<Bound<'py, PyAny>>,
        compress: &str,
        mask: Option<PathBuf>,
        distance: Option<PathBuf>,
        hillshade: Option<PathBuf>,
        preview: bool,
        biased: bool,
        progress: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let raster = RasterArgs {
            path,
            resolution,
            align,
            like,
            out_crs,
            compress,
            mask,
            distance,
            preview,
            biased,
            hillshade,
            progress,
        };
        let surface = SurfaceArgs {
            kernel,
            outlier,
            max_edge,
            fill,
        };
        raster.dtm(py, self, &surface, method, classes, ground)
    }

    /// Writes a model of the surface, of first returns, as Cloud Optimized GeoTIFF. Arguments as for :meth:`dtm`; `method` is one of
    /// ``"max"``, ``"tin"``, ``"mean"``, ``"idw"``, ``"median"``.
    #[pyo3(signature = (
        path, *, resolution=Text::Text("1m".into()), method="max", kernel=None, outlier=None, max_edge=None, fill="none", align=[0.0, 0.0],
        like=None, out_crs=None, compress="deflate", mask=None, distance=None, hillshade=None, preview=false, biased=false,
        progress=false
    ), text_signature = "($self, path, *, resolution='1m', method='max', kernel=None, outlier=None, max_edge=None, fill='none', align=(0.0, 0.0), like=None, out_crs=None, compress='deflate', mask=None, distance=None, hillshade=None, preview=False, biased=False, progress=False)")]
    #[allow(clippy::too_many_arguments)]
    fn dsm<'py>(
        &self,
        py: Python<'py>,
        path: PathBuf,
        resolution: Text,
        method: &str,
        kernel: Option<&str>,
        outlier: Option<&str>,
        max_edge: Option<Text>,
        fill: &str,
        align: [f64; 2],
        like: Option<PathBuf>,
        out_crs: Option<Bound<'py, PyAny>>,
        compress: &str,
        mask: Option<PathBuf>,
        distance: Option<PathBuf>,
        hillshade: Option<PathBuf>,
        preview: bool,
        biased: bool,
        progress: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let raster = RasterArgs {
            path,
            resolution,
            align,
            like,
            out_crs,
            compress,
            mask,
            distance,
            preview,
            biased,
            hillshade,
            progress,
        };
        let surface = SurfaceArgs {
            kernel,
            outlier,
            max_edge,
            fill,
        };
        raster.dsm(py, self, &surface, method)
    }

    /// Writes a canopy model as Cloud Optimized GeoTIFF: heights of the highest first returns above the ground, that of points of
    /// `classes` (2 by default), or of the terrain model `dtm`. Other arguments as for :meth:`dtm`.
    #[pyo3(signature = (
        path, *, resolution=Text::Text("1m".into()), classes=None, dtm=None, kernel=None, outlier=None, max_edge=None, fill="none",
        align=[0.0, 0.0], like=None, out_crs=None, compress="deflate", mask=None, distance=None, hillshade=None, preview=false,
        biased=false, progress=false
    ), text_signature = "($self, path, *, resolution='1m', classes=None, dtm=None, kernel=None, outlier=None, max_edge=None, fill='none', align=(0.0, 0.0), like=None, out_crs=None, compress='deflate', mask=None, distance=None, hillshade=None, preview=False, biased=False, progress=False)")]
    #[allow(clippy::too_many_arguments)]
    fn chm<'py>(
        &self,
        py: Python<'py>,
        path: PathBuf,
        resolution: Text,
        classes: Option<Vec<u8>>,
        dtm: Option<PathBuf>,
        kernel: Option<&str>,
        outlier: Option<&str>,
        max_edge: Option<Text>,
        fill: &str,
        align: [f64; 2],
        like: Option<PathBuf>,
        out_crs: Option<Bound<'py, PyAny>>,
        compress: &str,
        mask: Option<PathBuf>,
        distance: Option<PathBuf>,
        hillshade: Option<PathBuf>,
        preview: bool,
        biased: bool,
        progress: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let raster = RasterArgs {
            path,
            resolution,
            align,
            like,
            out_crs,
            compress,
            mask,
            distance,
            preview,
            biased,
            hillshade,
            progress,
        };
        let surface = SurfaceArgs {
            kernel,
            outlier,
            max_edge,
            fill,
        };
        raster.chm(py, self, &surface, classes, dtm)
    }

    /// Writes statistics of the points of each cell as Cloud Optimized GeoTIFF, a band for each of `stat`: ``count``, ``density`` (points per
    /// square metre), ``min``, ``max``, ``mean``, ``stdev``, ``median``, percentiles such as ``p95``, ``idw``, ``first`` and ``last`` by time. `value` is the
    /// dimension. Other arguments as for :meth:`dtm`.
    #[pyo3(signature = (
        path, *, stat=vec!["mean".to_owned()], value="Z".to_owned(), resolution=Text::Text("1m".into()), kernel="cell", align=[0.0, 0.0],
        like=None, out_crs=None, compress="deflate", mask=None, distance=None, preview=false, biased=false, progress=false
    ), text_signature = "($self, path, *, stat=['mean'], value='Z', resolution='1m', kernel='cell', align=(0.0, 0.0), like=None, out_crs=None, compress='deflate', mask=None, distance=None, preview=False, biased=False, progress=False)")]
    #[allow(clippy::too_many_arguments)]
    fn raster<'py>(
        &self,
        py: Python<'py>,
        path: PathBuf,
        stat: Vec<String>,
        value: String,
        resolution: Text,
        kernel: &str,
        align: [f64; 2],
        like: Option<PathBuf>,
        out_crs: Option<Bound<'py, PyAny>>,
        compress: &str,
        mask: Option<PathBuf>,
        distance: Option<PathBuf>,
        preview: bool,
        biased: bool,
        progress: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let hillshade = None;
        let raster = RasterArgs {
            path,
            resolution,
            align,
            like,
            out_crs,
            compress,
            mask,
            distance,
            preview,
            biased,
            hillshade,
            progress,
        };
        raster.raster(py, self, &stat, value, kernel)
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
