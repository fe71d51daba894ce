//! `-v`: every request with its size, time and retries on standard error, and no secret.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::sync::atomic::{AtomicBool, Ordering};

use support::server::{Response, Server, file};
use support::{ept, fixture, testdata};

/// A server whose first answer for a tile is 503.
fn busy_once() -> Server {
    let was_busy = AtomicBool::new(false);
    Server::start(move |request| {
        if request.path.ends_with("ept-data/0-0-0-0.laz") && !was_busy.swap(true, Ordering::SeqCst)
        {
            return Response::new(503, "busy").with_header("Retry-After", "0");
        }
        file(&testdata(), request)
    })
}

#[test]
fn each_request_and_each_retry_is_logged_without_secrets() {
    let server = busy_once();
    let url = server.url("/laz-pf0?token=SECRET");
    let header = "X-Key: SECRET";
    let stats = ["stats", &url, "--depth", "1", "--header", header];
    let run = ept(&[&stats[..], &["-q", "-v"]].concat()).ends_with(0);
    let log = run.stderr();
    assert!(!log.contains("SECRET"), "{log}");
    let requests = server.requests();
    assert!(requests.len() > 3, "{requests:?}");
    for request in &requests {
        let told = format!("{}: ", server.url(&request.path));
        let asked = requests.iter().filter(|other| other.path == request.path);
        assert!(
            log.matches(&told).count() >= asked.count(),
            "{} in {log}",
            request.path
        );
    }
    let size = std::fs::metadata(testdata().join("laz-pf0/ept-data/0-0-0-0.laz")).unwrap();
    let line = format!("/laz-pf0/ept-data/0-0-0-0.laz: {} bytes in ", size.len());
    assert!(log.contains(&line), "{log}");
    assert!(log.contains("503"), "{log}");
    assert!(log.contains("asked 1 of 10 times, again in "), "{log}");
    assert!(!log.contains("decoded"), "{log}");
    for line in log.lines() {
        let seconds = line.trim_start().split('s').next().unwrap();
        assert!(seconds.parse::<f64>().is_ok(), "{line}");
    }
    // What is logged does not change what is answered.
    let quiet = ept(&[&stats[..], &["-q"]].concat()).ends_with(0);
    assert_eq!(quiet.stdout(), run.stdout());
    assert_eq!(quiet.stderr(), "");
}

#[test]
fn twice_logs_each_tile_and_what_a_cache_had() {
    let server = Server::files(testdata());
    let cache = tempfile::tempdir().unwrap();
    let cache = cache.path().to_str().unwrap();
    let stats = [
        "stats",
        &server.url("/laz-pf0"),
        "-q",
        "--cache",
        cache,
        "-vv",
    ];
    let log = ept(&stats).ends_with(0).stderr();
    let nodes = ept(&["nodes", &fixture("laz-pf0"), "--json"])
        .ends_with(0)
        .json();
    for node in nodes["nodes"].as_array().unwrap() {
        let line = format!(
            "{}: {} points decoded in ",
            node["key"].as_str().unwrap(),
            node["points"]
        );
        assert!(log.contains(&line), "{line} in {log}");
    }
    assert!(!log.contains("from the cache"), "{log}");
    let again = ept(&stats).ends_with(0).stderr();
    let line = "/laz-pf0/ept-data/0-0-0-0.laz: from the cache";
    assert!(again.contains(line), "{again}");
}
