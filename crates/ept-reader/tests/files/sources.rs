//! Several files as one dataset.

use crate::support;

use std::collections::BTreeMap;

use ept_reader::{
    Dataset, DecodeError, Engine, Error, LossCause, Opening, Options, Query, Spacing, Thin, Tile,
};
use futures::StreamExt;

use support::point_files::{copc_of, laz_of, tiles};
use support::testdata;

#[tokio::test]
async fn several_sources_are_one_dataset_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("a.laz"), laz_of("laz-pf3", 1).await).unwrap();
    std::fs::write(path("b.copc.laz"), copc_of("laz-pf7").await).unwrap();
    let ept = testdata().join("laz-pf6").to_str().unwrap().to_owned();
    let all = [
        path("a.laz"),
        path("b.copc.laz"),
        ept.clone(),
        path("a.laz"),
    ];
    let engine = Engine::new(&Options::default());
    let several = Dataset::open_all(&all, &engine, &Opening::default())
        .await
        .unwrap();
    assert_eq!(several.locations().len(), 3);
    let found = tiles(&several, &Query::new()).await;
    let mut expected = Vec::new();
    for location in &all[..3] {
        expected.extend(tiles(&Dataset::open(location).await.unwrap(), &Query::new()).await);
    }
    let batches = |tiles: &[Tile]| tiles.iter().map(|t| t.points.clone()).collect::<Vec<_>>();
    assert_eq!(batches(&found), batches(&expected));
    assert!(found.is_sorted_by_key(|tile| tile.node.source));
    let pattern = [path("*.laz")];
    let matched = Dataset::open_all(&pattern, &engine, &Opening::default())
        .await
        .unwrap();
    assert_eq!(matched.locations(), [path("a.laz"), path("b.copc.laz")]);
    let folder = [folder.path().to_str().unwrap().to_owned()];
    let inside = Dataset::open_all(&folder, &engine, &Opening::default())
        .await
        .unwrap();
    assert_eq!(inside.locations(), matched.locations());
}

#[tokio::test]
async fn thinning_sees_all_sources_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("a.copc.laz"), copc_of("laz-pf7").await).unwrap();
    std::fs::write(path("b.copc.laz"), copc_of("laz-pf6").await).unwrap();
    std::fs::write(path("c.laz"), laz_of("laz-pf6", 1).await).unwrap();
    let engine = Engine::new(&Options::default());
    let all = ["a.copc.laz", "b.copc.laz", "c.laz"].map(path);
    let dataset = Dataset::open_all(&all, &engine, &Opening::default())
        .await
        .unwrap();
    let size = 7.0;
    let cell = |x: f64, y: f64| [x, y].map(|c| (c / size).floor() as i64);
    let distance = |x: f64, y: f64| -> f64 {
        let parts = [x, y].map(|c| c / size - (c / size).floor() - 0.5);
        parts.map(|part| part * part).iter().sum()
    };
    let mut nearest: BTreeMap<[i64; 2], f64> = BTreeMap::new();
    for tile in tiles(&dataset, &Query::new()).await {
        for (x, y) in tile
            .points
            .x()
            .unwrap()
            .iter()
            .zip(tile.points.y().unwrap())
        {
            let best = nearest.entry(cell(*x, *y)).or_insert(f64::INFINITY);
            *best = best.min(distance(*x, *y));
        }
    }
    let thin = Query::new().with_thin(Thin::squares(Spacing::Units(size)));
    let mut found: BTreeMap<[i64; 2], f64> = BTreeMap::new();
    for tile in tiles(&dataset, &thin).await {
        for (x, y) in tile
            .points
            .x()
            .unwrap()
            .iter()
            .zip(tile.points.y().unwrap())
        {
            let twice = found.insert(cell(*x, *y), distance(*x, *y));
            assert_eq!(twice, None, "two points of one cell");
        }
    }
    assert_eq!(found, nearest);
}

#[tokio::test]
async fn a_source_that_cannot_be_opened_is_a_loss_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("a.laz"), laz_of("laz-pf3", 1).await).unwrap();
    std::fs::write(path("b.laz"), "not a cloud").unwrap();
    let engine = Engine::new(&Options::default());
    let all = [path("a.laz"), path("b.laz"), path("c.laz")];
    let dataset = Dataset::open_all(&all, &engine, &Opening::default())
        .await
        .unwrap();
    let found = dataset.select(&Query::new()).unwrap().points();
    let errors: Vec<Error> = found
        .filter_map(|t| std::future::ready(t.err()))
        .collect()
        .await;
    let losses: Vec<_> = errors.iter().map(|error| error.loss().unwrap()).collect();
    assert_eq!(losses.len(), 2);
    assert_eq!(losses[0].location, path("b.laz"));
    assert!(matches!(
        losses[0].cause,
        LossCause::Decode(DecodeError::NotLas(_))
    ));
    assert!(matches!(losses[1].cause, LossCause::Fetch(_)));
}
