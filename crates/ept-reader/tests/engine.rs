//! Streams are bounded, ordered, cancelled by drop, and fetch nothing in vain.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use ept_reader::{Bounds, Dataset, Engine, Limits, Options, Query, Retry, Store, StoreError, Thin};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, TryStreamExt};

use support::stores::Watched;
use support::{open, open_within, queries, tiles, truth};

async fn watched(store: &Arc<Watched>, requests: usize, threads: usize) -> Dataset {
    let options = Options {
        limits: Limits {
            requests: NonZeroUsize::new(requests).unwrap(),
            threads: NonZeroUsize::new(threads).unwrap(),
            ..Limits::default()
        },
        ..Options::default()
    };
    Dataset::from_store(Arc::clone(store) as _, &options)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_change_nothing_but_the_pace() {
    let expected = tiles(&open("terrain").await, &Query::new()).await;
    for (requests, threads, memory) in [(1, 1, 1), (32, 4, 1 << 30), (2, 8, 100_000)] {
        let limits = Limits {
            requests: NonZeroUsize::new(requests).unwrap(),
            threads: NonZeroUsize::new(threads).unwrap(),
            memory: NonZeroUsize::new(memory).unwrap(),
            ..Limits::default()
        };
        let dataset = open_within("terrain", limits).await;
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
                .map(|tile| dataset.ept().unwrap().metadata().tile_path(tile.node.name))
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
            let metadata = dataset.ept().unwrap().metadata();
            let area = query.areas()[0].as_bounds().unwrap();
            let depth = dataset.select(&query).unwrap().bound().depth().unwrap();
            for page in asked
                .iter()
                .filter_map(|path| path.strip_prefix("ept-hierarchy/"))
            {
                let key: ept_reader::Key = page.split('.').next().unwrap().parse().unwrap();
                let cell = metadata.bounds().cell(key).grown(metadata.cell_slack());
                assert!(
                    key.depth() <= depth && cell.intersects(&area),
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
    assert!(
        tiles(&dataset, &Query::new().with_bounds(far))
            .await
            .is_empty()
    );
    assert_eq!(store.asked(), ["ept.json"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_come_in_order_whichever_arrives_first() {
    let expected = tiles(&open("terrain").await, &Query::new()).await;
    let store = Watched::new("terrain");
    let dataset = watched(&store, 4, 2).await;
    let paths: Vec<String> = expected
        .iter()
        .map(|tile| dataset.ept().unwrap().metadata().tile_path(tile.node.name))
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
    let mut stream = dataset.select(&Query::new()).unwrap().points();
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
    // Less than any two tiles: one at a time.
    let options = Options {
        limits: Limits {
            memory: NonZeroUsize::MIN,
            ..Limits::default()
        },
        ..Options::default()
    };
    let dataset = Dataset::from_store(Arc::clone(&store) as _, &options)
        .await
        .unwrap();
    tiles(&dataset, &Query::new()).await;
    let most_tiles_at_once = store.most();
    assert!(most_tiles_at_once <= Limits::default().requests.get());
    let mut stream = dataset.select(&Query::new()).unwrap().points();
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
        store.hold(&dataset.ept().unwrap().metadata().tile_path(tile.node.name));
    }
    let mut stream = dataset.select(&Query::new()).unwrap().points();
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
    store.hold(
        &dataset
            .ept()
            .unwrap()
            .metadata()
            .page_path(ept_reader::Key::ROOT),
    );
    let mut nodes = dataset.select(&Query::new()).unwrap().nodes();
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
    assert_eq!(traffic.requests as usize, store.asked().len());
    assert_eq!(traffic.retries, 0);
    let folder = support::fixture("laz-pf1");
    let size = |path: &String| std::fs::metadata(folder.join(path)).unwrap().len();
    let asked = store.asked();
    let bytes: u64 = asked.iter().map(size).sum();
    assert_eq!(traffic.bytes, bytes);
}

/// A store that is overloaded for ever.
#[derive(Debug)]
struct Busy(Option<Duration>);

impl Store for Busy {
    fn get<'a>(
        &'a self,
        path: &'a str,
        _: usize,
    ) -> BoxFuture<'a, Result<bytes::Bytes, StoreError>> {
        let error = StoreError::Transient {
            location: self.location(path),
            cause: "busy".into(),
            retry_after: self.0,
        };
        async move { Err(error) }.boxed()
    }

    fn location(&self, path: &str) -> String {
        format!("busy:{path}")
    }
}

/// How long opening takes, on a clock that runs only while nothing else does.
async fn time_to_give_up(retry_after: Option<Duration>, retry: Retry) -> Duration {
    let options = Options {
        retry,
        ..Options::default()
    };
    let start = tokio::time::Instant::now();
    let error = Dataset::from_store(Arc::new(Busy(retry_after)), &options)
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains(&format!("tried {} times", retry.attempts))
    );
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn waits_double_and_are_drawn_at_random() {
    let retry = Retry {
        attempts: 5,
        first: Duration::from_secs(1),
        most: Duration::from_secs(3),
        ..Retry::default()
    };
    let mut times = HashSet::new();
    for _ in 0..20 {
        let time = time_to_give_up(None, retry).await;
        // At most 1 + 2 + 3 + 3 seconds, and the clock counts in milliseconds.
        assert!(time <= Duration::from_millis(9_005), "{time:?}");
        times.insert(time);
    }
    assert!(times.len() > 10, "waits are not random: {times:?}");
}

#[tokio::test(start_paused = true)]
async fn the_time_that_a_server_names_is_kept_up_to_a_limit() {
    let retry = Retry {
        attempts: 4,
        first: Duration::from_secs(1),
        most: Duration::from_secs(60),
        ..Retry::default()
    };
    for (named, waited) in [(7, 21), (3600, 180)] {
        let time = time_to_give_up(Some(Duration::from_secs(named)), retry).await;
        assert!(
            time.abs_diff(Duration::from_secs(waited)) < Duration::from_millis(10),
            "{time:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_names_no_time_to_wait_is_waited_for_all_the_same() {
    let mut all = Duration::ZERO;
    for _ in 0..20 {
        all += time_to_give_up(Some(Duration::ZERO), Retry::default()).await;
    }
    // Half of 0.25 + 0.5 + 1 + 2 + 4 + 8 + 10 + 10 + 10 seconds, on average.
    let mean = all / 20;
    assert!((10..=35).contains(&mean.as_secs()), "{mean:?}");
}

/// An engine with these limits.
fn engine(requests: usize, memory: usize) -> Engine {
    Engine::new(&Options {
        limits: Limits {
            requests: NonZeroUsize::new(requests).unwrap(),
            memory: NonZeroUsize::new(memory).unwrap(),
            ..Limits::default()
        },
        ..Options::default()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn datasets_of_one_engine_keep_to_one_limit_and_one_account() {
    for requests in [1, 3] {
        let store = Watched::new("terrain");
        let engine = engine(requests, 1 << 28);
        let open = || async {
            let store = Arc::clone(&store) as Arc<dyn Store>;
            Dataset::from_store_in(store, &engine).await.unwrap()
        };
        let (a, b) = (open().await, open().await);
        let query = Query::new();
        let (a, b) = futures::join!(tiles(&a, &query), tiles(&b, &query));
        assert_eq!(a, b);
        assert!(store.most() <= requests, "{} at once", store.most());
        assert_eq!(
            engine.traffic().requests as usize,
            store.asked().len(),
            "one account"
        );
    }
}

/// The first stream has all the memory and nobody takes its tiles: the second must come to its end all the same.
#[tokio::test(flavor = "multi_thread")]
async fn streams_of_one_engine_do_not_wait_for_each_other() {
    let engine = engine(16, 1);
    let dataset = Dataset::from_store_in(Watched::new("terrain"), &engine)
        .await
        .unwrap();
    let selection = dataset.select(&Query::new()).unwrap();
    let mut first = selection.points();
    let taken = first.try_next().await.unwrap().unwrap();
    let second: Vec<_> = selection.points().try_collect().await.unwrap();
    let rest: Vec<_> = first.try_collect().await.unwrap();
    assert_eq!(second[0], taken);
    assert_eq!(second[1..], rest);
}

/// A future that nobody polls any more holds no permit: whatever does runs in a task of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_future_that_is_not_polled_stops_no_other_request() {
    let store = Watched::new("terrain");
    let dataset = watched(&store, 1, 2).await;
    let all = tiles(&open("terrain").await, &Query::new()).await;
    let ept = dataset.ept().unwrap();
    let held = ept.metadata().tile_path(all[0].node.name);
    store.hold(&held);
    let mut idle = Box::pin(dataset.tile(&all[0].node));
    assert!(futures::poll!(&mut idle).is_pending());
    store.until(|store| store.now() == 1).await;
    store.release(&held);
    // The only permit comes back although `idle` is not polled.
    assert_eq!(dataset.tile(&all[1].node).await.unwrap(), all[1].points);
    assert!(
        !ept.page(ept_reader::Key::ROOT)
            .await
            .unwrap()
            .entries()
            .is_empty()
    );
    assert_eq!(ept.tile_size(&all[1].node).await, Ok(None));
    assert_eq!(idle.await.unwrap(), all[0].points);
}

/// The runtime has one thread, that of the consumer: what is computed elsewhere is computed on the cores.
#[tokio::test]
async fn thinned_points_are_made_on_the_cores() {
    let dataset = open("terrain").await;
    let query = Query::new().with_thin(Thin::squares(5.0));
    let selection = dataset.select(&query).unwrap();
    let threads = selection.map(|_| std::thread::current().id());
    let threads: HashSet<_> = threads.try_collect().await.unwrap();
    assert!(!threads.is_empty() && !threads.contains(&std::thread::current().id()));
}

/// A thread keeps some of what it has freed, so there are to be few that compute.
#[tokio::test(flavor = "multi_thread")]
async fn computations_stay_on_as_many_threads_as_cores() {
    let threads = NonZeroUsize::new(2).unwrap();
    let engine = Engine::new(&Options {
        limits: Limits {
            threads,
            ..Limits::default()
        },
        ..Options::default()
    });
    let own = || std::thread::current().id();
    let mut found = HashSet::new();
    for _ in 0..5 {
        let both = futures::future::join(engine.compute(0, own), engine.compute(1, own)).await;
        found.extend([both.0.unwrap(), both.1.unwrap()]);
        // Files are read meanwhile, and nothing is computed for a time.
        let read = (0..8).map(|_| tokio::task::spawn_blocking(|| ()));
        futures::future::join_all(read).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(found.len() <= threads.get(), "{found:?}");
}

/// The nice value of the calling thread (proc(5), field 19 of `stat`).
#[cfg(target_os = "linux")]
fn niceness() -> i32 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    fields.split(' ').nth(16).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn only_computations_give_way() {
    let engine = Engine::new(&Options::default());
    let usual = niceness();
    assert_eq!(engine.compute(0, niceness).await.unwrap(), usual);
    engine.give_way();
    for _ in 0..3 {
        assert!(engine.compute(0, niceness).await.unwrap() > usual);
        // What runs beside them does not.
        assert_eq!(tokio::task::spawn_blocking(niceness).await.unwrap(), usual);
        assert_eq!(tokio::spawn(async { niceness() }).await.unwrap(), usual);
    }
    // A computation may use the runtime, and one that panics is an error.
    let spawned = engine.compute(0, || tokio::spawn(async { 7 })).await;
    assert_eq!(spawned.unwrap().await.unwrap(), 7);
    let failed = engine.compute(0, || panic!("of the test")).await;
    let failed: Result<(), _> = failed;
    assert!(failed.is_err());
    let other = Engine::new(&Options::default());
    assert_eq!(other.compute(0, niceness).await.unwrap(), usual);
}
