//! The cache on disk: asked first, never wrong, never too large.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ept_reader::{Cache, Dataset, Options, Query};

use support::server::{Response, Server, file};
use support::{open, testdata, tiles};

const PLENTY: u64 = 1 << 30;

/// A server that gives stamps, answers 304, and whose files change when the version does.
fn versioned(version: Arc<AtomicU64>, stamp: &'static str) -> Server {
    Server::start(move |request| {
        let version = version.load(Ordering::SeqCst);
        let value = match stamp {
            "ETag" => format!("\"v{version}{}\"", request.path),
            _ => format!("Wed, 21 Oct 2026 07:28:{version:02} GMT"),
        };
        let condition = match stamp {
            "ETag" => "if-none-match",
            _ => "if-modified-since",
        };
        if request.headers.get(condition) == Some(&value) {
            return Response::new(304, "").with_header(stamp, value);
        }
        let mut response = file(&testdata(), request);
        if version > 0 && request.path.ends_with("ept.json") {
            response.body.push(b'\n');
        }
        match stamp {
            "" => response,
            stamp => response.with_header(stamp, value),
        }
    })
}

fn with_cache(folder: &Path, max_bytes: u64) -> Options {
    Options {
        cache: Some(Cache::new(folder, max_bytes)),
        ..Options::default()
    }
}

/// Files in the folder and below.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

async fn read(server: &Server, options: &Options, query: &Query) -> (usize, Vec<String>) {
    let before = server.requests().len();
    let dataset = Dataset::open_with(&server.url("/laz-pf1"), options)
        .await
        .unwrap();
    let found = tiles(&dataset, query).await;
    let expected = tiles(&open("laz-pf1").await, query).await;
    assert_eq!(found, expected);
    let requests = server.requests().split_off(before);
    assert_eq!(dataset.traffic().requests as usize, requests.len());
    (
        found.len(),
        requests.into_iter().map(|request| request.path).collect(),
    )
}

#[tokio::test]
async fn a_repeated_query_asks_for_ept_json_alone() {
    for stamp in ["ETag", "Last-Modified", ""] {
        let server = versioned(Arc::default(), stamp);
        let folder = tempfile::tempdir().unwrap();
        let options = with_cache(folder.path(), PLENTY);
        let (count, asked) = read(&server, &options, &Query::new()).await;
        assert!(asked.len() > count);
        // Also with another handle on the folder, as another process has.
        for options in [options, with_cache(folder.path(), PLENTY)] {
            let (_, asked) = read(&server, &options, &Query::new()).await;
            assert_eq!(asked, ["/laz-pf1/ept.json"], "{stamp}");
        }
    }
}

#[tokio::test]
async fn a_finer_query_fetches_only_what_is_new() {
    let server = versioned(Arc::default(), "ETag");
    let folder = tempfile::tempdir().unwrap();
    let options = with_cache(folder.path(), PLENTY);
    let (coarse, _) = read(&server, &options, &Query::new().with_depth(1)).await;
    let (all, asked) = read(&server, &options, &Query::new()).await;
    let tiles: Vec<_> = asked
        .iter()
        .filter(|path| path.contains("ept-data"))
        .collect();
    assert_eq!(tiles.len(), all - coarse);
    assert!(
        tiles
            .iter()
            .all(|path| !path.contains("/0-") && !path.contains("/1-"))
    );
}

#[tokio::test]
async fn after_a_change_each_file_is_checked_by_its_stamp() {
    let version = Arc::new(AtomicU64::new(0));
    let server = versioned(Arc::clone(&version), "ETag");
    let folder = tempfile::tempdir().unwrap();
    let options = with_cache(folder.path(), PLENTY);
    let (count, first) = read(&server, &options, &Query::new()).await;
    version.store(1, Ordering::SeqCst);
    let (_, second) = read(&server, &options, &Query::new()).await;
    assert_eq!(second.len(), first.len());
    assert!(second.len() > count);
    let (_, third) = read(&server, &options, &Query::new()).await;
    assert_eq!(third.len(), 1);
}

