//! `ept tiles`: the files of a tile index that intersect an area.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use ept_job::Tiles;
use ept_reader::{Area, Engine, Miss};

use crate::area;
use crate::args::{AreaArgs, ConnectionArgs, IndexArgs};
use crate::exit::Outcome;
use crate::numbers::{counted, grouped};
use crate::select;
use crate::terminal::{self, tell};
use crate::values::folder;

pub(crate) const NOTES: &str = "\
Examples:
  ept tiles survey_TileIndex.zip --polygon catchment.geojson
  ept tiles https://example.com/survey.vpc --bounds 500000,4650000,500800,4650800 --json
  ept tiles tiles.geojson --url-template '{Sheet}/{Name}.laz' --base https://example.com/laz

Without an area, all files are listed. The location is in a field called url, location, href or similar, or in one with
names of files, unless --url-field or --url-template is given.

Exit codes: 0 complete, 1 failed, 2 wrong usage, 3 done but the index has further pages or entries without a location.";

#[derive(Debug, Args)]
pub(crate) struct TilesArgs {
    /// Path or URL of the index: shapefile (.shp, or zipped), GeoJSON, STAC item or collection of items, VPC, CSV, or
    /// list of URLs or paths. URLs are http(s)://, s3://, gs:// or az://
    #[arg(value_name = "INDEX")]
    pub(crate) location: String,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    #[command(flatten)]
    pub(crate) area: AreaArgs,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print GeoJSON, with boxes in longitude and latitude
    #[arg(long, conflicts_with = "json")]
    pub(crate) geojson: bool,
    /// Folder with grids of datum shifts, as distributed by PROJ; by default, no grids are used
    #[arg(long, value_name = "FOLDER", value_parser = folder)]
    pub(crate) grids: Option<PathBuf>,
    /// No summary and no warnings
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

pub(crate) async fn run(args: &TilesArgs) -> Result<Outcome> {
    select::use_grids(args.grids.as_deref());
    let (reading, areas) = (select::reading(&args.index)?, area::areas(&args.area)?);
    let engine = Engine::new(&select::options(&args.connection));
    let tiles = Tiles::find(&args.location, &reading, &areas, args.area.edge.0, &engine).await?;
    let index = tiles.index();
    let mut out = BufWriter::new(terminal::out());
    if args.json {
        writeln!(out, "{:#}", tiles.to_json())?;
    } else if args.geojson {
        out.write_all(&index.to_geojson("")?)?;
    } else {
        for row in &index.rows {
            writeln!(out, "{}", row.location)?;
        }
    }
    out.flush()?;
    if !args.quiet {
        summarize(&tiles, &areas);
    }
    let is_complete = index.next.is_none() && index.unlocated.is_empty();
    Ok(if is_complete {
        Outcome::Complete
    } else {
        Outcome::Incomplete
    })
}

/// Reports everything besides the list.
fn summarize(tiles: &Tiles, areas: &[Area]) {
    let index = tiles.index();
    let found = grouped(index.rows.len() as u64);
    let points = tiles.points().filter(|_| !index.rows.is_empty());
    let points = points.map_or_else(String::new, |n| format!(", {}", counted(n, "point")));
    tell!("{found} of {}{points}", counted(tiles.total(), "tile"));
    if index.rows.is_empty() {
        tell!("nothing found: {}", why_nothing(tiles, areas));
    }
    if tiles.boxless() > 0 {
        let rows = counted(tiles.boxless(), "tile");
        tell!("warning: the index has no box for {rows} of these, which may be outside the area");
    }
    if !index.unlocated.is_empty() {
        let rows = counted(index.unlocated.len() as u64, "entry without a location");
        let first: Vec<String> = index.unlocated.iter().take(5).map(u64::to_string).collect();
        tell!(
            "incomplete: {rows} left out, for example number {}",
            first.join(", ")
        );
    }
    if let Some(next) = &index.next {
        tell!("incomplete: the index continues at {next}");
    }
}

/// Why the areas meet no tile.
pub(super) fn why_nothing(tiles: &Tiles, areas: &[Area]) -> String {
    let Some(bounds) = tiles.bounds() else {
        return "the index lists no tiles".into();
    };
    let crs = tiles.index().crs.as_ref();
    let miss = Miss::new(areas, &bounds, crs);
    let crs = crs.map_or_else(String::new, |crs| format!(" ({crs})"));
    format!(
        "no tile intersects the area; the bounds of all tiles are {},{},{},{}{crs}{miss}",
        bounds.min()[0],
        bounds.min()[1],
        bounds.max()[0],
        bounds.max()[1],
    )
}
