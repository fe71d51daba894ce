//! The number and the extremes of the points of each cell.

use std::ops::Range;

use crate::cells::LARGEST;
use crate::disc::Disc;
use crate::{Lattice, Points, Raster, Statistic, Window};

/// The number and the extremes of the points of each cell of a window: what can be said without sorting points by cell.
///
/// Which points are left out is said at [`CellPoints`](crate::CellPoints).
pub(crate) struct Extremes {
    window: Window,
    cells: Vec<Extreme>,
}

/// Of one cell.
#[derive(Clone, Copy)]
struct Extreme {
    least: f64,
    greatest: f64,
    count: u32,
}

impl Extremes {
    fn none(window: Window) -> Extremes {
        let none = Extreme {
            least: f64::INFINITY,
            greatest: f64::NEG_INFINITY,
            count: 0,
        };
        Extremes {
            window,
            cells: vec![none; window.len()],
        }
    }

    /// Of the points in each cell.
    pub(crate) fn of_cells(points: &Points, lattice: &Lattice, window: Window) -> Extremes {
        let mut extremes = Extremes::none(window);
        for ([x, y], value) in usable(points) {
            let cell = lattice.find(x, y);
            let position = cell.and_then(|[column, row]| window.position(column, row));
            if let Some(position) = position {
                extremes.cells[position].add(value, true);
            }
        }
        extremes
    }

    /// Of the points in a disc around the centre of each cell.
    pub(crate) fn of_discs(
        points: &Points,
        lattice: &Lattice,
        window: Window,
        disc: &Disc,
    ) -> Extremes {
        let mut extremes = Extremes::none(window);
        let x_of = |column: i64| lattice.centre(column, window.south)[0];
        let y_of = |row: i64| lattice.centre(window.west, row)[1];
        let xs: Vec<f64> = (window.west..window.east()).map(x_of).collect();
        let ys: Vec<f64> = (window.south..window.north()).map(y_of).collect();
        let halo = disc.halo() as i64;
        let mut squares: Vec<f64> = Vec::new();
        for ([x, y], value) in usable(points) {
            let Some([column, row]) = lattice.find(x, y) else {
                continue;
            };
            let [column, row] = [column - window.west, row - window.south];
            let columns = within([column - halo, column + halo], window.columns);
            squares.clear();
            let centres = xs[columns.clone()].iter();
            squares.extend(centres.map(|centre| (x - centre).powi(2)));
            for line in within([row - halo, row + halo], window.rows) {
                let square = (y - ys[line]).powi(2);
                let first = (window.rows as usize - 1 - line) * window.columns as usize;
                let cells = &mut extremes.cells[first..][columns.clone()];
                // Which cells a point counts for is a matter of chance, so there is no branch for it.
                for (cell, other) in cells.iter_mut().zip(&squares) {
                    cell.add(value, disc.contains(other + square));
                }
            }
        }
        extremes
    }

    /// A statistic of each cell, which must be incremental. `area` is what densities are relative to.
    pub(crate) fn raster(&self, statistic: Statistic, area: f64) -> Raster {
        let value = |cell: &Extreme| {
            let count = f64::from(cell.count);
            match statistic {
                Statistic::Count => Some(count),
                Statistic::Density => Some(count / area),
                _ if cell.count == 0 => None,
                Statistic::Min => Some(cell.least),
                Statistic::Max => Some(cell.greatest),
                _ => None,
            }
        };
        Raster::of(self.window, self.cells.iter().map(value))
    }
}

impl Extreme {
    /// Adds a value if it counts.
    fn add(&mut self, value: f64, counts: bool) {
        let [low, high] = if counts {
            [value, value]
        } else {
            [f64::INFINITY, f64::NEG_INFINITY]
        };
        self.least = if low < self.least { low } else { self.least };
        self.greatest = if high > self.greatest {
            high
        } else {
            self.greatest
        };
        self.count += u32::from(counts);
    }
}

/// Place and value of the points that can be used.
fn usable(points: &Points) -> impl Iterator<Item = ([f64; 2], f64)> {
    let places = points.x.iter().zip(&points.y);
    let points = places.zip(&points.value);
    let usable = points.filter(|(_, value)| value.abs() <= LARGEST);
    // Negative zero would make the least of several values depend on their order.
    usable.map(|((x, y), value)| ([*x, *y], value + 0.0))
}

/// The positions from the first to the last, of `count` there are.
fn within([first, last]: [i64; 2], count: u32) -> Range<usize> {
    let end = |position: i64| position.clamp(0, i64::from(count)) as usize;
    end(first)..end(last + 1)
}
