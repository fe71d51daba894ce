//! The cells of a triangle.

use std::ops::RangeInclusive;

use crate::{Lattice, Window};

/// Finds the cells of a window whose centres are in a triangle.
pub(super) struct Scan<'a> {
    lattice: &'a Lattice,
    columns: Axis,
    rows: Axis,
}

/// Columns and rows.
type Cells = [RangeInclusive<i64>; 2];

/// Columns or rows of a window.
struct Axis {
    corner: f64,
    per_unit: f64,
    /// Far more than rounding can make of the number of a column or row.
    slack: f64,
    first: i64,
    last: i64,
}

/// Columns up to which a triangle is not looked at row by row.
const FEW: i64 = 3;

impl<'a> Scan<'a> {
    pub(super) fn new(lattice: &'a Lattice, window: &Window) -> Scan<'a> {
        let axis = |axis: usize, first: i64, end: i64| {
            let corner = lattice.corner()[axis];
            let farthest = (first as f64).abs().max((end as f64).abs());
            Axis {
                corner,
                per_unit: lattice.cell().recip(),
                slack: 1e-6 + (farthest + (corner / lattice.cell()).abs()) * 1e-14,
                first,
                last: end - 1,
            }
        };
        Scan {
            lattice,
            columns: axis(0, window.west, window.east()),
            rows: axis(1, window.south, window.north()),
        }
    }

    /// The columns and rows of the box around a triangle that have a centre in it. `None` if there are none.
    pub(super) fn cells_around(&self, triangle: [[f64; 2]; 3]) -> Option<Cells> {
        let [a, b, c] = triangle;
        let ends = |axis: usize| {
            let low = a[axis].min(b[axis]).min(c[axis]);
            [low, a[axis].max(b[axis]).max(c[axis])]
        };
        let rows = self.rows.centres(ends(1));
        if rows.is_empty() {
            return None;
        }
        let columns = self.columns.centres(ends(0));
        (!columns.is_empty()).then_some([columns, rows])
    }

    /// Calls with column and row of all cells whose centre is in a triangle, of those around it, and of a few more.
    pub(super) fn each(
        &self,
        triangle: [[f64; 2]; 3],
        [columns, rows]: Cells,
        mut cell: impl FnMut(i64, i64),
    ) {
        let is_narrow = columns.end() - columns.start() < FEW;
        let margin = self.rows.slack * self.lattice.cell();
        for row in rows {
            let columns = if is_narrow {
                columns.clone()
            } else {
                let [_, y] = self.lattice.centre(*columns.start(), row);
                self.columns.centres(span(triangle, y, margin))
            };
            columns.for_each(|column| cell(column, row));
        }
    }
}

impl Axis {
    /// Columns or rows with a centre between two coordinates, or that far off which rounding could explain.
    fn centres(&self, [low, high]: [f64; 2]) -> RangeInclusive<i64> {
        let index = |coordinate: f64| (coordinate - self.corner) * self.per_unit - 0.5;
        let first = ceil(index(low) - self.slack).max(self.first);
        let last = floor(index(high) + self.slack).min(self.last);
        first..=last
    }
}

/// As `f64::floor`, which is a call: not every processor has an instruction for it. Ends at the limits of the integer.
fn floor(number: f64) -> i64 {
    let whole = number as i64;
    whole.saturating_sub(i64::from(whole as f64 > number))
}

fn ceil(number: f64) -> i64 {
    let whole = number as i64;
    whole.saturating_add(i64::from((whole as f64) < number))
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
