//! Assignment of points to nodes.

use std::collections::{BTreeMap, BTreeSet};

use super::cube::Cube;
use super::key::Key;
use super::point::Point;
use super::scaling::Scaling;

/// Points by node, in ascending order of depth, x, y, z.
pub(super) type Nodes = BTreeMap<Key, Vec<Point>>;

/// How points are assigned to nodes.
///
/// The first point of each grid cell belongs to the node, the rest to its children, as in Entwine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Octree {
    pub(super) cube: Cube,
    /// Cells per axis of the grid that a node samples.
    pub(super) span: u32,
    /// Minimum number of points of a child. Fewer points stay with the parent.
    pub(super) least: usize,
}

impl Octree {
    pub(super) fn nodes(&self, points: Vec<Point>, scaling: &Scaling) -> Nodes {
        let mut nodes = Nodes::new();
        let mut open = vec![(Key::ROOT, points)];
        while let Some((key, points)) = open.pop() {
            let (mut own, rest) = self.sample(key, points, scaling);
            for (child, points) in self.octants(key, rest, scaling) {
                if points.len() < self.least {
                    own.extend(points);
                } else {
                    open.push((child, points));
                }
            }
            // Entwine's order.
            own.sort_by(|a, b| a.gps_time.total_cmp(&b.gps_time));
            nodes.insert(key, own);
        }
        nodes
    }

    /// Splits points into the first of each cell of the node's grid, and the rest.
    fn sample(&self, key: Key, points: Vec<Point>, scaling: &Scaling) -> (Vec<Point>, Vec<Point>) {
        let [min, max] = self.cube.cell(key);
        let mut taken = BTreeSet::new();
        points.into_iter().partition(|point| {
            let position = scaling.position(point.raw);
            taken.insert([0, 1, 2].map(|axis| {
                let step = (max[axis] - min[axis]) / f64::from(self.span);
                ((position[axis] - min[axis]) / step) as u32
            }))
        })
    }

    /// Points by child. One on a middle plane belongs to the upper half.
    fn octants(&self, key: Key, points: Vec<Point>, scaling: &Scaling) -> Nodes {
        let [middle, _] = self.cube.cell(key.child([true; 3]));
        let mut octants = Nodes::new();
        for point in points {
            let position = scaling.position(point.raw);
            let child = key.child([0, 1, 2].map(|axis| position[axis] >= middle[axis]));
            octants.entry(child).or_default().push(point);
        }
        octants
    }
}
