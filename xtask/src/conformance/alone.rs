//! Checks of a dataset without a truth file: what must be true of any.

use anyhow::Result;
use ept_reader::{Bounds, Dataset, Node, Query, Tile};
use futures::StreamExt;

use super::Report;
use super::truth::count;

pub(crate) async fn check(location: &str) -> Result<Report> {
    let mut report = Report::new(location);
    let dataset = Dataset::open(location).await?;
    let slack = dataset.ept()?.metadata().cell_slack();
    let mut tiles = dataset.select(&Query::new())?.points();
    let mut all = Points::default();
    while let Some(tile) = tiles.next().await {
        match tile {
            Ok(tile) => all.add(&mut report, &tile, slack),
            Err(error) => report.check(false, || error.to_string()),
        }
    }
    let is_sorted = all.nodes.is_sorted_by(|a, b| a.name < b.name);
    report.check(is_sorted, || "nodes are not in ascending order".into());
    if let Some(points) = dataset.ept()?.metadata().points() {
        report.equal("points of ept.json", points, all.xyz.len() as u64);
    }
    for query in all.queries()? {
        let (bounds, depth) = query;
        let found = count(
            &dataset,
            &Query::new().with_bounds(bounds).with_depth(depth),
        )
        .await?;
        let name = format!("query {bounds:?} to depth {depth}");
        report.equal(&name, found, all.brute_force(&bounds, depth));
    }
    Ok(report)
}

/// All points of a dataset.
#[derive(Default)]
struct Points {
    nodes: Vec<Node>,
    xyz: Vec<[f64; 3]>,
    depth: Vec<u32>,
}

impl Points {
    fn add(&mut self, report: &mut Report, tile: &Tile, slack: [f64; 3]) {
        let key = tile.node.name;
        let cell = tile.node.cell.grown(slack);
        let points = &tile.points;
        report.equal(
            &format!("points of {key}"),
            points.len() as u64,
            tile.node.points,
        );
        let start = self.xyz.len();
        self.xyz.extend(points.places());
        self.depth.resize(self.xyz.len(), key.depth().unwrap_or(0));
        let outside = self.xyz[start..]
            .iter()
            .filter(|point| !cell.contains(**point))
            .count();
        report.check(outside == 0, || {
            format!("{outside} points of {key} are outside its cell")
        });
        self.nodes.push(tile.node);
    }

    /// Boxes around the centre and at corners, some with points on their edges, at several depths.
    fn queries(&self) -> Result<Vec<(Bounds, u32)>> {
        let deepest = self
            .nodes
            .iter()
            .map(|node| node.depth().unwrap_or_default())
            .max()
            .unwrap_or(0);
        let mut queries = Vec::new();
        for (low, high) in [(0.3, 0.55), (0.0, 0.2), (0.45, 0.5), (0.9, 1.0)] {
            // Coordinates of existing points: the edges test that bounds are closed.
            let edge = |axis: usize, part: f64| {
                let mut values: Vec<f64> = self.xyz.iter().map(|point| point[axis]).collect();
                values.sort_unstable_by(f64::total_cmp);
                let at = part * values.len().saturating_sub(1) as f64;
                values.get(at as usize).copied().unwrap_or(0.0)
            };
            let (min, max) = (
                [0, 1, 2].map(|a| edge(a, low)),
                [0, 1, 2].map(|a| edge(a, high)),
            );
            let flat = Bounds::new(
                [min[0], min[1], f64::NEG_INFINITY],
                [max[0], max[1], f64::INFINITY],
            )?;
            queries.push((flat, deepest));
            queries.push((flat, deepest / 2));
            queries.push((Bounds::new(min, max)?, deepest));
        }
        Ok(queries)
    }

    fn brute_force(&self, bounds: &Bounds, depth: u32) -> u64 {
        let points = self.xyz.iter().zip(&self.depth);
        points
            .filter(|(point, d)| **d <= depth && bounds.contains(**point))
            .count() as u64
    }
}
