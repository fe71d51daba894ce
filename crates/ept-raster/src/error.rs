//! Errors of rasters.

/// Why a raster can't be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RasterError {
    /// The cells have no usable size or position.
    #[error("the cells of a raster can't be {0}")]
    Cell(String),
    /// The raster would be too large.
    #[error(
        "a raster of {columns} x {rows} cells is too large: at most {limit} columns and rows are possible; use larger cells \
         or a smaller area"
    )]
    Size {
        /// Number of columns.
        columns: f64,
        /// Number of rows.
        rows: f64,
        /// Maximum of both.
        limit: u32,
    },
    /// A coordinate or value can't be used.
    #[error(
        "a point with a coordinate or value of {0} can't be used: it must be finite and at most 2^100"
    )]
    Coordinate(f64),
    /// There are too many points to be used at once.
    #[error("more than {0} points can't be used at once")]
    Crowd(usize),
    /// No edge can be that long.
    #[error("triangles can't have edges of at most {0}; give a length greater than 0")]
    Edge(f64),
}
