//! The cache on disk among files of others, with servers that err.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use ept_reader::{Cache, Dataset, Error, Options, Query, Tile};
use futures::TryStreamExt;

use support::server::{Request, Response, Server, file};
use support::{open, testdata, tiles};

fn with_cache(folder: &Path, max_bytes: u64) -> Options {
    Options {
        cache: Some(Cache::new(folder, max_bytes)),
        ..Options::default()
    }
}

async fn read(url: &str, options: &Options) -> Result<Vec<Tile>, Error> {
    let dataset = Dataset::open_with(url, options).await?;
    let points = dataset.select(&Query::new())?.points();
    points.try_collect().await
}

async fn truth(name: &str) -> Vec<Tile> {
    tiles(&open(name).await, &Query::new()).await
}

/// Paths below a folder, links as such.
fn listing(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let entry = entry.unwrap();
        found.push(entry.path().to_string_lossy().into_owned());
        if entry.file_type().unwrap().is_dir() {
            found.extend(listing(&entry.path()));
        }
    }
    found.sort();
    found
}

#[cfg(unix)]
#[tokio::test]
async fn files_of_the_user_are_never_removed() {
    use std::os::unix::fs::symlink;

    let server = Server::files(testdata());
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mine = |at: &Path| {
        std::fs::create_dir_all(at).unwrap();
        for name in ["location", "photo.jpg", "0-0-0-0.laz", "0-0-0-0.laz.entry"] {
            std::fs::write(at.join(name), vec![7; 50_000]).unwrap();
        }
    };
    let hash = "0123456789abcdef0123456789abcdef";
    for name in ["mine", hash, "mine/below"] {
        mine(&folder.path().join(name));
    }
    mine(outside.path());
    symlink(outside.path(), folder.path().join("link")).unwrap();
    // So small that room is made all the time.
    let options = with_cache(folder.path(), 400_000);
    let expected = truth("terrain").await;
    assert_eq!(
        read(&server.url("/terrain"), &options).await.unwrap(),
        expected
    );
    // Also by links within the cache's own folder, and beside its entries.
    let own = folder.path().join("ept-cache");
    symlink(outside.path(), own.join(hash)).unwrap();
    let kept = own.read_dir().unwrap().map(|entry| entry.unwrap());
    let kept = kept.filter(|entry| entry.file_type().unwrap().is_dir());
    for dataset in kept {
        symlink(outside.path(), dataset.path().join("link")).unwrap();
        std::fs::write(dataset.path().join("photo.jpg"), "mine").unwrap();
    }
    let before: Vec<String> = [folder.path(), outside.path()].map(listing).concat();
    let mine = |paths: &[String]| -> Vec<String> {
        let is_entry = |path: &String| {
            path.contains("/ept-cache/") && path.ends_with(".entry") || path.contains(".part-")
        };
        paths
            .iter()
            .filter(|path| !is_entry(path))
            .cloned()
            .collect()
    };
    for options in [&options, &with_cache(folder.path(), 400_000)] {
        assert_eq!(
            read(&server.url("/terrain"), options).await.unwrap(),
            expected
        );
        let after = [folder.path(), outside.path()].map(listing).concat();
        assert_eq!(mine(&after), mine(&before));
    }
    Cache::new(folder.path(), 1).clear().unwrap();
    let after = [folder.path(), outside.path()].map(listing).concat();
    for path in before.iter().filter(|path| path.ends_with(".jpg")) {
        assert!(after.contains(path), "{path}");
    }
    assert_eq!(Cache::new(folder.path(), 1).datasets().unwrap(), []);
    assert_eq!(listing(outside.path()).len(), 4);
}

#[tokio::test]
async fn a_folder_that_is_not_marked_is_left_alone() {
    let server = Server::files(testdata());
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("ept-cache");
    std::fs::create_dir(&own).unwrap();
    std::fs::write(own.join("notes"), "of the user").unwrap();
    let options = with_cache(folder.path(), 1 << 30);
    let found = read(&server.url("/laz-pf1"), &options).await.unwrap();
    assert_eq!(found, truth("laz-pf1").await);
    assert_eq!(listing(&own).len(), 1);
}

/// A server that answers the first requests for a path like this with other bodies.
fn breaking(
    path: &'static str,
    times: usize,
    broken: impl Fn(&Response) -> Vec<u8> + Send + Sync + 'static,
) -> Server {
    let asked: Mutex<HashMap<String, usize>> = Mutex::default();
    Server::start(move |request| {
        let mut response = file(&testdata(), request);
        if request.path.ends_with(path) {
            let mut asked = asked.lock().unwrap();
            let asked = asked.entry(request.path.clone()).or_default();
            *asked += 1;
            if *asked <= times {
                response.body = broken(&response);
            }
        }
        response.with_header("ETag", "\"1\"")
    })
}

