//! What fails, and goes on.

use crate::support;

use ept_reader::{Event, Look, Node};

use support::fixture;
use support::stores::Watched;

use super::{above, all_nodes, cache, keys, scene, settled, until, watched};

#[tokio::test]
async fn a_failing_tile_delays_nothing_else_and_is_tried_again() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    let nodes = all_nodes(&dataset).await;
    let bad: Vec<&Node> = nodes.iter().skip(1).take(8).collect();
    for node in &bad {
        store.replace(
            &dataset.ept().unwrap().metadata().tile_path(node.name),
            None,
        );
    }
    let mut scene = scene(&dataset, &cache());
    let view = above(&dataset);
    // More tiles fail than there may be loads at once.
    let only_failures = |look: &Look| look.missing == bad.len() && look.failing == bad.len();
    let look = until(&mut scene, &view, only_failures).await;
    assert_eq!(look.tiles.len(), nodes.len() - bad.len());
    assert!(look.events.iter().all(|event| {
        match event {
            Event::Failed { error, .. } => bad
                .iter()
                .any(|node| node.name == error.loss().unwrap().node),
            _ => true,
        }
    }));
    let before = store.tiles_asked();
    store.until(|store| store.tiles_asked() > before).await;
    for node in &bad {
        let path = dataset.ept().unwrap().metadata().tile_path(node.name);
        let bytes = std::fs::read(fixture("terrain").join(&path)).unwrap();
        store.replace(&path, Some(&bytes));
    }
    let look = settled(&mut scene, &view).await;
    assert_eq!((look.tiles.len(), look.failing), (nodes.len(), 0));
}

#[tokio::test]
async fn a_broken_page_is_told_once_and_counts_as_empty() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    store.replace("ept-hierarchy/2-1-1-1.json", Some(br#"{"2-0-0-0": 7}"#));
    let mut scene = scene(&dataset, &cache());
    let mut told = Vec::new();
    let view = above(&dataset);
    let look = until(&mut scene, &view, |look| {
        told.extend(look.events.iter().filter_map(|event| match event {
            Event::Failed { error, .. } => Some(error.loss().unwrap().node.to_string()),
            _ => None,
        }));
        look.is_settled()
    })
    .await;
    assert_eq!(told, ["2-1-1-1"]);
    assert!(look.tiles.len() > 50);
    assert_eq!(keys(&scene.look(&view)), keys(&look));
}
