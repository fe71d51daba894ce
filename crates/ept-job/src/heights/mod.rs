//! Heights of points above the ground.

mod ground;
mod height_above_ground;
mod surfaces;
mod terrain;
mod terrain_raster;

pub use height_above_ground::HeightAboveGround;
pub use terrain::Terrain;
pub(crate) use terrain_raster::TerrainRaster;

use std::path::Path;
use std::sync::Arc;

use ept_format::{is_same_dimension, known_dimension};
use ept_reader::{Column, Core, Filter, PointBatch, Query, SelectError, Selection, Values};
use ept_select::{Detail, Reprojection};

use crate::points::with_required;
use crate::{Format, JobError, Losses, Pass, Progress, Remark};

use surfaces::Surfaces;

/// Adds the heights above the ground to the points of a selection, and does what has to wait for them: the condition, if it
/// names them, and the transformation to the coordinate system of the result.
#[derive(Debug)]
pub(crate) struct Heights {
    ground: Ground,
    /// What to read of the points: in the coordinates of the dataset, in which the ground is.
    pub(crate) read: Selection,
    /// The condition, unless it was met before.
    filter: Option<Filter>,
    reprojection: Option<Reprojection>,
    /// The dimensions of the result. `None` for all.
    names: Option<Vec<String>>,
}

/// What heights are measured from.
#[derive(Debug)]
enum Ground {
    Points {
        surfaces: Surfaces,
        is_empty: bool,
        /// Parts of the ground that could not be read.
        lost: Losses,
        read: Selection,
    },
    Raster(TerrainRaster),
}

impl Heights {
    /// Reads the ground of a pass that has heights; `None` if it has none. The ground is kept in a scratch file in the folder
    /// `scratch`.
    ///
    /// # Errors
    /// If the dataset or the raster can't be read, or the scratch file not be written.
    pub(crate) async fn of(
        pass: &Pass,
        format: Format,
        scratch: &Path,
        progress: impl FnMut(&Progress),
    ) -> Result<Option<Arc<Heights>>, JobError> {
        let Some(model) = pass.heights() else {
            return Ok(None);
        };
        let selection = pass.selection();
        let (dataset, query) = (selection.dataset(), selection.query());
        let on_error = pass.losses().on_error();
        let ground = match &model.ground {
            Terrain::Points(ground) => {
                let wanted = (ground, model.max_edge);
                let read = ground::read(selection, on_error, wanted, scratch, progress).await?;
                Ground::Points {
                    surfaces: read.surfaces,
                    is_empty: read.points == 0,
                    lost: read.lost,
                    read: read.read,
                }
            }
            Terrain::Raster(path) => {
                Ground::Raster(TerrainRaster::open(path, &selection.frame().srs)?)
            }
        };
        let output = with_required(query, format);
        let names = output.dimensions().map(|names| match query.dimensions() {
            // What the format has if nothing is asked for.
            None => with_heights(names.to_vec()),
            Some(_) => names.to_vec(),
        });
        let filter = query.filter().filter(|filter| model.is_in(filter));
        if let Some(filter) = filter {
            check_dimensions(selection, filter)?;
        }
        let mut reading = bare(query);
        if let Some(names) = &names {
            reading = reading.with_dimensions(decoded(names, filter));
        }
        if let (Some(early), None) = (query.filter(), filter) {
            reading = reading.with_filter(early.clone());
        }
        if let Some(thin) = query.thin() {
            reading = reading.with_thin(thin);
        }
        if let Some(name) = query.source_id() {
            reading = reading.with_source_id(name);
        }
        if let Some(core) = query.core() {
            reading = reading.with_core(core.clone());
        }
        // These are there whatever dimensions are asked for.
        let added = [query.core().and_then(Core::flag), query.source_id()];
        let names = names.map(|mut names| {
            names.extend(added.into_iter().flatten().map(str::to_owned));
            names
        });
        let to = query.output_crs();
        let reprojection = to.map(|crs| Reprojection::new(selection.frame(), crs));
        Ok(Some(Arc::new(Heights {
            ground,
            read: dataset.select(&reading)?,
            filter: filter.cloned(),
            reprojection: reprojection.transpose().map_err(ept_reader::Error::from)?,
            names,
        })))
    }

