//! Tile indexes: ours read by other libraries, and theirs read by us.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use ept_crs::Crs;
use ept_format::Bounds;
use ept_index::{Attribute, Index, Row};
use serde_json::{Value, json};

use crate::conformance::{read_json, samples_folder};

/// Writes an index in each format and reads it with GeoPandas, which uses GDAL. Queries its indexes by areas for which
/// Shapely computed the expected tiles.
pub(crate) fn check(python: &Path, ept: &Path) -> Result<()> {
    println!("tile indexes");
    let folder = tempfile::tempdir()?;
    let place = |name: &str| folder.path().join(name);
    let index = index()?;
    let at = |name: &str| place(name).display().to_string();
    std::fs::write(place("ours.vpc"), index.to_vpc(&at("ours.vpc"))?)?;
    std::fs::write(
        place("ours.geojson"),
        index.to_geojson(&at("ours.geojson"))?,
    )?;
    std::fs::write(place("ours.zip"), index.to_shapefile(&at("ours.zip"))?)?;
    std::fs::write(place("truth.json"), truth(&index)?.to_string())?;
    let script = crate::workspace().join("xtask/interop/index.py");
    let status = Command::new(python)
        .arg(script)
        .arg(folder.path())
        .arg(samples_folder())
        .status()?;
    ensure!(status.success(), "other libraries can't read our indexes");

    let queries = read_json(&place("queries.json"))?;
    let queries = queries.as_array().context("no queries")?;
    for query in queries {
        let (found, expected) = (tiles(ept, folder.path(), query)?, &query["tiles"]);
        ensure!(found == *expected, "{query}: {found}");
    }
    println!(
        "{} queries of tile indexes agree with Shapely and GDAL",
        queries.len()
    );
    Ok(())
}

/// The locations that `ept tiles` prints.
fn tiles(ept: &Path, folder: &Path, query: &Value) -> Result<Value> {
    let text = |name: &str| query[name].as_str().context("a query lacks a part");
    let mut command = Command::new(ept);
    command
        .arg("tiles")
        .arg(folder.join(text("index")?))
        .args(["--polygon", text("polygon")?]);
    // Without it, the area is in the coordinates of the index.
    if let Some(crs) = query["crs"].as_str() {
        command.args(["--crs", crs]);
    }
    let output = command.output()?;
    let message = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{query}: {message}");
    let text = String::from_utf8(output.stdout)?;
    Ok(text.lines().collect())
}

/// A square of tiles far from the central meridian of their zone, where grid north deviates by 3 degrees.
fn index() -> Result<Index> {
    let row = |at: u32| {
        let [x, y] = [at % 12, at / 12].map(f64::from);
        let (x, y) = (790_000.0 + 500.0 * x, 4_650_000.0 + 500.0 * y);
        let bounds = Bounds::new([x, y, 200.25], [x + 499.99, y + 499.99, 301.5]);
        anyhow::Ok(Row {
            location: format!("https://example.com/my%20survey/tile_{at}.laz"),
            bounds: Some(bounds?),
            points: Some(u64::from(at) * 1000),
            attributes: vec![("year".into(), Attribute::Integer(2020))],
        })
    };
    Ok(Index {
        crs: Some(Crs::parse("EPSG:26915")?),
        rows: (0..144).map(row).collect::<Result<_>>()?,
        ..Index::default()
    })
}

fn truth(index: &Index) -> Result<Value> {
    let row = |row: &Row| {
        let bounds = row.bounds.context("a row without a box")?;
        let corners = [bounds.min(), bounds.max()].concat();
        anyhow::Ok(json!({ "location": row.location, "bounds": corners, "points": row.points }))
    };
    index.rows.iter().map(row).collect()
}
