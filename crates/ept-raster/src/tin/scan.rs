//! The cells of a triangle.

use std::ops::RangeInclusive;

use crate::{Lattice, Window};

/// Calls with column and row of all cells of a window whose centre is in a triangle, and of a few more.
pub(super) fn scan(
    triangle: [[f64; 2]; 3],
    lattice: &Lattice,
    window: &Window,
    mut cell: impl FnMut(i64, i64),
) {
    let bounds = |axis: usize| ends(triangle.map(|corner| corner[axis]));
    let rows = centres(lattice, 1, bounds(1));
    let rows = *rows.start().max(&window.south)..=*rows.end().min(&(window.north() - 1));
    let margin = slack(lattice, 1, bounds(1)) * lattice.cell();
    for row in rows {
        let [_, y] = lattice.centre(window.west, row);
        let columns = centres(lattice, 0, span(triangle, y, margin));
        let first = *columns.start().max(&window.west);
        for column in first..=*columns.end().min(&(window.east() - 1)) {
            cell(column, row);
        }
    }
}

/// Where a line of equal Y crosses a triangle, roughly.
fn span(triangle: [[f64; 2]; 3], y: f64, margin: f64) -> [f64; 2] {
    let mut span = [f64::INFINITY, f64::NEG_INFINITY];
    for side in 0..3 {
        let [ax, ay] = triangle[side];
        let [bx, by] = triangle[(side + 1) % 3];
        if ay.min(by) - margin > y || y > ay.max(by) + margin {
            continue;
        }
        let share = (y - ay) / (by - ay);
        // Not a number for horizontal edges, which begin and end at those of other edges.
        let x = ax + share.clamp(0.0, 1.0) * (bx - ax);
        if !x.is_nan() {
            span = [span[0].min(x), span[1].max(x)];
        }
    }
    span
}

/// Columns or rows with a centre between two coordinates, or that far off which rounding could explain.
fn centres(lattice: &Lattice, axis: usize, ends: [f64; 2]) -> RangeInclusive<i64> {
    let slack = slack(lattice, axis, ends);
    let index = |coordinate: f64| (coordinate - lattice.corner()[axis]) / lattice.cell() - 0.5;
    let [first, last] = ends.map(index);
    // Casts end at the limits.
    (first - slack).ceil() as i64..=(last + slack).floor() as i64
}

/// Far more than rounding can make of the number of a cell.
fn slack(lattice: &Lattice, axis: usize, [low, high]: [f64; 2]) -> f64 {
    let magnitude = low.abs() + high.abs() + lattice.corner()[axis].abs();
    1e-6 + magnitude / lattice.cell() * 1e-14
}

fn ends([a, b, c]: [f64; 3]) -> [f64; 2] {
    [a.min(b).min(c), a.max(b).max(c)]
}
