//! The nearest of many points.

use crate::{RasterError, Triangulation};

/// Points in the leaves of a balanced tree, each node of which divides its points in two halves along their longest side.
///
/// Distances are computed and compared as PDAL's trees (nanoflann) do: squares summed along X, Y, Z. Which points are visited
/// has no influence on them.
#[derive(Debug, Clone)]
pub(crate) struct KdTree {
    /// In the order of the leaves.
    places: Vec<[f64; 3]>,
    /// Which point each was.
    indices: Vec<u32>,
    /// The inner nodes; the children of node `i` are `2 i + 1` and `2 i + 2`.
    splits: Vec<Split>,
}

#[derive(Debug, Clone, Copy)]
struct Split {
    /// No coordinate of the first half is greater, none of the second half less.
    at: f64,
    axis: u32,
}

/// A node to be visited, and how far the place is at least from its points along each axis.
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

/// Largest number of points of a leaf.
const LEAF: usize = 12;

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
        let leaves = count.div_ceil(LEAF).next_power_of_two();
        let mut splits = Vec::with_capacity(leaves - 1);
        for node in 0..leaves - 1 {
            let [start, middle, end] = halves(node, leaves, count);
            splits.push(split(&mut points[start..end], middle - start));
        }
        Ok(KdTree {
            places: points.iter().map(|(place, _)| *place).collect(),
            indices: points.iter().map(|(_, index)| *index).collect(),
            splits,
        })
    }

    /// The points with their indices, neighbours close to each other: an order in which searches are fast.
    pub(crate) fn points(&self) -> impl Iterator<Item = (u32, [f64; 3])> {
        self.indices
            .iter()
            .copied()
            .zip(self.places.iter().copied())
    }

    /// Calls with index and squared distance of points that are closer than a limit, which the call returns anew. The
    /// nearest leaves come first.
    pub(crate) fn search(
        &self,
        place: [f64; 3],
        search: &mut Search,
        mut limit: f64,
        mut visit: impl FnMut(u32, f64) -> f64,
    ) {
        let (leaves, count) = (self.splits.len() + 1, self.places.len());
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
                let beyond = place[axis] - split.at;
                let is_first = beyond < 0.0;
                let mut other = offsets;
                other[axis] = beyond.abs();
                if squared(other) < limit {
                    search.visits.push(Visit {
                        node: 2 * node + 1 + usize::from(is_first),
                        offsets: other,
                    });
                }
                node = 2 * node + 1 + usize::from(!is_first);
            }
            let leaf = node - self.splits.len();
            let points = bound(leaf, leaves, count)..bound(leaf + 1, leaves, count);
            for (point, index) in self.places[points.clone()]
                .iter()
                .zip(&self.indices[points])
            {
                let distance = squared([0, 1, 2].map(|i| place[i] - point[i]));
                if distance < limit {
                    limit = visit(*index, distance);
                }
            }
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
    let mut min = [f64::INFINITY; 3];
    let mut max = [f64::NEG_INFINITY; 3];
    for (place, _) in &*points {
        for i in 0..3 {
            min[i] = min[i].min(place[i]);
            max[i] = max[i].max(place[i]);
        }
    }
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

fn squared([x, y, z]: [f64; 3]) -> f64 {
    x * x + y * y + z * z
}
