//! A rectangle of cells.

use crate::RasterError;

/// A rectangle of cells of a [`Lattice`](crate::Lattice): columns from `west`, rows from `south`.
///
/// Values of a window are in the order of images: rows from north to south, in each the columns from west to east.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// The western column.
    pub west: i64,
    /// The southern row.
    pub south: i64,
    /// Number of columns.
    pub columns: u32,
    /// Number of rows.
    pub rows: u32,
}

impl Window {
    /// Maximum number of cells that are computed at once.
    pub const MOST_CELLS: usize = 1 << 28;

    /// Number of cells, if they may be computed at once.
    pub(crate) fn check(&self) -> Result<usize, RasterError> {
        let cells = u64::from(self.columns) * u64::from(self.rows);
        if cells <= Window::MOST_CELLS as u64 {
            return Ok(self.len());
        }
        Err(RasterError::Window {
            columns: self.columns,
            rows: self.rows,
            limit: Window::MOST_CELLS,
        })
    }

    /// Number of cells.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns as usize * self.rows as usize
    }

    /// Whether there is no cell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns == 0 || self.rows == 0
    }

    /// The column east of the window.
    #[must_use]
    pub fn east(&self) -> i64 {
        self.west + i64::from(self.columns)
    }

    /// The row north of the window.
    #[must_use]
    pub fn north(&self) -> i64 {
        self.south + i64::from(self.rows)
    }

    /// Whether a cell is inside.
    #[must_use]
    pub fn contains(&self, column: i64, row: i64) -> bool {
        (self.west..self.east()).contains(&column) && (self.south..self.north()).contains(&row)
    }

    /// Position of a cell among the values of the window. `None` if it is outside.
    #[must_use]
    pub fn position(&self, column: i64, row: i64) -> Option<usize> {
        self.contains(column, row).then(|| {
            (self.north() - 1 - row) as usize * self.columns as usize
                + (column - self.west) as usize
        })
    }

    /// Column and row of the cell at a position.
    #[must_use]
    pub fn cell_at(&self, position: usize) -> [i64; 2] {
        let width = self.columns.max(1) as usize;
        [
            self.west + (position % width) as i64,
            self.north() - 1 - (position / width) as i64,
        ]
    }

    /// The window with `cells` more on each side.
    #[must_use]
    pub fn grown(&self, cells: u32) -> Window {
        Window {
            west: self.west - i64::from(cells),
            south: self.south - i64::from(cells),
            columns: self.columns + 2 * cells,
            rows: self.rows + 2 * cells,
        }
    }

    /// The cells that are in both. `None` if there are none.
    #[must_use]
    pub fn intersection(&self, other: &Window) -> Option<Window> {
        let (west, south) = (self.west.max(other.west), self.south.max(other.south));
        let columns = self.east().min(other.east()) - west;
        let rows = self.north().min(other.north()) - south;
        (columns > 0 && rows > 0).then_some(Window {
            west,
            south,
            columns: columns as u32,
            rows: rows as u32,
        })
    }
}
