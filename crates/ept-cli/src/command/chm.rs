//! `ept chm`: heights of trees and buildings above the ground.

use anyhow::Result;
use clap::Args;
use ept_job::{RasterModel, Statistic};
use ept_reader::Filter;

use crate::exit::Outcome;
use crate::raster::{FIRST, RasterArgs, SurfaceArgs, ground};

pub(crate) const EXAMPLES: &str = "\
Examples:
  ept chm DATASET -o canopy.tif
  ept chm 'tiles/*.laz' --resolution 50cm --fill window=2 -o canopy.tif

A cell has the height of the highest first return in it above the triangles between the points of the ground. Withheld
points and those of the classes 7 and 18 (noise) are left out. --fill fills pits between the trees.";

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
    #[command(flatten)]
    surface: SurfaceArgs,
}

pub(crate) async fn run(args: &ChmArgs) -> Result<Outcome> {
    let surface = args.surface.of(Some(Statistic::Max))?;
    let model = RasterModel {
        ground: Some(Filter::parse(&ground(&args.classes))?),
        ..args.surface.model(&args.raster, surface, FIRST)?
    };
    args.raster
        .run(&model, args.surface.hillshade.as_deref())
        .await
}
