//! Costs of a query.

use std::time::Instant;

use ept_reader::{DataType, Plan, Selection, TileSizes};
use serde_json::{Map, Value, json};

use crate::sizes::{PointSizes, TileKind, Tiles};
use crate::sorted_json;
use crate::thinned::thinned;

/// A plan with its costs.
#[derive(Debug, Clone)]
pub struct Costs {
    /// What is read.
    pub plan: Plan,
    /// Points that are left of the estimate by thinning, at most about. `None` if the query does not thin.
    pub thinned: Option<f64>,
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
        let record_bytes = record_bytes(selection);
        let kind = tile_kind(selection);
        let tile_bytes = sizes.map(|sizes| sizes.bytes / points.max(1.0));
        let point_sizes = PointSizes::new(
            selection.frame(),
            selection.query().dimensions(),
            Tiles {
                bytes: tile_bytes.unwrap_or_else(|| usual_bytes(kind, record_bytes)),
                nodes: tiles / points.max(1.0),
                kind,
            },
        );
        let thinned = thinned(selection, &plan);
        let result = thinned.unwrap_or(plan.estimate);
        let most = plan.nodes.iter().map(|node| node.points).max().unwrap_or(0) as f64;
        let in_memory = (limits.requests.get() as f64 + 2.0 * threads).min(tiles);
        let outputs = point_sizes.formats().into_iter();
        let outputs = outputs.map(|(name, bytes)| (name, result * bytes));
        Costs {
            outputs: outputs.filter(|(_, size)| *size > 0.0).collect(),
            thinned,
            requests: before + plan.nodes.len() as u64,
            seconds: (tiles * each).max(points / DECODED / threads),
            memory: in_memory * most * (record_bytes + tile_bytes.unwrap_or(0.0)),
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
            "thinned": self.thinned.map(f64::round),
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

/// How the points of most sources are stored: by the first.
fn tile_kind(selection: &Selection) -> TileKind {
    let dataset = selection.dataset();
    match (dataset.ept(), dataset.header()) {
        (Ok(ept), _) => match ept.metadata().data_type() {
            DataType::Laszip => TileKind::Laz,
            DataType::Zstandard => TileKind::Zstandard,
            DataType::Binary => TileKind::Plain,
        },
        (_, Some(header)) if !header.is_compressed => TileKind::Plain,
        _ => TileKind::Chunks,
    }
}

/// Bytes of a stored point where no store tells the size of tiles.
fn usual_bytes(kind: TileKind, record_bytes: f64) -> f64 {
    match kind {
        TileKind::Laz | TileKind::Chunks => record_bytes * 0.2,
        TileKind::Zstandard => record_bytes * 0.4,
        TileKind::Plain => record_bytes,
    }
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
