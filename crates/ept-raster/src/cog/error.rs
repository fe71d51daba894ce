//! Errors in writing Cloud Optimized GeoTIFF.

use std::io;

/// Why a Cloud Optimized GeoTIFF can't be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CogError {
    /// The scratch file or the output failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The raster has no cells or no bands.
    #[error("a raster without {0} can't be written")]
    Empty(&'static str),
    /// Too many bands.
    #[error("{bands} bands are too many for a file: at most {limit}; write several files")]
    Bands {
        /// Number of bands.
        bands: usize,
        /// Maximum.
        limit: usize,
    },
    /// Too many tiles.
    #[error(
        "a raster of {columns} x {rows} cells has {tiles} tiles, but a file may have at most {limit}: use larger cells, \
         or divide the area"
    )]
    Tiles {
        /// Number of columns of cells.
        columns: u32,
        /// Number of rows of cells.
        rows: u32,
        /// Number of tiles of all levels.
        tiles: u64,
        /// Maximum.
        limit: u64,
    },
    /// The value for voids is not one of the type.
    #[error("{nodata} can't mark voids in a raster of {sample:?}: give a value that this type has")]
    Nodata {
        /// The value.
        nodata: f64,
        /// The type.
        sample: crate::SampleType,
    },
    /// A tile that is not part of the raster, or was pushed before.
    #[error("tile {column}, {row} of level {level} {problem}")]
    Tile {
        /// Level, 0 for the full resolution.
        level: usize,
        /// Column of tiles from the west.
        column: u32,
        /// Row of tiles from the north.
        row: u32,
        /// What is wrong.
        problem: &'static str,
    },
    /// A tile without one raster for each band.
    #[error("the tile has {given} bands, the file {expected}")]
    BandCount {
        /// Bands of the tile.
        given: usize,
        /// Bands of the file.
        expected: usize,
    },
    /// A tile could not be compressed.
    #[error("a tile can't be compressed: {0}")]
    Compression(String),
    /// An earlier error.
    #[error("the file is incomplete, since a tile could not be kept: {0}")]
    Broken(String),
}
