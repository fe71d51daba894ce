//! How queries are read.

use std::num::NonZeroUsize;

use arrow_schema::SchemaRef;
use ept_job::{OutputError, Pass};
use ept_reader::{Detail, Selection};
use pyo3::prelude::*;

use super::Query;
use crate::points::Points;
use crate::report::Slot;
use crate::runtime::runtime;
use crate::text::Text;
use crate::unit::{Unit, UnitOptions};
use crate::{errors, units};

impl Query {
    pub(super) fn selection(&self, py: Python<'_>) -> PyResult<Selection> {
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
        Ok(Pass::new(selection, self.extras.on_error()))
    }

    /// The work units of the query.
    pub(super) fn divided(
        &self,
        py: Python<'_>,
        n: NonZeroUsize,
        halo: Option<Text>,
    ) -> PyResult<Vec<Unit>> {
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

    pub(super) fn arrow_schema(&self, py: Python<'_>) -> PyResult<SchemaRef> {
        if let Some(schema) = self.known().schema.clone() {
            return Ok(schema);
        }
        let schema = self.open_batches(py, self.extras.has_geometry)?.schema();
        self.known().schema = Some(schema.clone());
        Ok(schema)
    }
}

impl Points for Query {
    fn pass(&self, py: Python<'_>) -> PyResult<Pass> {
        let selection = self.selection(py)?;
        let _guard = runtime(py)?.enter();
        let mut pass = Pass::new(selection, self.extras.on_error());
        if let Some(limit) = self.extras.limit {
            pass = pass.with_limit(limit);
        }
        match self.extras.heights(py)? {
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
