//! `ept tiles`: the files of a tile index that an area meets.

use std::io::{BufWriter, Write};

use anyhow::Result;
use ept_job::Tiles;
use ept_reader::{Area, Engine};

use crate::area;
use crate::args::TilesArgs;
use crate::exit::Outcome;
use crate::numbers::{counted, grouped};
use crate::select;
use crate::terminal::{self, tell};

pub(crate) async fn run(args: &TilesArgs) -> Result<Outcome> {
    if let Some(folder) = &args.grids {
        ept_crs::set_grids(Some(folder));
    }
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

/// What the list itself does not tell.
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
        tell!("warning: the index does not tell where {rows} of these are; the area may miss them");
    }
    if !index.unlocated.is_empty() {
        let rows = counted(index.unlocated.len() as u64, "entry without a location");
        let first: Vec<String> = index.unlocated.iter().take(5).map(u64::to_string).collect();
        tell!(
            "incomplete: {rows} left out, such as number {}",
            first.join(", ")
        );
    }
    if let Some(next) = &index.next {
        tell!("incomplete: the index goes on at {next}");
    }
}

fn why_nothing(tiles: &Tiles, areas: &[Area]) -> String {
    let Some(bounds) = tiles.bounds() else {
        return "the index lists no tiles".into();
    };
    let crs = tiles.index().crs.as_ref();
    let crs = crs.map_or_else(String::new, |crs| format!(" ({crs})"));
    let mut text = format!(
        "the area meets no tile; the bounds of all are {},{},{},{}{crs}",
        bounds.min()[0],
        bounds.min()[1],
        bounds.max()[0],
        bounds.max()[1],
    );
    let is_plain = |area: &Area| {
        area.as_bounds()
            .is_some_and(|area| select::is_degrees(&area))
    };
    if areas.iter().any(is_plain) && !select::is_degrees(&bounds) {
        text += "; the area looks like longitude and latitude: add --crs EPSG:4326";
    }
    text
}
