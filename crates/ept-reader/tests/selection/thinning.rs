//! Thinning and budgets.

use crate::support;

use std::collections::{BTreeMap, HashMap};

use ept_reader::{Bounds, Node, Query, Thin};
use futures::TryStreamExt;

use support::tiles;

use super::{count, datasets, places};

#[tokio::test]
async fn thinning_keeps_the_nearest_to_each_centre() {
    for (name, dataset) in datasets().await {
        let all = places(&tiles(&dataset, &Query::new()).await);
        let extent = dataset.ept().unwrap().metadata().bounds();
        let edge = (extent.max()[0] - extent.min()[0]) / 37.3;
        for (thin, size) in [
            (Thin::squares(edge), [edge, edge, f64::INFINITY]),
            (Thin::cubes(edge), [edge; 3]),
        ] {
            let cell = |point: &[f64; 3]| {
                [0, 1, 2].map(|i| {
                    if size[i].is_finite() {
                        (point[i] / size[i]).floor() as i64
                    } else {
                        0
                    }
                })
            };
            let distance = |point: &[f64; 3]| -> f64 {
                let part = |i: usize| {
                    if size[i].is_finite() {
                        (point[i] / size[i]).rem_euclid(1.0) - 0.5
                    } else {
                        0.0
                    }
                };
                (0..3).map(|i| part(i).powi(2)).sum()
            };
            let mut expected: HashMap<[i64; 3], f64> = HashMap::new();
            for point in &all {
                let best = expected.entry(cell(point)).or_insert(f64::INFINITY);
                *best = best.min(distance(point));
            }
            let query = Query::new().with_thin(thin);
            let thinned = tiles(&dataset, &query).await;
            let found = places(&thinned);
            assert_eq!(found.len(), expected.len(), "{name}");
            for point in &found {
                let best = expected.remove(&cell(point)).expect("one point a cell");
                assert!((best - distance(point)).abs() < 1e-9, "{name}");
            }
            let again = tiles(&dataset, &query).await;
            assert_eq!(thinned, again, "{name}: the same on every run");
        }
    }
}

#[tokio::test]
async fn a_budget_is_kept_and_used_from_the_top() {
    for (name, dataset) in datasets().await {
        let extent = dataset
            .ept()
            .unwrap()
            .metadata()
            .bounds_conforming()
            .unwrap();
        let [x, y] = [0, 1].map(|i| extent.min()[i] + 0.7 * (extent.max()[i] - extent.min()[i]));
        let area = Bounds::new(extent.min(), [x, y, f64::INFINITY]).unwrap();
        for query in [Query::new(), Query::new().with_bounds(area)] {
            let nodes: Vec<Node> = dataset
                .select(&query)
                .unwrap()
                .nodes()
                .try_collect()
                .await
                .unwrap();
            let mut by_depth: BTreeMap<u32, u64> = BTreeMap::new();
            for node in &nodes {
                *by_depth.entry(node.depth().unwrap()).or_default() += node.points;
            }
            let total: u64 = by_depth.values().sum();
            let root = *by_depth.values().next().unwrap();
            for most in [root, root * 2, total / 2, total * 9 / 10, total, total + 1] {
                if most < root {
                    continue;
                }
                let limited = query.clone().with_max_points(most);
                let selection = dataset.select(&limited).unwrap();
                let kept: Vec<Node> = selection.nodes().try_collect().await.unwrap();
                let points: u64 = kept.iter().map(|node| node.points).sum();
                assert!(points <= most, "{name}");
                // Whole depths while they fit, then a part of one.
                let mut left = most;
                let mut partial = 0;
                for (depth, expected) in &by_depth {
                    let found: u64 = kept
                        .iter()
                        .filter(|node| node.depth().unwrap() == *depth)
                        .map(|node| node.points)
                        .sum();
                    if partial == 0 && *expected <= left {
                        assert_eq!(found, *expected, "{name}: depth {depth} of {most}");
                        left -= expected;
                    } else {
                        assert!(
                            partial == 0 || found == 0,
                            "{name}: depth {depth} after a partial one"
                        );
                        partial += 1;
                        // What was left out does not fit.
                        let rest = left - if partial == 1 { found } else { left };
                        let mut out = nodes
                            .iter()
                            .filter(|node| node.depth().unwrap() == *depth && !kept.contains(node));
                        assert!(partial > 1 || out.all(|node| node.points > rest), "{name}");
                    }
                }
                let found = count(&tiles(&dataset, &limited).await);
                assert!(found as u64 <= most);
            }
            let selection = dataset.select(&query.with_max_points(root - 1)).unwrap();
            let error = selection.nodes().try_next().await.unwrap_err();
            assert!(error.to_string().contains("coarsest depth"), "{error}");
        }
    }
}