    /// The points of a tile as they are in the result.
    ///
    /// # Errors
    /// If the ground can't be read again, or the points can't be transformed.
    pub(crate) fn applied(&self, points: PointBatch) -> Result<PointBatch, JobError> {
        let heights = match &self.ground {
            Ground::Points { surfaces, .. } => surfaces.heights(&points)?,
            Ground::Raster(raster) => raster.heights(&points)?,
        };
        let heights = Column::new(HeightAboveGround::NAME, Values::F64(heights));
        let mut points = points.with_column(heights)?;
        if let Some(filter) = &self.filter {
            let mask = filter.mask(&points);
            points.retain(&mask);
        }
        if let Some(reprojection) = &self.reprojection {
            let transformed = reprojection.apply(points);
            points = transformed.map_err(ept_reader::Error::from)?;
        }
        Ok(match &self.names {
            Some(names) => points.with_dimensions(names),
            None => points,
        })
    }

    /// The parts of the ground around each area of [`Query::with_any_of`] that could not be read.
    pub(crate) fn lost_by_area(&self) -> Vec<Losses> {
        match &self.ground {
            Ground::Points { lost, read, .. } => lost.by_area(read),
            Ground::Raster(_) => Vec::new(),
        }
    }

    /// Adds what is to be said of the ground to a pass over the points.
    pub(crate) fn tell(&self, pass: &mut Pass) {
        let remark = match &self.ground {
            Ground::Points { is_empty, lost, .. } => {
                pass.losses_mut().join(lost);
                is_empty.then_some(Remark::NoGround)
            }
            Ground::Raster(raster) => raster.is_elsewhere().then_some(Remark::NoTerrain),
        };
        pass.remarks.extend(remark);
    }
}

/// Refuses a condition on a dimension that points can't have, which is a mistake. A condition that is met while decoding is
/// checked there.
fn check_dimensions(selection: &Selection, filter: &Filter) -> Result<(), ept_reader::Error> {
    let is_known = |name: &String| {
        is_same_dimension(name, HeightAboveGround::NAME)
            || known_dimension(name).is_some()
            || selection.frame().dimension(name).is_some()
    };
    let mut names = filter.dimensions().iter();
    match names.find(|name| !is_known(name)) {
        None => Ok(()),
        Some(unknown) => {
            let schema = selection.frame().schema.iter();
            let available: Vec<&str> = schema.map(|d| d.name.as_str()).collect();
            Err(SelectError::NoDimension {
                name: unknown.clone(),
                available: available.join(", "),
            }
            .into())
        }
    }
}

/// The part of a query that tells where and in which detail there are points.
fn bare(query: &Query) -> Query {
    let mut bare = Query::new()
        .with_areas(query.areas().iter().cloned())
        .with_any_of(query.any_of().to_vec())
        .with_edge(query.edge());
    bare = match query.detail() {
        Detail::All => bare,
        Detail::Depth(depth) => bare.with_depth(depth),
        Detail::Resolution(resolution) => bare.with_resolution(resolution),
    };
    if let Some(origin) = query.origin() {
        bare = bare.with_origin(origin.clone());
    }
    if let Some(points) = query.max_points() {
        bare = bare.with_max_points(points);
    }
    bare
}

/// The dimensions to decode for those of a result and a condition.
fn decoded(names: &[String], filter: Option<&Filter>) -> Vec<String> {
    let axes = ["X", "Y", "Z"].map(str::to_owned);
    let filtered = filter.map_or(&[][..], Filter::dimensions);
    let names = names.iter().chain(filtered);
    let names = names.filter(|name| !is_same_dimension(name, HeightAboveGround::NAME));
    axes.into_iter().chain(names.cloned()).collect()
}

/// The names of columns with that of the heights.
pub(crate) fn with_heights(mut names: Vec<String>) -> Vec<String> {
    let is_height = |name: &String| is_same_dimension(name, HeightAboveGround::NAME);
    if !names.iter().any(is_height) {
        names.push(HeightAboveGround::NAME.to_owned());
    }
    names
}
