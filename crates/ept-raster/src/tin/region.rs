//! Where points must be known.

use super::circle::Circle;
use crate::triangulation::{Triangulation, orientation};

/// Everywhere points can be.
pub(super) const EVERYWHERE: [f64; 4] = [
    -2.0 * Triangulation::FARTHEST,
    -2.0 * Triangulation::FARTHEST,
    2.0 * Triangulation::FARTHEST,
    2.0 * Triangulation::FARTHEST,
];

/// A part of the plane in which an unknown point could change a surface.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region {
    shape: Shape,
    within: [f64; 4],
}

#[derive(Debug, Clone, Copy)]
enum Shape {
    Everything,
    Circle(Circle),
    /// Left of an edge of the hull.
    Beyond([[f64; 2]; 2]),
}

impl Region {
    pub(super) fn everything(within: [f64; 4]) -> Region {
        Region {
            shape: Shape::Everything,
            within,
        }
    }

    pub(super) fn circle(circle: Circle, within: [f64; 4]) -> Region {
        // No box, if they don't overlap: nothing meets it.
        let within = overlap(circle.bounds(), within);
        Region {
            shape: Shape::Circle(circle),
            within,
        }
    }

    pub(super) fn beyond(edge: [[f64; 2]; 2], within: [f64; 4]) -> Region {
        Region {
            shape: Shape::Beyond(edge),
            within,
        }
    }

    /// Whether it is inside a box as a whole.
    pub(super) fn is_inside(&self, area: [f64; 4]) -> bool {
        !is_box(self.within) || overlap(self.within, area) == self.within
    }

    /// Whether it has a part in a box.
    pub(super) fn meets(&self, area: [f64; 4]) -> bool {
        let shared = overlap(self.within, area);
        is_box(shared)
            && match self.shape {
                Shape::Everything => true,
                Shape::Circle(circle) => circle.meets(shared),
                Shape::Beyond(edge) => reaches_beyond(edge, shared),
            }
    }
}

/// Whether a box has a part on the left of an edge, or on its line.
pub(super) fn reaches_beyond([a, b]: [[f64; 2]; 2], area: [f64; 4]) -> bool {
    corners(area)
        .into_iter()
        .any(|corner| orientation(a, b, corner) >= 0.0)
}

/// Whether a counterclockwise triangle and a box share a place.
pub(super) fn meets_triangle([a, b, c]: [[f64; 2]; 3], area: [f64; 4]) -> bool {
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
pub(super) fn bounds([a, b, c]: [[f64; 2]; 3]) -> [f64; 4] {
    let min = |axis: usize| a[axis].min(b[axis]).min(c[axis]);
    let max = |axis: usize| a[axis].max(b[axis]).max(c[axis]);
    [min(0), min(1), max(0), max(1)]
}

/// The box that two boxes share. If they share nothing, it is not a box.
pub(super) fn overlap(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [
        a[0].max(b[0]),
        a[1].max(b[1]),
        a[2].min(b[2]),
        a[3].min(b[3]),
    ]
}

pub(super) fn is_box(area: [f64; 4]) -> bool {
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
