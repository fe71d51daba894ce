//! Which nodes a look has.

use crate::support;

use std::collections::BTreeSet;

use ept_reader::{Area, Bounds, Key, Node, NodeName, Policy, Query, View};
use futures::TryStreamExt;

use support::open;

use super::{Numbers, above, all_nodes, cache, keys, scene, settled};

/// The choice of a view made by sorting all nodes of the dataset.
fn brute_force(nodes: &[Node], view: &View) -> Vec<NodeName> {
    let mut ranked: Vec<(f64, &Node)> = nodes
        .iter()
        .filter(|node| {
            // A node below one that is not wanted is not wanted either.
            (0..=node.depth().unwrap())
                .all(|depth| rank(nodes, view, node.key().unwrap().ancestor(depth)).is_some())
        })
        .map(|node| (view.rank(node.key().unwrap(), &node.cell).unwrap(), node))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.name.cmp(&b.1.name)));
    let mut total = 0;
    let fits = |node: &&Node| {
        total += node.points;
        total <= view.max_points()
    };
    let nodes = ranked.into_iter().map(|(_, node)| node);
    nodes.take_while(fits).map(|node| node.name).collect()
}

fn rank(nodes: &[Node], view: &View, key: Key) -> Option<f64> {
    match nodes.iter().find(|node| node.name == key) {
        Some(node) => view.rank(key, &node.cell),
        None => Some(0.0),
    }
}

#[tokio::test]
async fn what_settles_is_what_sorting_all_nodes_finds() {
    let dataset = open("terrain").await;
    let nodes = all_nodes(&dataset).await;
    let (cache, mut numbers) = (cache(), Numbers::new(7));
    let mut scene = scene(&dataset, &cache);
    let mut shown = BTreeSet::new();
    for _ in 0..100 {
        let view = numbers.view(&dataset);
        let look = settled(&mut scene, &view).await;
        assert_eq!(keys(&look), brute_force(&nodes, &view));
        assert!(look.points() <= view.max_points());
        shown.extend(keys(&look));
    }
    assert!(
        shown.len() > 50,
        "only {} nodes were ever shown",
        shown.len()
    );
}

#[tokio::test]
async fn a_walk_gives_what_a_scene_shows() {
    let dataset = open("terrain").await;
    let (cache, mut numbers) = (cache(), Numbers::new(8));
    let mut scene = scene(&dataset, &cache);
    for _ in 0..10 {
        let view = numbers.view(&dataset);
        let nodes: Vec<Node> = dataset.walk(view.clone()).try_collect().await.unwrap();
        let wanted: Vec<NodeName> = view
            .within_budget(nodes)
            .iter()
            .map(|node| node.name)
            .collect();
        assert_eq!(keys(&settled(&mut scene, &view).await), wanted);
    }
}

#[tokio::test]
async fn equal_views_give_equal_looks_whatever_came_before() {
    let dataset = open("terrain").await;
    let mut numbers = Numbers::new(9);
    let (first, second) = (numbers.view(&dataset), numbers.view(&dataset));
    let mut one = scene(&dataset, &cache());
    let straight = keys(&settled(&mut one, &second).await);
    let mut other = scene(&dataset, &cache());
    settled(&mut other, &first).await;
    assert_eq!(keys(&settled(&mut other, &second).await), straight);
    let again = other.look(&second);
    assert_eq!(keys(&again), straight);
    assert!(again.added.is_empty() && again.dropped.is_empty() && again.events.is_empty());
}

#[tokio::test]
async fn an_area_limits_nodes_and_masks_points() {
    let dataset = open("terrain").await;
    let area = Area::from(
        Bounds::new(
            [500_010.0, 4_650_010.0, f64::NEG_INFINITY],
            [500_050.0, 4_650_060.0, f64::INFINITY],
        )
        .unwrap(),
    );
    let query = Query::new().with_area(area.clone());
    let expected: usize = support::tiles(&dataset, &query)
        .await
        .iter()
        .map(|tile| tile.points.len())
        .sum();
    let view = above(&dataset)
        .with_areas(&[area], dataset.frame())
        .unwrap();
    let look = settled(&mut scene(&dataset, &cache()), &view).await;
    let within = look
        .tiles
        .iter()
        .map(|tile| match view.mask(&tile.node().cell, tile.points()) {
            Some(mask) => mask.iter().filter(|keep| **keep).count(),
            None => tile.points().len(),
        });
    assert_eq!(within.sum::<usize>(), expected);
    assert!(expected > 0 && look.points() < 25_000);
}
