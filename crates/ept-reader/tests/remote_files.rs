//! COPC and LAZ files on a server: how much of them is fetched, and what a cache saves.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ept_reader::{Cache, Dataset, Engine, MemoryStore, Options, Query, Tile};

use support::point_files::{copc_of, laz_of, tiles};
use support::server::{Response, Server, ranged};

/// A server of the file of a version, which says by an `ETag` which it is; without one where there is no `stamp`.
fn server(files: Vec<Vec<u8>>, version: Arc<AtomicUsize>, stamp: bool) -> Server {
    Server::start(move |request| {
        let version = version.load(Ordering::SeqCst);
        let response = ranged(request, Response::new(200, files[version].clone()));
        if stamp {
            response.with_header("ETag", format!("\"{version}\""))
        } else {
            response
        }
    })
}

async fn local(file: &[u8]) -> Dataset {
    let store: MemoryStore = [("points", file.to_vec())].into_iter().collect();
    let engine = Engine::new(&Options::default());
    let dataset = Dataset::from_file_in(Arc::new(store), "points", &engine);
    dataset.await.unwrap()
}

/// Reads a file from a server, and how many requests it took.
async fn read(server: &Server, name: &str, options: &Options) -> (Vec<Tile>, usize) {
    let before = server.requests().len();
    let dataset = Dataset::open_with(&server.url(name), options).await;
    let found = tiles(&dataset.unwrap(), &Query::new()).await;
    (found, server.requests().len() - before)
}

fn with_cache(folder: &Path) -> Options {
    Options {
        cache: Some(Cache::new(folder, 1 << 30)),
        ..Options::default()
    }
}

/// Of a file without an octree all chunks are touched: nothing of it comes twice but its start.
#[tokio::test]
async fn of_a_laz_file_no_more_is_fetched_than_start_table_and_chunks() {
    let file = laz_of("terrain", 6).await;
    let size = file.len() as u64;
    let expected = tiles(&local(&file).await, &Query::new()).await;
    let server = server(vec![file], Arc::default(), true);
    let (found, _) = read(&server, "/a.laz", &Options::default()).await;
    assert_eq!(found, expected);
    let bytes = server.requests().into_iter().map(|request| {
        let range = request.headers.get("range").unwrap();
        let (first, last) = range["bytes=".len()..].split_once('-').unwrap();
        let last = last.parse::<u64>().unwrap().min(size - 1);
        last + 1 - first.parse::<u64>().unwrap()
    });
    let bytes: u64 = bytes.sum();
    // The first request is for 64 kB, the places of the table have 8 bytes each.
    assert!(size > 4 << 16, "{size}");
    assert!(bytes <= size + (1 << 16) + 16, "{bytes} of {size}");
}

#[tokio::test]
async fn a_file_that_is_read_again_costs_one_request() {
    for (name, file) in [
        ("/a.copc.laz", copc_of("terrain").await),
        ("/a.laz", laz_of("terrain", 3).await),
    ] {
        let expected = tiles(&local(&file).await, &Query::new()).await;
        let server = server(vec![file], Arc::default(), true);
        let folder = tempfile::tempdir().unwrap();
        let (found, requests) = read(&server, name, &with_cache(folder.path())).await;
        assert_eq!(found, expected);
        assert!(requests > 2, "{requests}");
        let (found, requests) = read(&server, name, &with_cache(folder.path())).await;
        assert_eq!(found, expected);
        assert_eq!(requests, 1, "{name}");
    }
}

#[tokio::test]
async fn a_file_that_has_changed_is_read_anew() {
    let files = vec![copc_of("terrain").await, copc_of("laz-pf7").await];
    let expected = tiles(&local(&files[1]).await, &Query::new()).await;
    let version = Arc::<AtomicUsize>::default();
    let server = server(files, Arc::clone(&version), true);
    let folder = tempfile::tempdir().unwrap();
    read(&server, "/a.copc.laz", &with_cache(folder.path())).await;
    version.store(1, Ordering::SeqCst);
    let (found, _) = read(&server, "/a.copc.laz", &with_cache(folder.path())).await;
    assert_eq!(found, expected);
}

#[tokio::test]
async fn nothing_is_kept_of_a_file_that_does_not_say_which_it_is() {
    let file = copc_of("laz-pf7").await;
    let expected = tiles(&local(&file).await, &Query::new()).await;
    let server = server(vec![file], Arc::default(), false);
    let folder = tempfile::tempdir().unwrap();
    let (_, first) = read(&server, "/a.copc.laz", &with_cache(folder.path())).await;
    let (found, second) = read(&server, "/a.copc.laz", &with_cache(folder.path())).await;
    assert_eq!(found, expected);
    assert!(first > 1 && second > 1, "{first} {second}");
    assert_eq!(Cache::new(folder.path(), 1 << 30).datasets().unwrap(), []);
}

/// Bytes that were damaged on the way are kept, do not decode, and are fetched once more.
#[tokio::test]
async fn a_chunk_that_is_kept_damaged_is_fetched_once_more() {
    let good = copc_of("laz-pf7").await;
    let expected = tiles(&local(&good).await, &Query::new()).await;
    let damaged = {
        let mut file = good.clone();
        // The first chunk begins 8 bytes behind header and records; its first bytes are a whole point, then its count.
        let at = u32::from_le_bytes(file[96..100].try_into().unwrap()) as usize;
        let record = usize::from(u16::from_le_bytes(file[105..107].try_into().unwrap()));
        file[at + 8 + record..at + 12 + record].fill(0xff);
        file
    };
    let version = Arc::<AtomicUsize>::default();
    let server = Server::start({
        let version = Arc::clone(&version);
        move |request| {
            let is_damaged = version.load(Ordering::SeqCst) == 0;
            let file = if is_damaged { &damaged } else { &good };
            ranged(request, Response::new(200, file.clone())).with_header("ETag", "\"same\"")
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let options = with_cache(folder.path());
    let url = server.url("/a.copc.laz");
    let dataset = Dataset::open_with(&url, &options).await.unwrap();
    let points = dataset.select(&Query::new()).unwrap();
    let lost = futures::StreamExt::collect::<Vec<_>>(points.points()).await;
    assert!(lost.iter().any(Result::is_err));
    version.store(1, Ordering::SeqCst);
    let (found, _) = read(&server, "/a.copc.laz", &with_cache(folder.path())).await;
    assert_eq!(found, expected);
}
