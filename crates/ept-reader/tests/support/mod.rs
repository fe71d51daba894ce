//! What the tests share: the fixtures and their truth, stores that watch, a web server.

#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "each test binary uses its own part, and a test may panic"
)]

pub mod conformance;
pub mod point_files;
pub mod server;
pub mod stores;

use std::path::{Path, PathBuf};

use ept_reader::{Bounds, Dataset, Limits, Options, Query, Tile};
use futures::{StreamExt, TryStreamExt};
use serde_json::Value;

/// Every fixture of `testdata`.
pub const FIXTURES: [&str; 15] = [
    "binary",
    "float64",
    "gzip-named-json",
    "laz-pf0",
    "laz-pf1",
    "laz-pf2",
    "laz-pf3",
    "laz-pf6",
    "laz-pf7",
    "laz-pf8",
    "rootless",
    "terrain",
    "wide-integers",
    "zero-counts",
    "zstandard",
];

pub fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata")
}

pub fn fixture(name: &str) -> PathBuf {
    testdata().join(name)
}

pub async fn open(name: &str) -> Dataset {
    Dataset::open(fixture(name).to_str().unwrap())
        .await
        .unwrap()
}

pub async fn open_within(name: &str, limits: Limits) -> Dataset {
    let options = Options {
        limits,
        ..Options::default()
    };
    Dataset::open_with(fixture(name).to_str().unwrap(), &options)
        .await
        .unwrap()
}

/// What the generator says of a fixture; see `testdata/README.md`.
pub fn truth(name: &str) -> Value {
    let text = std::fs::read(fixture(name).join("truth.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// The queries of a truth file, with the number of points that each finds.
pub fn queries(truth: &Value) -> Vec<(Query, u64)> {
    let queries = truth["queries"].as_array().unwrap().iter();
    let queries = queries.map(|query| {
        let numbers: Vec<f64> = query["bounds"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n.as_f64().unwrap())
            .collect();
        let (min, max) = match numbers[..] {
            [x0, y0, x1, y1] => ([x0, y0, f64::NEG_INFINITY], [x1, y1, f64::INFINITY]),
            [x0, y0, z0, x1, y1, z1] => ([x0, y0, z0], [x1, y1, z1]),
            _ => panic!("bounds of {} numbers", numbers.len()),
        };
        let depth = u32::try_from(query["depth"].as_u64().unwrap()).unwrap();
        let query_of = Query::new()
            .with_bounds(Bounds::new(min, max).unwrap())
            .with_depth(depth);
        (query_of, query["points"].as_u64().unwrap())
    });
    queries.collect()
}

pub async fn tiles(dataset: &Dataset, query: &Query) -> Vec<Tile> {
    dataset
        .select(query)
        .unwrap()
        .points()
        .try_collect()
        .await
        .unwrap()
}

pub async fn keys(dataset: &Dataset, query: &Query) -> Vec<String> {
    let nodes = dataset.select(query).unwrap().nodes();
    nodes
        .map(|node| node.unwrap().name.to_string())
        .collect()
        .await
}
