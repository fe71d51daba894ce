//! `ept info --hierarchy`: nodes and points of each depth.

use std::io::Write;

use anyhow::Result;
use ept_reader::{Dataset, Query};
use futures::StreamExt;
use indicatif::HumanBytes;
use serde_json::{Value, json};

use crate::numbers::{counted, grouped, rounded};

/// What the whole hierarchy comes to.
pub(crate) struct Hierarchy {
    depths: Vec<Depth>,
    pages: u64,
    bytes: u64,
}

#[derive(Default)]
struct Depth {
    nodes: u64,
    points: u64,
    /// Area of the nodes' cells, in square units.
    area: f64,
}

/// Characters of the longest bar.
const BAR: f64 = 30.0;

impl Hierarchy {
    /// Reads all pages.
    pub(crate) async fn read(dataset: &Dataset) -> Result<Hierarchy> {
        let before = dataset.traffic();
        let mut depths: Vec<Depth> = Vec::new();
        let mut nodes = dataset.select(&Query::new())?.nodes();
        while let Some(node) = nodes.next().await {
            let node = node?;
            let at = node.key.depth() as usize;
            while depths.len() <= at {
                depths.push(Depth::default());
            }
            let size = [0, 1].map(|axis| node.cell.max()[axis] - node.cell.min()[axis]);
            depths[at].nodes += 1;
            depths[at].points += node.points;
            depths[at].area += size[0] * size[1];
        }
        let after = dataset.traffic();
        Ok(Hierarchy {
            depths,
            pages: after.requests - before.requests,
            bytes: after.bytes - before.bytes,
        })
    }

    pub(crate) fn to_json(&self, dataset: &Dataset) -> Value {
        let depths = self.depths.iter().zip(0..).map(|(depth, number)| {
            json!({
                "depth": number,
                "spacing": dataset.frame().spacing_at(number),
                "nodes": depth.nodes,
                "points": depth.points,
                "density": depth.density(),
            })
        });
        json!({
            "pages": self.pages,
            "pageBytes": self.bytes,
            "nodes": self.depths.iter().map(|depth| depth.nodes).sum::<u64>(),
            "points": self.depths.iter().map(|depth| depth.points).sum::<u64>(),
            "depths": depths.collect::<Vec<_>>(),
        })
    }

    pub(crate) fn write(&self, out: &mut impl Write, dataset: &Dataset) -> std::io::Result<()> {
        let most = self
            .depths
            .iter()
            .map(|depth| depth.points)
            .max()
            .unwrap_or(0)
            .max(1);
        writeln!(
            out,
            "depth {:>12} {:>12} {:>18} {:>12}",
            "spacing", "nodes", "points", "per unit^2"
        )?;
        for (depth, number) in self.depths.iter().zip(0..) {
            let bar = (depth.points as f64 / most as f64 * BAR).ceil() as usize;
            let density = depth
                .density()
                .map_or_else(|| "-".into(), |d| rounded(d, 4));
            writeln!(
                out,
                "{number:>5} {:>12} {:>12} {:>18} {density:>12}  {}",
                rounded(dataset.frame().spacing_at(number).unwrap_or(f64::NAN), 6),
                grouped(depth.nodes),
                grouped(depth.points),
                "#".repeat(bar),
            )?;
        }
        let pages = counted(self.pages, "page");
        writeln!(out, "{pages}, {}", HumanBytes(self.bytes))
    }
}

impl Depth {
    /// Points for a square unit of the cells that have any.
    fn density(&self) -> Option<f64> {
        (self.area > 0.0).then(|| self.points as f64 / self.area)
    }
}
