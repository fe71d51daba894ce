//! Points by cell.

use std::ops::Range;

use crate::{Lattice, Points, RasterError, Window};

/// Largest magnitude of a value, so that sums and squares of values stay finite.
pub(crate) const LARGEST: f64 = 1e100;

/// Stands for no cell: windows have fewer.
const NOWHERE: u32 = u32::MAX;

/// Which points are in which cell of a window.
///
/// Points outside the window are left out, as are those with a coordinate or value that is not finite, or a value beyond
/// ±10¹⁰⁰.
#[derive(Debug, Clone)]
pub struct CellPoints {
    window: Window,
    /// Where the points of each cell begin in `rows`, in the order of the window, and the end.
    starts: Vec<u32>,
    /// Indices of points.
    rows: Vec<u32>,
}

impl CellPoints {
    /// Sorts points into the cells of a window. The time is proportional to the number of points and cells.
    ///
    /// # Errors
    /// If the window has more than [`Window::MOST_CELLS`] cells, the columns of points have different lengths, or there are
    /// more than 2³² points.
    pub fn new(
        points: &Points,
        lattice: &Lattice,
        window: Window,
    ) -> Result<CellPoints, RasterError> {
        points.check()?;
        let length = window.check()?;
        let find = |x: f64, y: f64| {
            let [column, row] = lattice.find(x, y)?;
            window.position(column, row)
        };
        let mut starts = vec![0_u32; length + 1];
        let mut cells = Vec::with_capacity(points.len());
        for ((x, y), value) in points.x.iter().zip(&points.y).zip(&points.value) {
            let is_usable = value.abs() <= LARGEST;
            let cell = find(*x, *y).filter(|_| is_usable);
            if let Some(cell) = cell {
                starts[cell] += 1;
            }
            cells.push(cell.map_or(NOWHERE, |cell| cell as u32));
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        // Each cell is filled from its end, so that the ends become starts.
        let mut rows = vec![0_u32; sum as usize];
        for (row, cell) in cells.iter().enumerate().rev() {
            if *cell != NOWHERE {
                let at = &mut starts[*cell as usize];
                *at -= 1;
                rows[*at as usize] = row as u32;
            }
        }
        Ok(CellPoints {
            window,
            starts,
            rows,
        })
    }

    /// The cells.
    #[must_use]
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// Number of points in all cells.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no point in any cell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Indices of the points of the cell at a position of the window. Empty if there is no such cell.
    #[must_use]
    pub fn at(&self, position: usize) -> &[u32] {
        self.rows.get(self.range(position, 1)).unwrap_or_default()
    }

    /// The points of neighbouring cells of a row, by their place in [`CellPoints::sorted`].
    pub(crate) fn range(&self, position: usize, cells: usize) -> Range<usize> {
        let start = |at: usize| self.starts.get(at).map_or(0, |start| *start as usize);
        start(position)..start(position + cells)
    }

    /// A column of the points, sorted by cell.
    pub(crate) fn sorted(&self, column: &[f64]) -> Vec<f64> {
        // Negative zero would make the least of several values depend on their order.
        let value = |row: &u32| column.get(*row as usize).map_or(f64::NAN, |v| v + 0.0);
        self.rows.iter().map(value).collect()
    }
}
