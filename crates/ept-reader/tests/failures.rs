//! What a user is told when nothing works, and how soon.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support;
#[path = "support/tls.rs"]
mod tls;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ept_reader::{Dataset, FileStore, Limits, Options, Query, Store, StoreError};
use futures::future::BoxFuture;
use futures::{FutureExt, TryStreamExt};

use support::server::{Response, Server};
use support::{fixture, open, tiles};

/// A server that answers a number of requests and can't be reached after that.
#[derive(Debug)]
struct Vanishing {
    inner: FileStore,
    answers: usize,
    asked: AtomicUsize,
}

impl Vanishing {
    fn after(answers: usize) -> Arc<Vanishing> {
        Arc::new(Vanishing {
            inner: FileStore::new(fixture("laz-pf1")),
            answers,
            asked: AtomicUsize::new(0),
        })
    }
}

impl Store for Vanishing {
    fn get<'a>(&'a self, path: &'a str, max: usize) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        if self.asked.fetch_add(1, Ordering::SeqCst) < self.answers {
            return self.inner.get(path, max);
        }
        let error = StoreError::Unreachable {
            location: self.location(path),
            cause: "connection refused".into(),
        };
        async move { Err(error) }.boxed()
    }

    fn location(&self, path: &str) -> String {
        format!("vanishing:{path}")
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_was_never_reached_is_given_up_within_two_seconds() {
    for _ in 0..20 {
        let store = Vanishing::after(0);
        let start = tokio::time::Instant::now();
        let dataset = Dataset::from_store(Arc::clone(&store) as _, &Options::default()).await;
        let error = dataset.unwrap_err().to_string();
        assert!(start.elapsed() <= Duration::from_secs(2));
        assert!(
            error.contains("connection refused (tried 4 times)"),
            "{error}"
        );
        assert_eq!(store.asked.load(Ordering::SeqCst), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answered_before_is_waited_for() {
    // ept.json and the page come, no tile does.
    let store = Vanishing::after(2);
    let dataset = Dataset::from_store(Arc::clone(&store) as _, &Options::default()).await;
    let points = dataset
        .unwrap()
        .select(&Query::new().with_depth(0))
        .unwrap()
        .points();
    let error = points.try_collect::<Vec<_>>().await.unwrap_err();
    assert!(error.to_string().contains("tried 10 times"), "{error}");
}

#[tokio::test]
async fn a_refused_connection_is_told_soon() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/set", listener.local_addr().unwrap());
    drop(listener);
    let start = std::time::Instant::now();
    let error = Dataset::open(&url).await.unwrap_err().to_string();
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
    assert!(error.contains("refused") && error.contains(&url), "{error}");
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_told_at_once() {
    let (url, connections) = tls::self_signed();
    for timeout in [None, Some(Duration::from_secs(60))] {
        let before = connections.load(Ordering::SeqCst);
        let options = Options {
            timeout,
            ..Options::default()
        };
        let error = Dataset::open_with(&url, &options)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains("certificate"), "{error}");
        assert!(!error.contains("asked"), "{error}");
        assert_eq!(connections.load(Ordering::SeqCst), before + 1);
    }
}

#[tokio::test]
async fn a_timeout_names_the_last_cause() {
    let server = Server::start(|_| Response::new(503, "busy").with_header("Retry-After", "3600"));
    let options = Options {
        timeout: Some(Duration::from_millis(500)),
        ..Options::default()
    };
    let error = Dataset::open_with(&server.url("/set"), &options).await;
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("timeout of 500ms") && error.contains("503"),
        "{error}"
    );
}

#[tokio::test]
async fn the_greatest_numbers_are_limits_too() {
    let greatest = NonZeroUsize::MAX;
    for (requests, threads) in [
        (greatest, NonZeroUsize::MIN),
        (NonZeroUsize::MIN, greatest),
        (greatest, greatest),
        (NonZeroUsize::new(1 << 62).unwrap(), NonZeroUsize::MIN),
    ] {
        let limits = Limits {
            requests,
            threads,
            memory: greatest,
            file_bytes: greatest,
            ..Limits::default()
        };
        let options = Options {
            limits,
            ..Options::default()
        };
        let folder = fixture("laz-pf1");
        let location = folder.to_str().unwrap();
        let dataset = Dataset::open_with(location, &options).await.unwrap();
        let expected = tiles(&open("laz-pf1").await, &Query::new()).await;
        assert_eq!(tiles(&dataset, &Query::new()).await, expected);
        let checks = ept_reader::Checks::default();
        ept_reader::validate(location, &options, &checks, |_| {})
            .await
            .unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_in_the_place_of_a_tile_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: no mkfifo");
        return;
    }
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    let store = FileStore::new(folder.path());
    for (name, cause) in [("pipe", "a pipe"), ("folder", "a folder")] {
        for error in [
            store.get(name, 100).await.unwrap_err(),
            store.range(name, 0..10, 100).await.unwrap_err(),
            store.size(name).await.unwrap_err(),
        ] {
            assert!(error.cause().contains(cause), "{error}");
            assert!(
                error.location().ends_with(name) && !error.may_pass(),
                "{error}"
            );
        }
    }
}

/// Set in the process that may open few files.
#[cfg(unix)]
const FEW_FILES: &str = "EPT_TEST_FEW_FILES";

#[cfg(unix)]
#[test]
fn too_few_open_files_are_waited_out() {
    const NAME: &str = "failures::too_few_open_files_are_waited_out";
    if std::env::var_os(FEW_FILES).is_some() {
        return with_few_files();
    }
    let this = std::env::current_exe().unwrap();
    let output = std::process::Command::new("sh")
        .args([
            "-c",
            "ulimit -n 40 && exec \"$0\" --exact \"$1\" --nocapture",
        ])
        .arg(this)
        .arg(NAME)
        .env(FEW_FILES, "1")
        .output()
        .unwrap();
    let text = [output.stderr, output.stdout].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

#[cfg(unix)]
fn with_few_files() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let dataset = open("laz-pf1").await;
        let mut held = Vec::new();
        while let Ok(file) = std::fs::File::open("/dev/null") {
            held.push(file);
        }
        let store = FileStore::new(fixture("laz-pf1"));
        let error = store.get("ept.json", 1 << 20).await.unwrap_err();
        assert!(
            error.may_pass() && error.cause().contains("ulimit -n"),
            "{error}"
        );
        let error = store.list("ept-data").await.unwrap_err();
        assert!(error.may_pass(), "{error}");
        // They become free while the dataset waits.
        let query = Query::new();
        let reading = tiles(&dataset, &query);
        tokio::pin!(reading);
        assert!(futures::poll!(&mut reading).is_pending());
        while dataset.traffic().retries == 0 {
            assert!(futures::poll!(&mut reading).is_pending());
            tokio::task::yield_now().await;
        }
        held.clear();
        assert_eq!(reading.await.len(), tiles(&dataset, &query).await.len());
    });
}
