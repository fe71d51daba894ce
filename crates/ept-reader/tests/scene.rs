//! Scenes: what is shown, what is asked for, what is kept.

#![allow(clippy::unwrap_used, reason = "tests")]

use crate::support;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use ept_reader::{
    Area, Blocking, Bounds, Camera, Dataset, Event, Key, Limits, Look, Node, NodeName, Options,
    Policy, Query, Ray, Scene, SceneOptions, Swath, TileCache, View,
};
use futures::TryStreamExt;
use support::stores::Watched;
use support::{fixture, open};

const IMAGE: [f64; 2] = [800.0, 600.0];

/// Numbers that look random, the same on every run.
struct Numbers(fastrand::Rng);

impl Numbers {
    fn new(seed: u64) -> Numbers {
        Numbers(fastrand::Rng::with_seed(seed))
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.0.f64()
    }

    fn place(&mut self, bounds: &Bounds) -> [f64; 3] {
        let (min, max) = (bounds.min(), bounds.max());
        [0, 1, 2].map(|i| self.between(min[i] - 100.0, max[i] + 100.0))
    }

    fn view(&mut self, dataset: &Dataset) -> View {
        let bounds = dataset.ept().unwrap().metadata().bounds();
        let (eye, target) = (self.place(bounds), self.place(bounds));
        let camera = match self.0.bool() {
            true => Camera::perspective(eye, target, self.between(0.3, 2.0), IMAGE).unwrap(),
            false => Camera::orthographic(eye, target, self.between(50.0, 700.0), IMAGE).unwrap(),
        };
        View::new(dataset.frame(), camera)
            .with_min_pixels(self.between(0.5, 20.0))
            .with_max_points(self.0.u64(500..30_000))
            .with_max_depth(self.0.u32(1..6))
    }
}

async fn watched(store: &Arc<Watched>) -> Dataset {
    let options = Options {
        limits: Limits {
            requests: 4.try_into().unwrap(),
            ..Limits::default()
        },
        ..Options::default()
    };
    Dataset::from_store(store.clone(), &options).await.unwrap()
}

fn scene(dataset: &Dataset, cache: &TileCache) -> Scene {
    let options = SceneOptions {
        cache: cache.clone(),
        first_wait: Duration::from_millis(1),
        ..SceneOptions::default()
    };
    Scene::new(dataset.clone(), options).unwrap()
}

fn cache() -> TileCache {
    TileCache::new(64 << 20)
}

/// Everything from far above.
fn above(dataset: &Dataset) -> View {
    let bounds = dataset.ept().unwrap().metadata().bounds();
    let (min, max) = (bounds.min(), bounds.max());
    let middle = [0, 1, 2].map(|i| (min[i] + max[i]) / 2.0);
    let eye = [middle[0], middle[1], max[2] + 500.0];
    let camera = Camera::perspective(eye, middle, 1.5, IMAGE).unwrap();
    View::new(dataset.frame(), camera).with_min_pixels(0.0)
}

/// Nothing but the root, from far away.
fn afar(dataset: &Dataset) -> View {
    above(dataset).with_max_depth(0)
}

/// Looks until the same look would come again.
async fn settled(scene: &mut Scene, view: &View) -> Look {
    until(scene, view, Look::is_settled).await
}

async fn until(scene: &mut Scene, view: &View, mut holds: impl FnMut(&Look) -> bool) -> Look {
    let arrivals = scene.arrivals();
    loop {
        let look = scene.look(view);
        if holds(&look) {
            return look;
        }
        if look.missing > 0 {
            arrivals.next().await;
        }
    }
}

fn keys(look: &Look) -> Vec<NodeName> {
    look.tiles.iter().map(|tile| tile.node().name).collect()
}

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

async fn all_nodes(dataset: &Dataset) -> Vec<Node> {
    dataset
        .select(&Query::new())
        .unwrap()
        .nodes()
        .try_collect()
        .await
        .unwrap()
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
async fn nothing_is_fetched_twice_while_it_is_cached() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    let (cache, mut numbers) = (cache(), Numbers::new(10));
    let (mut one, mut other) = (scene(&dataset, &cache), scene(&dataset, &cache));
    for _ in 0..20 {
        let view = numbers.view(&dataset);
        // Both at once: one request does for two.
        let (left, right) = (settled(&mut one, &view), settled(&mut other, &view));
        let (left, right) = futures::join!(left, right);
        assert_eq!(keys(&left), keys(&right));
    }
    let asked = store.asked();
    let distinct: HashSet<&String> = asked.iter().collect();
    assert_eq!(asked.len(), distinct.len());
}

