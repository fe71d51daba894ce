//! A tree of points.

use super::cuboid::squared;
use super::{Cuboid, Leaf};
use crate::{RasterError, Triangulation};

/// Points in the leaves of a balanced tree, each node of which divides its points in two halves along their longest side.
///
/// Distances are computed and compared as PDAL's trees (nanoflann) do: squares summed along X, Y, Z. Which points are visited
/// has no influence on them.
#[derive(Debug, Clone)]
pub(crate) struct KdTree {
    leaves: Vec<Leaf>,
    /// The inner nodes; the children of node `i` are `2 i + 1` and `2 i + 2`.
    splits: Vec<Split>,
}

#[derive(Debug, Clone, Copy)]
struct Split {
    /// No coordinate of the first half is greater, none of the second half less.
    at: f64,
    axis: u32,
}

/// A node to be visited, and how far the box is at least from its points along each axis.
#[derive(Debug, Clone, Copy)]
struct Visit {
    node: usize,
    offsets: [f64; 3],
}

/// Memory of a search, kept for the next one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Search {
    visits: Vec<Visit>,
}

impl KdTree {
    /// A tree of points.
    ///
    /// # Errors
    /// If a coordinate is not finite or beyond [`Triangulation::FARTHEST`], or there are too many points.
    pub(crate) fn new(
        places: impl ExactSizeIterator<Item = [f64; 3]>,
    ) -> Result<KdTree, RasterError> {
        let count = places.len();
        if count > Triangulation::LARGEST {
            return Err(RasterError::Crowd(Triangulation::LARGEST));
        }
        let mut points = Vec::with_capacity(count);
        for (place, index) in places.zip(0_u32..) {
            let is_usable = |c: &&f64| c.abs() <= Triangulation::FARTHEST;
            if let Some(wrong) = place.iter().find(|c| !is_usable(c)) {
                return Err(RasterError::Coordinate(*wrong));
            }
            points.push((place, index));
        }
        let leaves = count.div_ceil(Leaf::MOST).next_power_of_two();
        let mut splits = Vec::with_capacity(leaves - 1);
        for node in 0..leaves - 1 {
            let [start, middle, end] = halves(node, leaves, count);
            splits.push(split(&mut points[start..end], middle - start));
        }
        let leaf = |leaf: usize| {
            Leaf::new(&points[bound(leaf, leaves, count)..bound(leaf + 1, leaves, count)])
        };
        Ok(KdTree {
            leaves: (0..leaves).map(leaf).collect(),
            splits,
        })
    }

    /// The leaves, neighbours close to each other: an order in which searches are fast.
    pub(crate) fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// Calls with index and squared distance of points that are closer than a limit, which the call returns anew. The
    /// nearest leaves come first.
    pub(crate) fn search(
        &self,
        place: [f64; 3],
        search: &mut Search,
        limit: f64,
        mut visit: impl FnMut(u32, f64) -> f64,
    ) {
        let area = Cuboid::around([place]);
        self.search_leaves(area, search, limit, |leaf, mut limit| {
            for (index, distance) in leaf.distances(place) {
                if distance < limit {
                    limit = visit(index, distance);
                }
            }
            limit
        });
    }

    /// Calls with leaves that are closer to a box than a squared distance, and with that limit, which the call returns anew.
    /// The nearest leaves come first.
    pub(crate) fn search_leaves(
        &self,
        area: Cuboid,
        search: &mut Search,
        mut limit: f64,
        mut visit: impl FnMut(&Leaf, f64) -> f64,
    ) {
        search.visits.clear();
        search.visits.push(Visit {
            node: 0,
            offsets: [0.0; 3],
        });
        while let Some(Visit { mut node, offsets }) = search.visits.pop() {
            // Rounding is monotonic, so no point there is closer by as much as a bit.
            if squared(offsets) >= limit {
                continue;
            }
            while let Some(split) = self.splits.get(node) {
                let axis = split.axis as usize;
                let (above, below) = (area.min[axis] - split.at, split.at - area.max[axis]);
                let is_first = above < below;
                let mut other = offsets;
                other[axis] = other[axis].max(above).max(below);
                if squared(other) < limit {
                    search.visits.push(Visit {
                        node: 2 * node + 1 + usize::from(is_first),
                        offsets: other,
                    });
                }
                node = 2 * node + 1 + usize::from(!is_first);
            }
            limit = visit(&self.leaves[node - self.splits.len()], limit);
        }
    }
}

/// The first point of a leaf.
fn bound(leaf: usize, leaves: usize, count: usize) -> usize {
    (leaf as u64 * count as u64 / leaves as u64) as usize
}

/// The first point of a node, of its second half, and after it.
fn halves(node: usize, leaves: usize, count: usize) -> [usize; 3] {
    let depth = (node + 1).ilog2();
    let width = leaves >> depth;
    let first = (node + 1 - (1 << depth)) * width;
    [first, first + width / 2, first + width].map(|leaf| bound(leaf, leaves, count))
}

/// Divides points in two halves.
fn split(points: &mut [([f64; 3], u32)], middle: usize) -> Split {
    let Cuboid { min, max } = Cuboid::around(points.iter().map(|(place, _)| *place));
    let sides = [0, 1, 2].map(|i| max[i] - min[i]);
    let longest = |a: &usize, b: &usize| sides[*a].total_cmp(&sides[*b]);
    let axis = (0..3).max_by(longest).unwrap_or(0);
    let (_, (place, _), _) =
        points.select_nth_unstable_by(middle, |a, b| a.0[axis].total_cmp(&b.0[axis]));
    Split {
        at: place[axis],
        axis: axis as u32,
    }
}
