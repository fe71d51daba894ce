//! Datasets.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::process;
use std::sync::{Mutex, PoisonError};

use ept_crs::{FileSrs, srs_codes};
use ept_job::Info;
use ept_reader::{Area, Bounds, Edge, Engine};
use pyo3::prelude::*;

use crate::query::Query;
use crate::query_args::QueryArgs;
use crate::runtime::wait;
use crate::schema::Schema;
use crate::settings::{Settings, crs_text, location, shown};
use crate::text::Text;
use crate::{errors, json, nodes, settings};

/// One or more sources of points, read as one. Made by :func:`pyept.open`.
///
/// It is picklable: a pickle has the arguments of :func:`pyept.open` without secrets, no connection and no points. It may be used
/// from several threads, and after a fork.
#[pyclass(frozen, module = "pyept", weakref)]
pub(crate) struct Dataset {
    settings: Settings,
    /// The lock is only taken by a thread that is attached to the interpreter, and not held while that detaches.
    opened: Mutex<Opened>,
}

/// What a process has opened.
#[derive(Default)]
struct Opened {
    pid: u32,
    engine: Option<Engine>,
    dataset: Option<ept_reader::Dataset>,
}

impl Dataset {
    fn new(settings: Settings) -> Dataset {
        Dataset {
            settings,
            opened: Mutex::default(),
        }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What this process has opened. After a fork, that is nothing: what the parent opened is left as it is, since its tasks
    /// don't exist here.
    fn of_process<T>(&self, act: impl FnOnce(&mut Opened) -> T) -> T {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if opened.pid != process::id() {
            let fresh = Opened {
                pid: process::id(),
                ..Opened::default()
            };
            std::mem::forget(std::mem::replace(&mut *opened, fresh));
        }
        act(&mut opened)
    }

    fn engine(&self, py: Python<'_>) -> PyResult<Engine> {
        if let Some(engine) = self.of_process(|opened| opened.engine.clone()) {
            engine.restart_timeout();
            return Ok(engine);
        }
        let engine = settings::engine(py, &self.settings)?;
        Ok(self.of_process(|opened| opened.engine.get_or_insert(engine).clone()))
    }

    /// The dataset, opened if it is not.
    pub(crate) fn opened(&self, py: Python<'_>) -> PyResult<ept_reader::Dataset> {
        if let Some(dataset) = self.of_process(|opened| opened.dataset.clone()) {
            dataset.engine().restart_timeout();
            return Ok(dataset);
        }
        let dataset = self.open(py, &[], Edge::Closed)?;
        Ok(self.of_process(|opened| opened.dataset.get_or_insert(dataset).clone()))
    }

    /// The dataset for a query of some areas: of an index, only files in them are opened.
    pub(crate) fn opened_for(
        &self,
        py: Python<'_>,
        areas: &[Area],
        edge: Edge,
    ) -> PyResult<ept_reader::Dataset> {
        if areas.is_empty() || !self.settings.has_index() {
            return self.opened(py);
        }
        self.open(py, areas, edge)
    }

    fn open(&self, py: Python<'_>, areas: &[Area], edge: Edge) -> PyResult<ept_reader::Dataset> {
        let locations = self.settings.resolved_locations(py)?;
        let engine = self.engine(py)?;
        let mut opening = self.settings.opening(py)?;
        opening.areas = areas.to_vec();
        opening.edge = edge;
        let addons = &self.settings.addons;
        let opened = wait(py, || async {
            let mut dataset = ept_reader::Dataset::open_all(&locations, &engine, &opening).await?;
            for (name, place) in addons {
                dataset = dataset.with_addon(name, place).await?;
            }
            Ok::<_, ept_reader::Error>(dataset)
        })?;
        opened.map_err(|error| errors::read(py, &error))
    }
}

/// Opens lidar points.
///
/// Parameters
/// ----------
/// location : str, path, or list of these
///     EPT folder or ``ept.json``, COPC, LAZ or LAS file, folder of such files, pattern like ``"tiles/*.laz"``, tile index
///     (shapefile, GeoJSON, STAC, VPC, CSV, list), or the URL of one: ``http(s)://``, ``s3://``, ``gs://``, ``az://``. Several are read as
///     one, in this order. ``${NAME}`` in it is the value of an environment variable.
/// storage_options : dict, optional
///     For object stores, by the names of their environment variables in any case (``aws_access_key_id``, ``aws_region``,
///     ``azure_storage_account_name``, ``google_service_account``), ``endpoint`` and ``requester_pays``. What is not given is taken from the
///     environment. A value may be ``"${NAME}"``, the value of an environment variable.
/// headers : dict, optional
///     Headers to send with every request to web servers. Values as for `storage_options`.
/// threads, requests : int, optional
///     Maximum number of tiles decoded and of requests made concurrently. By default the number of cores, and 16.
/// memory : int, optional
///     Bytes of points that wait for their consumer, 256 MiB by default.
/// retries : int, optional
///     How often a request that fails temporarily is made again.
/// timeout : float or str, optional
///     Time limit for opening, and for each read: seconds, or text with a unit (``"500ms"``, ``"30s"``, ``"5m"``). It starts again with
///     each read; reads that are under way then have it too. What takes longer is a :class:`StoreError`.
/// cache : path, optional
///     Folder that keeps the files of remote datasets; at most `cache_size` bytes, 10 GB by default.
/// offline : bool
///     Don't use the network: only what is in the cache.
/// override_crs : str, optional
///     The coordinate system of the points, whatever the dataset says.
/// vertical_as_is : bool
///     Combine sources with different or unknown vertical systems, without changing heights.
/// addons : dict, optional
///     Dimensions written by PDAL's ``writers.ept_addon``, by name: folder or URL.
/// url_field, url_template, base, index_crs : str, optional
///     How to read a tile index whose fields are unusual: the field with the locations, or how to make them of fields, to
///     where they are relative, and the coordinate system of the boxes.
///
/// Returns
/// -------
/// Dataset
///     Only what is needed to describe the dataset was read. A tile index is not read before it is needed; then only files in the area of
///     a query are opened.
///
/// Raises
/// ------
/// NotFoundError, StoreError, FormatError
///     If the location does not contain a dataset, or it can't be read.
/// QueryError
///     If an argument is invalid, or sources can't be combined.
///
/// Examples
/// --------
/// >>> import pyept
/// >>> ds = pyept.open("testdata/terrain")
/// >>> ds.points
/// 25000
#[pyfunction]
#[pyo3(signature = (
    location, *, storage_options=None, headers=None, threads=None, requests=None, memory=None, retries=None, timeout=None, cache=None,
    cache_size=None, offline=false, override_crs=None, vertical_as_is=false, addons=None, url_field=None, url_template=None,
    base=None, index_crs=None
))]
#[allow(clippy::too_many_arguments)]
pub(crate) fn open(
    py: Python<'_>,
    location: &Bound<'_, PyAny>,
    storage_options: Option<BTreeMap<String, String>>,
    headers: Option<BTreeMap<String, String>>,
    threads: Option<NonZeroUsize>,
    requests: Option<NonZeroUsize>,
    memory: Option<NonZeroUsize>,
    retries: Option<u32>,
    timeout: Option<Text>,
    cache: Option<Bound<'_, PyAny>>,
    cache_size: Option<u64>,
    offline: bool,
    override_crs: Option<Bound<'_, PyAny>>,
    vertical_as_is: bool,
    addons: Option<BTreeMap<String, String>>,
    url_field: Option<String>,
    url_template: Option<String>,
    base: Option<String>,
    index_crs: Option<Bound<'_, PyAny>>,
) -> PyResult<Dataset> {
    let dataset = Dataset::new(Settings {
        locations: locations(location)?,
        headers: headers.unwrap_or_default(),
        storage_options: storage_options.unwrap_or_default(),
        addons: addons.unwrap_or_default(),
        vertical_as_is,
        override_crs: override_crs.as_ref().map(crs_text).transpose()?,
        threads,
        requests,
        memory,
        retries,
        timeout: settings::timeout(py, timeout)?,
        cache: cache.as_ref().map(self::location).transpose()?,
        cache_size,
        offline,
        url_field,
        url_template,
        base,
        index_crs: index_crs.as_ref().map(crs_text).transpose()?,
        withheld: Vec::new(),
    });
    if dataset.settings.has_index() {
        // Arguments are checked at once all the same.
        dataset.settings.opening(py)?;
        dataset.engine(py)?;
    } else {
        dataset.opened(py)?;
    }
    Ok(dataset)
}

