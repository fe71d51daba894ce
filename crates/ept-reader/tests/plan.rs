//! Plans against what queries find.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::path::{Path, PathBuf};

use ept_reader::{Bounds, Dataset, Query};

use support::{fixture, tiles};

fn samples() -> Vec<PathBuf> {
    let root = std::env::var_os("EPT_SAMPLES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"),
        PathBuf::from,
    );
    let names = [
        "terrain-laz",
        "terrain-laz14",
        "pdal-lone-star-laszip",
        "epttools-ellipsoid-laz",
    ];
    let folders = names.map(|name| root.join("ept").join(name)).to_vec();
    folders
        .into_iter()
        .filter(|folder| {
            let is_there = folder.join("ept.json").exists();
            if !is_there {
                println!("skipped: no {}", folder.display());
            }
            is_there
        })
        .collect()
}

/// Numbers from 0 to 1 without order, the same on every run.
fn random(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[tokio::test]
async fn estimates_are_honest_and_bounds_hold() {
    let mut folders = samples();
    folders.push(fixture("terrain"));
    for folder in folders {
        let dataset = Dataset::open(folder.to_str().unwrap()).await.unwrap();
        let all = tiles(&dataset, &Query::new()).await;
        let extent = *dataset
            .ept()
            .unwrap()
            .metadata()
            .bounds_conforming()
            .unwrap();
        let deepest = all
            .iter()
            .map(|tile| tile.node.depth().unwrap())
            .max()
            .unwrap();
        let mut random = random(7);
        let mut worst = 0.0_f64;
        for number in 0..50 {
            let size = [0, 1].map(|axis| extent.max()[axis] - extent.min()[axis]);
            let share = 0.15 + 0.8 * random();
            let low = [0, 1].map(|axis| extent.min()[axis] + size[axis] * (1.0 - share) * random());
            let high = [0, 1].map(|axis| low[axis] + size[axis] * share);
            let (min, max) = (
                [low[0], low[1], f64::NEG_INFINITY],
                [high[0], high[1], f64::INFINITY],
            );
            let area = Bounds::new(min, max).unwrap();
            let depth = number % (deepest + 1);
            let query = Query::new().with_bounds(area).with_depth(depth);
            let (plan, losses) = dataset.select(&query).unwrap().plan().await.unwrap();
            assert!(losses.is_empty());
            let nodes = all
                .iter()
                .filter(|tile| tile.node.depth().unwrap() <= depth);
            let found: usize = nodes
                .map(|tile| {
                    let places = tile
                        .points
                        .x()
                        .unwrap()
                        .iter()
                        .zip(tile.points.y().unwrap());
                    places
                        .filter(|(x, y)| area.contains([**x, **y, 0.0]))
                        .count()
                })
                .sum();
            assert!(plan.points >= found as u64, "an upper bound");
            assert!(plan.estimate <= plan.points as f64 + 0.5);
            let node = dataset.ept().unwrap().metadata().bounds().max()[0]
                - dataset.ept().unwrap().metadata().bounds().min()[0];
            let node = node / f64::from(1_u32 << depth);
            // How points lie within a node is not known, so that the nodes on the rim must be few against the others.
            if found > 200 && (0..2).all(|axis| size[axis] * share > 4.0 * node) {
                let off = (plan.estimate - found as f64).abs() / found as f64;
                worst = worst.max(off);
                assert!(
                    off <= 0.3,
                    "{}: {area:?} to {depth}: {} for {found}",
                    folder.display(),
                    plan.estimate
                );
            }
        }
        println!("{}: {:.1} % at most", folder.display(), worst * 100.0);
    }
}

#[tokio::test]
async fn a_whole_plan_is_the_hierarchy() {
    let dataset = Dataset::open(fixture("terrain").to_str().unwrap())
        .await
        .unwrap();
    let (plan, _) = dataset.select(&Query::new()).unwrap().plan().await.unwrap();
    assert_eq!(plan.points, 25_000);
    assert!((plan.estimate - 25_000.0).abs() < 1e-6);
    let requests = dataset.traffic().requests;
    let sizes = dataset.tile_sizes(&plan.nodes).await.unwrap();
    let expected: u64 = fixture("terrain")
        .join("ept-data")
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    let off = (sizes.bytes - expected as f64).abs() / expected as f64;
    assert!(off < 3.0 * sizes.error + 0.02, "{sizes:?} for {expected}");
    assert!(dataset.traffic().requests - requests <= 64);
}
