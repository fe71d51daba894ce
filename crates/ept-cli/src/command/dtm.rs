//! `ept dtm`: a model of the terrain.

use anyhow::Result;
use clap::{Args, ValueEnum};
use ept_job::{RasterModel, Statistic, ground_points, last_returns};

use crate::exit::Outcome;
use crate::raster::{RasterArgs, SurfaceArgs};

pub(crate) const EXAMPLES: &str = "\
Examples:
  ept dtm DATASET -o dtm.tif
  ept dtm DATASET --bounds 635700,849000,636000,849500 --resolution 50cm -o dtm.tif --mask mask.tif
  ept dtm 'tiles/*.laz' --polygon field.geojson --outlier k=8,m=3 -o dtm.tif --hillshade shade.png
  ept dtm DATASET --method min --kernel radius -o as-pdal.tif

Withheld points, and points of the classes 7 and 18 (noise), are left out unless --class names them. Cells lie on
multiples of the resolution, so that the models of neighbouring areas fit together; each cell has the same value in all of
them.";

/// How a model of the terrain is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Method {
    /// Triangles between the points (Delaunay)
    Tin,
    /// Lowest point
    Min,
    /// Mean of the points
    Mean,
    /// Mean, weighted by the inverse distance from the cell's centre
    Idw,
    /// Median of the points
    Median,
}

/// How points of the ground are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Ground {
    /// Simple morphological filter
    Smrf,
}

#[derive(Debug, Args)]
pub(crate) struct DtmArgs {
    #[command(flatten)]
    raster: RasterArgs,
    /// How the points near a cell become its height
    #[arg(long, value_enum, default_value = "tin")]
    method: Method,
    /// Classes of the points of the ground
    #[arg(
        long = "class",
        value_name = "N,N,..",
        value_delimiter = ',',
        default_value = "2"
    )]
    classes: Vec<u8>,
    /// Find the ground by the shape of the surface instead, for data without classes: SMRF, as PDAL's `filters.smrf`. Heights
    /// are in the unit of the vertical system or, if it does not name one, of x and y
    #[arg(long, value_enum, value_name = "METHOD", conflicts_with = "classes")]
    ground: Option<Ground>,
    #[command(flatten)]
    surface: SurfaceArgs,
}

pub(crate) async fn run(args: &DtmArgs) -> Result<Outcome> {
    let statistic = match args.method {
        Method::Tin => None,
        Method::Min => Some(Statistic::Min),
        Method::Mean => Some(Statistic::Mean),
        Method::Idw => Some(Statistic::Idw { power: 1.0 }),
        Method::Median => Some(Statistic::Median),
    };
    let surface = args.surface.of(statistic)?;
    let uses = match args.ground {
        Some(Ground::Smrf) => last_returns()?,
        None => ground_points(&args.classes)?,
    };
    let model = RasterModel {
        finds_ground: args.ground.is_some(),
        ..args.surface.model(&args.raster, surface, uses)?
    };
    args.raster
        .run(&model, args.surface.hillshade.as_deref())
        .await
}
