//! The surveys of a catalogue that intersect areas.

use ept_format::{Bounds, Srs};
use ept_index::Survey;

use crate::{Area, Cover, Crs, Edge, Frame, SelectError};

/// The surveys whose footprints or, failing that, boxes intersect or touch the intersection of all areas, in order.
/// Surveys with neither are left out.
///
/// Areas without a coordinate system are in longitude and latitude. An extra survey is possible only if its footprint
/// misses the areas by less than 1/256 of the size of the smaller one.
///
/// # Errors
/// If there is no transform between longitude and latitude and the coordinate system of an area.
pub fn surveys_in_areas<'a>(
    surveys: &'a [Survey],
    areas: &[Area],
) -> Result<Vec<&'a Survey>, SelectError> {
    let frame = frame()?;
    let cover = Cover::new(areas, Edge::Closed, &frame)?;
    let mut met = Vec::new();
    for survey in surveys {
        if is_met(survey, &cover, areas, &frame)? {
            met.push(survey);
        }
    }
    Ok(met)
}

fn is_met(
    survey: &Survey,
    cover: &Cover,
    areas: &[Area],
    frame: &Frame,
) -> Result<bool, SelectError> {
    let Some(bounds) = survey.bounds else {
        return Ok(false);
    };
    if !turns(&bounds).any(|bounds| cover.meets(&bounds)) {
        return Ok(false);
    }
    let Some(footprint) = &survey.footprint else {
        return Ok(true);
    };
    // The footprint is one more area: a point must be in it and in all others.
    let mut all = areas.to_vec();
    all.push(Area::new(footprint.clone())?);
    let cover = Cover::new(&all, Edge::Closed, frame)?;
    let box_of = |area: &Area| {
        let [x0, y0, x1, y1] = area.extent();
        let is_plain = area.crs().is_none() && area.buffer().is_none();
        let (min, max) = ([x0, y0, f64::NEG_INFINITY], [x1, y1, f64::INFINITY]);
        Bounds::new(min, max).ok().filter(|_| is_plain)
    };
    // The cover is finest within the smallest box that is known to contain the intersection.
    let parts = turns(&bounds).filter_map(|bounds| {
        let mut boxes = areas.iter().filter_map(box_of);
        boxes.try_fold(bounds, |part, area| common(&part, &area))
    });
    Ok(parts.into_iter().any(|part| cover.meets(&part)))
}

/// A box, and the same box a turn to the west if it continues beyond the antimeridian.
fn turns(bounds: &Bounds) -> impl Iterator<Item = Bounds> {
    let (mut min, mut max) = (bounds.min(), bounds.max());
    (min[0], max[0]) = (min[0] - 360.0, max[0] - 360.0);
    let turned = Bounds::new(min, max).ok();
    let is_beyond = bounds.max()[0] > 180.0;
    std::iter::once(*bounds).chain(turned.filter(|_| is_beyond))
}

/// The intersection of two boxes.
fn common(a: &Bounds, b: &Bounds) -> Option<Bounds> {
    let min = [0, 1, 2].map(|i| f64::max(a.min()[i], b.min()[i]));
    let max = [0, 1, 2].map(|i| f64::min(a.max()[i], b.max()[i]));
    Bounds::new(min, max).ok()
}

/// The frame for longitude and latitude.
fn frame() -> Result<Frame, SelectError> {
    let degrees = Crs::wgs84()?;
    Ok(Frame {
        srs: Srs {
            wkt: Some(degrees.definition().to_owned()),
            ..Srs::default()
        },
        bounds: Bounds::EVERYTHING,
        conforming: None,
        slack: [0.0; 3],
        schema: Vec::new(),
        spacing: None,
    })
}