#[tokio::test]
async fn damaged_entries_are_fetched_again() {
    let server = versioned(Arc::default(), "ETag");
    let folder = tempfile::tempdir().unwrap();
    let options = with_cache(folder.path(), PLENTY);
    let (count, _) = read(&server, &options, &Query::new()).await;
    let entries: Vec<PathBuf> = files(folder.path())
        .into_iter()
        .filter(|path| path.to_string_lossy().contains(".laz"))
        .collect();
    assert_eq!(entries.len(), count);
    for (at, path) in entries.iter().enumerate() {
        let mut bytes = std::fs::read(path).unwrap();
        match at % 4 {
            0 => bytes.truncate(bytes.len() / 2),
            1 => bytes.clear(),
            2 => *bytes.last_mut().unwrap() ^= 1,
            _ => bytes[0] ^= 1,
        }
        std::fs::write(path, bytes).unwrap();
    }
    let (_, asked) = read(&server, &options, &Query::new()).await;
    assert_eq!(
        asked
            .iter()
            .filter(|path| path.contains("ept-data"))
            .count(),
        count
    );
    let (_, asked) = read(&server, &options, &Query::new()).await;
    assert_eq!(asked.len(), 1);
}

#[tokio::test]
async fn the_least_recently_used_go_first() {
    let server = versioned(Arc::default(), "ETag");
    let folder = tempfile::tempdir().unwrap();
    let size = |folder: &Path| -> u64 {
        files(folder)
            .iter()
            .map(|path| path.metadata().unwrap().len())
            .sum()
    };
    // What the coarse levels take, and room for as much again.
    read(
        &server,
        &with_cache(folder.path(), PLENTY),
        &Query::new().with_depth(1),
    )
    .await;
    let limit = size(folder.path()) * 2;
    for entry in files(folder.path()) {
        let old = std::time::SystemTime::UNIX_EPOCH;
        let file = std::fs::File::options().append(true).open(entry).unwrap();
        file.set_modified(old).unwrap();
    }
    let options = with_cache(folder.path(), limit);
    let dataset = Dataset::open_with(&server.url("/terrain"), &options)
        .await
        .unwrap();
    let found = tiles(&dataset, &Query::new()).await;
    assert_eq!(found, tiles(&open("terrain").await, &Query::new()).await);
    assert!(size(folder.path()) <= limit);
    // Of the dataset that was not used since 1970, nothing of size is left.
    let left = Cache::new(folder.path(), limit).datasets().unwrap();
    let old = left
        .iter()
        .find(|dataset| dataset.location.ends_with("/laz-pf1/"))
        .unwrap();
    assert_eq!(old.files, 0);
}

#[tokio::test]
async fn readers_at_the_same_time_share_it() {
    let server = Arc::new(versioned(Arc::default(), "ETag"));
    let folder = tempfile::tempdir().unwrap();
    let expected = tiles(&open("terrain").await, &Query::new()).await;
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (server, path) = (Arc::clone(&server), folder.path().to_owned());
        readers.spawn(async move {
            // So small that entries are removed all the time.
            let options = with_cache(&path, 300_000);
            let dataset = Dataset::open_with(&server.url("/terrain"), &options)
                .await
                .unwrap();
            tiles(&dataset, &Query::new()).await
        });
    }
    while let Some(found) = readers.join_next().await {
        assert_eq!(found.unwrap(), expected);
    }
}

#[tokio::test]
async fn it_can_be_shown_and_cleared_and_holds_no_secrets() {
    let server = versioned(Arc::default(), "ETag");
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("mine")).unwrap();
    std::fs::write(folder.path().join("mine/file"), "not the cache's").unwrap();
    let options = with_cache(folder.path(), PLENTY);
    let url = server.url("/laz-pf1?token=SECRET");
    let dataset = Dataset::open_with(&url, &options).await.unwrap();
    let count = tiles(&dataset, &Query::new()).await.len() as u64;

    let cache = Cache::new(folder.path(), PLENTY);
    let [shown] = &cache.datasets().unwrap()[..] else {
        panic!()
    };
    assert_eq!(shown.location, server.url("/laz-pf1/"));
    assert!(shown.files > count && shown.bytes > 10_000);
    for path in files(folder.path()) {
        let bytes = std::fs::read(&path).unwrap();
        assert!(
            !bytes.windows(6).any(|window| window == b"SECRET"),
            "{}",
            path.display()
        );
    }
    cache.clear().unwrap();
    assert_eq!(cache.datasets().unwrap(), []);
    assert!(folder.path().join("mine/file").is_file());
    assert_eq!(
        Cache::new(folder.path().join("none"), 1)
            .datasets()
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn local_data_is_not_cached() {
    let folder = tempfile::tempdir().unwrap();
    let options = with_cache(folder.path(), PLENTY);
    let path = support::fixture("laz-pf1");
    let dataset = Dataset::open_with(path.to_str().unwrap(), &options)
        .await
        .unwrap();
    tiles(&dataset, &Query::new()).await;
    assert!(files(folder.path()).is_empty());
}
