//! What is wanted of the points of a node.

use ept_format::Bounds;

/// What to decode: less than all is faster, since layers that nobody wants are not decompressed.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// Only these dimensions, in this order; a name that stands twice counts once. `None` for all.
    pub dimensions: Option<Vec<String>>,
    /// Only points inside these bounds, in units of the source's coordinate system.
    pub bounds: Bounds,
}

impl Default for Wish {
    /// All points with all their dimensions.
    fn default() -> Wish {
        Wish {
            dimensions: None,
            bounds: Bounds::EVERYTHING,
        }
    }
}
