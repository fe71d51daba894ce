//! What queries select, against brute force over all points.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod addons;
mod areas;
mod conditions;
mod thinning;

use crate::support;

use std::path::{Path, PathBuf};

use ept_reader::{Dataset, Tile, Values};

use support::open;

/// Datasets of three encodings: two of the fixtures, and larger ones where samples are at hand.
async fn datasets() -> Vec<(String, Dataset)> {
    let mut datasets = Vec::new();
    for name in ["terrain", "laz-pf1", "binary"] {
        datasets.push((name.to_owned(), open(name).await));
    }
    for name in [
        "terrain-laz14",
        "epttools-ellipsoid-zst",
        "pdal-lone-star-laszip",
    ] {
        match sample(name) {
            Some(folder) => datasets.push((
                name.to_owned(),
                Dataset::open(folder.to_str().unwrap()).await.unwrap(),
            )),
            None => println!("skipped: no sample {name}"),
        }
    }
    datasets
}

fn sample(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("EPT_SAMPLES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"),
        PathBuf::from,
    );
    let folder = root.join("ept").join(name);
    folder.join("ept.json").exists().then_some(folder)
}

fn places(tiles: &[Tile]) -> Vec<[f64; 3]> {
    let points = tiles.iter().map(|tile| &tile.points);
    points
        .flat_map(|points| {
            (0..points.len()).map(|i| {
                [
                    points.x().unwrap()[i],
                    points.y().unwrap()[i],
                    points.z().unwrap()[i],
                ]
            })
        })
        .collect()
}

fn count(tiles: &[Tile]) -> usize {
    tiles.iter().map(|tile| tile.points.len()).sum()
}

fn float(tile: &Tile, name: &str) -> Vec<f64> {
    tile.points.values(name).and_then(Values::to_f64).unwrap()
}