/// The dataset of a pickle.
#[pyfunction(name = "_unpickled_dataset")]
pub(crate) fn unpickled_dataset(py: Python<'_>, settings: &str) -> PyResult<Dataset> {
    let settings = serde_json::from_str(settings);
    let settings = settings
        .map_err(|error| errors::argument(py, format!("not a pickled dataset: {error}")))?;
    Ok(Dataset::new(settings))
}

fn locations(given: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    if let Ok(one) = location(given) {
        return Ok(vec![one]);
    }
    given.try_iter()?.map(|one| location(&one?)).collect()
}

/// The minimum corner and the maximum corner of a box.
type Corners = (f64, f64, f64, f64, f64, f64);

fn corners(bounds: &Bounds) -> Corners {
    let ([x0, y0, z0], [x1, y1, z1]) = (bounds.min(), bounds.max());
    (x0, y0, z0, x1, y1, z1)
}

#[pymethods]
impl Dataset {
    /// The coordinate system as text: codes such as ``EPSG:26915+5703``, WKT, or None if it is not known.
    #[getter]
    fn crs(&self, py: Python<'_>) -> PyResult<Option<String>> {
        let dataset = self.opened(py)?;
        let srs = &dataset.frame().srs;
        let text = FileSrs::of(srs).srs;
        Ok(srs_codes(srs).or_else(|| text.well_known_text().map(str::to_owned)))
    }