#[tokio::test]
async fn memory_is_the_limit_and_what_is_borrowed() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    let limit = 100 << 10;
    let (cache, mut numbers) = (TileCache::new(limit), Numbers::new(11));
    let mut scene = scene(&dataset, &cache);
    for _ in 0..30 {
        let view = numbers.view(&dataset);
        let look = until(&mut scene, &view, |look| {
            assert!(cache.bytes() <= limit);
            look.is_settled()
        })
        .await;
        // What is shown stays although the cache has no room for it.
        let shown: usize = look.tiles.iter().map(|tile| tile.bytes()).sum();
        assert!(shown == 0 || keys(&scene.look(&view)) == keys(&look));
    }
    let all: usize = {
        let look = settled(&mut scene, &above(&dataset)).await;
        look.tiles.iter().map(|tile| tile.bytes()).sum()
    };
    assert!(all > 5 * limit, "the limit was never felt: {all}");
    assert!(cache.bytes() > 0 && cache.bytes() <= limit);
}

#[tokio::test]
async fn what_is_borrowed_is_found_again_without_a_request() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    let nodes = all_nodes(&dataset).await;
    let cache = TileCache::new(0);
    let tile = cache.tile(&dataset, &nodes[0]).await.unwrap();
    let again = cache.tile(&dataset, &nodes[0]).await.unwrap();
    assert!(Arc::ptr_eq(&tile, &again));
    assert_eq!((store.tiles_asked(), cache.bytes()), (1, 0));
    drop((tile, again));
    cache.tile(&dataset, &nodes[0]).await.unwrap();
    assert_eq!(store.tiles_asked(), 2);
}

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

#[tokio::test]
async fn a_matrix_is_the_camera_that_it_was_made_of() {
    let dataset = open("terrain").await;
    let nodes = all_nodes(&dataset).await;
    let eye = [500_100.0, 4_650_000.0, 400.0];
    let target = [500_300.0, 4_650_300.0, 300.0];
    let known = Camera::perspective(eye, target, 1.0, IMAGE).unwrap();
    // As graphics libraries make it: right, up, back, near 1 and far 10,000, depth 0 to 1.
    let back = unit([eye[0] - target[0], eye[1] - target[1], eye[2] - target[2]]);
    let right = unit([-back[1], back[0], 0.0]);
    let up = [
        back[1] * right[2] - back[2] * right[1],
        back[2] * right[0] - back[0] * right[2],
        back[0] * right[1] - back[1] * right[0],
    ];
    let of = |axis: [f64; 3], scale: f64, shift: f64| {
        let at: f64 = (0..3).map(|i| axis[i] * eye[i]).sum();
        [
            axis[0] * scale,
            axis[1] * scale,
            axis[2] * scale,
            shift - at * scale,
        ]
    };
    let scale = 1.0 / 0.5_f64.tan();
    let (near, far) = (1.0, 10_000.0);
    let matrix = [
        of(right, scale * IMAGE[1] / IMAGE[0], 0.0),
        of(up, scale, 0.0),
        of(back, far / (near - far), near * far / (near - far)),
        of(back, -1.0, 0.0),
    ];
    let found = Camera::from_matrix(matrix, IMAGE).unwrap();
    for (a, b) in found.eye().unwrap().iter().zip(eye) {
        assert!((a - b).abs() < 1e-4, "{a} {b}");
    }
    for node in &nodes {
        assert_eq!(
            found.sees(&node.cell),
            known.sees(&node.cell),
            "{}",
            node.name
        );
        let (a, b) = (found.pixels(1.0, &node.cell), known.pixels(1.0, &node.cell));
        assert!(a == b || (a / b - 1.0).abs() < 1e-4);
    }
    let [x, y, _] = found.project(target).unwrap();
    assert!((x - 400.0).abs() < 1e-3 && (y - 300.0).abs() < 1e-3);
}

fn unit(v: [f64; 3]) -> [f64; 3] {
    let length = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    v.map(|x| x / length)
}

#[test]
fn cameras_that_cannot_be() {
    let place = [0.0; 3];
    assert!(Camera::perspective(place, place, 1.0, IMAGE).is_err());
    assert!(Camera::perspective(place, [1.0; 3], 0.0, IMAGE).is_err());
    assert!(Camera::perspective(place, [1.0; 3], 4.0, IMAGE).is_err());
    assert!(Camera::orthographic(place, [1.0; 3], -1.0, IMAGE).is_err());
    assert!(Camera::from_matrix([[0.0; 4]; 4], IMAGE).is_err());
    assert!(Camera::from_matrix([[f64::NAN; 4]; 4], IMAGE).is_err());
    assert!(Camera::perspective(place, [1.0; 3], 1.0, [0.0, 1.0]).is_err());
    // Straight down is a direction like others.
    assert!(Camera::perspective([0.0, 0.0, 9.0], place, 1.0, IMAGE).is_ok());
}

