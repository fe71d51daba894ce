//! Levels of a pyramid.

/// A level of a pyramid: the image in full resolution, or one of its overviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Level {
    pub(crate) columns: u32,
    pub(crate) rows: u32,
}

/// Columns and rows of a tile.
pub(crate) const TILE: u32 = 512;

impl Level {
    /// The level of an image and its overviews, each half as wide and high, down to one that fits into a tile, as GDAL
    /// makes them.
    pub(crate) fn pyramid(columns: u32, rows: u32) -> Vec<Level> {
        let next = |level: &Level| {
            (level.tiles() > 1).then(|| Level {
                columns: level.columns.div_ceil(2),
                rows: level.rows.div_ceil(2),
            })
        };
        std::iter::successors(Some(Level { columns, rows }), next).collect()
    }

    /// Number of columns of tiles.
    pub(crate) fn across(&self) -> u32 {
        self.columns.div_ceil(TILE)
    }

    /// Number of rows of tiles.
    pub(crate) fn down(&self) -> u32 {
        self.rows.div_ceil(TILE)
    }

    /// Number of tiles.
    pub(crate) fn tiles(&self) -> u64 {
        u64::from(self.across()) * u64::from(self.down())
    }

    /// Columns and rows of cells that a tile has inside the image.
    pub(crate) fn size_of(&self, column: u32, row: u32) -> [u32; 2] {
        [
            TILE.min(self.columns.saturating_sub(column * TILE)),
            TILE.min(self.rows.saturating_sub(row * TILE)),
        ]
    }
}
