//! `ept plan`: what a query would read and write.

use std::io::Write;

use anyhow::Result;
use ept_reader::{Plan, Selection, TileSizes};
use indicatif::HumanBytes;
use serde_json::{Value, json};

use crate::args::PlanArgs;
use crate::exit::Outcome;
use crate::numbers::{counted, grouped, rounded};
use crate::select::{Losses, opened};

/// Points that a result should have at most before a coarser one is suggested.
const COMFORTABLE: f64 = 100e6;

/// Points that a core decodes in a second: laszip, as measured by `cargo xtask bench`; other encodings are faster.
const DECODED: f64 = 2.5e6;

/// Bytes of a point in each format, for laszip of about the tiles' own size and text of about nine characters a value.
const FORMATS: [(&str, Size); 5] = [
    ("laz", |figures| figures.tile_bytes),
    ("copc.laz", |figures| figures.tile_bytes),
    ("las", |figures| figures.record_bytes),
    ("parquet", |figures| figures.record_bytes),
    ("csv", |figures| figures.dimensions * 9.0),
];

type Size = fn(&Figures) -> f64;

/// What the estimates are made of, for a point.
struct Figures {
    tile_bytes: f64,
    record_bytes: f64,
    dimensions: f64,
}

/// A plan with what it costs.
struct Costs {
    plan: Plan,
    sizes: Option<TileSizes>,
    /// Requests for pages so far, and for tiles to come.
    requests: u64,
    seconds: f64,
    memory: f64,
    outputs: Vec<(&'static str, f64)>,
}

pub(crate) async fn run(args: &PlanArgs) -> Result<Outcome> {
    let selection = opened(&args.select, &args.read).await?;
    let mut losses = Losses::new(args.read.on_error);
    let (plan, errors) = selection.plan().await?;
    for error in errors {
        losses.sort_out::<()>(Err(error))?;
    }
    let costs = Costs::of(args, &selection, plan).await;
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{:#}", costs.to_json(&selection))?;
    } else {
        costs.write(&mut out, &selection)?;
    }
    losses.tell();
    Ok(match losses.is_empty() {
        true => Outcome::Complete,
        false => Outcome::Incomplete,
    })
}

impl Costs {
    async fn of(args: &PlanArgs, selection: &Selection, plan: Plan) -> Costs {
        let dataset = selection.dataset();
        let start = std::time::Instant::now();
        let before = dataset.traffic().requests;
        let sizes = match dataset.ept() {
            Ok(ept) => ept.tile_sizes(&plan.nodes).await,
            Err(_) => None,
        };
        // What sizes cost, tiles cost at least: the way there and back.
        let asked = (dataset.traffic().requests - before).max(1);
        let each = start.elapsed().as_secs_f64() / asked as f64;
        let tiles = plan.nodes.len() as f64;
        let threads = args
            .read
            .threads
            .map_or_else(cores, |threads| threads.get() as f64);
        let points = plan.points as f64;
        let figures = Figures {
            tile_bytes: sizes.map_or(0.0, |sizes| sizes.bytes / points.max(1.0)),
            record_bytes: record_bytes(selection),
            dimensions: dimensions(selection) as f64,
        };
        let most = plan.nodes.iter().map(|node| node.points).max().unwrap_or(0) as f64;
        let in_memory = (args.read.requests.get() as f64 + 2.0 * threads).min(tiles);
        let outputs = FORMATS.into_iter().filter_map(|(name, bytes)| {
            let size = plan.estimate * bytes(&figures);
            (size > 0.0).then_some((name, size))
        });
        Costs {
            outputs: outputs.collect(),
            requests: before + plan.nodes.len() as u64,
            seconds: (tiles * each).max(points / DECODED / threads),
            memory: in_memory * most * (figures.record_bytes + figures.tile_bytes),
            sizes,
            plan,
        }
    }

