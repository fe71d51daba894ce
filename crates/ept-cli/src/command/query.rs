//! `ept query`: writes points to a file.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use ept_job::{
    Format, HeightAboveGround, Output, Pass, Report, Terrain, file_names, ground_points,
    write_areas, write_points,
};
use ept_reader::{Crs, Length, Query, Selection};
use indicatif::HumanBytes;

use crate::area;
use crate::args::{ReadArgs, SelectArgs, ThinArgs};
use crate::choice::Choice;
use crate::credits;
use crate::exit::{Outcome, WrongUsage};
use crate::losses;
use crate::numbers::{counted, rounded};
use crate::output::{output, wrong};
use crate::progress::Bar;
use crate::select;
use crate::terminal::{self, tell};
use crate::values::limit;

pub(crate) const EXAMPLES: &str = "\
Examples:
  ept query DATASET -o all.laz
  ept query DATASET -o all.copc.laz
  ept query DATASET --bounds 635700,849000,636000,849500 -o area.laz
  ept query DATASET --bounds '([635700,636000],[849000,849500],[400,450])' -o box.las
  ept query https://example.com/set/ept.json?token=abc --resolution 2 -o coarse.laz
  ept query DATASET --bounds=-123.075,44.05,-123.070,44.055 --crs EPSG:4326 --resolution 1m -o area.laz
  ept query DATASET --polygon field.geojson --buffer 20m --where 'Classification == 2' -o ground.laz
  ept query DATASET --polygon plots.geojson --each plot -o 'plots/{plot}.laz'
  ept query DATASET --hag --where 'HeightAboveGround > 2 and HeightAboveGround < 30' -o trees.laz
  ept query DATASET --hag=dtm.tif -o heights.laz
  ept query DATASET --depth 2 --dims X,Y,Z,Intensity | head
  ept query DATASET --resolution 1 -o points.parquet

The result contains the points of depths 0 to N of the octree. A resolution selects the least N whose spacing is
at most the given one: points are at least that dense, as far as the data are.";

#[derive(Debug, Args)]
pub(crate) struct QueryArgs {
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    /// File to write, complete or not at all; standard output if absent or -. A terminal shows only the first rows if it
    /// is absent
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write a file for each feature of the GeoJSON of --polygon, in one pass; features are named by this property,
    /// which is in braces in the name of the file: `--each plot -o 'plots/{plot}.laz'`
    #[arg(
        long,
        value_name = "PROPERTY",
        requires_all = ["polygon", "output"],
        conflicts_with_all = ["max_points", "thin", "thin_3d", "limit"]
    )]
    pub(crate) each: Option<String>,
    /// Do not overwrite an existing file
    #[arg(long)]
    pub(crate) no_clobber: bool,
    /// Format of the output [default: by the file's extension; csv on standard output]
    #[arg(long, short, value_name = "FORMAT")]
    pub(crate) format: Option<Choice<Format>>,
    /// Write coordinates in this system: an EPSG code such as EPSG:4326, WKT, or a PROJ string
    #[arg(long, value_name = "CRS", allow_hyphen_values = true, value_parser = Crs::parse)]
    pub(crate) out_crs: Option<Crs>,
    #[command(flatten)]
    pub(crate) thin: ThinArgs,
    /// Add the dimension `HeightAboveGround`: the height above the triangles between the points of the ground, in and around
    /// the area, or above the cells of a GeoTIFF in the same coordinate system. --dims and --where can name it
    #[arg(long, value_name = "RASTER", num_args = 0..=1, require_equals = true)]
    pub(crate) hag: Option<Option<PathBuf>>,
    /// Classes of the points of the ground, for --hag without a raster [default: 2]
    #[arg(
        long = "class",
        value_name = "N,N,..",
        value_delimiter = ',',
        requires = "hag"
    )]
    pub(crate) classes: Vec<u8>,
    /// Decimals of floating-point values in CSV, such as coordinates [default: as many as are needed to represent them
    /// exactly]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=17))]
    pub(crate) precision: Option<u8>,
    /// Do not ask before reading more than a billion points
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Only the first N points of the result; reads no further than it takes to have them
    #[arg(long, value_name = "N", value_parser = limit)]
    pub(crate) limit: Option<u64>,
    /// Write a report of what was read and lost to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Add a dimension with this name: the number of the dataset that a point comes from, from 0
    #[arg(long, value_name = "NAME")]
    pub(crate) source_id: Option<String>,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

pub(crate) async fn run(args: &QueryArgs) -> Result<Outcome> {
    if let Some(property) = &args.each {
        return run_each(args, property).await;
    }
    check_clobber(args, args.output.as_deref())?;
    let output = output_of(args, args.output.as_deref())?;
    let name = output.name();
    let mut pass = pass(selection(args).await?, args)?;
    if let Some(points) = args.limit {
        pass = pass.with_limit(points);
    }
    consent(args, &mut pass).await?;
    tell_octree(args, &output, &pass);
    let bar = Bar::new(args.read.quiet);
    let written = write_points(&mut pass, output, |progress| bar.show(progress)).await;
    bar.finish();
    end(
        args,
        &Report::new(&pass, written.as_ref().copied()),
        &pass,
        &name,
    )?;
    written
        .map(|_| losses::outcome(pass.losses()))
        .map_err(Into::into)
}

/// A pass over the selection, with heights above the ground if they are asked for.
fn pass(selection: Selection, args: &QueryArgs) -> Result<Pass> {
    let pass = Pass::new(selection, args.read.on_error.0);
    match &args.hag {
        None => Ok(pass),
        Some(raster) => with_heights(pass, raster.as_ref(), &args.classes),
    }
}

