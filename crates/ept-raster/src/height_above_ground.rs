//! Heights of points above the ground.

use crate::nearest::Nearest;
use crate::surroundings::{EVERYWHERE, grow};
use crate::triangulation::insertion_order;
use crate::{Duplicates, MaxEdge, Neighbours, Points, Tin, Triangulation};

/// Heights of points, whose values are their heights, above the triangulated points of the ground, in the order of the
/// points.
///
/// Where the ground has no triangle, or only one with an edge that is too long, it has the height of its nearest point in
/// the plane, measured with the scale of `max_edge`. Of ground points at the same place, the lowest counts. Without any
/// ground, and for points whose coordinates are not finite or beyond [`Triangulation::FARTHEST`], the height is NaN.
///
/// PDAL's `filters.hag_delaunay` triangulates for each point the ground points nearest to it alone, 10 by default. That gives
/// often another triangle: on a forested tile, about half of its heights are those above the triangulation of all ground
/// points, a quarter is more than a centimetre off. PDAL also sets ground points to 0, which here are 0 unless there is a
/// lower one at their place, and heights to 0 where it finds no ground.
///
/// # Errors
/// If ground points can't be read or used.
pub fn heights_above_ground<N: Neighbours>(
    points: &Points,
    max_edge: MaxEdge,
    ground: &mut N,
) -> Result<Vec<f64>, N::Error> {
    let Some(area) = extent(&usable(points).1) else {
        return Ok(vec![f64::NAN; points.len()]);
    };
    let tin = Tin::new(area, Duplicates::Lowest, max_edge, ground)?;
    heights_above_tin(points, &tin, ground)
}

/// As [`heights_above_ground`], above a surface of the lowest points of the ground whose area has all points. It can be used
/// again for others there.
///
/// # Errors
/// If ground points can't be read or used.
pub fn heights_above_tin<N: Neighbours>(
    points: &Points,
    tin: &Tin,
    ground: &mut N,
) -> Result<Vec<f64>, N::Error> {
    let mut heights = vec![f64::NAN; points.len()];
    let (indices, places) = usable(points);
    let above = |index: usize, ground: f64| points.value.get(index).map(|z| z - ground);
    let mut beyond = Vec::new();
    let mut start = 0;
    for position in insertion_order(&places) {
        let (index, place) = (indices[position as usize], places[position as usize]);
        if let Some(ground) = tin.height(place, &mut start) {
            heights[index] = above(index, ground).unwrap_or(f64::NAN);
        } else {
            beyond.push((index, place));
        }
    }
    drop((indices, places));
    let (indices, places): (Vec<usize>, Vec<[f64; 2]>) = beyond.into_iter().unzip();
    let Some(area) = extent(&places) else {
        return Ok(heights);
    };
    let mut nearest = Nearest::new(places, tin.max_edge().scale(), Duplicates::Lowest);
    let read = tin.triangulation();
    let vertices = read.places().iter().zip(read.values());
    nearest.extend(vertices.map(|([x, y], z)| [*x, *y, *z]))?;
    grow(&mut nearest, area, ground)?;
    for (index, found) in indices.into_iter().zip(nearest.found()) {
        heights[index] = above(index, found.value()).unwrap_or(f64::NAN);
    }
    Ok(heights)
}

/// The points whose places can be used, by their number.
fn usable(points: &Points) -> (Vec<usize>, Vec<[f64; 2]>) {
    let columns = points.x.iter().zip(&points.y).enumerate();
    let is_place = |c: &f64| c.abs() <= Triangulation::FARTHEST;
    let usable = columns.filter(|(_, (x, y))| is_place(x) && is_place(y));
    usable.map(|(index, (x, y))| (index, [*x, *y])).unzip()
}

/// The box around places. `None` if there are none.
fn extent(places: &[[f64; 2]]) -> Option<[f64; 4]> {
    let [min_x, min_y, max_x, max_y] = EVERYWHERE;
    let mut extent = [max_x, max_y, min_x, min_y];
    for [x, y] in places {
        let [min_x, min_y, max_x, max_y] = extent;
        extent = [min_x.min(*x), min_y.min(*y), max_x.max(*x), max_y.max(*y)];
    }
    (!places.is_empty()).then_some(extent)
}
