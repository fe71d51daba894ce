//! Names of nodes.

use std::fmt;

/// A node of the octree. Fixtures are independent evidence for `ept-format`, so they don't use its types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) depth: u32,
    pub(super) cell: [u32; 3],
}

impl Key {
    pub(super) const ROOT: Key = Key {
        depth: 0,
        cell: [0; 3],
    };

    /// The child in the upper half of those axes for which `upper` is true.
    pub(super) fn child(self, upper: [bool; 3]) -> Key {
        Key {
            depth: self.depth + 1,
            cell: [0, 1, 2].map(|axis| self.cell[axis] * 2 + u32::from(upper[axis])),
        }
    }

    /// The ancestor at `depth`, which is at most this node's.
    pub(super) fn ancestor(self, depth: u32) -> Key {
        let up = self.depth - depth;
        Key {
            depth,
            cell: self.cell.map(|index| index >> up),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [x, y, z] = self.cell;
        write!(f, "{}-{x}-{y}-{z}", self.depth)
    }
}
