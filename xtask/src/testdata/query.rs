//! Queries with known results.

use serde_json::{Value as Json, json};

use super::dataset::Dataset;

/// A box, closed on all sides, and a depth, inclusive.
#[derive(Debug, Clone, Copy)]
struct Query {
    min: [f64; 3],
    max: [f64; 3],
    depth: u32,
    /// Whether z is not restricted.
    is_flat: bool,
}

impl Dataset {
    /// Queries, each with the number of points that it selects, found by testing every point.
    pub(super) fn queries(&self) -> Json {
        let queries = self.probes();
        let queries = queries.iter();
        queries
            .map(|query| {
                json!({
                    "bounds": query.bounds(),
                    "depth": query.depth,
                    "points": self.points().filter(|(key, _, p)| query.takes(key.depth, *p)).count(),
                })
            })
            .collect()
    }

    fn probes(&self) -> Vec<Query> {
        let positions: Vec<[f64; 3]> = self.points().map(|(.., position)| position).collect();
        let (one, other) = (
            positions[positions.len() / 3],
            positions[positions.len() / 2],
        );
        let east = positions.iter().map(|p| p[0]).fold(f64::MIN, f64::max);
        let (least, middle, greatest) = (self.cube.min, self.cube.middle(), self.cube.max());
        let quarter = self.cube.size / 4.0;
        let solid = |min: [f64; 3], max: [f64; 3]| Query {
            min,
            max,
            depth: self.depth(),
            is_flat: false,
        };
        let flat = |min, max| Query {
            is_flat: true,
            ..solid(min, max)
        };
        let centre = flat(middle.map(|m| m - quarter), middle.map(|m| m + quarter));
        vec![
            solid(least, greatest),
            centre,
            Query { depth: 1, ..centre },
            // From one point to another, which are its corners.
            solid(
                [0, 1, 2].map(|i| one[i].min(other[i])),
                [0, 1, 2].map(|i| one[i].max(other[i])),
            ),
            // A box of zero volume.
            solid(one, one),
            // From the centre of the cube to far beyond it.
            solid(middle, greatest.map(|edge| edge + 1000.0)),
            // Only the easternmost points, on the western face of the box.
            flat([east, least[1], 0.0], [east + 10.0, greatest[1], 0.0]),
            // Outside the cube.
            flat(
                greatest.map(|edge| edge + 1.0),
                greatest.map(|edge| edge + 9.0),
            ),
        ]
    }
}

impl Query {
    fn takes(&self, depth: u32, position: [f64; 3]) -> bool {
        let axes = 0..if self.is_flat { 2 } else { 3 };
        let inside = |axis| (self.min[axis]..=self.max[axis]).contains(&position[axis]);
        depth <= self.depth && axes.into_iter().all(inside)
    }

    /// Four numbers for a flat box, otherwise six.
    fn bounds(&self) -> Vec<f64> {
        let axes = if self.is_flat { 2 } else { 3 };
        [&self.min[..axes], &self.max[..axes]].concat()
    }
}
