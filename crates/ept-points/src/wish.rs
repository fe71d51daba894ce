//! What to decode of the points of a node.

use ept_format::Bounds;

/// What to decode. Less is faster, since layers that are not requested are not decompressed.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// Only these dimensions, in this order. Repeated names count once. `None` for all.
    pub dimensions: Option<Vec<String>>,
    /// Only points inside these bounds, in units of the source's coordinate system.
    pub bounds: Bounds,
    /// Whether to keep LAZ chunks as they are stored, if all of their points and dimensions are decoded, see
    /// [`PointBatch::chunks`](crate::PointBatch::chunks).
    pub keeps_chunks: bool,
}

impl Default for Wish {
    /// All points with all dimensions.
    fn default() -> Wish {
        Wish {
            dimensions: None,
            bounds: Bounds::EVERYTHING,
            keeps_chunks: false,
        }
    }
}
