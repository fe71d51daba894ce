//! What stores tell of files without their contents: sizes, starts, names.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ept_reader::{
    Dataset, FileStore, HttpOptions, HttpStore, Limits, LossCause, MemoryStore, Options, Query,
    Retry, Store, StoreError,
};
use futures::StreamExt;

use support::server::{Response, Server, file};
use support::stores::Watched;
use support::{fixture, testdata};

const TILE: &str = "ept-data/0-0-0-0.laz";

fn stored_size() -> u64 {
    fixture("terrain").join(TILE).metadata().unwrap().len()
}

fn http(server: &Server) -> HttpStore {
    HttpStore::new(&server.url("/terrain"), &HttpOptions::default()).unwrap()
}

#[tokio::test]
async fn every_store_tells_the_size_and_what_is_missing() {
    let server = Server::files(testdata());
    let bytes = std::fs::read(fixture("terrain").join(TILE)).unwrap();
    let stores: [Arc<dyn Store>; 3] = [
        Arc::new(FileStore::new(fixture("terrain"))),
        Arc::new(MemoryStore::from_iter([(TILE, bytes)])),
        Arc::new(http(&server)),
    ];
    for store in stores {
        assert_eq!(store.size(TILE).await, Ok(Some(stored_size())), "{store:?}");
        let missing = store.size("ept-data/9-0-0-0.laz").await;
        assert!(
            matches!(missing, Err(StoreError::NotFound { .. })),
            "{store:?}"
        );
    }
    let methods: Vec<String> = server.requests().into_iter().map(|r| r.method).collect();
    assert_eq!(methods, ["HEAD", "HEAD"]);
}

#[tokio::test]
async fn a_server_without_head_and_a_store_without_sizes_leave_them_unknown() {
    let server = Server::start(|request| match request.method.as_str() {
        "HEAD" => Response::new(405, ""),
        _ => file(&testdata(), request),
    });
    assert_eq!(http(&server).size(TILE).await, Ok(None));
    let compressed =
        Server::start(|_| Response::new(200, "x").with_header("Content-Encoding", "br"));
    assert_eq!(http(&compressed).size(TILE).await, Ok(None));
    assert_eq!(Watched::new("terrain").size(TILE).await, Ok(None));
}

#[tokio::test]
async fn a_dataset_asks_again_and_names_the_tile_that_is_missing() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |request| match request.method.as_str() {
        "HEAD" if asked.fetch_add(1, Ordering::SeqCst) == 0 => Response::new(503, ""),
        "HEAD" if request.path.ends_with("/0-0-0-0.laz") => file(&testdata(), request),
        "HEAD" => Response::new(404, ""),
        _ => file(&testdata(), request),
    });
    let options = Options {
        retry: Retry {
            attempts: 2,
            first: Duration::from_millis(1),
            most: Duration::from_millis(1),
            ..Retry::default()
        },
        ..Options::default()
    };
    let dataset = Dataset::open_with(&server.url("/terrain"), &options)
        .await
        .unwrap();
    let mut nodes = dataset.select(&Query::new()).unwrap().nodes();
    let root = nodes.next().await.unwrap().unwrap();
    assert_eq!(
        dataset.ept().unwrap().tile_size(&root).await,
        Ok(Some(stored_size()))
    );
    assert_eq!(dataset.traffic().retries, 1);
    let second = nodes.next().await.unwrap().unwrap();
    let error = dataset.ept().unwrap().tile_size(&second).await.unwrap_err();
    let loss = error.loss().unwrap();
    assert_eq!(loss.node, second.name);
    assert!(matches!(
        &loss.cause,
        LossCause::Fetch(StoreError::NotFound { .. })
    ));
}

#[tokio::test]
async fn a_limit_that_is_the_greatest_number_is_no_limit() {
    let limits = Limits {
        file_bytes: NonZeroUsize::MAX,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    // Its pages are compressed.
    let folder = fixture("zstandard");
    let dataset = Dataset::open_with(&folder.to_string_lossy(), &options).await;
    let nodes = dataset.unwrap().select(&Query::new()).unwrap().nodes();
    assert!(nodes.count().await > 1);
}

#[tokio::test]
async fn a_web_page_is_no_part_of_a_file() {
    let page = Server::start(|_| {
        Response::new(206, "<html>")
            .with_header("Content-Type", "text/html; charset=utf-8")
            .with_header("Content-Range", "bytes 0-5/6")
    });
    let page = http(&page).range(TILE, 0..100, 1 << 20).await;
    assert!(page.unwrap_err().cause().contains("web page"));
    // Servers may leave out where the file ends.
    let empty = Server::start(|_| Response::new(416, ""));
    let start = http(&empty).range(TILE, 0..100, 1 << 20).await;
    assert_eq!(start, Ok(bytes::Bytes::new()));
}

#[tokio::test]
async fn a_folder_lists_its_files() {
    let store = FileStore::new(fixture("terrain"));
    let pages = store.list("ept-hierarchy").await.unwrap().unwrap();
    assert!(pages.iter().any(|name| name == "0-0-0-0.json"), "{pages:?}");
    assert_eq!(store.list("nowhere").await, Ok(Some(Vec::new())));

    let server = Server::files(testdata());
    let store = http(&server);
    assert_eq!(store.list("ept-hierarchy").await, Ok(None));
}