/// The same pass with heights above a raster, or above the ground of some classes.
pub(crate) fn with_heights(pass: Pass, raster: Option<&PathBuf>, classes: &[u8]) -> Result<Pass> {
    let ground = match (raster, classes) {
        (None, []) => Terrain::Points(ground_points(&[2])?),
        (None, classes) => Terrain::Points(ground_points(classes)?),
        (Some(path), []) => Terrain::Raster(path.clone()),
        (Some(_), _) => {
            let problem = "--class is for heights above points, not for those above a raster";
            return Err(WrongUsage(problem.into()).into());
        }
    };
    let heights = HeightAboveGround {
        ground,
        max_edge: Length::from_metres(MAX_EDGE),
    };
    pass.with_heights(heights)
        .map_err(|problem| wrong(problem).into())
}

/// Longest edge of triangles of the ground in metres, as for rasters.
const MAX_EDGE: f64 = 50.0;

/// Writes a file for each feature.
async fn run_each(args: &QueryArgs, property: &str) -> Result<Outcome> {
    let mut each = area::each(&args.select.points.area, property)?;
    let names = std::mem::take(&mut each.names);
    let template = args.output.as_deref().unwrap_or(Path::new("-"));
    let format = output_of(args, Some(template))?.format();
    let files = file_names(&template.to_string_lossy(), property, &names).map_err(wrong)?;
    let outputs = files.iter().map(|file| {
        check_clobber(args, Some(file))?;
        output(Some(file), Some(format), args.precision)
    });
    let outputs = outputs.collect::<Result<Vec<_>>>()?;
    let (dataset, query) = select::each(&args.select, &args.read, each).await?;
    let selection = select::bind(&dataset, &with_flags(query, args), &args.read)?;
    let mut pass = pass(selection, args)?;
    consent(args, &mut pass).await?;
    if let Some(output) = outputs.first() {
        tell_octree(args, output, &pass);
    }
    let bar = Bar::new(args.read.quiet);
    let written = write_areas(&mut pass, outputs, |progress| bar.show(progress)).await;
    bar.finish();
    let (points, failed) = match written {
        Ok(points) => (points, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let written = failed.map_or_else(|| Ok(points.iter().sum()), Err);
    let areas = names.iter().zip(&files).zip(points);
    let areas = areas.map(|((name, file), points)| (&**name, &**file, points));
    let report = Report::new(&pass, written.as_ref().copied()).with_areas(areas);
    let name = format!(
        "{} as {}",
        counted(files.len() as u64, "file"),
        template.display()
    );
    end(args, &report, &pass, &name)?;
    written
        .map(|_| losses::outcome(pass.losses()))
        .map_err(Into::into)
}

/// The output given by the flags, a file or standard output.
fn output_of(args: &QueryArgs, path: Option<&Path>) -> Result<Output> {
    output(path, args.format.map(|format| format.0), args.precision)
}

fn check_clobber(args: &QueryArgs, path: Option<&Path>) -> Result<()> {
    let existing = path.filter(|path| args.no_clobber && path.exists());
    existing.map_or(Ok(()), |path| {
        let path = path.display();
        bail!("{path} already exists, and --no-clobber was given")
    })
}

fn tell_octree(args: &QueryArgs, output: &Output, pass: &Pass) {
    let reason = output.rebuilds_octree(pass.selection());
    if let Some(reason) = reason.filter(|_| !args.read.quiet) {
        tell!("{reason}, so the octree is rebuilt for COPC");
    }
}

/// Reports everything besides the points.
fn end(args: &QueryArgs, report: &Report<'_>, pass: &Pass, output: &str) -> Result<()> {
    if let Some(path) = &args.report {
        write_report(path, report)?;
    }
    losses::tell(pass.losses(), args.read.quiet);
    losses::remark(pass.remarks(), &args.read);
    if let Some(written) = report.points().filter(|_| !args.read.quiet) {
        summarize(pass, written, output);
    }
    Ok(())
}

async fn selection(args: &QueryArgs) -> Result<Selection> {
    let select = &args.select;
    let areas = area::areas(&select.points.area)?;
    let reach = (&areas[..], select.points.area.edge.0);
    let dataset = select::dataset(
        &select.points.dataset,
        &select.points.addons,
        &args.read,
        reach,
    )
    .await?;
    let query = with_flags(select::query(select, areas, &dataset).await?, args);
    select::bind(&dataset, &query, &args.read)
}

/// The query with the flags of this command.
fn with_flags(mut query: Query, args: &QueryArgs) -> Query {
    if let Some(crs) = &args.out_crs {
        query = query.with_output_crs(crs.clone());
    }
    if let Some(name) = &args.source_id {
        query = query.with_source_id(name);
    }
    args.thin.applied(query)
}

/// Number of points that are not read without consent: at some millions per second, it takes minutes.
const MANY: u64 = 1_000_000_000;

/// Asks before reading very many points, if standard error is a terminal.
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
    let advice = "see `ept plan`, use a coarser --resolution or --max-points, or give --yes";
    if !std::io::stdin().is_terminal() || !terminal::is_watched() {
        return Err(WrongUsage(format!("{text}: {advice}")).into());
    }
    terminal::write_to_error(format_args!("{text} ({advice}). Continue? [y/N] "));
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
    credits::tell(pass.selection().dataset());
    if written == 0 {
        select::tell_nothing(pass.selection(), pass.losses(), pass.remarks());
    }
}
