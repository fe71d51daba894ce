//! How far around an area points matter.

use ept_raster::{Lattice, Smrf};
use ept_reader::{Area, Length, Query, Selection};

use super::ground::Ground;
use super::maker::Method;
use super::model::{Cells, Fill, OutlierRule, RasterModel};
use crate::JobError;

/// How far from an area points can matter for its cells, in units. Triangles without a limit could need any point; those
/// around an area are as a rule no larger than this.
pub(crate) const USUAL_EDGE: f64 = 50.0;

pub(crate) fn halo(
    model: &RasterModel,
    method: &Method,
    lattice: &Lattice,
    ground: &Ground,
) -> Result<f64, JobError> {
    let edge = model.max_edge.map_or(USUAL_EDGE, Length::metres);
    let edge = edge / ground.least();
    let reach = match method {
        Method::Tin => edge,
        Method::Statistics { kernel, .. } => f64::from(kernel.halo(lattice)?) * lattice.cell(),
    };
    let fill = match model.fill {
        Fill::Window(cells) => f64::from(cells) * lattice.cell(),
        Fill::Tin => edge,
        Fill::None | Fill::Octree => 0.0,
    };
    let above = if model.ground_points().is_some() {
        edge
    } else {
        0.0
    };
    let found = if model.finds_ground {
        f64::from(Smrf::default().halo()?) / ground.least()
    } else {
        0.0
    };
    let near = match model.outliers {
        Some(OutlierRule::Radius { radius, .. }) => ground.cell(radius)?,
        _ => 0.0,
    };
    // Cells at the edge of an area are whole.
    Ok(reach + fill + above + found + near + lattice.cell())
}

/// The query with areas that are larger by `halo` units of the raster. Without areas, those of a raster whose cells are
/// taken are one.
pub(crate) fn wide(
    selection: &Selection,
    model: &RasterModel,
    halo: f64,
    ground: &Ground,
) -> Result<Query, JobError> {
    let query = selection.query();
    let metres = halo * ground.metres[0].max(ground.metres[1]);
    let own = Ground::of_source(selection);
    let grown = |area: &Area| grown(area, metres, &own);
    let mut areas: Vec<Area> = query.areas().iter().map(grown).collect();
    if let (Cells::Like { grid, .. }, true) = (&model.cells, areas.is_empty()) {
        let [west, south, east, north] = grid.extent();
        let low = [west - halo, south - halo, f64::NEG_INFINITY];
        let high = [east + halo, north + halo, f64::INFINITY];
        let area = Area::from_corners(low, high, query.output_crs().cloned());
        areas.push(area.map_err(ept_reader::Error::from)?);
    }
    Ok(query.clone().with_areas(areas))
}

/// An area that is larger by some metres. Boxes are in the coordinates of the source.
pub(crate) fn grown(area: &Area, metres: f64, source: &Ground) -> Area {
    if let Some(bounds) = area.as_bounds() {
        let [x, y] = source.metres.map(|unit| metres / unit);
        return Area::from(bounds.grown([x, y, 0.0]));
    }
    let buffer = area.buffer().map_or(0.0, Length::metres) + metres;
    match Length::from_metres(buffer).filter(|_| source.is_known) {
        Some(buffer) => area.clone().buffered(buffer),
        None => area.clone(),
    }
}
