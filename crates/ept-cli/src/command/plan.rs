//! `ept plan`: what a query would read and write, and its work units.

use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use ept_job::{Costs, Losses, Pass, PictureModel, draw_plan, save_picture, units};
use ept_reader::{Crs, Cut, Selection};
use indicatif::HumanBytes;

use crate::args::{ReadArgs, SelectArgs, ThinArgs};
use crate::command::query::with_heights;
use crate::exit::Outcome;
use crate::losses;
use crate::numbers::{counted, grouped, rounded};
use crate::select;
use crate::terminal;
use crate::values::{Halo, count, halo, limit};
use crate::work_units;

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    #[command(flatten)]
    pub(crate) thin: ThinArgs,
    /// Print JSON
    #[arg(long, conflicts_with = "units")]
    pub(crate) json: bool,
    /// Also draw a map of the nodes, by depth, and of the area, as PNG to this file
    #[arg(long, value_name = "FILE", conflicts_with = "units")]
    pub(crate) picture: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) division: DivisionArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// How to divide the query into work units.
#[derive(Debug, Args)]
pub(crate) struct DivisionArgs {
    /// Divide the query into at most N work units, for `ept run`, and write them as lines of JSON. Each has about as many
    /// points; together they are the query, and none has points of another. With --on-error skip, the first has what of the
    /// hierarchy could not be read as its losses
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = count)]
    pub(crate) units: Option<NonZeroUsize>,
    /// Divide the area rather than the nodes, with points around each part as far as this: a number in units of the
    /// dataset's coordinates, or a length on the ground; 0 for none
    #[arg(long, value_name = "LENGTH", requires = "units", allow_hyphen_values = true, value_parser = halo)]
    pub(crate) halo: Option<Halo>,
    /// File for the units; standard output if absent or -
    #[arg(long, short, value_name = "FILE", requires = "units")]
    pub(crate) output: Option<PathBuf>,
    /// Coordinate system that units write coordinates in: an EPSG code such as EPSG:4326, WKT, or a PROJ string
    #[arg(long, value_name = "CRS", requires = "units", allow_hyphen_values = true, value_parser = Crs::parse)]
    pub(crate) out_crs: Option<Crs>,
    /// Add a dimension with this name: the number of the dataset that a point comes from, from 0
    #[arg(long, value_name = "NAME", requires = "units")]
    pub(crate) source_id: Option<String>,
    /// Add the dimension `HeightAboveGround`: the height above the cells of a GeoTIFF in the same coordinate system, as
    /// `ept query --hag=RASTER` does
    #[arg(long, value_name = "RASTER", num_args = 0..=1, require_equals = true, requires = "units")]
    pub(crate) hag: Option<Option<PathBuf>>,
    /// Only the first N points of the result. Tiles that may have points outside the area, or that a condition applies to,
    /// are read to find out which have them
    #[arg(long, value_name = "N", requires = "units", value_parser = limit)]
    pub(crate) limit: Option<u64>,
}

pub(crate) async fn run(args: &PlanArgs) -> Result<Outcome> {
    let selection = select::thinned(&args.select, &args.thin, &args.read).await?;
    if let Some(units) = args.division.units {
        return write_division(args, &selection, units).await;
    }
    let mut lost = Losses::new(args.read.on_error.0);
    let (plan, errors) = selection.plan().await?;
    for error in errors {
        lost.sort_out::<()>(Err(error))?;
    }
    let costs = Costs::of(&selection, plan).await;
    let mut out = terminal::out();
    if args.json {
        writeln!(out, "{:#}", costs.to_json())?;
    } else {
        write(&mut out, &costs)?;
    }
    if let Some(path) = &args.picture {
        let model = PictureModel {
            has_legend: true,
            ..PictureModel::default()
        };
        let drawn = draw_plan(&selection, &costs.plan.nodes, &lost, &model)?;
        save_picture(&drawn.picture, path)?;
    }
    losses::tell(&lost, args.read.quiet);
    if costs.plan.nodes.is_empty() && !args.read.quiet {
        select::tell_nothing(&selection, &lost, &[]);
    }
    Ok(losses::outcome(&lost))
}

