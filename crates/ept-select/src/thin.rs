//! One point for each cell of a grid.

mod grid;
mod thinner;

use ept_format::{Key, NodeName};

pub use grid::ThinGrid;
pub use thinner::Thinner;

use crate::Spacing;

/// Thinning, as a user specifies it: of the points in each cell of a grid, the one nearest to the cell's centre is
/// kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thin {
    /// Side of a cell.
    pub edge: Spacing,
    /// Whether cells are squares that are infinite in z, rather than cubes.
    pub is_flat: bool,
}

impl Thin {
    /// One point per square with this side.
    #[must_use]
    pub fn squares(edge: impl Into<Spacing>) -> Thin {
        Thin {
            edge: edge.into(),
            is_flat: true,
        }
    }

    /// One point per cube with this side.
    #[must_use]
    pub fn cubes(edge: impl Into<Spacing>) -> Thin {
        Thin {
            edge: edge.into(),
            is_flat: false,
        }
    }
}

/// The branch of the octree that a node belongs to: the root if it has no key.
fn place(name: NodeName) -> Key {
    name.key().unwrap_or(Key::ROOT)
}
