//! `ept chm`: heights of trees and buildings above the ground.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use ept_job::{RasterModel, Statistic, Terrain, first_returns, ground_points};

use crate::exit::Outcome;
use crate::raster::{RasterArgs, SurfaceArgs};

pub(crate) const EXAMPLES: &str = "\
Examples:
  ept chm DATASET -o canopy.tif
  ept chm DATASET --dtm dtm.tif -o canopy.tif
  ept chm 'tiles/*.laz' --resolution 50cm --fill window=2 -o canopy.tif

A cell has the height of the highest first return in it above the triangles between the points of the ground, or above
the cells of a terrain model. Withheld points and those of the classes 7 and 18 (noise) are left out. --fill fills pits between the trees.";

#[derive(Debug, Args)]
pub(crate) struct ChmArgs {
    #[command(flatten)]
    raster: RasterArgs,
    /// Classes of the points of the ground
    #[arg(
        long = "class",
        value_name = "N,N,..",
        value_delimiter = ',',
        default_value = "2"
    )]
    classes: Vec<u8>,
    /// Measure heights from the cells of this GeoTIFF instead, which is in the coordinate system of the result
    #[arg(long, value_name = "FILE", conflicts_with = "classes")]
    dtm: Option<PathBuf>,
    #[command(flatten)]
    surface: SurfaceArgs,
}

pub(crate) async fn run(args: &ChmArgs) -> Result<Outcome> {
    let surface = args.surface.of(Some(Statistic::Max))?;
    let ground = match &args.dtm {
        Some(path) => Terrain::Raster(path.clone()),
        None => Terrain::Points(ground_points(&args.classes)?),
    };
    let model = RasterModel {
        ground: Some(ground),
        ..args
            .surface
            .model(&args.raster, surface, first_returns()?)?
    };
    args.raster
        .run(&model, args.surface.hillshade.as_deref())
        .await
}
