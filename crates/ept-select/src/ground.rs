//! Lengths on the ground at the areas of a query.

use crate::{Area, Frame, Query, SelectError};

/// Metres on the ground per unit of the source's coordinates along x and along y: the maximum in the areas.
pub(crate) fn metres_per_unit(query: &Query, frame: &Frame) -> Result<[f64; 2], SelectError> {
    let crs = frame.crs()?;
    let extent = frame.extent();
    let whole = [Area::from(*extent)];
    let areas = if query.has_areas() {
        query.areas()
    } else {
        &whole[..]
    };
    let places = areas
        .iter()
        .chain(query.any_of())
        .flat_map(|area| area.places_in(&crs, extent));
    let scales = places.filter_map(|place| crs.metres_per_unit(place));
    let most = scales.reduce(|a, b| [a[0].max(b[0]), a[1].max(b[1])]);
    most.ok_or_else(|| {
        SelectError::Unrelated(format!(
            "the area can't be transformed to {crs}; longitude comes before latitude, did you swap them?"
        ))
    })
}