    fn to_json(&self, selection: &Selection) -> Value {
        let scale = ground(selection);
        let depths = self.plan.depths.iter().map(|depth| {
            json!({
                "depth": depth.depth,
                "spacing": depth.spacing,
                "groundSpacing": scale.map(|scale| depth.spacing * scale),
                "nodes": depth.nodes,
                "points": depth.points,
                "estimate": depth.estimate.round(),
            })
        });
        json!({
            "nodes": self.plan.nodes.len(),
            "points": self.plan.points,
            "estimate": self.plan.estimate.round(),
            "depths": depths.collect::<Vec<_>>(),
            "bytes": self.sizes.map(|sizes| sizes.bytes.round()),
            "bytesError": self.sizes.map(|sizes| sizes.error),
            "requests": self.requests,
            "seconds": self.seconds,
            "memory": self.memory.round(),
            "outputs": self.outputs.iter().map(|(name, size)| ((*name).to_owned(), size.round().into())).collect::<serde_json::Map<_, Value>>(),
            "suggestedResolution": self.suggestion(),
        })
    }

    fn write(&self, out: &mut impl Write, selection: &Selection) -> std::io::Result<()> {
        let scale = ground(selection);
        writeln!(
            out,
            "depth {:>12} {:>18} {:>18} {:>12} {:>12}",
            "nodes", "points", "in the area", "spacing", "ground m"
        )?;
        for depth in &self.plan.depths {
            let ground =
                scale.map_or_else(|| "-".into(), |scale| rounded(depth.spacing * scale, 4));
            writeln!(
                out,
                "{:>5} {:>12} {:>18} {:>18} {:>12} {ground:>12}",
                depth.depth,
                grouped(depth.nodes),
                grouped(depth.points),
                grouped(depth.estimate.round() as u64),
                rounded(depth.spacing, 6),
            )?;
        }
        let nodes = counted(self.plan.nodes.len() as u64, "node");
        let (most, about) = (
            grouped(self.plan.points),
            grouped(self.plan.estimate.round() as u64),
        );
        writeln!(
            out,
            "points    about {about} in the area, of {most} in {nodes}"
        )?;
        match self.sizes {
            None => writeln!(out, "download  the store does not tell the sizes of tiles")?,
            Some(sizes) => writeln!(
                out,
                "download  about {} (+- {} %, from the sizes of {})",
                HumanBytes(sizes.bytes as u64),
                rounded(sizes.error * 100.0, 2),
                counted(sizes.sampled as u64, "tile"),
            )?,
        }
        let seconds = rounded(self.seconds, 2);
        writeln!(out, "requests  {}", grouped(self.requests))?;
        writeln!(
            out,
            "time      {seconds} s or more, by the way to the tiles and their decoding"
        )?;
        writeln!(out, "memory    about {}", HumanBytes(self.memory as u64))?;
        let outputs = self.outputs.iter();
        let outputs = outputs.map(|(name, size)| format!("{name} {}", HumanBytes(*size as u64)));
        writeln!(
            out,
            "output    about {}",
            outputs.collect::<Vec<_>>().join(", ")
        )?;
        if let Some(resolution) = self.suggestion() {
            let most = grouped(COMFORTABLE as u64);
            writeln!(out, "for {most} points at most: --resolution {resolution}")?;
        }
        Ok(())
    }

    /// A coarser resolution, when the result is very large.
    fn suggestion(&self) -> Option<f64> {
        match self.plan.estimate > COMFORTABLE {
            true => self.plan.resolution_within(COMFORTABLE),
            false => None,
        }
    }
}

fn cores() -> f64 {
    std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64)
}

/// Metres on the ground of a unit, where they are known.
fn ground(selection: &Selection) -> Option<f64> {
    let scale = selection.metres_per_unit().ok()?;
    Some(scale[0].max(scale[1]))
}

fn dimensions(selection: &Selection) -> usize {
    let schema = selection.frame().schema.len();
    selection
        .query()
        .dimensions()
        .map_or(schema, <[String]>::len)
}

/// Bytes of a point by the schema.
fn record_bytes(selection: &Selection) -> f64 {
    let names = selection.query().dimensions();
    let is_wanted = |name: &str| {
        names.is_none_or(|names| names.iter().any(|other| other.eq_ignore_ascii_case(name)))
    };
    let schema = selection.frame().schema.iter();
    let sizes = schema
        .filter(|d| is_wanted(&d.name))
        .map(|d| d.scalar.size());
    sizes.sum::<usize>() as f64
}
