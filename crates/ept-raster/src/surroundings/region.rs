//! Where points must be known.

use super::circle::Circle;
use crate::triangulation::{Triangulation, orientation};

/// Everywhere points can be.
pub(crate) const EVERYWHERE: [f64; 4] = [
    -2.0 * Triangulation::FARTHEST,
    -2.0 * Triangulation::FARTHEST,
    2.0 * Triangulation::FARTHEST,
    2.0 * Triangulation::FARTHEST,
];

/// A part of the plane in which an unknown point could change a surface.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Region {
    shape: Shape,
    within: [f64; 4],
}

#[derive(Debug, Clone, Copy)]
enum Shape {
    Everything,
    Circle(Circle),
    /// Left of an edge of the hull.
    Beyond([[f64; 2]; 2]),
    /// No farther from a box than a distance, with X and Y multiplied by a scale.
    Around {
        area: [f64; 4],
        distance: f64,
        scale: [f64; 2],
    },
}

impl Region {
    pub(crate) fn everything(within: [f64; 4]) -> Region {
        Region {
            shape: Shape::Everything,
            within,
        }
    }

    pub(crate) fn circle(circle: Circle, within: [f64; 4]) -> Region {
        // No box, if they don't overlap: nothing meets it.
        let within = overlap(circle.bounds(), within);
        Region {
            shape: Shape::Circle(circle),
            within,
        }
    }

    pub(crate) fn beyond(edge: [[f64; 2]; 2], within: [f64; 4]) -> Region {
        Region {
            shape: Shape::Beyond(edge),
            within,
        }
    }

    pub(crate) fn around(area: [f64; 4], distance: f64, scale: [f64; 2]) -> Region {
        // More than all rounding.
        let distance = distance * (1.0 + 1e-9);
        let reach = |axis: usize, coordinate: f64| {
            distance / scale[axis] * (1.0 + 1e-9) + coordinate.abs() * 1e-14
        };
        let [min_x, min_y, max_x, max_y] = area;
        let low = |axis: usize, coordinate: f64| coordinate - reach(axis, coordinate);
        let high = |axis: usize, coordinate: f64| coordinate + reach(axis, coordinate);
        let within = [low(0, min_x), low(1, min_y), high(0, max_x), high(1, max_y)];
        Region {
            shape: Shape::Around {
                area,
                distance,
                scale,
            },
            within: overlap(within, EVERYWHERE),
        }
    }

    /// Whether it is inside a box as a whole.
    pub(crate) fn is_inside(&self, area: [f64; 4]) -> bool {
        !is_box(self.within) || is_within(self.within, area)
    }

    /// Whether it has a part in a box.
    pub(crate) fn meets(&self, area: [f64; 4]) -> bool {
        let shared = overlap(self.within, area);
        is_box(shared)
            && match self.shape {
                Shape::Everything => true,
                Shape::Circle(circle) => circle.meets(shared),
                Shape::Beyond(edge) => reaches_beyond(edge, shared),
                Shape::Around {
                    area,
                    distance,
                    scale,
                } => {
                    // The scaled coordinates were rounded before their differences.
                    let gap = |axis: usize| {
                        let gap =
                            (shared[axis] - area[axis + 2]).max(area[axis] - shared[axis + 2]);
                        let slack = (shared[axis].abs() + area[axis].abs()) * 1e-14;
                        (gap - slack).max(0.0) * scale[axis]
                    };
                    gap(0) * gap(0) + gap(1) * gap(1) <= distance * distance
                }
            }
    }
}

/// Whether a box has a part on the left of an edge, or on its line.
pub(crate) fn reaches_beyond([a, b]: [[f64; 2]; 2], area: [f64; 4]) -> bool {
    corners(area)
        .into_iter()
        .any(|corner| orientation(a, b, corner) >= 0.0)
}

/// Whether a counterclockwise triangle and a box share a place.
pub(crate) fn meets_triangle([a, b, c]: [[f64; 2]; 3], area: [f64; 4]) -> bool {
    let bounds = bounds([a, b, c]);
    let shared = overlap(bounds, area);
    // Convex shapes are apart if an edge of one separates them.
    is_box(shared)
        && (shared == bounds
            || [[a, b], [b, c], [c, a]]
                .into_iter()
                .all(|edge| reaches_beyond(edge, area)))
}

/// The box around a triangle.
pub(crate) fn bounds([a, b, c]: [[f64; 2]; 3]) -> [f64; 4] {
    let min = |axis: usize| a[axis].min(b[axis]).min(c[axis]);
    let max = |axis: usize| a[axis].max(b[axis]).max(c[axis]);
    [min(0), min(1), max(0), max(1)]
}

/// The box that two boxes share. If they share nothing, it is not a box.
pub(crate) fn overlap(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [
        a[0].max(b[0]),
        a[1].max(b[1]),
        a[2].min(b[2]),
        a[3].min(b[3]),
    ]
}

/// Whether a box is inside another as a whole.
pub(crate) fn is_within(inner: [f64; 4], outer: [f64; 4]) -> bool {
    overlap(inner, outer) == inner
}

pub(crate) fn is_box(area: [f64; 4]) -> bool {
    area[0] <= area[2] && area[1] <= area[3]
}

fn corners([min_x, min_y, max_x, max_y]: [f64; 4]) -> [[f64; 2]; 4] {
    [
        [min_x, min_y],
        [max_x, min_y],
        [max_x, max_y],
        [min_x, max_y],
    ]
}
