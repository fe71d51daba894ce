//! Outlines of buffers, for pictures.

use std::collections::HashSet;

use geo_types::{LineString, MultiPolygon, Polygon};

use crate::buffer::Buffer;

/// Parts of a circle around a position.
const PARTS: u32 = 48;
/// Parts of a circle if there are more than [`MANY`] positions.
const FEW_PARTS: u32 = 12;
/// Number of positions from which on circles are drawn roughly.
const MANY: usize = 1_000;
/// Maximum number of positions of which an outline is made: each costs some tens of microseconds.
const MOST: usize = 20_000;
/// How far inside of the buffer the outline is looked for, as a part of its width, so that rounding does not hide it.
const INSIDE: f64 = 1e-6;
/// Steps by which the end of a line is found.
const BISECTIONS: u32 = 20;

/// Lines around a buffer in its own coordinates: what the circles around positions and the parallels of sides have of it. `None` if
/// there are too many positions.
pub(crate) fn lines(polygons: &MultiPolygon<f64>, buffer: &Buffer) -> Option<Vec<Vec<[f64; 2]>>> {
    let rings = polygons.iter().flat_map(rings_of);
    let count: usize = rings.map(|ring| ring.0.len()).sum();
    if count > MOST {
        return None;
    }
    let parts = if count > MANY { FEW_PARTS } else { PARTS };
    let mut lines = Vec::new();
    for (polygon, reach) in polygons.iter().zip(buffer.reaches()) {
        for ring in rings_of(polygon) {
            let places = ring.coords().map(|at| [at.x, at.y]);
            let mut places: Vec<[f64; 2]> = places.collect();
            places.extend(places.first().copied());
            places.dedup();
            // A line is a ring that goes there and back.
            let mut known = HashSet::new();
            for place in &places {
                if known.insert(bits([*place; 2])) {
                    keep(&circle(*place, reach, parts), buffer, &mut lines);
                }
            }
            for side in places.windows(2) {
                if known.insert(bits([side[0], side[1]])) {
                    for parallel in parallels(side[0], side[1], reach) {
                        keep(&parallel, buffer, &mut lines);
                    }
                }
            }
        }
    }
    Some(lines)
}

/// The two ends of a side, in either order.
fn bits(ends: [[f64; 2]; 2]) -> [[u64; 2]; 2] {
    let mut ends = ends.map(|end| end.map(f64::to_bits));
    ends.sort_unstable();
    ends
}

fn rings_of(polygon: &Polygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors())
}

/// Adds the parts of a line that are not inside the buffer.
fn keep(line: &[[f64; 2]], buffer: &Buffer, lines: &mut Vec<Vec<[f64; 2]>>) {
    let is_out = |place: [f64; 2]| {
        place.iter().all(|number| number.is_finite()) && !buffer.is_within(place, 1.0 - INSIDE)
    };
    let mut kept: Vec<[f64; 2]> = Vec::new();
    let mut last: Option<([f64; 2], bool)> = None;
    for place in line.iter().copied() {
        let is_kept = is_out(place);
        match last {
            Some((before, true)) if !is_kept => {
                kept.push(end_of(before, place, is_out));
                lines.push(std::mem::take(&mut kept));
            }
            Some((before, false)) if is_kept => kept.push(end_of(place, before, is_out)),
            _ => {}
        }
        if is_kept {
            kept.push(place);
        }
        last = Some((place, is_kept));
    }
    if kept.len() > 1 {
        lines.push(kept);
    }
}

/// The last place on the way from one that is outside to one that is not.
fn end_of(mut out: [f64; 2], mut within: [f64; 2], is_out: impl Fn([f64; 2]) -> bool) -> [f64; 2] {
    for _ in 0..BISECTIONS {
        let middle = [0, 1].map(|i| out[i] + (within[i] - out[i]) / 2.0);
        if is_out(middle) {
            out = middle;
        } else {
            within = middle;
        }
    }
    out
}

/// A circle around a position, which is an ellipse if the units of the axes differ.
fn circle(place: [f64; 2], reach: [f64; 2], parts: u32) -> Vec<[f64; 2]> {
    let at = |part: u32| {
        let angle = f64::from(part % parts) / f64::from(parts) * std::f64::consts::TAU;
        [
            place[0] + reach[0] * angle.cos(),
            place[1] + reach[1] * angle.sin(),
        ]
    };
    (0..=parts).map(at).collect()
}

/// The lines along a side at the buffer's width, to its left and right, in parts as long as the width.
fn parallels(from: [f64; 2], to: [f64; 2], reach: [f64; 2]) -> [Vec<[f64; 2]>; 2] {
    let along = [0, 1].map(|i| (to[i] - from[i]) / reach[i]);
    let length = along[0].hypot(along[1]);
    let parts = length.ceil().clamp(1.0, 256.0) as u32;
    let normal = [-along[1] / length * reach[0], along[0] / length * reach[1]];
    [1.0, -1.0].map(|sign| {
        let at = |part: u32| {
            let share = f64::from(part) / f64::from(parts);
            [0, 1].map(|i| from[i] + (to[i] - from[i]) * share + sign * normal[i])
        };
        (0..=parts).map(at).collect()
    })
}
