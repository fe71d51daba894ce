//! Streams are bounded, ordered, cancelled by drop, and fetch nothing in vain.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

use ept_reader::{Bounds, Dataset, Limits, Query};
use futures::{StreamExt, TryStreamExt};

use support::stores::Watched;
use support::{open, queries, tiles, truth};

async fn watched(store: &Arc<Watched>, requests: usize, threads: usize) -> Dataset {
    let dataset = Dataset::from_store(Arc::clone(store) as _).await.unwrap();
    dataset.with_limits(Limits {
        requests: NonZeroUsize::new(requests).unwrap(),
        threads: NonZeroUsize::new(threads).unwrap(),
        ..Limits::default()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_change_nothing_but_the_pace() {
    let expected = tiles(&open("terrain").await, &Query::new()).await;
    for (requests, threads, memory) in [(1, 1, 1), (32, 4, 1 << 30), (2, 8, 100_000)] {
        let dataset = open("terrain").await.with_limits(Limits {
            requests: NonZeroUsize::new(requests).unwrap(),
            threads: NonZeroUsize::new(threads).unwrap(),
            memory: NonZeroUsize::new(memory).unwrap(),
        });
        assert_eq!(tiles(&dataset, &Query::new()).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_requests_at_once_than_allowed() {
    for requests in [1, 3] {
        let store = Watched::new("terrain");
        let dataset = watched(&store, requests, 2).await;
        tiles(&dataset, &Query::new()).await;
        assert!(store.most() <= requests, "{} at once", store.most());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_fetched_twice_or_in_vain() {
    for name in ["terrain", "binary", "zero-counts", "rootless"] {
        for (query, _) in queries(&truth(name)) {
            let store = Watched::new(name);
            let dataset = watched(&store, 8, 2).await;
            let nodes: HashSet<String> = tiles(&dataset, &query)
                .await
                .iter()
                .map(|tile| dataset.metadata().tile_path(tile.node.key))
                .collect();
            let asked = store.asked();
            let distinct: HashSet<&String> = asked.iter().collect();
            assert_eq!(
                distinct.len(),
                asked.len(),
                "{name}: a file was fetched twice"
            );
            let tiles: HashSet<String> = asked
                .iter()
                .filter(|path| path.starts_with("ept-data/"))
                .cloned()
                .collect();
            assert_eq!(tiles, nodes, "{name}");

            // Only pages whose root meets the area and the depth.
            let metadata = dataset.metadata();
            let area = query.selected_bounds().unwrap();
            let depth = query.max_depth(metadata).unwrap().unwrap();
            for page in asked
                .iter()
                .filter_map(|path| path.strip_prefix("ept-hierarchy/"))
            {
                let key: ept_reader::Key = page.split('.').next().unwrap().parse().unwrap();
                let cell = metadata.bounds().cell(key).grown(metadata.cell_slack());
                assert!(
                    key.depth() <= depth && cell.intersects(area),
                    "{name}: page {page}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_area_outside_asks_for_nothing() {
    let store = Watched::new("terrain");
    let dataset = watched(&store, 8, 2).await;
    let far = Bounds::new([0.0; 3], [1.0; 3]).unwrap();
    assert!(tiles(&dataset, &Query::new().bounds(far)).await.is_empty());
    assert_eq!(store.asked(), ["ept.json"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_come_in_order_whichever_arrives_first() {
    let expected = tiles(&open("terrain").await, &Query::new()).await;
    let store = Watched::new("terrain");
    let dataset = watched(&store, 4, 2).await;
    let paths: Vec<String> = expected
        .iter()
        .map(|tile| dataset.metadata().tile_path(tile.node.key))
        .collect();
    // The first tile is the last of the first four to arrive.
    store.hold(&paths[0]);
    let reading = tokio::spawn(async move { tiles(&dataset, &Query::new()).await });
    store.until(|store| store.asked().contains(&paths[4])).await;
    store.release(&paths[0]);
    assert_eq!(reading.await.unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_takes_nothing_stops_the_reading() {
    let store = Watched::new("terrain");
    let (requests, threads) = (2, 1);
    let dataset = watched(&store, requests, threads).await;
    let mut stream = dataset.points(&Query::new()).unwrap();
    let first = stream.next().await.unwrap().unwrap();
    // Hold back a tile far behind: were reading not bounded, it would be asked for in the end.
    let all = tiles(&open("terrain").await, &Query::new()).await;
    assert_eq!(first.node, all[0].node);
    // As many as wait for the consumer, are under way or about to be.
    let most = 1 + requests + 2 * threads + 2;
    store
        .until(|store| store.tiles_asked() >= requests + 2 * threads && store.now() == 0)
        .await;
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert!(
        store.tiles_asked() <= most,
        "{} tiles were asked for",
        store.tiles_asked()
    );
    // And the rest comes when it is wanted.
    let rest: Vec<_> = stream.try_collect().await.unwrap();
    assert_eq!(rest.len(), all.len() - 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_for_waiting_tiles_is_bounded() {
    let store = Watched::new("terrain");
    let dataset = Dataset::from_store(Arc::clone(&store) as _).await.unwrap();
    // Less than any two tiles: one at a time.
    let dataset = dataset.with_limits(Limits {
        memory: NonZeroUsize::MIN,
        ..Limits::default()
    });
    tiles(&dataset, &Query::new()).await;
    let most_tiles_at_once = store.most();
    assert!(most_tiles_at_once <= Limits::default().requests.get());
    let mut stream = dataset.points(&Query::new()).unwrap();
    let asked = store.tiles_asked();
    stream.next().await.unwrap().unwrap();
    store.until(|store| store.now() == 0).await;
    assert!(store.tiles_asked() - asked <= 2, "one taken, one waiting");
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_a_stream_cancels_its_requests() {
    let store = Watched::new("terrain");
    let dataset = watched(&store, 4, 2).await;
    let all = tiles(&open("terrain").await, &Query::new()).await;
    for tile in &all {
        store.hold(&dataset.metadata().tile_path(tile.node.key));
    }
    let mut stream = dataset.points(&Query::new()).unwrap();
    // Polled or not, requests go out; none of them will ever end by itself.
    assert!(futures::poll!(stream.next()).is_pending());
    store.until(|store| store.tiles_asked() == 4).await;
    drop(stream);
    store.until(|store| store.now() == 0).await;
    assert_eq!(store.tiles_asked(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_a_walk_cancels_its_pages() {
    let store = Watched::new("terrain");
    let dataset = watched(&store, 4, 2).await;
    store.hold(&dataset.metadata().page_path(ept_reader::Key::ROOT));
    let mut nodes = dataset.nodes(&Query::new()).unwrap();
    assert!(futures::poll!(nodes.next()).is_pending());
    store.until(|store| store.now() == 1).await;
    drop(nodes);
    store.until(|store| store.now() == 0).await;
}

#[tokio::test]
async fn what_was_fetched_is_counted() {
    let store = Watched::new("laz-pf1");
    let dataset = watched(&store, 4, 2).await;
    tiles(&dataset, &Query::new()).await;
    let traffic = dataset.traffic();
    assert_eq!(traffic.requests as usize, store.asked().len() - 1);
    let folder = support::fixture("laz-pf1");
    let size = |path: &String| std::fs::metadata(folder.join(path)).unwrap().len();
    let asked = store.asked();
    let bytes: u64 = asked
        .iter()
        .filter(|path| *path != "ept.json")
        .map(size)
        .sum();
    assert_eq!(traffic.bytes, bytes);
}
