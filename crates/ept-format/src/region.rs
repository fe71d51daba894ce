//! The policy of a query by bounds and depth.

use crate::{Bounds, Key, Metadata, Policy};

/// Visits the cells that intersect a box, down to a depth, in ascending order of depth, x, y, z.
///
/// Cells are grown by [`Metadata::cell_slack`] first, since a point may be that far outside its node's cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    bounds: Bounds,
    depth: u32,
    slack: [f64; 3],
}

impl Region {
    /// All cells of a dataset.
    #[must_use]
    pub fn new(metadata: &Metadata) -> Region {
        Region {
            bounds: Bounds::EVERYTHING,
            depth: Key::MAX_DEPTH,
            slack: metadata.cell_slack(),
        }
    }

    /// Only cells that intersect the box, in units of the dataset's coordinate system.
    #[must_use]
    pub fn with_bounds(mut self, bounds: Bounds) -> Region {
        self.bounds = bounds;
        self
    }

    /// Only depths 0 to `depth`, inclusive.
    #[must_use]
    pub fn with_depth(mut self, depth: u32) -> Region {
        self.depth = depth;
        self
    }
}

impl Policy for Region {
    fn rank(&self, key: Key, cell: &Bounds) -> Option<f64> {
        let meets = || cell.grown(self.slack).intersects(&self.bounds);
        (key.depth() <= self.depth && meets()).then(|| -f64::from(key.depth()))
    }
}