#[tokio::test]
async fn a_ray_picks_the_nearest_point_and_fetches_nothing() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    let mut scene = scene(&dataset, &cache());
    for camera in [
        *above(&dataset).camera(),
        Camera::orthographic(
            [500_100.0, 4_650_000.0, 400.0],
            [500_256.0, 4_650_256.0, 300.0],
            400.0,
            IMAGE,
        )
        .unwrap(),
    ] {
        let view = View::new(dataset.frame(), camera).with_min_pixels(0.0);
        let look = settled(&mut scene, &view).await;
        let asked = store.asked().len();
        for pixel in [[400.0, 300.0], [351.0, 222.0], [420.0, 280.0]] {
            let ray = camera.ray(pixel);
            let picked = scene.pick(&ray, 20.0).unwrap();
            let best = look.tiles.iter().flat_map(|tile| {
                (0..tile.points().len()).filter_map(|i| ray.locate(tile.position(i).unwrap()))
            });
            let least = best.map(|[_, pixels]| pixels).fold(f64::INFINITY, f64::min);
            assert_eq!(picked.pixels, least);
            // The ray of a pixel runs through that pixel.
            let [x, y, _] = camera.project(picked.position).unwrap();
            assert!((x - pixel[0]).hypot(y - pixel[1]) < 25.0);
        }
        assert_eq!(store.asked().len(), asked);
    }
    let away = Ray::new([0.0, 0.0, 0.0], [0.0, 0.0, 1.0]);
    assert_eq!(scene.pick(&away, 5.0), None);
}

#[tokio::test]
async fn a_profile_of_what_is_resident_fetches_nothing() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    let line = "LINESTRING (500010 4650100, 500210 4650300, 500300 4650250)";
    let (line, width) = (line.parse().unwrap(), "6m".parse().unwrap());
    let swath = Swath::new(&line, None, width, dataset.frame()).unwrap();
    let names = ["X", "Y", "Z", "Intensity"];
    let query = Query::new()
        .with_area(swath.area().unwrap())
        .with_dimensions(names);
    let mut expected = Vec::new();
    for tile in support::tiles(&dataset, &query).await {
        let points = swath.profile(tile.points).unwrap();
        expected.extend((!points.is_empty()).then_some((tile.node.name, points)));
    }
    let cache = TileCache::with_dimensions(64 << 20, ["Intensity"]);
    let mut scene = scene(&dataset, &cache);
    settled(&mut scene, &above(&dataset)).await;
    let asked = store.asked().len();
    let found = scene.profile(&swath).unwrap();
    assert_eq!(store.asked().len(), asked);
    let found = found.into_iter().map(|tile| (tile.node.name, tile.points));
    assert_eq!(found.collect::<Vec<_>>(), expected);
    assert!(expected.len() > 3);
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

#[tokio::test]
async fn tiles_are_ready_for_a_gpu() {
    let dataset = open("laz-pf7").await;
    let look = settled(&mut scene(&dataset, &cache()), &above(&dataset)).await;
    let mut brightest = 0;
    for tile in &look.tiles {
        let (origin, points) = (tile.origin(), tile.points());
        assert_eq!(tile.positions().len(), points.len());
        for (i, position) in tile.positions().iter().enumerate() {
            let [x, y, z] = tile.position(i).unwrap();
            let exact = [x - origin[0], y - origin[1], z - origin[2]];
            for axis in 0..3 {
                assert!((f64::from(position[axis]) - exact[axis]).abs() < 1e-4);
            }
        }
        let red = points.values("Red").unwrap().to_f64().unwrap();
        let colors = tile.colors().unwrap();
        for (color, red) in colors.iter().zip(red) {
            let full = if red > 255.0 {
                257.0
            } else {
                f64::from(color[0]).max(1.0)
            };
            assert!(red <= 255.0 || (f64::from(color[0]) - red / full).abs() <= 0.5);
        }
        let intensities = tile.intensities().unwrap();
        brightest = brightest.max(*intensities.iter().max().unwrap());
    }
    assert!(brightest >= 250, "{brightest}");
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
