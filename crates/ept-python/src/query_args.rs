//! The arguments of a query.

use ept_reader::{Area, Edge, Filter, Origin, Spacing, Thin};
use pyo3::prelude::*;

use crate::area::area_of;
use crate::dataset::Dataset;
use crate::errors;
use crate::query::{Extras, Ground, Query};
use crate::runtime::wait;
use crate::settings::{crs, crs_text, location};
use crate::text::{Text, parse};

/// The arguments of `Dataset.query`.
pub(crate) struct QueryArgs<'a, 'py> {
    pub(crate) bounds: Option<Bound<'py, PyAny>>,
    pub(crate) crs: Option<Bound<'py, PyAny>>,
    pub(crate) buffer: Option<&'a str>,
    pub(crate) edge: &'a str,
    pub(crate) resolution: Option<Text>,
    pub(crate) depth: Option<u32>,
    pub(crate) filter: Option<&'a str>,
    pub(crate) columns: Option<Vec<String>>,
    pub(crate) origin: Option<Text>,
    pub(crate) out_crs: Option<Bound<'py, PyAny>>,
    pub(crate) thin: Option<Text>,
    pub(crate) thin_3d: Option<Text>,
    pub(crate) max_points: Option<u64>,
    pub(crate) limit: Option<u64>,
    pub(crate) hag: Option<Bound<'py, PyAny>>,
    pub(crate) source_id: Option<String>,
    pub(crate) geometry: Option<&'a str>,
    pub(crate) on_error: &'a str,
}

/// Class of points of the ground.
const GROUND: u8 = 2;

impl QueryArgs<'_, '_> {
    /// The query, checked.
    pub(crate) fn query(self, dataset: &Bound<'_, Dataset>) -> PyResult<Query> {
        let py = dataset.py();
        let wrong = |problem: &str| errors::argument(py, problem.to_owned());
        let edge = match self.edge {
            "closed" => Edge::Closed,
            "half-open" => Edge::HalfOpen,
            _ => return Err(wrong("edge: must be \"closed\" or \"half-open\"")),
        };
        let extras = Extras {
            limit: self.limit,
            hag: self.hag.as_ref().map(ground).transpose()?.flatten(),
            has_geometry: match self.geometry {
                None => false,
                Some("geoarrow") => true,
                Some(_) => return Err(wrong("geometry: must be None or \"geoarrow\"")),
            },
            skips: skips(py, self.on_error)?,
        };
        let areas = self.area(py)?.into_iter().collect::<Vec<_>>();
        let opened = dataset.get().opened_for(py, &areas, edge)?;
        let mut query = ept_reader::Query::new().with_areas(areas).with_edge(edge);
        if let Some(resolution) = &self.resolution {
            query = query.with_resolution(resolution.parse::<Spacing>(py, "resolution")?);
        }
        match (self.depth, self.resolution) {
            (Some(_), Some(_)) => return Err(wrong("depth and resolution exclude each other")),
            (Some(depth), None) => query = query.with_depth(depth),
            _ => {}
        }
        if let Some(condition) = self.filter {
            query = query.with_filter(parse::<Filter>(py, "where", condition)?);
        }
        if let Some(columns) = self.columns {
            if columns.is_empty() {
                return Err(wrong("columns: must name one or more dimensions"));
            }
            query = query.with_dimensions(columns);
        }
        if let Some(origin) = &self.origin {
            let text = origin.as_text();
            let origin: Origin =
                wait(py, || opened.origin(&text))?.map_err(|error| errors::read(py, &error))?;
            query = query.with_origin(origin);
        }
        if let Some(system) = &self.out_crs {
            query = query.with_output_crs(crs(py, "out_crs", &crs_text(system)?)?);
        }
        query = match (&self.thin, &self.thin_3d) {
            (None, None) => query,
            (Some(edge), None) => {
                query.with_thin(Thin::squares(edge.parse::<Spacing>(py, "thin")?))
            }
            (None, Some(edge)) => {
                query.with_thin(Thin::cubes(edge.parse::<Spacing>(py, "thin_3d")?))
            }
            _ => return Err(wrong("thin and thin_3d exclude each other")),
        };
        if let Some(points) = self.max_points {
            query = query.with_max_points(points);
        }
        if let Some(name) = &self.source_id {
            query = query.with_source_id(name);
        }
        Query::checked(dataset, query, extras, opened)
    }

    fn area(&self, py: Python<'_>) -> PyResult<Option<Area>> {
        let Some(bounds) = &self.bounds else {
            return match (&self.crs, self.buffer) {
                (None, None) => Ok(None),
                _ => Err(errors::argument(py, "crs and buffer need bounds".into())),
            };
        };
        area_of(bounds, self.crs.as_ref(), self.buffer).map(Some)
    }
}

/// Whether parts that can't be read are skipped.
pub(crate) fn skips(py: Python<'_>, on_error: &str) -> PyResult<bool> {
    match on_error {
        "raise" => Ok(false),
        "skip" => Ok(true),
        _ => {
            let problem = "on_error: must be \"raise\" or \"skip\"";
            Err(errors::argument(py, problem.to_owned()))
        }
    }
}

/// The ground above which heights are measured. `None` if they are not wanted.
fn ground(hag: &Bound<'_, PyAny>) -> PyResult<Option<Ground>> {
    if let Ok(is_wanted) = hag.extract::<bool>() {
        return Ok(is_wanted.then(|| Ground::Classes(vec![GROUND])));
    }
    match location(hag) {
        Ok(path) => Ok(Some(Ground::Raster(path.into()))),
        Err(_) => Ok(Some(Ground::Classes(hag.extract()?))),
    }
}
