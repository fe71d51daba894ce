//! Every fixture reads as its truth file says, from every kind of store.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use ept_points::Summary;
use ept_reader::{Dataset, MemoryStore, Options, Query};
use futures::{StreamExt, TryStreamExt};

use support::server::Server;
use support::{FIXTURES, fixture, keys, open, queries, testdata, tiles, truth};

#[tokio::test]
async fn nodes_and_points_are_those_of_the_truth() {
    for name in FIXTURES {
        let (dataset, truth) = (open(name).await, truth(name));
        let tiles = tiles(&dataset, &Query::new()).await;
        let counts: BTreeMap<String, u64> = tiles
            .iter()
            .map(|tile| (tile.node.name.to_string(), tile.points.len() as u64))
            .collect();
        let expected: BTreeMap<String, u64> =
            serde_json::from_value(truth["nodes"].clone()).unwrap();
        assert_eq!(counts, expected, "{name}");
        assert!(
            tiles.is_sorted_by(|a, b| a.node.name < b.node.name),
            "{name}"
        );
        assert_eq!(
            keys(&dataset, &Query::new()).await.len(),
            tiles.len(),
            "{name}"
        );
    }
}

#[tokio::test]
async fn queries_find_what_brute_force_finds() {
    for name in FIXTURES {
        let (dataset, truth) = (open(name).await, truth(name));
        for (query, expected) in queries(&truth) {
            let tiles = tiles(&dataset, &query).await;
            let found: usize = tiles.iter().map(|tile| tile.points.len()).sum();
            assert_eq!(found as u64, expected, "{name}: {query:?}");
            for tile in &tiles {
                let bounds = query.areas()[0].as_bounds().unwrap();
                let points = &tile.points;
                let xyz = points
                    .x()
                    .unwrap()
                    .iter()
                    .zip(points.y().unwrap())
                    .zip(points.z().unwrap());
                assert!(
                    xyz.into_iter()
                        .all(|((x, y), z)| bounds.contains([*x, *y, *z]))
                );
            }
        }
    }
}

#[tokio::test]
async fn memory_and_http_give_the_same_as_files() {
    let server = Server::files(testdata());
    for name in FIXTURES {
        let expected = tiles(&open(name).await, &Query::new()).await;
        let memory: MemoryStore = files(&fixture(name), "").into_iter().collect();
        let memory = Dataset::from_store(Arc::new(memory), &Options::default())
            .await
            .unwrap();
        assert_eq!(tiles(&memory, &Query::new()).await, expected, "{name}");
        let http = Dataset::open(&server.url(&format!("/{name}")))
            .await
            .unwrap();
        assert_eq!(tiles(&http, &Query::new()).await, expected, "{name}");
    }
}

fn files(folder: &Path, prefix: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        match entry.file_type().unwrap().is_dir() {
            true => files.extend(self::files(&entry.path(), &format!("{name}/"))),
            false => files.push((name, std::fs::read(entry.path()).unwrap())),
        }
    }
    files
}

#[tokio::test]
async fn one_tile_is_all_points_of_its_node() {
    let dataset = open("terrain").await;
    for tile in tiles(&dataset, &Query::new()).await.into_iter().take(10) {
        assert_eq!(dataset.tile(&tile.node).await.unwrap(), tile.points);
    }
}

#[tokio::test]
async fn what_is_made_of_tiles_comes_in_their_order() {
    let dataset = open("terrain").await;
    let query = Query::new().with_dimensions(["z", "Classification"]);
    let selection = dataset.select(&query).unwrap();
    let made = selection.map(|tile| (tile.node.name, Summary::of(&tile.points)));
    let made: Vec<_> = made.try_collect().await.unwrap();
    let tiles = tiles(&dataset, &query).await;
    let expected: Vec<_> = tiles
        .iter()
        .map(|t| (t.node.name, Summary::of(&t.points)))
        .collect();
    assert_eq!(made, expected);
    let names: Vec<&str> = made[0].1.dimensions().map(|(name, _)| name).collect();
    assert_eq!(names, ["Z", "Classification"]);
}

#[tokio::test]
async fn a_resolution_selects_the_depths_that_it_needs() {
    let dataset = open("terrain").await;
    let metadata = dataset.ept().unwrap().metadata();
    for depth in 0..4 {
        let exact = Query::new().with_resolution(metadata.spacing(depth));
        let by_depth = keys(&dataset, &Query::new().with_depth(depth)).await;
        assert_eq!(keys(&dataset, &exact).await, by_depth);
        let finer = Query::new().with_resolution(metadata.spacing(depth) * 0.999);
        assert_eq!(
            keys(&dataset, &finer).await,
            keys(&dataset, &Query::new().with_depth(depth + 1)).await
        );
    }
    for resolution in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = dataset
            .select(&Query::new().with_resolution(resolution))
            .unwrap_err();
        assert!(error.to_string().contains("greater than 0"), "{error}");
    }
}

#[tokio::test]
async fn sources_are_read_in_both_layouts() {
    let manifest = open("terrain")
        .await
        .ept()
        .unwrap()
        .source_files()
        .await
        .unwrap();
    assert!(manifest.len() >= 2);
    let points: u64 = manifest.iter().map(|source| source.points.unwrap()).sum();
    assert_eq!(points, 25_000);

    let dataset = open("binary").await;
    let list = dataset.ept().unwrap().source_files().await.unwrap();
    let points: u64 = list.iter().map(|source| source.points.unwrap_or(0)).sum();
    assert_eq!(Some(points), truth("binary")["points"].as_u64());
    let detail = dataset
        .ept()
        .unwrap()
        .source_detail(&list[0])
        .await
        .unwrap()
        .unwrap();
    assert!(detail.metadata.is_some());

    assert!(
        open("zstandard")
            .await
            .ept()
            .unwrap()
            .source_files()
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_policy_of_ones_own_orders_the_walk() {
    struct Deepest;
    impl ept_reader::Policy for Deepest {
        fn rank(&self, key: ept_reader::Key, _: &ept_reader::Bounds) -> Option<f64> {
            (key.x() == 0).then(|| -f64::from(key.z()))
        }
    }
    let dataset = open("laz-pf7").await;
    let nodes: Vec<_> = dataset
        .walk(Deepest)
        .map(|node| node.unwrap())
        .collect()
        .await;
    assert!(nodes.len() > 1 && nodes.iter().all(|node| node.key().unwrap().x() == 0));
    assert!(nodes.is_sorted_by_key(|node| (node.key().unwrap().z(), node.name)));
}
