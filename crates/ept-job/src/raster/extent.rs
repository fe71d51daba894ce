//! Where a selection has points, in the coordinates of the raster.

use ept_reader::{Bounds, Selection};

use super::coverage::place;

/// The box of a query, if its area is one in the coordinates of the raster: minimum x and y, maximum x and y.
pub(crate) fn box_of(selection: &Selection) -> Option<[f64; 4]> {
    let query = selection.query();
    if query.output_crs().is_some() || !query.any_of().is_empty() || query.areas().is_empty() {
        return None;
    }
    let mut joined = [
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
        f64::INFINITY,
        f64::INFINITY,
    ];
    for area in query.areas() {
        let [west, south, east, north] = plane(&area.as_bounds()?);
        joined = [
            joined[0].max(west),
            joined[1].max(south),
            joined[2].min(east),
            joined[3].min(north),
        ];
    }
    let is_box =
        joined.iter().all(|c| c.is_finite()) && joined[0] < joined[2] && joined[1] < joined[3];
    is_box.then_some(joined)
}

/// A box around the areas of a selection, in the coordinates of the raster. `None` if there are none, or they are not bounded.
pub(crate) fn areas(selection: &Selection) -> Option<[f64; 4]> {
    let bounds = selection.bound().wish().bounds;
    let areas = place(selection, &bounds);
    areas.iter().all(|c| c.is_finite()).then_some(areas)
}

/// The smallest known box of the sources.
pub(crate) fn extent(selection: &Selection) -> Bounds {
    match selection.query().output_crs() {
        Some(_) => *selection.bounds(),
        None => *selection.frame().extent(),
    }
}

pub(crate) fn plane(bounds: &Bounds) -> [f64; 4] {
    let (min, max) = (bounds.min(), bounds.max());
    [min[0], min[1], max[0], max[1]]
}
