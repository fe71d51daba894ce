//! Flat boxes, and their relation to areas.

use crate::rings::Beside;

/// A closed box of x and y.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extent {
    pub(crate) min: [f64; 2],
    pub(crate) max: [f64; 2],
}

/// The relation of a cell's points to an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// No point of the cell is in the area.
    Outside,
    /// Some points may be in the area and others not.
    Edge,
    /// Every point of the cell is in the area.
    Inside,
}

impl Extent {
    /// The empty box, which does not change a union.
    pub(crate) const NOTHING: Extent = Extent {
        min: [f64::INFINITY; 2],
        max: [f64::NEG_INFINITY; 2],
    };

    pub(crate) fn around(point: [f64; 2], reach: [f64; 2]) -> Extent {
        Extent {
            min: [point[0] - reach[0], point[1] - reach[1]],
            max: [point[0] + reach[0], point[1] + reach[1]],
        }
    }

    pub(crate) fn union(self, other: Extent) -> Extent {
        Extent {
            min: [0, 1].map(|i| self.min[i].min(other.min[i])),
            max: [0, 1].map(|i| self.max[i].max(other.max[i])),
        }
    }

    pub(crate) fn grown(self, reach: [f64; 2]) -> Extent {
        Extent {
            min: [0, 1].map(|i| self.min[i] - reach[i]),
            max: [0, 1].map(|i| self.max[i] + reach[i]),
        }
    }

    /// Whether the boxes overlap or touch.
    pub(crate) fn meets(self, other: Extent) -> bool {
        (0..2).all(|i| self.min[i] <= other.max[i] && other.min[i] <= self.max[i])
    }

    /// Where this box is relative to rays to the left from points of `origin`.
    pub(crate) fn is_beside(self, origin: Extent) -> Beside {
        if self.min[1] > origin.max[1] || self.max[1] < origin.min[1] || self.min[0] > origin.max[0]
        {
            return Beside::No;
        }
        if self.max[0] < origin.min[0] {
            Beside::Left
        } else {
            Beside::Within
        }
    }
}
