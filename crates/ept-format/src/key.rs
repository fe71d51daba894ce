//! Keys of nodes: depth and cell indices.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::FormatError;

/// A node of the octree, written `D-X-Y-Z` (specification, section "ept-data").
///
/// `x`, `y` and `z` count the cells of depth `depth` from the minimum corner of the dataset's bounds, so each is less
/// than 2^depth. Keys are ordered by depth, then x, y, z, which is the order of results.
///
/// ```
/// use ept_format::Key;
///
/// let key: Key = "3-2-3-6".parse()?;
/// assert_eq!(key.parent(), Some("2-1-1-3".parse()?));
/// assert!("1-2-0-0".parse::<Key>().is_err()); // depth 1 has cells 0 and 1 only
/// # Ok::<(), ept_format::FormatError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    depth: u32,
    x: u32,
    y: u32,
    z: u32,
}

impl Key {
    /// The root node, `0-0-0-0`.
    pub const ROOT: Key = Key {
        depth: 0,
        x: 0,
        y: 0,
        z: 0,
    };

    /// The greatest depth of a key. Cell indices of depth 31 still fit in 32 bits; at that depth a dataset as wide as
    /// the Earth has cells of 2 cm.
    pub const MAX_DEPTH: u32 = 31;

    /// The key of a depth (0 to [`Key::MAX_DEPTH`]) and three cell indices.
    ///
    /// # Errors
    /// If the depth is too large, or an index is not less than 2^depth.
    pub fn new(depth: u32, x: u32, y: u32, z: u32) -> Result<Key, FormatError> {
        let problem = if depth > Self::MAX_DEPTH {
            "deeper than 31"
        } else if [x, y, z].iter().any(|i| *i >= 1 << depth) {
            "an index is not less than 2^depth"
        } else {
            return Ok(Key { depth, x, y, z });
        };
        Err(FormatError::Key {
            text: format!("{depth}-{x}-{y}-{z}"),
            problem,
        })
    }

    /// Depth, 0 for the root.
    #[must_use]
    pub fn depth(self) -> u32 {
        self.depth
    }

    /// Cell index on the X axis.
    #[must_use]
    pub fn x(self) -> u32 {
        self.x
    }

    /// Cell index on the Y axis.
    #[must_use]
    pub fn y(self) -> u32 {
        self.y
    }

    /// Cell index on the Z axis.
    #[must_use]
    pub fn z(self) -> u32 {
        self.z
    }

    /// The parent. `None` for the root.
    #[must_use]
    pub fn parent(self) -> Option<Key> {
        (self.depth > 0).then(|| self.ancestor(self.depth - 1))
    }

    /// The eight children, in ascending order. There are none at [`Key::MAX_DEPTH`].
    pub fn children(self) -> impl Iterator<Item = Key> {
        let octants = if self.depth < Self::MAX_DEPTH { 8 } else { 0 };
        (0..octants).map(move |octant: u32| Key {
            depth: self.depth + 1,
            x: self.x * 2 + (octant >> 2),
            y: self.y * 2 + (octant >> 1 & 1),
            z: self.z * 2 + (octant & 1),
        })
    }

    /// The ancestor at `depth`, or the node itself if its own depth is at most `depth`.
    #[must_use]
    pub fn ancestor(self, depth: u32) -> Key {
        let up = self.depth.saturating_sub(depth);
        Key {
            depth: self.depth - up,
            x: self.x >> up,
            y: self.y >> up,
            z: self.z >> up,
        }
    }

    /// Whether `other` is this node or one of its descendants.
    #[must_use]
    pub fn holds(self, other: Key) -> bool {
        other.ancestor(self.depth) == self
    }

    /// Preorder: a subtree is contiguous, and a node comes before its descendants.
    pub(crate) fn cmp_preorder(&self, other: &Key) -> Ordering {
        let depth = self.depth.min(other.depth);
        let (a, b) = (self.ancestor(depth), other.ancestor(depth));
        // The axis whose indices differ in the highest bit decides: there the two paths diverge.
        let below = |a: u32, b: u32| a < b && a < a ^ b;
        let (mut axis, mut highest) = ((a.x, b.x), a.x ^ b.x);
        for (i, j) in [(a.y, b.y), (a.z, b.z)] {
            if below(highest, i ^ j) {
                (axis, highest) = ((i, j), i ^ j);
            }
        }
        axis.0.cmp(&axis.1).then(self.depth.cmp(&other.depth))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}-{}", self.depth, self.x, self.y, self.z)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Key {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Key, FormatError> {
        let malformed = || FormatError::Key {
            text: text.chars().take(64).collect(),
            problem: "not four numbers D-X-Y-Z",
        };
        let [depth, x, y, z] = numbers(text).ok_or_else(malformed)?;
        Key::new(depth, x, y, z)
    }
}

/// Parses four numbers that consist of digits alone, in one pass: hierarchies have millions of keys.
fn numbers(text: &str) -> Option<[u32; 4]> {
    let (mut numbers, mut at, mut digits) = ([0_u32; 4], 0, 0);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                let digit = u32::from(byte - b'0');
                numbers[at] = numbers[at].checked_mul(10)?.checked_add(digit)?;
                digits += 1;
            }
            b'-' if digits > 0 && at < 3 => (at, digits) = (at + 1, 0),
            _ => return None,
        }
    }
    (at == 3 && digits > 0).then_some(numbers)
}
