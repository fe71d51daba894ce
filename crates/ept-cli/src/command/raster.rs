//! `ept raster`: statistics of any dimension.

use anyhow::Result;
use clap::Args;
use ept_job::{RasterModel, Reach, Statistic, Surface};

use crate::exit::Outcome;
use crate::raster::RasterArgs;

pub(crate) const EXAMPLES: &str = "\
Examples:
  ept raster DATASET --stat count,density -o density.tif
  ept raster DATASET --value Intensity --where 'ReturnNumber == 1' --stat mean -o intensity.tif
  ept raster 'tiles/*.laz' --stat min,max,mean,p95 --resolution 10m -o heights.tif

Each statistic is a band. Points on the left or bottom edge of a cell belong to it, those on the others to its neighbours.";

#[derive(Debug, Args)]
pub(crate) struct RasterCommandArgs {
    #[command(flatten)]
    raster: RasterArgs,
    /// Dimension whose values are shown
    #[arg(long, value_name = "NAME", default_value = "Z")]
    value: String,
    /// Statistics of the points of a cell: count, density (points per square metre), min, max, mean, stdev, median,
    /// percentiles such as p95, idw, and first and last by GPS time
    #[arg(
        long = "stat",
        value_name = "A,B,..",
        value_delimiter = ',',
        default_value = "mean"
    )]
    statistics: Vec<Statistic>,
    /// Which points count for a cell: those in it, or those within a radius of its centre, by default the diagonal of a
    /// cell as in PDAL
    #[arg(long, value_name = "cell|radius[=R]", default_value = "cell")]
    kernel: Reach,
}

pub(crate) async fn run(args: &RasterCommandArgs) -> Result<Outcome> {
    let surface = Surface::Statistics {
        reach: args.kernel,
        statistics: args.statistics.clone(),
    };
    let model = RasterModel {
        value: args.value.clone(),
        ..args.raster.model(surface)?
    };
    args.raster.run(&model, None).await
}
