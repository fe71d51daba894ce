//! The nearest of many points.

mod cuboid;
#[expect(clippy::module_inception)]
mod kd_tree;
mod leaf;

pub(crate) use cuboid::Cuboid;
pub(crate) use kd_tree::{KdTree, Search};
pub(crate) use leaf::Leaf;