type Break = fn(&Response) -> Vec<u8>;

#[tokio::test]
async fn a_broken_answer_is_not_kept_for_ever() {
    let expected = truth("laz-pf1").await;
    // Cut off without a length, and an error that calls itself a success.
    let faults: [Break; 2] = [
        |whole| whole.body[..whole.body.len() / 2].to_vec(),
        |_| b"Internal error: too many connections".to_vec(),
    ];
    for path in ["ept.json", "ept-hierarchy/0-0-0-0.json", "1-0-0-0.laz"] {
        for fault in faults {
            let folder = tempfile::tempdir().unwrap();
            let options = with_cache(folder.path(), 1 << 30);
            let once = breaking(path, 1, fault);
            let found = read(&once.url("/laz-pf1"), &options).await;
            assert_eq!(found.unwrap(), expected, "{path}");
            let again = once.requests().len();
            assert_eq!(
                read(&once.url("/laz-pf1"), &options).await.unwrap(),
                expected
            );
            assert_eq!(once.requests().len(), again + 1, "{path}");

            let twice = breaking(path, 2, fault);
            let error = read(&twice.url("/laz-pf1"), &options).await.unwrap_err();
            assert!(error.to_string().contains(path), "{error}");
            let found = read(&twice.url("/laz-pf1"), &options).await;
            assert_eq!(found.unwrap(), expected, "{path}");
        }
    }
}

#[tokio::test]
async fn what_stays_broken_is_asked_for_twice() {
    let folder = tempfile::tempdir().unwrap();
    let options = with_cache(folder.path(), 1 << 30);
    let server = breaking("1-0-0-0.laz", usize::MAX, |_| b"no tile".to_vec());
    assert!(read(&server.url("/laz-pf1"), &options).await.is_err());
    let asked = server.requests();
    let tile = |request: &&Request| request.path.ends_with("1-0-0-0.laz");
    assert_eq!(asked.iter().filter(tile).count(), 2);
}

/// Serves one fixture, then another that is older, and answers 304 by the order of dates.
fn replaced(is_replaced: Arc<AtomicBool>, has_date: bool) -> Server {
    Server::start(move |request| {
        let (name, second) = match is_replaced.load(Ordering::SeqCst) {
            false => ("laz-pf0", 30),
            true => ("laz-pf1", 10),
        };
        let date = |second| format!("Wed, 21 Oct 2026 07:28:{second:02} GMT");
        let known = request.headers.get("if-modified-since");
        if known.is_some_and(|known| *known >= date(second)) {
            let same = Response::new(304, "");
            return match has_date {
                true => same.with_header("Last-Modified", date(second)),
                false => same,
            };
        }
        let mut request = request.clone();
        request.path = request.path.replace("/set/", &format!("/{name}/"));
        file(&testdata(), &request).with_header("Last-Modified", date(second))
    })
}

#[tokio::test]
async fn an_older_file_is_another_file() {
    for has_date in [true, false] {
        let is_replaced = Arc::new(AtomicBool::new(false));
        let server = replaced(Arc::clone(&is_replaced), has_date);
        let folder = tempfile::tempdir().unwrap();
        let options = with_cache(folder.path(), 1 << 30);
        for name in ["laz-pf0", "laz-pf1"] {
            is_replaced.store(name == "laz-pf1", Ordering::SeqCst);
            for _ in 0..2 {
                let found = read(&server.url("/set"), &options).await.unwrap();
                assert_eq!(found, truth(name).await, "{name}");
            }
        }
    }
}

#[tokio::test]
async fn another_query_string_is_another_dataset() {
    let server = Server::start(|request| {
        let mut request = request.clone();
        request.path = request
            .path
            .replace("/set/", &format!("/{}/", request.query));
        // The same for all files, as by a server that stamps its release.
        let response = file(&testdata(), &request).with_header("ETag", "\"1\"");
        match request.headers.contains_key("if-none-match") {
            true => Response::new(304, ""),
            false => response,
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let options = with_cache(folder.path(), 1 << 30);
    for _ in 0..2 {
        for name in ["laz-pf0", "laz-pf1"] {
            let url = server.url(&format!("/set?{name}"));
            assert_eq!(read(&url, &options).await.unwrap(), truth(name).await);
        }
    }
}
