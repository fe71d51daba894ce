//! Coordinates as integers.

/// How coordinates are stored as integers: `coordinate = integer * scale + offset` on each axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scaling {
    /// Step of each axis `[x, y, z]`, in units of the coordinate system. Not 0.
    pub scale: [f64; 3],
    /// Coordinate of the integer 0 on each axis.
    pub offset: [f64; 3],
}
