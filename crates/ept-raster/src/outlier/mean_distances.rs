//! How far points are from their neighbours.

use super::nearest::Nearest;
use crate::kd_tree::{Cuboid, KdTree, Leaf, Search};
use crate::{Points, RasterError};

/// Mean distances of points from their nearest neighbours.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanDistances {
    /// Mean distance of each point from its nearest neighbours, in the units of the coordinates.
    pub distances: Vec<f64>,
    /// Ascending indices of the points that could have nearer neighbours beyond what was known. Their distances are too
    /// large, or too small if there were too few points.
    pub open: Vec<u32>,
}

impl MeanDistances {
    /// Measures the first `inner` of these points, whose values are their heights, in three dimensions. The others are
    /// only neighbours. `known` is the box, `[min x, min y, max x, max y]`, from which there are all points of the
    /// set; an infinite one says that there are no others.
    ///
    /// As PDAL's `filters.outlier`, to the bit: the distances of the `neighbours` nearest others, among them other points
    /// at the same place, are averaged from the nearest to the farthest. In a set of fewer points, those that are missing
    /// count as 0.
    ///
    /// # Errors
    /// If a coordinate is not finite or beyond [`Triangulation::FARTHEST`](crate::Triangulation::FARTHEST), or there are
    /// too many points.
    pub fn new(
        points: &Points,
        inner: usize,
        neighbours: usize,
        known: [f64; 4],
    ) -> Result<MeanDistances, RasterError> {
        let columns = points.x.iter().zip(&points.y).zip(&points.value);
        let tree = KdTree::new(columns.map(|((x, y), z)| [*x, *y, *z]))?;
        let inner = inner.min(points.len());
        let mut distances = vec![0.0; inner];
        let mut open = Vec::new();
        // The point itself is the first, or another one at its place, which is all the same.
        let count = neighbours.saturating_add(1);
        let mut group = Group::new(count.min(points.len()));
        let mut search = Search::default();
        for leaf in tree.leaves() {
            group.measure(&tree, leaf, inner, &mut search);
            for (index, place, nearest) in group.points() {
                distances[index as usize] = mean(&nearest.squares()[1..], neighbours);
                let farthest = if points.len() < count {
                    f64::INFINITY
                } else {
                    nearest.limit()
                };
                let edge = distance_to_edge(place, known);
                // What is beyond the edge is farther than it, so it is no nearer neighbour. Where all is known, none is.
                if farthest > edge * edge {
                    open.push(index);
                }
            }
        }
        open.sort_unstable();
        Ok(MeanDistances { distances, open })
    }
}

/// Points of one leaf, whose neighbours are sought together.
struct Group {
    points: Vec<(u32, [f64; 3])>,
    nearest: Vec<Nearest>,
}

impl Group {
    fn new(count: usize) -> Group {
        Group {
            points: Vec::with_capacity(Leaf::MOST),
            nearest: vec![Nearest::new(count); Leaf::MOST],
        }
    }

    /// Finds the nearest neighbours of the points of a leaf that are among the first `inner`.
    fn measure(&mut self, tree: &KdTree, leaf: &Leaf, inner: usize, search: &mut Search) {
        self.points.clear();
        let is_inner = |(index, _): &(u32, _)| (*index as usize) < inner;
        self.points.extend(leaf.points().filter(is_inner));
        if self.points.is_empty() {
            return;
        }
        self.nearest.iter_mut().for_each(Nearest::clear);
        let area = Cuboid::around(self.points.iter().map(|(_, place)| *place));
        tree.search_leaves(area, search, f64::INFINITY, |leaf, _| {
            let mut farthest = 0.0;
            for ((_, place), nearest) in self.points.iter().zip(&mut self.nearest) {
                if leaf.area().square(*place) < nearest.limit() {
                    nearest.extend(&leaf.squares(*place));
                }
                farthest = f64::max(farthest, nearest.limit());
            }
            farthest
        });
    }

    fn points(&self) -> impl Iterator<Item = (u32, [f64; 3], &Nearest)> {
        let points = self.points.iter().zip(&self.nearest);
        points.map(|((index, place), nearest)| (*index, *place, nearest))
    }
}

/// The mean of distances, ascending, and of zeros for missing ones: updated with each of the former, as PDAL does.
fn mean(squares: &[f64], count: usize) -> f64 {
    let mut mean = 0.0;
    for (square, number) in squares.iter().zip(1_u32..) {
        mean += (square.sqrt() - mean) / f64::from(number);
    }
    if squares.len() < count {
        mean *= squares.len() as f64 / count as f64;
    }
    mean
}

/// Distance from a place to the nearest edge of a box, 0 outside.
fn distance_to_edge([x, y, _]: [f64; 3], [min_x, min_y, max_x, max_y]: [f64; 4]) -> f64 {
    (x - min_x)
        .min(max_x - x)
        .min(y - min_y)
        .min(max_y - y)
        .max(-0.0)
}
