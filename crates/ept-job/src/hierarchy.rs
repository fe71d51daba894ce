//! Statistics of a dataset's whole hierarchy.

use ept_reader::{Dataset, Error, Query};
use futures::StreamExt;
use serde_json::{Value, json};

use crate::sorted_json;

/// Number of nodes and points of each depth.
#[derive(Debug, Clone, PartialEq)]
pub struct Hierarchy {
    /// The depths, from the root down.
    pub depths: Vec<DepthCount>,
    /// Number of requests for pages.
    pub pages: u64,
    /// Size of these pages in bytes, as fetched.
    pub bytes: u64,
}

/// The nodes of a depth.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct DepthCount {
    /// Distance between points that the depth aims at, in units of the dataset's coordinates. `None` if it is not
    /// known.
    pub spacing: Option<f64>,
    /// Number of nodes.
    pub nodes: u64,
    /// Number of their points.
    pub points: u64,
    /// Total area of the nodes' cells, in square units.
    pub area: f64,
}

impl Hierarchy {
    /// Reads all pages.
    ///
    /// # Errors
    /// If a page can't be read.
    pub async fn read(dataset: &Dataset) -> Result<Hierarchy, Error> {
        let before = dataset.traffic();
        let mut depths: Vec<DepthCount> = Vec::new();
        let mut nodes = dataset.select(&Query::new())?.nodes();
        while let Some(node) = nodes.next().await {
            let node = node?;
            let at = node.depth().unwrap_or(0) as usize;
            depths.resize(depths.len().max(at + 1), DepthCount::default());
            let size = [0, 1].map(|axis| node.cell.max()[axis] - node.cell.min()[axis]);
            depths[at].nodes += 1;
            depths[at].points += node.points;
            depths[at].area += size[0] * size[1];
        }
        for (count, depth) in depths.iter_mut().zip(0..) {
            count.spacing = dataset.frame().spacing_at(depth);
        }
        let after = dataset.traffic();
        Ok(Hierarchy {
            depths,
            pages: after.requests - before.requests,
            bytes: after.bytes - before.bytes,
        })
    }

    /// The hierarchy as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let depths = self.depths.iter().zip(0..).map(|(count, depth)| {
            json!({
                "depth": depth,
                "spacing": count.spacing,
                "nodes": count.nodes,
                "points": count.points,
                "density": count.density(),
            })
        });
        sorted_json(json!({
            "pages": self.pages,
            "pageBytes": self.bytes,
            "nodes": self.depths.iter().map(|count| count.nodes).sum::<u64>(),
            "points": self.depths.iter().map(|count| count.points).sum::<u64>(),
            "depths": depths.collect::<Vec<_>>(),
        }))
    }
}

impl DepthCount {
    /// Points per square unit, in cells that have any.
    #[must_use]
    pub fn density(&self) -> Option<f64> {
        (self.area > 0.0).then(|| self.points as f64 / self.area)
    }
}
