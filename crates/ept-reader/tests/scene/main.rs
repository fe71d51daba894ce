//! Scenes: what is shown, what is asked for, what is kept.

#![allow(clippy::unwrap_used, reason = "tests")]

mod cameras;
mod choice;
mod faults;
mod loads;
mod memory;

use crate::support;

use std::sync::Arc;
use std::time::Duration;

use ept_reader::{
    Bounds, Camera, Dataset, Limits, Look, Node, NodeName, Options, Query, Scene, SceneOptions,
    TileCache, View,
};
use futures::TryStreamExt;

use support::stores::Watched;

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

async fn all_nodes(dataset: &Dataset) -> Vec<Node> {
    dataset
        .select(&Query::new())
        .unwrap()
        .nodes()
        .try_collect()
        .await
        .unwrap()
}
