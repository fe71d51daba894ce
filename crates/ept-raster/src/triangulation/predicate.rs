//! Exact answers about places.

use std::cmp::Ordering;

use robust::Coord;

fn coord([x, y]: [f64; 2]) -> Coord<f64> {
    Coord { x, y }
}

/// Twice the signed area of a triangle, roughly, but of the exact sign: positive if `c` is left of the line from `a` to
/// `b`, 0 only if it is on the line.
pub(crate) fn orientation(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    robust::orient2d(coord(a), coord(b), coord(c))
}

/// Order by X, then Y.
pub(crate) fn compare(a: [f64; 2], b: [f64; 2]) -> Ordering {
    a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1]))
}

/// Whether `p` is inside the circle through the counterclockwise triangle `a`, `b`, `c`. All four are different places.
///
/// A point on the circle is inside or outside by symbolic perturbation (Devillers and Teillaud, "Perturbations and vertex
/// removal in a 3D Delaunay triangulation", as CGAL's `side_of_oriented_circle`): a place is in the circle where its lift
/// to the paraboloid is below the plane of the lifted triangle, and each lift is raised by a vanishing amount,
/// incomparably more the larger its place is in the order by X, then Y. So no four points are on a circle, every set
/// of points has exactly one triangulation, and a part of the set the same triangles where no other points are near.
pub(super) fn is_in_circle(a: [f64; 2], b: [f64; 2], c: [f64; 2], p: [f64; 2]) -> bool {
    let inside = robust::incircle(coord(a), coord(b), coord(c), coord(p));
    if inside != 0.0 {
        return inside > 0.0;
    }
    let is_last = |place, others: [[f64; 2]; 3]| {
        let after = |other| compare(place, other).is_gt();
        others.into_iter().all(after)
    };
    // The one that is raised most decides alone: no three different places of a circle are on a line, so its
    // coefficient, the orientation of the other three, is not 0.
    if is_last(p, [a, b, c]) {
        false
    } else if is_last(c, [a, b, p]) {
        orientation(a, b, p) > 0.0
    } else if is_last(b, [a, c, p]) {
        orientation(a, p, c) > 0.0
    } else {
        orientation(p, b, c) > 0.0
    }
}

/// Whether `p`, which is on the line through `a` and `b`, is between them.
pub(super) fn is_between(a: [f64; 2], b: [f64; 2], p: [f64; 2]) -> bool {
    compare(a, p) == compare(p, b) && compare(a, p).is_ne()
}
