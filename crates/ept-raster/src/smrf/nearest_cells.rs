//! Values for voids, from the nearest cells with values.

use std::iter::successors;
use std::ops::Range;

use crate::Raster;

/// How many cells a void takes its value from.
const COUNT: usize = 8;

/// A cell near another.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Near {
    /// Squared distance, in cells.
    square: u64,
    value: f64,
}

/// The cells with values of a raster, to search for those next to a void.
///
/// The time of a search is proportional to the number of rows within the distance found.
pub(super) struct NearestCells<'a> {
    raster: &'a Raster,
    /// Column of the nearest cell with a value to the left of each cell or in it, from the western column, and to the right.
    left: Vec<i32>,
    right: Vec<i32>,
}

/// Stands for no column.
const NONE: i32 = -1;

impl NearestCells<'_> {
    pub(super) fn new(raster: &Raster) -> NearestCells<'_> {
        let columns = raster.window().columns as usize;
        let mut left = vec![NONE; raster.values().len()];
        let mut right = left.clone();
        for (row, values) in raster.values().chunks(columns.max(1)).enumerate() {
            let cells = row * columns..row * columns + values.len();
            fill(&mut left[cells.clone()], values, 0..columns);
            fill(&mut right[cells], values, (0..columns).rev());
        }
        NearestCells {
            raster,
            left,
            right,
        }
    }

    /// Mean of the eight cells with values nearest to a cell, and the distance of the farthest of them, in cells. Cells
    /// that are as far as the eighth count for the rest in equal parts, so that no order decides. If there are fewer, the
    /// mean of all and an infinite distance. `None` if there are none.
    pub(super) fn mean(&self, position: usize) -> Option<(f64, f64)> {
        let window = self.raster.window();
        let columns = window.columns as usize;
        let (row, column) = (position / columns, position % columns);
        let mut found: Vec<Near> = Vec::with_capacity(2 * COUNT);
        for distance in 0..window.rows as usize {
            let square = (distance * distance) as u64;
            if square > farthest(&found) {
                break;
            }
            if let Some(north) = row.checked_sub(distance) {
                self.search(north, column, square, &mut found);
            }
            if distance > 0 && row + distance < window.rows as usize {
                self.search(row + distance, column, square, &mut found);
            }
        }
        mean(found)
    }

    /// Finds cells of a row, whose squared distance is `rows`, from a column to both sides.
    fn search(&self, row: usize, column: usize, rows: u64, found: &mut Vec<Near>) {
        let columns = self.raster.window().columns as usize;
        let start = row * columns;
        let to = |nearest: &[i32], column: usize| usize::try_from(nearest[start + column]).ok();
        let west = |from: Option<usize>| to(&self.left, from?);
        let east = |from: usize| (from < columns).then(|| to(&self.right, from)).flatten();
        let mut visit = |place: &usize| {
            let across = column.abs_diff(*place) as u64;
            let square = rows + across * across;
            if square > farthest(found) {
                return false;
            }
            let value = self.raster.values()[start + place];
            let at = found.partition_point(|near| near.square <= square);
            found.insert(at, Near { square, value });
            while found
                .last()
                .is_some_and(|last| last.square > farthest(found))
            {
                found.pop();
            }
            true
        };
        let lefts = successors(west(Some(column)), |place| west(place.checked_sub(1)));
        let rights = successors(east(column + 1), |place| east(place + 1));
        lefts.take_while(&mut visit).for_each(drop);
        rights.take_while(&mut visit).for_each(drop);
    }
}

/// Notes the last column with a value that comes before or at each of `columns`.
fn fill(nearest: &mut [i32], values: &[f64], columns: impl Iterator<Item = usize>) {
    let mut last = NONE;
    for column in columns {
        if !values[column].is_nan() {
            last = column as i32;
        }
        nearest[column] = last;
    }
}

/// Squared distance beyond which cells don't count.
fn farthest(found: &[Near]) -> u64 {
    found.get(COUNT - 1).map_or(u64::MAX, |near| near.square)
}

fn mean(mut found: Vec<Near>) -> Option<(f64, f64)> {
    // Sums must not depend on the order in which cells are found, which depends on where the search began.
    found.sort_unstable_by(|a, b| a.square.cmp(&b.square).then(a.value.total_cmp(&b.value)));
    let last = found.last()?.square;
    let nearer = found.partition_point(|near| near.square < last);
    let sum = |cells: Range<usize>| found[cells].iter().map(|near| near.value).sum::<f64>();
    let count = found.len().min(COUNT);
    let share = (count - nearer) as f64 / (found.len() - nearer) as f64;
    let total = sum(0..nearer) + sum(nearer..found.len()) * share;
    let distance = if found.len() < COUNT {
        f64::INFINITY
    } else {
        (last as f64).sqrt()
    };
    Some((total / count as f64, distance))
}
