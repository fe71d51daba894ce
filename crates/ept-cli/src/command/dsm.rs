//! `ept dsm`: a model of the surface, with trees and buildings.

use anyhow::Result;
use clap::{Args, ValueEnum};
use ept_job::{Duplicates, RasterModel, Statistic, first_returns};

use crate::exit::Outcome;
use crate::raster::{RasterArgs, SurfaceArgs};

pub(crate) const EXAMPLES: &str = "\
Examples:
  ept dsm DATASET -o dsm.tif
  ept dsm 'tiles/*.laz' --resolution 50cm --method tin -o dsm.tif --hillshade shade.png

First returns are used, except withheld points and those of the classes 7 and 18 (noise).";

/// How a model of the surface is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Method {
    /// Highest point
    Max,
    /// Triangles between the points (Delaunay)
    Tin,
    /// Mean of the points
    Mean,
    /// Mean, weighted by the inverse distance from the cell's centre
    Idw,
    /// Median of the points
    Median,
}

#[derive(Debug, Args)]
pub(crate) struct DsmArgs {
    #[command(flatten)]
    raster: RasterArgs,
    /// How the points near a cell become its height
    #[arg(long, value_enum, default_value = "max")]
    method: Method,
    #[command(flatten)]
    surface: SurfaceArgs,
}

pub(crate) async fn run(args: &DsmArgs) -> Result<Outcome> {
    let statistic = match args.method {
        Method::Tin => None,
        Method::Max => Some(Statistic::Max),
        Method::Mean => Some(Statistic::Mean),
        Method::Idw => Some(Statistic::Idw { power: 1.0 }),
        Method::Median => Some(Statistic::Median),
    };
    let surface = args.surface.of(statistic)?;
    let model = RasterModel {
        duplicates: Duplicates::Highest,
        ..args
            .surface
            .model(&args.raster, surface, first_returns()?)?
    };
    args.raster
        .run(&model, args.surface.hillshade.as_deref())
        .await
}
