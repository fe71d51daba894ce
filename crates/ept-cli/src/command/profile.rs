//! `ept profile`: points along a line.

use anyhow::Result;
use clap::Args;
use ept_job::{Pass, write_profile};
use ept_reader::{Crs, Edge, Filter, Length, Line, Query, Spacing, Swath};
use std::path::PathBuf;

use crate::args::{DatasetArgs, ReadArgs};
use crate::exit::Outcome;
use crate::losses;
use crate::numbers::{counted, rounded};
use crate::output::output;
use crate::progress::Bar;
use crate::select;
use crate::terminal::tell;
use crate::values::{depth, resolution};

#[derive(Debug, Args)]
pub(crate) struct ProfileArgs {
    #[command(flatten)]
    pub(crate) dataset: DatasetArgs,
    /// The line, as WKT: `LINESTRING (x y, x y, ..)`, in the dataset's coordinates or those of --crs
    #[arg(long, value_name = "WKT")]
    pub(crate) line: String,
    /// Width of the strip on the ground, half of it on each side of the line, such as 2m
    #[arg(long, value_name = "LENGTH")]
    pub(crate) width: Length,
    /// Coordinate system of the line: an EPSG code such as EPSG:4326, WKT, or a PROJ string; x or longitude comes first
    #[arg(long, value_name = "CRS", allow_hyphen_values = true, value_parser = Crs::parse)]
    pub(crate) crs: Option<Crs>,
    /// Read down to the depth with at most this spacing of points: a number in units of the dataset's coordinates, or a
    /// length on the ground such as 1m
    #[arg(long, value_name = "SPACING", allow_hyphen_values = true, value_parser = resolution)]
    pub(crate) resolution: Option<Spacing>,
    /// Read depths 0 to N of the octree
    #[arg(long, value_name = "N", conflicts_with = "resolution", allow_hyphen_values = true, value_parser = depth)]
    pub(crate) depth: Option<u32>,
    /// Only points that meet a condition, such as `Classification == 2`
    #[arg(long = "where", value_name = "CONDITION", allow_hyphen_values = true)]
    pub(crate) filter: Option<Filter>,
    /// Only these dimensions after distance and offset, in this order; the offset is positive to the left of the line,
    /// both are in metres
    #[arg(long, value_name = "A,B,..", value_delimiter = ',')]
    pub(crate) dims: Option<Vec<String>>,
    /// File to write, complete or not at all; its extension determines the format. CSV to standard output if absent or
    /// -; a terminal shows only the first rows if it is absent
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Decimals of floating-point values in CSV [default: as many as are needed to represent them exactly]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=17))]
    pub(crate) precision: Option<u8>,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

pub(crate) async fn run(args: &ProfileArgs) -> Result<Outcome> {
    let line: Line = args.line.parse()?;
    let output = output(args.output.as_deref(), None, args.precision)?;
    let dataset = select::dataset(&args.dataset, &[], &args.read, (&[], Edge::Closed)).await?;
    let swath = Swath::new(&line, args.crs.as_ref(), args.width, dataset.frame())?;
    let length = rounded(swath.length(), 3);
    let selection = select::bind(&dataset, &query(args, &swath)?, &args.read)?;
    let mut pass = Pass::new(selection, args.read.on_error.0);
    let dims = args.dims.as_deref().map(trimmed);
    let bar = Bar::new(args.read.quiet);
    let show = |progress: &_| bar.show(progress);
    let points = write_profile(&mut pass, swath, dims.as_deref(), output, show).await;
    bar.finish();
    losses::tell(pass.losses(), args.read.quiet);
    losses::remark(pass.remarks(), &args.read);
    let points = points?;
    if !args.read.quiet {
        let extent = select::extent(pass.selection(), &pass.found());
        tell!("{} along {length} m, of {extent}", counted(points, "point"));
        if points == 0 {
            select::tell_nothing(pass.selection(), pass.losses(), pass.remarks());
        }
    }
    Ok(losses::outcome(pass.losses()))
}

fn query(args: &ProfileArgs, swath: &Swath) -> Result<Query> {
    let mut query = Query::new().with_area(swath.area()?);
    if let Some(resolution) = args.resolution {
        query = query.with_resolution(resolution);
    }
    if let Some(depth) = args.depth {
        query = query.with_depth(depth);
    }
    if let Some(filter) = &args.filter {
        query = query.with_filter(filter.clone());
    }
    Ok(match &args.dims {
        // The swath needs the coordinates.
        Some(dims) => {
            let axes = ["X", "Y", "Z"].map(str::to_owned);
            query.with_dimensions(axes.into_iter().chain(trimmed(dims)))
        }
        None => query,
    })
}

fn trimmed(dims: &[String]) -> Vec<String> {
    dims.iter().map(|name| name.trim().to_owned()).collect()
}
