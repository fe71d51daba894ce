//! Where a selection has points, in the coordinates of the raster.

use ept_reader::{Bounds, Selection};

use super::extent::Extent;

/// The box of a query, if its area is one in the coordinates of the raster.
pub(crate) fn box_of(selection: &Selection) -> Option<Extent> {
    let query = selection.query();
    if query.output_crs().is_some() || !query.any_of().is_empty() || query.areas().is_empty() {
        return None;
    }
    let mut shared = Extent::EVERYWHERE;
    for area in query.areas() {
        shared = shared.shared(Extent::from(&area.as_bounds()?));
    }
    let [west, south, east, north] = shared.corners();
    (shared.is_finite() && west < east && south < north).then_some(shared)
}

/// A box around the areas of a selection, in the coordinates of the raster. `None` if there are none, or they are not bounded.
pub(crate) fn areas(selection: &Selection) -> Option<Extent> {
    let bounds = selection.bound().wish().bounds;
    let areas = place(selection, &bounds);
    areas.is_finite().then_some(areas)
}

/// The smallest known box of the sources.
pub(crate) fn extent(selection: &Selection) -> Extent {
    Extent::from(match selection.query().output_crs() {
        Some(_) => selection.bounds(),
        None => selection.frame().extent(),
    })
}

/// Places along each side of a box that are transformed to find the box around it in other coordinates.
const PLACES: u32 = 8;

/// The box around a box of a source, in the coordinates of the raster. Everything, if it can't be found.
pub(crate) fn place(selection: &Selection, cell: &Bounds) -> Extent {
    let Some(to) = selection.query().output_crs() else {
        return Extent::from(cell);
    };
    let from = selection.frame().crs();
    let Some(transform) = from.ok().and_then(|from| from.to(to).ok()) else {
        return Extent::EVERYWHERE;
    };
    let (min, max) = (cell.min(), cell.max());
    let at = |axis: usize, step: u32| {
        min[axis] + (max[axis] - min[axis]) * f64::from(step) / f64::from(PLACES)
    };
    let mut around: Option<Extent> = None;
    for (column, row) in (0..=PLACES).flat_map(|c| (0..=PLACES).map(move |r| (c, r))) {
        let Some([x, y, _]) = transform.apply([at(0, column), at(1, row), at(2, PLACES / 2)])
        else {
            return Extent::EVERYWHERE;
        };
        let place = Extent::of([x, y]);
        around = Some(around.map_or(place, |around| around.joined(place)));
    }
    around.unwrap_or(Extent::EVERYWHERE)
}
