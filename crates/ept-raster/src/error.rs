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
    /// A window is too large to be computed at once.
    #[error(
        "{columns} x {rows} cells are too many to be computed at once: at most {limit} cells are possible"
    )]
    Window {
        /// Number of columns.
        columns: u32,
        /// Number of rows.
        rows: u32,
        /// Maximum number of cells.
        limit: usize,
    },
    /// The columns of points have different lengths.
    #[error("the columns of points have different lengths")]
    Columns,
    /// The text does not name a statistic.
    #[error(
        "{0:?} is not a statistic; use count, density, min, max, mean, stdev, median, idw, first, last, or percentiles from p0 \
         to p100"
    )]
    Statistic(String),
    /// The points have no order.
    #[error("the first or last point of a cell can't be told, as the points have no GPS time")]
    Order,
    /// The radius of a kernel is not usable.
    #[error("a radius of {radius} is not possible: it must be greater than 0 and at most {limit}")]
    Radius {
        /// The radius, in units of the coordinate system.
        radius: f64,
        /// The maximum.
        limit: f64,
    },
    /// The numbers of a shaded relief, or of slopes, are not usable.
    #[error("a relief of {0} is not possible")]
    Relief(String),
    /// Units along X and Y have no usable length.
    #[error("a unit of X can't be {} long and one of Y {}", .0[0], .0[1])]
    Scale([f64; 2]),
}
