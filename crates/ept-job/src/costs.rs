//! Costs of a query.

use std::time::Instant;

use ept_reader::{Plan, Selection, TileSizes};
use serde_json::{Map, Value, json};

use crate::sorted_json;

/// A plan with its costs.
#[derive(Debug, Clone)]
pub struct Costs {
    /// What is read.
    pub plan: Plan,
    /// Bytes of the tiles. `None` if the store can't tell sizes.
    pub sizes: Option<TileSizes>,
    /// Requests for pages so far and for the tiles to be read.
    pub requests: u64,
    /// Minimum time of reading in seconds.
    pub seconds: f64,
    /// Approximate memory in bytes.
    pub memory: f64,
    /// Approximate size of the result in each format, in bytes.
    pub outputs: Vec<(&'static str, f64)>,
    /// Metres per unit of the dataset's coordinates. `None` if it is not known.
    pub metres_per_unit: Option<f64>,
}

/// Number of points above which a coarser resolution is suggested.
const COMFORTABLE: f64 = 100e6;

/// Points that a core decodes per second: laszip, as measured by `cargo xtask bench`. Other encodings are faster.
const DECODED: f64 = 2.5e6;

/// Size of a point in each format: laszip about as in the tiles, text about nine characters per value.
const FORMATS: [(&str, Size); 5] = [
    ("laz", |figures| figures.tile_bytes),
    ("copc.laz", |figures| figures.tile_bytes),
    ("las", |figures| figures.record_bytes),
    ("parquet", |figures| figures.record_bytes),
    ("csv", |figures| figures.dimensions * 9.0),
];

type Size = fn(&Figures) -> f64;

/// Figures per point for the estimates.
struct Figures {
    tile_bytes: f64,
    record_bytes: f64,
    dimensions: f64,
}

impl Costs {
    /// Number of points above which [`Costs::suggestion`] suggests a coarser resolution.
    pub const COMFORTABLE: f64 = COMFORTABLE;

    /// The costs of a selection's plan. Requests the sizes of some tiles, but reads no tile.
    pub async fn of(selection: &Selection, plan: Plan) -> Costs {
        let dataset = selection.dataset();
        let limits = dataset.engine().limits();
        let start = Instant::now();
        let before = dataset.traffic().requests;
        let sizes = dataset.tile_sizes(&plan.nodes).await;
        // The time for a size is a lower bound of the time for a tile: one round trip.
        let asked = (dataset.traffic().requests - before).max(1);
        let each = start.elapsed().as_secs_f64() / asked as f64;
        let tiles = plan.nodes.len() as f64;
        let threads = limits.threads.get() as f64;
        let points = plan.points as f64;
        let figures = Figures {
            tile_bytes: sizes.map_or(0.0, |sizes| sizes.bytes / points.max(1.0)),
            record_bytes: record_bytes(selection),
            dimensions: dimensions(selection) as f64,
        };
        let most = plan.nodes.iter().map(|node| node.points).max().unwrap_or(0) as f64;
        let in_memory = (limits.requests.get() as f64 + 2.0 * threads).min(tiles);
        let outputs = FORMATS.into_iter().filter_map(|(name, bytes)| {
            let size = plan.estimate * bytes(&figures);
            (size > 0.0).then_some((name, size))
        });
        Costs {
            outputs: outputs.collect(),
            requests: before + plan.nodes.len() as u64,
            seconds: (tiles * each).max(points / DECODED / threads),
            memory: in_memory * most * (figures.record_bytes + figures.tile_bytes),
            metres_per_unit: metres_per_unit(selection),
            sizes,
            plan,
        }
    }

    /// A coarser resolution, in units of the dataset's coordinates. `None` unless the result is very large.
    #[must_use]
    pub fn suggestion(&self) -> Option<f64> {
        let is_large = self.plan.estimate > COMFORTABLE;
        is_large
            .then(|| self.plan.resolution_within(COMFORTABLE))
            .flatten()
    }

    /// The costs as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let depths = self.plan.depths.iter().map(|depth| {
            json!({
                "depth": depth.depth,
                "spacing": depth.spacing,
                "groundSpacing": self.metres_per_unit.map(|scale| depth.spacing * scale),
                "nodes": depth.nodes,
                "points": depth.points,
                "estimate": depth.estimate.round(),
            })
        });
        let outputs = self.outputs.iter();
        let outputs = outputs.map(|(name, size)| ((*name).to_owned(), size.round().into()));
        sorted_json(json!({
            "nodes": self.plan.nodes.len(),
            "points": self.plan.points,
            "estimate": self.plan.estimate.round(),
            "depths": depths.collect::<Vec<_>>(),
            "bytes": self.sizes.map(|sizes| sizes.bytes.round()),
            "bytesError": self.sizes.map(|sizes| sizes.error),
            "requests": self.requests,
            "seconds": self.seconds,
            "memory": self.memory.round(),
            "outputs": outputs.collect::<Map<_, Value>>(),
            "suggestedResolution": self.suggestion(),
        }))
    }
}

fn metres_per_unit(selection: &Selection) -> Option<f64> {
    let scale = selection.metres_per_unit().ok()?;
    Some(scale[0].max(scale[1]))
}

fn dimensions(selection: &Selection) -> usize {
    let schema = selection.frame().schema.len();
    let asked = selection.query().dimensions();
    asked.map_or(schema, <[String]>::len)
}

/// Size in bytes of a point according to the schema.
fn record_bytes(selection: &Selection) -> f64 {
    let frame = selection.frame();
    let sizes: usize = match selection.query().dimensions() {
        None => frame.schema.iter().map(|d| d.scalar.size()).sum(),
        Some(names) => {
            let known = names.iter().filter_map(|name| frame.dimension(name));
            known.map(|d| d.scalar.size()).sum()
        }
    };
    sizes as f64
}
