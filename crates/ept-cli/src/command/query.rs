//! `ept query`: points to a file.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use ept_job::{Format, Pass, Report, write_points};
use ept_reader::{Crs, Query, Selection, Spacing, Thin};
use indicatif::HumanBytes;

use crate::area;
use crate::args::{ReadArgs, SelectArgs};
use crate::choice::Choice;
use crate::exit::{Outcome, WrongUsage};
use crate::losses;
use crate::numbers::{counted, rounded};
use crate::output::output;
use crate::progress::Bar;
use crate::select;
use crate::terminal::{self, tell};
use crate::values::resolution;

pub(crate) const EXAMPLES: &str = "\
Examples:
  ept query DATASET -o all.laz
  ept query DATASET -o all.copc.laz
  ept query DATASET --bounds 635700,849000,636000,849500 -o area.laz
  ept query DATASET --bounds '([635700,636000],[849000,849500],[400,450])' -o box.las
  ept query https://example.com/set/ept.json?token=abc --resolution 2 -o coarse.laz
  ept query DATASET --bounds=-123.075,44.05,-123.070,44.055 --crs EPSG:4326 --resolution 1m -o area.laz
  ept query DATASET --polygon field.geojson --buffer 20m --where 'Classification == 2' -o ground.laz
  ept query DATASET --depth 2 --dims X,Y,Z,Intensity | head
  ept query DATASET --resolution 1 -o points.parquet

The points of depths 0 to N of the octree together are the result. A resolution selects the least such N
whose spacing is at most the given one: points are at least that dense, where the data are.";

#[derive(Debug, Args)]
pub(crate) struct QueryArgs {
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    /// File to write, whole or not at all; standard output when absent or -
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Do not write over a file that is there
    #[arg(long)]
    pub(crate) no_clobber: bool,
    /// Format of the output [default: by the file's extension; csv on standard output]
    #[arg(long, short, value_name = "FORMAT")]
    pub(crate) format: Option<Choice<Format>>,
    /// Write coordinates in this system: an EPSG code such as EPSG:4326, WKT, or a PROJ string
    #[arg(long, value_name = "CRS", allow_hyphen_values = true, value_parser = Crs::parse)]
    pub(crate) out_crs: Option<Crs>,
    /// Keep one point for each square of this size, the one nearest to its centre: a number in units of the dataset's
    /// coordinates, or a length on the ground such as 1m
    #[arg(long, value_name = "SIZE", allow_hyphen_values = true, value_parser = resolution)]
    pub(crate) thin: Option<Spacing>,
    /// The same with cubes
    #[arg(long, value_name = "SIZE", allow_hyphen_values = true, value_parser = resolution, conflicts_with = "thin")]
    pub(crate) thin_3d: Option<Spacing>,
    /// Decimals of floating-point values in CSV, such as coordinates [default: as many as say them exactly]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=17))]
    pub(crate) precision: Option<u8>,
    /// Do not ask before a query that reads more than a billion points
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Write what was read and what was lost to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Add a dimension of this name with the number of the dataset that a point comes from, from 0
    #[arg(long, value_name = "NAME")]
    pub(crate) source_id: Option<String>,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

pub(crate) async fn run(args: &QueryArgs) -> Result<Outcome> {
    if let Some(path) = args
        .output
        .as_ref()
        .filter(|path| args.no_clobber && path.exists())
    {
        bail!(
            "{} is there already, and --no-clobber says to leave it",
            path.display()
        );
    }
    let format = args.format.map(|format| format.0);
    let output = output(args.output.as_deref(), format, args.precision)?;
    let name = output.name();
    let mut pass = Pass::new(selection(args).await?, args.read.on_error.0);
    consent(args, &mut pass).await?;
    if let Some(reason) = output.rebuilds_octree(pass.selection())
        && !args.read.quiet
    {
        tell!("{reason}, so the octree is rebuilt for COPC");
    }
    let bar = Bar::new(args.read.quiet);
    let written = write_points(&mut pass, output, |progress| bar.show(progress)).await;
    bar.finish();
    if let Some(path) = &args.report {
        write_report(path, &Report::new(&pass, &written))?;
    }
    losses::tell(pass.losses());
    losses::remark(pass.remarks(), &args.read);
    let written = written?;
    if !args.read.quiet {
        summarize(&pass, written, &name);
    }
    Ok(losses::outcome(pass.losses()))
}

async fn selection(args: &QueryArgs) -> Result<Selection> {
    let select = &args.select;
    let areas = area::areas(&select.area)?;
    let reach = (&areas[..], select.area.edge.0);
    let dataset = select::dataset(&select.dataset, &select.addons, &args.read, reach).await?;
    let query = with_flags(select::query(select, areas, &dataset).await?, args);
    select::bind(&dataset, &query, &args.read)
}

/// The query with what only this command asks for.
fn with_flags(mut query: Query, args: &QueryArgs) -> Query {
    if let Some(crs) = &args.out_crs {
        query = query.with_output_crs(crs.clone());
    }
    if let Some(name) = &args.source_id {
        query = query.with_source_id(name);
    }
    if let Some(edge) = args.thin {
        query = query.with_thin(Thin::squares(edge));
    }
    if let Some(edge) = args.thin_3d {
        query = query.with_thin(Thin::cubes(edge));
    }
    query
}

/// Points that nobody reads without having said so: at some millions a second, the work of minutes.
const MANY: u64 = 1_000_000_000;

/// Asks before very many points are read, where somebody can answer.
async fn consent(args: &QueryArgs, pass: &mut Pass) -> Result<()> {
    if args.yes || args.select.max_points.is_some() {
        return Ok(());
    }
    let found = pass.look_ahead(MANY).await?;
    if found.points <= MANY {
        return Ok(());
    }
    let (points, nodes) = (counted(found.points, "point"), counted(found.nodes, "tile"));
    let text = format!("this reads at least {points} in {nodes}");
    let advice = "see `ept plan`, give a coarser --resolution or --max-points, or say --yes";
    if !std::io::stdin().is_terminal() || !terminal::is_watched() {
        return Err(WrongUsage(format!("{text}: {advice}")).into());
    }
    terminal::write_to_error(format_args!("{text} ({advice}). Go on? [y/N] "));
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => bail!("nothing was read"),
    }
}

fn write_report(path: &Path, report: &Report<'_>) -> Result<()> {
    let text = format!("{:#}\n", report.to_json());
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn summarize(pass: &Pass, written: u64, output: &str) {
    let engine = pass.selection().dataset().engine();
    let traffic = engine.traffic();
    tell!(
        "{} of {}, to {output}; read {} in {}, {} s",
        counted(written, "point"),
        select::extent(pass.selection(), &pass.found()),
        HumanBytes(traffic.bytes),
        counted(traffic.requests, "request"),
        rounded(engine.elapsed().as_secs_f64(), 3),
    );
    if written == 0 {
        select::tell_nothing(pass.selection(), pass.losses(), pass.remarks());
    }
}
