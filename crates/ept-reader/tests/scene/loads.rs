//! What is fetched, when, and what is not.

use crate::support;

use std::time::Duration;

use ept_reader::{Blocking, Key, Options, Query, Scene, SceneOptions};
use futures::TryStreamExt;

use support::stores::Watched;
use support::{fixture, open};

use super::{Numbers, above, afar, all_nodes, cache, keys, scene, settled, until, watched};

#[tokio::test]
async fn a_look_does_not_wait() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    store.hold("ept-hierarchy/0-0-0-0.json");
    let mut scene = scene(&dataset, &cache());
    // The page never comes, and each look is done all the same.
    for _ in 0..100 {
        let look = scene.look(&above(&dataset));
        assert_eq!((look.tiles.len(), look.missing), (0, 1));
    }
    store.until(|store| store.now() == 1).await;
    store.release("ept-hierarchy/0-0-0-0.json");
    assert!(!settled(&mut scene, &above(&dataset)).await.tiles.is_empty());
}

#[tokio::test]
async fn requests_come_by_rank() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    let options = SceneOptions {
        cache: cache(),
        loads: 1,
        ..SceneOptions::default()
    };
    let mut scene = Scene::new(dataset.clone(), options).unwrap();
    let view = Numbers::new(12).view(&dataset).with_max_points(30_000);
    let look = settled(&mut scene, &view).await;
    let ranked = keys(&look)
        .into_iter()
        .map(|key| dataset.ept().unwrap().metadata().tile_path(key));
    let asked = store.asked();
    let tiles = asked
        .into_iter()
        .filter(|path| path.starts_with("ept-data"));
    let mut tiles: Vec<String> = tiles.collect();
    let mut wanted: Vec<String> = ranked.collect();
    // Tiles of a page that came late were not known before.
    if dataset
        .walk(view)
        .try_collect::<Vec<_>>()
        .await
        .unwrap()
        .len()
        > 1
    {
        assert_eq!(tiles[0], wanted[0]);
    }
    tiles.sort();
    wanted.sort();
    assert_eq!(tiles, wanted);
}

#[tokio::test]
async fn what_goes_out_of_view_is_cancelled_but_not_at_once() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    let nodes = all_nodes(&dataset).await;
    for node in &nodes[1..] {
        store.hold(&dataset.ept().unwrap().metadata().tile_path(node.name));
    }
    let mut scene = scene(&dataset, &cache());
    let (far, near) = (afar(&dataset), above(&dataset));
    until(&mut scene, &near, |look| look.tiles.len() == 1).await;
    store.until(|store| store.now() == 4).await;
    // A camera that shakes cancels nothing.
    for _ in 0..20 {
        scene.look(&far);
        scene.look(&near);
    }
    assert_eq!(scene.traffic().cancelled, 0);
    assert_eq!(store.now(), 4);
    for _ in 0..20 {
        scene.look(&far);
    }
    store.until(|store| store.now() == 0).await;
    assert!(scene.traffic().cancelled > 0);
    assert_eq!(keys(&scene.look(&far)), [Key::ROOT]);
}

#[tokio::test]
async fn a_shaking_camera_drops_nothing_and_a_still_one_settles() {
    let dataset = open("terrain").await;
    let mut scene = scene(&dataset, &cache());
    let (far, near) = (afar(&dataset), above(&dataset).with_max_depth(1));
    let all = settled(&mut scene, &near).await.tiles.len();
    assert!(all > 1);
    for _ in 0..20 {
        let look = scene.look(&far.clone().with_max_points(1_000_000));
        assert_eq!((look.tiles.len(), look.dropped.len()), (all, 0));
        assert_eq!(look.lingering, all - 1);
        scene.look(&near);
    }
    let look = settled(&mut scene, &far).await;
    assert_eq!(look.tiles.len(), 1);
    // They are still in memory.
    let look = scene.look(&near);
    assert_eq!((look.tiles.len(), look.missing), (all, 0));
}

#[tokio::test]
async fn dropping_the_scene_cancels_everything() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    for node in all_nodes(&dataset).await {
        store.hold(&dataset.ept().unwrap().metadata().tile_path(node.name));
    }
    let mut scene = scene(&dataset, &cache());
    until(&mut scene, &above(&dataset), |look| look.missing > 1).await;
    store.until(|store| store.now() == 4).await;
    drop(scene);
    store.until(|store| store.now() == 0).await;
}

#[tokio::test]
async fn a_load_goes_on_while_another_scene_wants_it() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    let path = dataset.ept().unwrap().metadata().tile_path(Key::ROOT);
    store.hold(&path);
    let cache = cache();
    let (mut one, mut other) = (scene(&dataset, &cache), scene(&dataset, &cache));
    let view = afar(&dataset);
    until(&mut one, &view, |look| !look.events.is_empty()).await;
    until(&mut other, &view, |_| true).await;
    store.until(|store| store.tiles_asked() == 1).await;
    while other.traffic().started < 1 {
        tokio::task::yield_now().await;
    }
    drop(one);
    store.release(&path);
    assert_eq!(settled(&mut other, &view).await.tiles.len(), 1);
    assert_eq!(store.tiles_asked(), 1);
}

#[test]
fn a_scene_needs_no_runtime_of_the_caller() {
    let blocking = Blocking::new().unwrap();
    let location = fixture("terrain");
    let dataset = blocking
        .open(location.to_str().unwrap(), &Options::default())
        .unwrap();
    assert!(Scene::new(dataset.clone(), SceneOptions::default()).is_err());
    let mut scene = blocking
        .scene(dataset.clone(), SceneOptions::default())
        .unwrap();
    let (view, arrivals) = (above(&dataset), scene.arrivals());
    while !scene.look(&view).is_settled() {
        assert!(arrivals.wait(Duration::from_secs(60)));
    }
    assert_eq!(scene.look(&view).points(), 25_000);
    let nodes = blocking.nodes(&dataset.select(&Query::new()).unwrap());
    assert_eq!(nodes.map(|node| node.unwrap().points).sum::<u64>(), 25_000);
    drop(scene);
    blocking.stop();
}
