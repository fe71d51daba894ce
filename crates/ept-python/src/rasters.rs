//! Rasters of points.

use std::path::PathBuf;

use ept_job::{
    Cells, Compression, Duplicates, Fill, OutlierRule, OutputError, Pass, RasterFiles, RasterModel,
    RasterProgress, RasterSummary, Reach, Relief, Statistic, Surface, Terrain, cell_size,
    cells_like, first_returns, ground_points, last_returns, write_hillshade, write_raster,
};
use ept_reader::{Filter, Length, SelectError};
use pyo3::prelude::*;

use crate::points::Points;
use crate::progress::Bar;
use crate::query::Query;
use crate::runtime::wait;
use crate::text::{Text, parse};
use crate::{errors, json, settings};

/// What all rasters have.
pub(crate) struct RasterArgs<'a, 'py> {
    pub(crate) path: PathBuf,
    pub(crate) resolution: Text,
    pub(crate) align: [f64; 2],
    pub(crate) like: Option<PathBuf>,
    pub(crate) out_crs: Option<Bound<'py, PyAny>>,
    pub(crate) compress: &'a str,
    pub(crate) mask: Option<PathBuf>,
    pub(crate) distance: Option<PathBuf>,
    pub(crate) preview: bool,
    pub(crate) biased: bool,
    pub(crate) hillshade: Option<PathBuf>,
    pub(crate) progress: bool,
}

/// How a surface is made of points.
pub(crate) struct SurfaceArgs<'a> {
    pub(crate) kernel: Option<&'a str>,
    pub(crate) outlier: Option<&'a str>,
    pub(crate) max_edge: Option<Text>,
    pub(crate) fill: &'a str,
}

/// Methods of a terrain model.
const OF_TERRAIN: [&str; 5] = ["tin", "min", "mean", "idw", "median"];
/// Methods of a surface model.
const OF_SURFACE: [&str; 5] = ["max", "tin", "mean", "idw", "median"];
/// Edge beyond which triangles are void, as that of the command.
const MAX_EDGE: &str = "50m";

