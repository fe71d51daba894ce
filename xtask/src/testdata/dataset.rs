//! A dataset, before it is written.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

use super::cube::Cube;
use super::dimension::Dimension;
use super::key::Key;
use super::las_tile::LasTile;
use super::point::Point;
use super::scaling::Scaling;
use super::value::Value;

/// All points of a dataset, and how its tiles store them.
#[derive(Debug)]
pub(super) struct Dataset {
    pub(super) cube: Cube,
    pub(super) span: u32,
    /// Scale and offset in the schema.
    pub(super) scaling: Scaling,
    pub(super) encoding: Encoding,
    /// The dimensions of the tiles, in stored order.
    pub(super) dimensions: Vec<Dimension>,
    pub(super) nodes: BTreeMap<Key, Node>,
}

/// `dataType` of the specification.
#[derive(Debug, Clone)]
pub(super) enum Encoding {
    Laszip(LasTile),
    Binary,
    Zstandard,
}

/// A node of the hierarchy. It has no tile if it has no points.
#[derive(Debug)]
pub(super) struct Node {
    /// Scale and offset of the tile.
    pub(super) scaling: Scaling,
    pub(super) points: Vec<Point>,
}

impl Dataset {
    /// The nodes with points, in ascending order of depth, x, y, z.
    pub(super) fn tiles(&self) -> impl Iterator<Item = (Key, &Node)> {
        let tiles = self
            .nodes
            .iter()
            .filter(|(_, node)| !node.points.is_empty());
        tiles.map(|(key, node)| (*key, node))
    }

    /// All points in the order of the nodes, each with its node's key and its position.
    pub(super) fn points(&self) -> impl Iterator<Item = (Key, &Point, [f64; 3])> {
        self.tiles().flat_map(|(key, node)| {
            let points = node.points.iter();
            points.map(move |point| (key, point, node.scaling.position(point.raw)))
        })
    }

    /// Number of points.
    pub(super) fn count(&self) -> usize {
        self.tiles().map(|(_, node)| node.points.len()).sum()
    }

    /// Depth of the deepest node.
    pub(super) fn depth(&self) -> u32 {
        self.nodes.keys().map(|key| key.depth).max().unwrap_or(0)
    }

    /// The values of a dimension that a reader must return, in the order of [`Dataset::points`].
    pub(super) fn values(&self, dimension: &Dimension) -> Vec<Value> {
        let tiles = self.tiles().flat_map(|(_, node)| {
            let points = node.points.iter();
            points.map(|point| dimension.value(point, &node.scaling))
        });
        tiles.collect()
    }

    /// Minimum and maximum corner of positions.
    pub(super) fn extent(positions: impl Iterator<Item = [f64; 3]>) -> Result<[[f64; 3]; 2]> {
        let grown = positions.map(|p| [p, p]).reduce(|[min, max], [p, _]| {
            [
                [0, 1, 2].map(|axis| min[axis].min(p[axis])),
                [0, 1, 2].map(|axis| max[axis].max(p[axis])),
            ]
        });
        grown.context("no points have no extent")
    }

    /// Fails if a point is outside its node's cell.
    pub(super) fn check_cells(&self) -> Result<()> {
        for (key, point, position) in self.points() {
            let [min, max] = self.cube.cell(key);
            let inside = (0..3).all(|i| min[i] <= position[i] && position[i] <= max[i]);
            ensure!(inside, "{point:?} is outside {key}");
        }
        Ok(())
    }
}

impl Node {
    /// Moves the offset of the node's tile by whole units.
    pub(super) fn moved(mut self, units: [i32; 3]) -> Node {
        for point in &mut self.points {
            for (axis, units) in units.into_iter().enumerate() {
                let steps = f64::from(units) / self.scaling.scale[axis];
                point.raw[axis] -= steps.round() as i64;
            }
        }
        self.scaling = self.scaling.moved(units);
        self
    }
}
