//! The cells of a raster.

use crate::{Lattice, RasterError, Window};

/// The cells of a raster: a rectangle of a lattice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    lattice: Lattice,
    window: Window,
}

impl Grid {
    /// Maximum number of columns and of rows: the size of images in GDAL is an `i32`.
    pub const LONGEST: u32 = i32::MAX as u32;

    /// Cells of a lattice.
    ///
    /// # Errors
    /// If there are more than [`Grid::LONGEST`] columns or rows.
    pub fn new(lattice: Lattice, window: Window) -> Result<Grid, RasterError> {
        let (columns, rows) = (f64::from(window.columns), f64::from(window.rows));
        if columns.max(rows) > f64::from(Grid::LONGEST) {
            let limit = Grid::LONGEST;
            return Err(RasterError::Size {
                columns,
                rows,
                limit,
            });
        }
        Ok(Grid { lattice, window })
    }

    /// The smallest grid that covers `[min x, min y, max x, max y]`. A maximum on the edge of a cell needs no further
    /// cell, unless it is the minimum too.
    ///
    /// # Errors
    /// If the box has no finite extent, or more than [`Grid::LONGEST`] columns or rows of cells are in it.
    pub fn covering(lattice: Lattice, extent: [f64; 4]) -> Result<Grid, RasterError> {
        let [min_x, min_y, max_x, max_y] = extent;
        let size = |min: f64, max: f64| ((max - min) / lattice.cell()).ceil();
        let (columns, rows) = (size(min_x, max_x), size(min_y, max_y));
        let limit = Grid::LONGEST;
        let too_large = RasterError::Size {
            columns,
            rows,
            limit,
        };
        let (Some([west, south]), Some([east, north])) =
            (lattice.find(min_x, min_y), lattice.find(max_x, max_y))
        else {
            return Err(too_large);
        };
        let count = |first: i64, last: i64, edge: f64, max: f64| {
            let is_on_edge = edge == max && last > first;
            u32::try_from(last - first + i64::from(!is_on_edge)).ok()
        };
        let columns = count(west, east, lattice.west(east), max_x);
        let rows = count(south, north, lattice.south(north), max_y);
        let (Some(columns), Some(rows)) = (columns, rows) else {
            return Err(too_large);
        };
        let window = Window {
            west,
            south,
            columns,
            rows,
        };
        Grid::new(lattice, window)
    }

    /// The lattice of the cells.
    #[must_use]
    pub fn lattice(&self) -> &Lattice {
        &self.lattice
    }

    /// The cells.
    #[must_use]
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// Number of columns.
    #[must_use]
    pub fn columns(&self) -> u32 {
        self.window.columns
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.window.rows
    }

    /// X and Y of the north-western corner, where images begin.
    #[must_use]
    pub fn origin(&self) -> [f64; 2] {
        [
            self.lattice.west(self.window.west),
            self.lattice.south(self.window.north()),
        ]
    }

    /// `[min x, min y, max x, max y]` of the cells.
    #[must_use]
    pub fn extent(&self) -> [f64; 4] {
        [
            self.lattice.west(self.window.west),
            self.lattice.south(self.window.south),
            self.lattice.west(self.window.east()),
            self.lattice.south(self.window.north()),
        ]
    }
}
