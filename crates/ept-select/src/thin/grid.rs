//! The grid of a thinning.

use std::cmp::Ordering;
use std::collections::HashMap;

use ept_format::{Key, NodeName};
use ept_points::{Column, PointBatch, Values};

use super::{Thin, place};
use crate::ground::metres_per_unit;
use crate::{Frame, Query, SelectError, Spacing};

/// The grid of a thinning, in a source's coordinates.
///
/// Cells are counted from coordinates 0, so that adjacent thinned areas agree. Of equally near points the first is
/// kept, by node (depth, x, y, z) and index in its tile, so that the result is the same on every run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ThinGrid {
    /// Sides of a cell along x, y and z, in units of the source's coordinates.
    size: [f64; 3],
}

/// A cell of the grid.
pub(super) type Cell = [i64; 3];

impl ThinGrid {
    /// The grid of a query's thinning.
    pub(crate) fn of(thin: Thin, query: &Query, frame: &Frame) -> Result<ThinGrid, SelectError> {
        let grid = unchecked(thin, query, frame)?;
        let ends = [frame.bounds.min(), frame.bounds.max()];
        let places = ends.iter().flat_map(|end| end.iter().zip(grid.size()));
        // With more cells, their numbers would have gaps, and points of several cells would fall into one.
        let has_exact_cells = |(end, size): (&f64, f64)| (end / size).abs() < MOST_CELLS;
        if !places.into_iter().all(has_exact_cells) {
            return Err(SelectError::Unrelated(
                "the spacing of thinning is too small for coordinates of this size".into(),
            ));
        }
        Ok(grid)
    }

    /// A grid with these cell sides, in units of the dataset's coordinates along x, y and z. If z is infinite, cells
    /// are not divided in z, so that one of all points above each other is kept.
    ///
    /// # Errors
    /// If a side is not greater than 0, or that of x or y is infinite.
    pub fn new(size: [f64; 3]) -> Result<ThinGrid, SelectError> {
        let is_flat = size[2] == f64::INFINITY;
        let is_size = |size: &f64| size.is_finite() && *size > 0.0;
        if size[..if is_flat { 2 } else { 3 }].iter().all(is_size) {
            Ok(ThinGrid { size })
        } else {
            Err(SelectError::Unrelated(
                "the spacing of thinning must be greater than 0".into(),
            ))
        }
    }

    /// Sides of a cell along x, y and z, in units of the dataset's coordinates. Flat cells are infinite in z.
    #[must_use]
    pub fn size(&self) -> [f64; 3] {
        self.size
    }

    /// The order in which [`Thinner::push`](crate::Thinner::push) needs nodes: each branch of the octree is completed
    /// before the next. With flat cells, all nodes above each other form one branch.
    #[must_use]
    pub fn compare(&self, a: NodeName, b: NodeName) -> Ordering {
        let names = a.cmp(&b);
        let (a, b) = (place(a), place(b));
        let path = |key: Key, depth: u32| {
            let key = key.ancestor(depth);
            let height = if self.is_flat() { 0 } else { key.z() };
            [key.x(), key.y(), height]
        };
        let common = 1..=a.depth().min(b.depth());
        let orders = common.map(|depth| path(a, depth).cmp(&path(b, depth)));
        orders
            .into_iter()
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
            .then(names)
    }

    /// The points of a batch that are nearest to the centre of their cell. This leaves less work for a
    /// [`Thinner`](crate::Thinner), and can be done for many tiles concurrently.
    #[must_use]
    pub fn reduced(&self, mut batch: PointBatch) -> PointBatch {
        let mut nearest: HashMap<Cell, (f64, usize)> = HashMap::new();
        for (row, point) in batch.places().enumerate() {
            let (cell, distance) = self.locate(point);
            let best = nearest.entry(cell).or_insert((distance, row));
            if distance < best.0 {
                *best = (distance, row);
            }
        }
        let mut mask = vec![false; batch.len()];
        for (_, row) in nearest.into_values() {
            mask[row] = true;
        }
        batch.retain(&mask);
        batch
    }

    /// The centres of the cells of points, as points. In a direction in which cells are infinite, the points themselves.
    pub(crate) fn centres(&self, batch: &PointBatch) -> Result<PointBatch, SelectError> {
        let mut axes = [const { Vec::new() }; 3];
        for point in batch.places() {
            let (cell, _) = self.locate(point);
            for (i, axis) in axes.iter_mut().enumerate() {
                axis.push(match self.size[i] == f64::INFINITY {
                    true => point[i],
                    false => (cell[i] as f64 + 0.5) * self.size[i],
                });
            }
        }
        let columns = ["X", "Y", "Z"].into_iter().zip(axes);
        let columns = columns.map(|(name, axis)| Column::new(name, Values::F64(axis)));
        PointBatch::new(columns.collect()).map_err(|error| SelectError::Query(error.to_string()))
    }

    pub(super) fn is_flat(&self) -> bool {
        self.size[2] == f64::INFINITY
    }

    /// The cell of a point, and its squared distance from the centre, in cells.
    pub(super) fn locate(&self, point: [f64; 3]) -> (Cell, f64) {
        let mut distance = 0.0;
        let cell = [0, 1, 2].map(|i| {
            if self.size[i] == f64::INFINITY {
                return 0;
            }
            let place = point[i] / self.size[i];
            let cell = place.floor();
            distance += (place - cell - 0.5).powi(2);
            cell as i64
        });
        (cell, distance)
    }

    /// The box of a cell.
    pub(super) fn bounds(&self, cell: Cell) -> [[f64; 3]; 2] {
        [0, 1].map(|end| {
            [0, 1, 2].map(|i| match (self.size[i] == f64::INFINITY, end) {
                (true, 0) => f64::NEG_INFINITY,
                (true, _) => f64::INFINITY,
                (false, end) => (cell[i] + end) as f64 * self.size[i],
            })
        })
    }
}

/// Maximum number of cells from the origin to the farthest point of a grid: integers that 64-bit floats represent
/// exactly.
const MOST_CELLS: f64 = (1_u64 << 53) as f64;

fn unchecked(thin: Thin, query: &Query, frame: &Frame) -> Result<ThinGrid, SelectError> {
    match thin.edge {
        Spacing::Units(edge) => {
            let height = if thin.is_flat { f64::INFINITY } else { edge };
            ThinGrid::new([edge, edge, height])
        }
        Spacing::Ground(edge) => {
            let [x, y] = metres_per_unit(query, frame)?;
            // Zero metres per unit of height give an infinite cell.
            let z = if thin.is_flat {
                0.0
            } else {
                frame.crs()?.metres_per_height()
            };
            ThinGrid::new([x, y, z].map(|unit| edge.metres() / unit))
        }
    }
}