    /// ``(xmin, ymin, zmin, xmax, ymax, zmax)`` in units of :attr:`crs`: a box that contains all points, in an octree its cube.
    #[getter]
    fn bounds(&self, py: Python<'_>) -> PyResult<Corners> {
        Ok(corners(&self.opened(py)?.frame().bounds))
    }

    /// The bounds of the points themselves, as :attr:`bounds`, according to the dataset. None if it does not have them.
    #[getter]
    fn conforming(&self, py: Python<'_>) -> PyResult<Option<Corners>> {
        let dataset = self.opened(py)?;
        Ok(dataset.frame().conforming.as_ref().map(corners))
    }

    /// Number of points according to the dataset. None if a source does not have it.
    #[getter]
    fn points(&self, py: Python<'_>) -> PyResult<Option<u64>> {
        Ok(self.opened(py)?.claimed_points())
    }

    /// The dimensions of the points.
    #[getter]
    fn schema(&self, py: Python<'_>) -> PyResult<Schema> {
        Schema::of(py, &self.opened(py)?)
    }

    /// Paths or URLs of the sources, in order, without secrets.
    #[getter]
    fn locations(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        Ok(self.opened(py)?.locations())
    }

    /// The files that an EPT dataset was built from: a list of dictionaries with ``id``, ``path``, ``points``, ``bounds``, ... Empty if it does not
    /// list them. Read each time.
    #[getter]
    fn sources<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let dataset = self.opened(py)?;
        let sources = wait(py, || async { dataset.ept()?.source_files().await })?;
        let sources = sources.map_err(|error| errors::read(py, &error))?;
        json::to_python(py, &ept_job::source_files_json(&sources))
    }

    /// Everything that is known of the dataset without reading points, as a dictionary like the JSON of ``ept info``.
    fn info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let dataset = self.opened(py)?;
        let info = wait(py, || Info::of(&dataset))?;
        json::to_python(py, &info.to_json())
    }

    /// The nodes of the octree, or the runs of chunks of files, as a ``pyarrow.Table``.
    ///
    /// Columns: ``source`` (index into :attr:`locations`), ``key`` (such as ``"3-4-1-2"``), ``depth`` (null without an octree), ``count``, and the
    /// cell as ``xmin`` to ``zmax``.
    fn nodes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let dataset = self.opened(py)?;
        let all = dataset.select(&ept_reader::Query::new());
        let all = all.map_err(|error| errors::read(py, &error))?;
        nodes::table(py, &all)
    }

    /// A query: which points, with which dimensions. Lazy: nothing is read but what is needed to check it.
    ///
    /// Parameters
    /// ----------
    /// bounds : tuple, str, geometry, or GeoJSON, optional
    ///     ``(xmin, ymin, xmax, ymax)`` or ``(xmin, ymin, zmin, xmax, ymax, zmax)``; a polygon as shapely geometry, GeoSeries, WKT or GeoJSON (text, a
    ///     dictionary, or an object with ``__geo_interface__``), or the path of a file of these. Points on the edge are inside.
    /// crs : str, int, or pyproj.CRS, optional
    ///     Coordinate system of `bounds`, x or longitude first. By default that of the geometry, longitude and latitude for GeoJSON, else
    ///     that of the dataset.
    /// buffer : str, optional
    ///     Grow the area by a length on the ground, such as ``"20m"``.
    /// edge : {"closed", "half-open"}
    ///     Whether points on the edge are inside, or on the lower sides only.
    /// resolution : float or str, optional
    ///     Read down to the depth with at most this spacing, in units of the dataset or on the ground (``"1m"``, ``"50cm"``, ``"3ft"``).
    /// depth : int, optional
    ///     Read depths 0 to this one.
    /// where : str, optional
    ///     A condition, such as ``"Classification == 2 and ReturnNumber == NumberOfReturns"``.
    /// columns : list of str, optional
    ///     Dimensions, in this order. All by default.
    /// origin : str or int, optional
    ///     Only points of this source, as listed in :attr:`sources`.
    /// out_crs : str, int, or pyproj.CRS, optional
    ///     Transform coordinates to this system.
    /// thin, thin_3d : float or str, optional
    ///     Keep one point per square or cube of this size.
    /// max_points : int, optional
    ///     Read as much detail as fits in this number of points.
    /// limit : int, optional
    ///     Only the first points of the result.
    /// hag : bool, list of int, or path
    ///     Add ``HeightAboveGround``: height above the triangulated ground, of class 2 or the classes in the list, or above a terrain
    ///     model (GeoTIFF).
    /// source_id : str, optional
    ///     Add a dimension with this name: the index of a point's source.
    /// geometry : {"geoarrow"}, optional
    ///     Add the column ``geometry``: GeoArrow points with the coordinate system.
    /// on_error : {"raise", "skip"}
    ///     If a part of the data can't be read: raise :class:`LostError`, or go on, warn, and list it in :attr:`Query.report`.
    ///
    /// Raises
    /// ------
    /// QueryError
    ///     If the dataset does not support it.
    ///
    /// Examples
    /// --------
    /// >>> import pyept
    /// >>> ds = pyept.open("testdata/terrain")
    /// >>> q = ds.query(bounds=(500100, 4650100, 500300, 4650300), resolution=2, columns=["X", "Y", "Z"])
    /// >>> len(q.to_numpy()["Z"])
    /// 2973
    #[pyo3(signature = (
        bounds=None, *, crs=None, buffer=None, edge="closed", resolution=None, depth=None, r#where=None, columns=None,
        origin=None, out_crs=None, thin=None, thin_3d=None, max_points=None, limit=None, hag=None, source_id=None,
        geometry=None, on_error="raise"
    ))]
    #[allow(clippy::too_many_arguments)]
    fn query(
        slf: &Bound<'_, Self>,
        bounds: Option<Bound<'_, PyAny>>,
        crs: Option<Bound<'_, PyAny>>,
        buffer: Option<&str>,
        edge: &str,
        resolution: Option<Text>,
        depth: Option<u32>,
        r#where: Option<&str>,
        columns: Option<Vec<String>>,
        origin: Option<Text>,
        out_crs: Option<Bound<'_, PyAny>>,
        thin: Option<Text>,
        thin_3d: Option<Text>,
        max_points: Option<u64>,
        limit: Option<u64>,
        hag: Option<Bound<'_, PyAny>>,
        source_id: Option<String>,
        geometry: Option<&str>,
        on_error: &str,
    ) -> PyResult<Query> {
        let args = QueryArgs {
            bounds,
            crs,
            buffer,
            edge,
            resolution,
            depth,
            filter: r#where,
            columns,
            origin,
            out_crs,
            thin,
            thin_3d,
            max_points,
            limit,
            hag,
            source_id,
            geometry,
            on_error,
        };
        args.query(slf)
    }

    fn __repr__(&self) -> String {
        let locations: Vec<String> = self
            .settings
            .locations
            .iter()
            .map(|one| shown(one))
            .collect();
        match &locations[..] {
            [one] => format!("<pyept.Dataset {one}>"),
            [first, others @ ..] => format!("<pyept.Dataset {first} and {} more>", others.len()),
            [] => "<pyept.Dataset>".to_owned(),
        }
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.settings == other.settings
    }

    fn __hash__(&self) -> u64 {
        use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
        BuildHasherDefault::<DefaultHasher>::default().hash_one(&self.settings)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let make = py.import("pyept._pyept")?.getattr("_unpickled_dataset")?;
        let text = serde_json::to_string(&self.settings.without_secrets());
        let text = text.map_err(|error| errors::argument(py, error.to_string()))?;
        Ok((make, (text,)))
    }
}
