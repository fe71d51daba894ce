//! Rings in the neighbourhood of a cell.

use super::side::{Crossing, Side};
use super::slabs::Slabs;
use crate::area::Edge;
use crate::extent::{Extent, Relation};

/// The parts of rings that matter for points in an extent: few sides if it is small.
#[derive(Debug, Clone)]
pub(crate) struct Near {
    /// Minimum and maximum y of the extent.
    span: [f64; 2],
    /// Whether the number of sides that are left of all points is odd.
    is_odd: bool,
    /// Spans of y that are crossed left of the extent.
    left: Vec<[f64; 2]>,
    sides: Vec<Side>,
    /// The indices of the sides and of the entries of `left` that intersect each of several spans of equal height.
    slabs: Slabs,
    edge: Edge,
}

/// Where a box is relative to rays to the left from points of an extent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Beside {
    /// No ray crosses it.
    No,
    /// It is left of all points.
    Left,
    /// It may be on either side.
    Within,
}

impl Near {
    /// An empty one, to which sides are added.
    pub(super) fn new(extent: Extent, edge: Edge) -> Near {
        Near {
            span: [extent.min[1], extent.max[1]],
            is_odd: false,
            left: Vec::new(),
            sides: Vec::new(),
            slabs: Slabs::none(),
            edge,
        }
    }

    /// Adds the index, which is only needed to test points.
    pub(super) fn indexed(mut self, extent: Extent) -> Near {
        self.slabs = Slabs::new(extent, &self.left, &self.sides);
        self
    }

    /// Whether all points of the extent are inside, all outside, or neither is certain.
    pub(crate) fn relation(&self) -> Relation {
        if !self.sides.is_empty() {
            return Relation::Edge;
        }
        match self.is_odd_left() {
            Some(true) => Relation::Inside,
            Some(false) => Relation::Outside,
            None => Relation::Edge,
        }
    }

    /// Whether the number of sides left of all points of the extent is odd. `None` if that depends on y.
    fn is_odd_left(&self) -> Option<bool> {
        let [bottom, top] = self.span;
        let below = self.left.iter();
        let below = below.filter(|[low, high]| *low <= bottom && bottom < *high);
        let is_odd = self.is_odd ^ !below.count().is_multiple_of(2);
        // Where one side begins or ends, another may too.
        let ends = self.left.iter().flatten().copied();
        let mut ends: Vec<f64> = ends.filter(|end| bottom < *end && *end <= top).collect();
        ends.sort_unstable_by(f64::total_cmp);
        let mut turns = ends.chunk_by(|a, b| a == b);
        turns
            .all(|turn| turn.len().is_multiple_of(2))
            .then_some(is_odd)
    }

    pub(super) fn add(&mut self, side: &Side, extent: Extent) {
        match side.extent().is_beside(extent) {
            Beside::No => {}
            Beside::Left => self.cross(side.from, side.to, extent),
            // A long side may miss the extent although its box does not.
            Beside::Within => match side.passes_by(extent) {
                Some(Crossing::Left) => self.cross(side.from, side.to, extent),
                Some(_) => {}
                None => self.sides.push(*side),
            },
        }
    }

    /// Adds a crossing left of all points.
    pub(super) fn cross(&mut self, from: [f64; 2], to: [f64; 2], extent: Extent) {
        let (low, high) = (from[1].min(to[1]), from[1].max(to[1]));
        // A ray at y crosses if low <= y < high.
        if low <= extent.min[1] && extent.max[1] < high {
            self.is_odd = !self.is_odd;
        } else if low <= extent.max[1] && extent.min[1] < high {
            self.left.push([low, high]);
        }
    }

    /// Whether a point in the extent is inside.
    pub(crate) fn contains(&self, point: [f64; 2]) -> bool {
        let mut is_inside = self.is_odd;
        let slab = self.slabs.at(point[1]);
        for &at in self.slabs.left.get(slab).into_iter().flatten() {
            let [low, high] = self.left[at as usize];
            is_inside ^= low <= point[1] && point[1] < high;
        }
        for &at in self.slabs.sides.get(slab).into_iter().flatten() {
            match self.sides[at as usize].crossing(point) {
                Crossing::On if self.edge == Edge::Closed => return true,
                // A point on a side counts as right of it, consistently for the areas on both sides.
                Crossing::On | Crossing::Left => {
                    is_inside ^= self.sides[at as usize].spans(point[1]);
                }
                Crossing::Right => {}
            }
        }
        is_inside
    }

    /// Whether a side passes within `error` (per axis) of a point.
    pub(crate) fn is_doubtful(&self, point: [f64; 2], error: [f64; 2]) -> bool {
        let spot = Extent::around(point, error);
        let (first, last) = (self.slabs.at(spot.min[1]), self.slabs.at(spot.max[1]));
        let near_side = |at: &u32| self.sides[*at as usize].passes(spot, point, error);
        let near_end = |at: &u32| {
            let ends = self.left[*at as usize];
            ends.iter()
                .any(|end| spot.min[1] <= *end && *end <= spot.max[1])
        };
        (first..=last).any(|slab| {
            let sides = self.slabs.sides.get(slab).into_iter().flatten();
            let left = self.slabs.left.get(slab).into_iter().flatten();
            sides.into_iter().any(near_side) || left.into_iter().any(near_end)
        })
    }
}