/// Writes the work units of a selection.
async fn write_division(
    args: &PlanArgs,
    selection: &Selection,
    count: NonZeroUsize,
) -> Result<Outcome> {
    let division = &args.division;
    let mut query = selection.query().clone();
    if let Some(crs) = &division.out_crs {
        query = query.with_output_crs(crs.clone());
    }
    if let Some(name) = &division.source_id {
        query = query.with_source_id(name);
    }
    let selection = select::bind(selection.dataset(), &query, &args.read)?;
    let cut = match division.halo {
        Some(Halo(halo)) => Cut::by_area(count, halo),
        None => Cut::by_nodes(count),
    };
    let mut pass = Pass::new(selection, args.read.on_error.0);
    if let Some(points) = division.limit {
        pass = pass.with_limit(points);
    }
    if let Some(raster) = &division.hag {
        pass = with_heights(pass, raster.as_ref(), &[])?;
    }
    let units = units(&mut pass, &cut).await?;
    work_units::write(&units, division.output.as_deref(), args.read.quiet)?;
    losses::tell(pass.losses(), args.read.quiet);
    Ok(losses::outcome(pass.losses()))
}

/// Number of output sizes per line.
const OUTPUTS: usize = 3;

fn write(out: &mut impl Write, costs: &Costs) -> std::io::Result<()> {
    let scale = costs.metres_per_unit;
    writeln!(
        out,
        "depth {:>10} {:>17} {:>17} {:>12} {:>12}",
        "nodes", "points", "in the area", "spacing", "ground m"
    )?;
    for depth in &costs.plan.depths {
        let ground = known(scale.map_or(f64::NAN, |scale| depth.spacing * scale), 4);
        writeln!(
            out,
            "{:>5} {:>10} {:>17} {:>17} {:>12} {ground:>12}",
            depth.depth,
            grouped(depth.nodes),
            grouped(depth.points),
            grouped(depth.estimate.round() as u64),
            known(depth.spacing, 6),
        )?;
    }
    let nodes = counted(costs.plan.nodes.len() as u64, "node");
    let (most, about) = (
        grouped(costs.plan.points),
        grouped(costs.plan.estimate.round() as u64),
    );
    writeln!(
        out,
        "points    about {about} in the area, of {most} in {nodes}"
    )?;
    if let Some(thinned) = costs.thinned {
        let thinned = grouped(thinned.round() as u64);
        writeln!(out, "thinned   about {thinned} points are left")?;
    }
    match costs.sizes {
        None => writeln!(
            out,
            "download  unknown, since the store does not tell the sizes of tiles"
        )?,
        Some(sizes) => writeln!(
            out,
            "download  about {} (+- {} %, from the sizes of {})",
            HumanBytes(sizes.bytes as u64),
            rounded(sizes.error * 100.0, 2),
            counted(sizes.sampled as u64, "tile"),
        )?,
    }
    let seconds = rounded(costs.seconds, 2);
    writeln!(out, "requests  {}", grouped(costs.requests))?;
    writeln!(
        out,
        "time      {seconds} s or more, for latency and decoding"
    )?;
    writeln!(out, "memory    about {}", HumanBytes(costs.memory as u64))?;
    let outputs = costs.outputs.iter();
    let outputs = outputs.map(|(name, size)| format!("{name} {}", HumanBytes(*size as u64)));
    let outputs: Vec<String> = outputs.collect();
    for (at, outputs) in outputs.chunks(OUTPUTS).enumerate() {
        let head = if at == 0 { "output    about" } else { "" };
        writeln!(out, "{head:15} {}", outputs.join(", "))?;
    }
    if let Some(resolution) = costs.suggestion() {
        let most = grouped(Costs::COMFORTABLE as u64);
        writeln!(out, "for {most} points at most: --resolution {resolution}")?;
    }
    Ok(())
}

/// A number, or a dash if it is not known.
fn known(number: f64, decimals: i32) -> String {
    if number.is_nan() {
        "-".into()
    } else {
        rounded(number, decimals)
    }
}
