//! What of the rings matters near a cell.

use super::side::{Crossing, Side};
use super::slabs::Slabs;
use crate::area::Edge;
use crate::extent::{Extent, Relation};

/// What of the rings matters to points within an extent: few sides when the extent is small.
#[derive(Debug, Clone)]
pub(crate) struct Near {
    /// Least and greatest y of the extent.
    span: [f64; 2],
    /// Whether sides that all points have to their left make an odd number.
    is_odd: bool,
    /// Spans of y that are crossed to the left of the extent.
    left: Vec<[f64; 2]>,
    sides: Vec<Side>,
    /// For spans of equal height, the places of the sides and of what is left that meet them.
    slabs: Slabs,
    edge: Edge,
}

/// Where a box lies for a ray that runs to the left from a point of an extent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Beside {
    /// No ray crosses it.
    No,
    /// It lies to the left of all points.
    Left,
    /// It may lie on either side.
    Within,
}

impl Near {
    /// Nothing yet; sides are added one by one.
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

    /// With the index, which only points need.
    pub(super) fn indexed(mut self, extent: Extent) -> Near {
        self.slabs = Slabs::new(extent, &self.left, &self.sides);
        self
    }

    /// Whether all points of the extent are inside, all outside, or it depends.
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

    /// Whether all points of the extent have an odd number of sides to their left; `None` if that depends on y.
    fn is_odd_left(&self) -> Option<bool> {
        let [bottom, top] = self.span;
        let below = self.left.iter();
        let below = below.filter(|[low, high]| *low <= bottom && bottom < *high);
        let is_odd = self.is_odd ^ !below.count().is_multiple_of(2);
        // Where one side begins or ends another one may as well.
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
            // A long side may pass by the extent though the box around it does not.
            Beside::Within => match side.passes_by(extent) {
                Some(Crossing::Left) => self.cross(side.from, side.to, extent),
                Some(_) => {}
                None => self.sides.push(*side),
            },
        }
    }

    /// Takes note of a crossing to the left of all points.
    pub(super) fn cross(&mut self, from: [f64; 2], to: [f64; 2], extent: Extent) {
        let (low, high) = (from[1].min(to[1]), from[1].max(to[1]));
        // A ray at y crosses when low <= y < high.
        if low <= extent.min[1] && extent.max[1] < high {
            self.is_odd = !self.is_odd;
        } else if low <= extent.max[1] && extent.min[1] < high {
            self.left.push([low, high]);
        }
    }

    /// Whether the point, which lies within the extent, is inside.
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
                // On the side counts as right of it, on both sides of it the same way.
                Crossing::On | Crossing::Left => {
                    is_inside ^= self.sides[at as usize].spans(point[1]);
                }
                Crossing::Right => {}
            }
        }
        is_inside
    }

    /// Whether a side passes within `error` (per axis) of the point.
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