impl RasterArgs<'_, '_> {
    /// A terrain model.
    pub(crate) fn dtm<'py>(
        self,
        py: Python<'py>,
        query: &Query,
        surface: &SurfaceArgs<'_>,
        method: &str,
        classes: Option<Vec<u8>>,
        ground: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let uses = match (ground, classes) {
            (None, classes) => ground_points(&classes.unwrap_or_else(|| vec![2])),
            (Some("smrf"), None) => last_returns(),
            (Some("smrf"), _) => return Err(wrong(py, "ground and classes exclude each other")),
            _ => return Err(wrong(py, "ground: must be None or \"smrf\"")),
        };
        let of = surface.surface(py, method, &OF_TERRAIN)?;
        let model = RasterModel {
            finds_ground: ground.is_some(),
            ..surface.model(py, self.model(py, of)?, uses)?
        };
        self.write(py, query, &model)
    }

    /// A surface model.
    pub(crate) fn dsm<'py>(
        self,
        py: Python<'py>,
        query: &Query,
        surface: &SurfaceArgs<'_>,
        method: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let of = surface.surface(py, method, &OF_SURFACE)?;
        let model = RasterModel {
            duplicates: Duplicates::Highest,
            ..surface.model(py, self.model(py, of)?, first_returns())?
        };
        self.write(py, query, &model)
    }

    /// A canopy model: heights above the ground, of points of these classes or of a terrain model.
    pub(crate) fn chm<'py>(
        self,
        py: Python<'py>,
        query: &Query,
        surface: &SurfaceArgs<'_>,
        classes: Option<Vec<u8>>,
        dtm: Option<PathBuf>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let ground = match (dtm, classes) {
            (Some(path), None) => Terrain::Raster(path),
            (Some(_), Some(_)) => return Err(wrong(py, "dtm and classes exclude each other")),
            (None, classes) => {
                let points = ground_points(&classes.unwrap_or_else(|| vec![2]));
                Terrain::Points(points.map_err(|error| errors::read(py, &error.into()))?)
            }
        };
        let of = surface.surface(py, "max", &OF_SURFACE)?;
        let model = RasterModel {
            ground: Some(ground),
            ..surface.model(py, self.model(py, of)?, first_returns())?
        };
        self.write(py, query, &model)
    }

    /// Statistics of the points of each cell, a band for each.
    pub(crate) fn raster<'py>(
        self,
        py: Python<'py>,
        query: &Query,
        statistics: &[String],
        value: String,
        kernel: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let statistics = statistics
            .iter()
            .map(|name| parse::<Statistic>(py, "stat", name));
        let of = Surface::Statistics {
            reach: parse::<Reach>(py, "kernel", kernel)?,
            statistics: statistics.collect::<PyResult<_>>()?,
        };
        let model = RasterModel {
            value,
            ..self.model(py, of)?
        };
        self.write(py, query, &model)
    }

    /// The raster of all points.
    fn model(&self, py: Python<'_>, surface: Surface) -> PyResult<RasterModel> {
        let cells = match &self.like {
            Some(path) => cells_like(path).map_err(|error| errors::job(py, &error))?,
            None => Cells::Sized {
                size: cell_size(&self.resolution.as_text())
                    .map_err(|error| errors::argument(py, format!("resolution: {error}")))?,
                corner: self.align,
            },
        };
        Ok(RasterModel::new(cells, surface))
    }

    fn files(&self, py: Python<'_>) -> PyResult<RasterFiles> {
        let files = RasterFiles {
            raster: self.path.clone(),
            mask: self.mask.clone(),
            distance: self.distance.clone(),
            compression: match self.compress {
                "deflate" => Compression::Deflate,
                "zstd" => Compression::Zstd,
                "lerc" => Compression::Lerc { max_error: 0.001 },
                "none" => Compression::None,
                _ => {
                    return Err(wrong(
                        py,
                        "compress: must be \"deflate\", \"zstd\", \"lerc\" or \"none\"",
                    ));
                }
            },
        };
        let checked = files.check_names(self.hillshade.as_deref(), None);
        checked.map_err(|error| errors::output(py, &error))?;
        Ok(files)
    }

    /// Makes the raster and returns the report.
    fn write<'py>(
        self,
        py: Python<'py>,
        query: &Query,
        model: &RasterModel,
    ) -> PyResult<Bound<'py, PyAny>> {
        let files = self.files(py)?;
        if self.preview && !self.biased {
            let hint = |error: OutputError| errors::argument(py, format!("{error} (biased=True)"));
            model.check_preview().map_err(hint)?;
        }
        let mut pass = self.pass(py, query, model)?;
        let job = query.job(&pass);
        let bar = Bar::new(py, self.progress)?;
        let show = |progress: &RasterProgress| {
            if let RasterProgress::Reading(progress) = progress {
                bar.show(progress);
            }
        };
        let made = wait(py, || write_raster(&mut pass, model, &files, show))?;
        bar.close(py)?;
        let report = RasterSummary::report(&pass, &made);
        let made = made.map_err(|error| {
            job.fail(&pass, &error);
            errors::job(py, &error)
        })?;
        if let Some(path) = &self.hillshade {
            let shaded = py.detach(|| write_hillshade(&files.raster, path, Relief::default()));
            shaded.map_err(|error| errors::job(py, &error))?;
        }
        job.end_with(py, &pass, made.selected, report)?;
        json::to_python(py, &job.report())
    }

    fn pass(&self, py: Python<'_>, query: &Query, model: &RasterModel) -> PyResult<Pass> {
        let mut points = query.of_rasters(py)?;
        if let Some(system) = &self.out_crs {
            let text = settings::crs_text(system)?;
            points = points.with_output_crs(settings::crs(py, "out_crs", &text)?);
        }
        if self.preview {
            points = model.previewed(points);
        }
        query.pass_of(py, &points)
    }
}

impl SurfaceArgs<'_> {
    /// The surface of a method, one of the `known`.
    fn surface(&self, py: Python<'_>, method: &str, known: &[&str]) -> PyResult<Surface> {
        if !known.contains(&method) {
            return Err(wrong(
                py,
                &format!("method: must be one of {}", known.join(", ")),
            ));
        }
        match (method, self.kernel) {
            ("tin", None) => Ok(Surface::Tin),
            ("tin", Some(_)) => Err(wrong(py, "kernel is for methods other than tin")),
            (method, kernel) => Ok(Surface::Statistics {
                reach: kernel.map_or(Ok(Reach::Cell), |kernel| parse(py, "kernel", kernel))?,
                statistics: vec![parse::<Statistic>(py, "method", method)?],
            }),
        }
    }

    fn model(
        &self,
        py: Python<'_>,
        model: RasterModel,
        uses: Result<Filter, SelectError>,
    ) -> PyResult<RasterModel> {
        Ok(RasterModel {
            uses: Some(uses.map_err(|error| errors::read(py, &error.into()))?),
            outliers: self
                .outlier
                .map(|rule| parse::<OutlierRule>(py, "outlier", rule))
                .transpose()?,
            max_edge: self.longest(py)?,
            fill: parse::<Fill>(py, "fill", self.fill)?,
            ..model
        })
    }

    /// The longest edge of triangles. `None` for no limit.
    fn longest(&self, py: Python<'_>) -> PyResult<Option<Length>> {
        let text = self
            .max_edge
            .as_ref()
            .map_or_else(|| MAX_EDGE.to_owned(), Text::as_text);
        if text == "none" {
            return Ok(None);
        }
        parse(py, "max_edge", &text).map(Some)
    }
}

fn wrong(py: Python<'_>, problem: &str) -> PyErr {
    errors::argument(py, problem.to_owned())
}
