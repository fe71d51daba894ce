//! From a dataset to a file: with one call, and point by point into a sink of one's own choice.
//!
//! `cargo run --release -p ept-job --example canopy -- DATASET FOLDER` writes `ground.laz`, and `high.csv` with the points
//! that are high above the lowest point of their tile.

use std::error::Error;
use std::fs::File;
use std::path::Path;

use ept_export::{CsvSink, Sink};
use ept_job::{OnError, Output, Pass, write_points};
use ept_reader::{Dataset, Filter, PointBatch, Query, Tile};
use futures::TryStreamExt;

/// Height above the lowest point of a tile that counts as high, in the dataset's unit.
const HIGH: f64 = 10.0;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(location), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("give a dataset and a folder".into());
    };
    let dataset = Dataset::open(&location).await?;
    println!(
        "{} points of the ground",
        ground(&dataset, Path::new(&folder)).await?
    );
    println!("{} high points", high(&dataset, Path::new(&folder)).await?);
    Ok(())
}

/// The whole job in one call: a file that appears when it is complete.
async fn ground(dataset: &Dataset, folder: &Path) -> Result<u64, Box<dyn Error>> {
    let query = Query::new().with_filter(Filter::parse("Classification == 2")?);
    let mut pass = Pass::new(dataset.select(&query)?, OnError::Fail);
    let output = Output::to_file(folder.join("ground.laz"), None)?;
    Ok(write_points(&mut pass, output, |_| ()).await?)
}

/// Reader and sink joined by hand: what runs on all cores is between them.
async fn high(dataset: &Dataset, folder: &Path) -> Result<u64, Box<dyn Error>> {
    let query = Query::new().with_dimensions(["X", "Y", "Z"]);
    let mut tiles = dataset
        .select(&query)?
        .map(|tile| (tile.node.name, above(tile)));
    let names = ["X", "Y", "Z"].map(str::to_owned);
    let mut sink = CsvSink::new(File::create(folder.join("high.csv"))?, names.to_vec());
    while let Some((node, points)) = tiles.try_next().await? {
        sink.write(node, &points)?;
    }
    Ok(Box::new(sink).finish()?)
}

/// The high points of a tile.
fn above(Tile { mut points, .. }: Tile) -> PointBatch {
    let heights = points.z().unwrap_or_default();
    let lowest = heights.iter().copied().fold(f64::INFINITY, f64::min);
    let mask: Vec<bool> = heights.iter().map(|z| z - lowest >= HIGH).collect();
    points.retain(&mask);
    points
}
