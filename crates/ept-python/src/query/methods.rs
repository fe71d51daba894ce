//! What queries do in Python.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use ept_job::{Costs, Losses, statistics};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};
use pyo3_arrow::ffi::to_schema_pycapsule;

use super::{Parts, Query};
use crate::dataset::Dataset;
use crate::pictures::{Eye, PictureArgs};
use crate::points::{self, Points};
use crate::rasters::{RasterArgs, SurfaceArgs};
use crate::reader::{self, Reader};
use crate::runtime::wait;
use crate::text::Text;
use crate::unit::Unit;
use crate::{arrays, errors, json, output};

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

    /// Draws the points, as ``ept picture``: a map, or a view from the side. Of an octree only those depths are read whose points the picture
    /// can tell apart.
    ///
    /// The same points make the same bytes. Boxes of what could not be read are red. Dimensions of the query don't matter.
    ///
    /// Parameters
    /// ----------
    /// path : path
    ///     A PNG, complete or not at all.
    /// size : tuple
    ///     Width and height in pixels.
    /// from_ : str or tuple
    ///     ``"top"`` (north up), ``"3d"`` (from the south-west), or the direction of the eye in degrees clockwise from north and its height
    ///     above the horizon in degrees, such as ``(210, 35)``.
    /// color : {"rgb", "height", "intensity", "class", "return", "source", "time"}, optional
    ///     What colours say; by default rgb if there are colours, else intensity, else height.
    /// legend : bool
    ///     Draw a legend, unless colours are measured.
    /// nodes : bool
    ///     Draw a map of the nodes that would be read, by depth, without reading their points.
    /// progress : bool
    ///     Show a progress bar, if tqdm is installed.
    ///
    /// Returns
    /// -------
    /// dict
    ///     The report, with ``picture``: width, height, what is shown, depth, pixels with points, what colours say and their limits.
    #[pyo3(signature = (
        path, *, size=[1200, 800], from_=Eye::top(), color=None, legend=false, nodes=false, progress=false
    ), text_signature = "($self, path, *, size=(1200, 800), from_='top', color=None, legend=False, nodes=False, progress=False)")]
    #[allow(clippy::too_many_arguments)]
    fn picture<'py>(
        &self,
        py: Python<'py>,
        path: PathBuf,
        size: [u32; 2],
        from_: Eye,
        color: Option<&str>,
        legend: bool,
        nodes: bool,
        progress: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        if self.extras.hag.is_some() {
            let problem =
                "a picture is drawn without heights above the ground: the query must not have hag";
            return Err(errors::argument(py, problem.to_owned()));
        }
        let picture = PictureArgs {
            path,
            size,
            from: from_,
            color,
            has_legend: legend,
            is_of_nodes: nodes,
            progress,
        };
        picture.draw(py, self)
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
