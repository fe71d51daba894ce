//! `ept hillshade`: a terrain model in light and shadow.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use ept_job::{Light, Relief, write_hillshade};

use crate::exit::Outcome;

pub(crate) const EXAMPLES: &str = "\
Examples:
  ept hillshade dtm.tif -o dtm.png
  ept hillshade dtm.tif --multidirectional --z-factor 2 -o shade.tif";

#[derive(Debug, Args)]
pub(crate) struct HillshadeArgs {
    /// GeoTIFF with heights
    #[arg(value_name = "RASTER")]
    input: PathBuf,
    /// File to write: a picture with a world file if it is a .png, else a GeoTIFF
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Direction that the light comes from, in degrees clockwise from north
    #[arg(
        long,
        value_name = "DEGREES",
        default_value = "315",
        allow_hyphen_values = true
    )]
    azimuth: f64,
    /// Height of the light above the horizon, in degrees
    #[arg(long, value_name = "DEGREES", default_value = "45")]
    altitude: f64,
    /// Light from four directions at once
    #[arg(long, conflicts_with = "azimuth")]
    multidirectional: bool,
    /// Exaggerate heights by this factor
    #[arg(long, value_name = "FACTOR", default_value = "1")]
    z_factor: f64,
}

pub(crate) fn run(args: &HillshadeArgs) -> Result<Outcome> {
    let altitude = args.altitude;
    let light = if args.multidirectional {
        Light::Multidirectional { altitude }
    } else {
        let azimuth = args.azimuth;
        Light::Single { azimuth, altitude }
    };
    let relief = Relief {
        light,
        factor: args.z_factor,
    };
    write_hillshade(&args.input, &args.output, relief)?;
    Ok(Outcome::Complete)
}
