//! Square cells that divide the plane.

use crate::{RasterError, Window};

/// Largest index of a cell that is exact in `f64` and leaves room for halos.
const FARTHEST: f64 = (1_i64 << 52) as f64;

/// Square cells that divide the plane, numbered from a corner that all share.
///
/// Cells are half-open: the left and the bottom edge belong to a cell. Columns are numbered to the east, rows to the
/// north. Rasters of the same lattice fit together cell by cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lattice {
    cell: f64,
    corner: [f64; 2],
}

impl Lattice {
    /// Cells whose corners are at multiples of `cell` from `corner`, both in units of the coordinate system.
    ///
    /// # Errors
    /// If `cell` is not positive and finite, or `corner` not finite.
    pub fn new(cell: f64, corner: [f64; 2]) -> Result<Lattice, RasterError> {
        if !(cell > 0.0 && cell.is_finite()) {
            return Err(RasterError::Cell(format!("{cell} units large")));
        }
        if !corner.iter().all(|c| c.is_finite()) {
            return Err(RasterError::Cell(format!(
                "at {}, {}",
                corner[0], corner[1]
            )));
        }
        Ok(Lattice { cell, corner })
    }

    /// Edge length of a cell, in units of the coordinate system.
    #[must_use]
    pub fn cell(&self) -> f64 {
        self.cell
    }

    /// The corner from which the cells are counted.
    #[must_use]
    pub fn corner(&self) -> [f64; 2] {
        self.corner
    }

    /// Column and row of the cell of a place. `None` if a coordinate is not finite, or so large that cells can't be told
    /// apart there.
    #[must_use]
    pub fn find(&self, x: f64, y: f64) -> Option<[i64; 2]> {
        Some([self.index(x, 0)?, self.index(y, 1)?])
    }

    fn index(&self, coordinate: f64, axis: usize) -> Option<i64> {
        let cells = (coordinate - self.corner[axis]) / self.cell;
        // Also false for NaN.
        let is_near = cells.abs() < FARTHEST;
        if !is_near {
            return None;
        }
        // As `f64::floor`, which is a call: not every processor has an instruction for it.
        let whole = cells as i64;
        let index = whole - i64::from(whole as f64 > cells);
        (index > -(FARTHEST as i64)).then_some(index)
    }

    /// Coordinate of the western edge of a column.
    #[must_use]
    pub fn west(&self, column: i64) -> f64 {
        self.corner[0] + column as f64 * self.cell
    }

    /// Coordinate of the southern edge of a row.
    #[must_use]
    pub fn south(&self, row: i64) -> f64 {
        self.corner[1] + row as f64 * self.cell
    }

    /// The centre of a cell.
    #[must_use]
    pub fn centre(&self, column: i64, row: i64) -> [f64; 2] {
        [
            self.corner[0] + (column as f64 + 0.5) * self.cell,
            self.corner[1] + (row as f64 + 0.5) * self.cell,
        ]
    }

    /// `[min x, min y, max x, max y]` of the centres of a window's cells.
    #[must_use]
    pub fn centres(&self, window: &Window) -> [f64; 4] {
        let [min_x, min_y] = self.centre(window.west, window.south);
        let [max_x, max_y] = self.centre(window.east() - 1, window.north() - 1);
        [min_x, min_y, max_x, max_y]
    }
}
