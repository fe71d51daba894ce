//! Web servers as they are: slow, short, overloaded, silent.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::collections::HashMap;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ept_reader::{Dataset, Error, HttpOptions, Options, Query, Retry};
use flate2::write::GzEncoder;
use futures::StreamExt;

use support::server::{Fault, Request, Response, Server, file};
use support::{fixture, open, testdata, tiles};

/// Asks again at once.
fn eager() -> Options {
    Options {
        retry: Retry {
            attempts: 5,
            first: Duration::from_millis(1),
            most: Duration::from_millis(1),
            ..Retry::default()
        },
        ..Options::default()
    }
}

/// A server of the fixtures whose first answer for each file is the fault.
fn faulty_once(fault: impl Fn(&Request, Response) -> Response + Send + Sync + 'static) -> Server {
    let seen: Mutex<HashMap<String, u32>> = Mutex::default();
    Server::start(move |request| {
        let response = file(&testdata(), request);
        let times = {
            let mut seen = seen.lock().unwrap();
            let times = seen.entry(request.path.clone()).or_default();
            *times += 1;
            *times
        };
        match times {
            1 => fault(request, response),
            _ => response,
        }
    })
}

async fn first_error(dataset: &Dataset) -> Error {
    let mut stream = dataset.select(&Query::new()).unwrap().points();
    loop {
        if let Err(error) = stream.next().await.unwrap() {
            return error;
        }
    }
}

#[tokio::test]
async fn failures_that_may_pass_are_waited_out() {
    let expected = tiles(&open("laz-pf0").await, &Query::new()).await;
    type Break = fn(&Request, Response) -> Response;
    let faults: [Break; 9] = [
        |_, _| Response::new(408, ""),
        |_, _| Response::new(429, "").with_header("Retry-After", "0"),
        |_, _| Response::new(500, ""),
        |_, _| Response::new(502, "<html>"),
        |_, _| Response::new(503, "").with_header("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"),
        |_, _| Response::new(504, ""),
        |_, response| response.with_fault(100, Fault::Close),
        |_, response| response.with_fault(0, Fault::Close),
        |_, response| response.with_fault(0, Fault::Refuse),
    ];
    for (at, fault) in faults.into_iter().enumerate() {
        let server = faulty_once(fault);
        let dataset = Dataset::open_with(&server.url("/laz-pf0"), &eager())
            .await
            .unwrap();
        assert_eq!(tiles(&dataset, &Query::new()).await, expected, "fault {at}");
        let traffic = dataset.traffic();
        // ept.json, the page and each tile: asked for twice.
        let files = expected.len() as u64 + 2;
        assert_eq!(
            (traffic.requests, traffic.retries),
            (2 * files, files),
            "fault {at}"
        );
    }
}

#[tokio::test]
async fn failures_that_stay_are_not_asked_for_again() {
    for (status, cause) in [
        (400, "400"),
        (401, "401"),
        (403, "403"),
        (404, "not found"),
        (410, "not found"),
        (418, "418"),
    ] {
        let server = Server::start(move |request| match request.path.contains("ept-data") {
            true => Response::new(status, "no"),
            false => file(&testdata(), request),
        });
        let dataset = Dataset::open_with(&server.url("/laz-pf0"), &eager())
            .await
            .unwrap();
        let error = first_error(&dataset).await;
        assert!(
            error.loss().is_some() && error.to_string().contains(cause),
            "{error}"
        );
        let asked = server.requests();
        let root = asked
            .iter()
            .filter(|request| request.path.ends_with("/0-0-0-0.laz"));
        assert_eq!(root.count(), 1, "{status}");
    }
}

#[tokio::test]
async fn an_end_comes_after_so_many_attempts() {
    let server = Server::start(|_| Response::new(503, "never"));
    let error = Dataset::open_with(&server.url("/set"), &eager())
        .await
        .unwrap_err();
    assert_eq!(server.requests().len(), 5);
    let text = error.to_string();
    assert!(
        text.contains("503") && text.contains("tried 5 times"),
        "{text}"
    );
}

#[tokio::test]
async fn one_request_that_waits_holds_up_no_other() {
    // One request at a time, and the first tile is refused until some others were asked for.
    let others = AtomicUsize::new(0);
    let server = Server::start(move |request| {
        let is_tile = request.path.contains("ept-data");
        match request.path.ends_with("/0-0-0-0.laz") {
            true if others.load(Ordering::SeqCst) < 3 => Response::new(503, ""),
            _ => {
                others.fetch_add(usize::from(is_tile), Ordering::SeqCst);
                file(&testdata(), request)
            }
        }
    });
    let mut options = eager();
    options.retry.attempts = 10_000;
    options.limits.requests = std::num::NonZeroUsize::MIN;
    let dataset = Dataset::open_with(&server.url("/laz-pf0"), &options)
        .await
        .unwrap();
    assert_eq!(tiles(&dataset, &Query::new()).await.len(), 13);
}

#[tokio::test]
async fn silence_is_a_stall() {
    for (after, fault, cause) in [
        (0, Fault::Hold, "stalled for"),
        (100, Fault::Hold, "stalled for"),
        (100, Fault::Trickle, "stalled for"),
    ] {
        let server = Server::start(move |_| {
            Response::new(200, vec![b' '; 1 << 20]).with_fault(after, fault)
        });
        let mut options = eager();
        options.retry.attempts = 2;
        options.http.stall = Duration::from_millis(200);
        let start = Instant::now();
        let error = Dataset::open_with(&server.url("/set?k=SECRET"), &options)
            .await
            .unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(cause) && text.contains("/set/ept.json"),
            "{text}"
        );
        assert!(!text.contains("SECRET"), "{text}");
        assert!(start.elapsed() < Duration::from_secs(20));
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_a_stall() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut options = eager();
    options.retry.attempts = 2;
    options.http.stall = Duration::from_millis(200);
    let url = format!("http://{}/set", listener.local_addr().unwrap());
    let text = Dataset::open_with(&url, &options)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("no answer for 200ms") && text.contains(&url),
        "{text}"
    );
}

#[tokio::test]
async fn the_time_for_all_ends_everything() {
    let is_silent = std::sync::Arc::new(AtomicBool::new(false));
    let silent = std::sync::Arc::clone(&is_silent);
    let server = Server::start(move |request| {
        let response = file(&testdata(), request);
        match silent.load(Ordering::SeqCst) && request.path.contains("ept-data") {
            true => response.with_fault(10, Fault::Hold),
            false => response,
        }
    });
    let options = Options {
        timeout: Some(Duration::from_millis(500)),
        ..Options::default()
    };
    is_silent.store(true, Ordering::SeqCst);
    let start = Instant::now();
    let dataset = Dataset::open_with(&server.url("/laz-pf0"), &options)
        .await
        .unwrap();
    let text = first_error(&dataset).await.to_string();
    assert!(
        text.contains("timeout of 500ms") && text.contains("0-0-0-0.laz"),
        "{text}"
    );
    // The stall time of half a minute was not waited for.
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn headers_reach_every_request_and_no_message() {
    let server = Server::start(
        |request| match request.headers.get("x-key").map(String::as_str) {
            Some("SECRET") if request.path.contains("ept-data") => Response::new(400, "no"),
            Some("SECRET") => file(&testdata(), request),
            _ => Response::new(401, "who?"),
        },
    );
    let options = Options {
        http: HttpOptions {
            headers: vec![
                ("X-Key".into(), "SECRET".into()),
                ("Authorization".into(), "Bearer HIDDEN".into()),
            ],
            ..HttpOptions::default()
        },
        ..eager()
    };
    let dataset = Dataset::open_with(&server.url("/laz-pf0"), &options)
        .await
        .unwrap();
    let text = format!("{} {dataset:?} {options:?}", first_error(&dataset).await);
    assert!(
        !text.contains("SECRET") && !text.contains("HIDDEN"),
        "{text}"
    );
    for request in server.requests() {
        assert_eq!(request.headers["authorization"], "Bearer HIDDEN");
    }

    for (name, value) in [("no name", "value"), ("name", "SECRET\nline")] {
        let options = Options {
            http: HttpOptions {
                headers: vec![(name.into(), value.into())],
                ..HttpOptions::default()
            },
            ..eager()
        };
        let text = Dataset::open_with(&server.url("/x"), &options)
            .await
            .unwrap_err()
            .to_string();
        assert!(text.contains(name) && !text.contains("SECRET"), "{text}");
    }
}

#[tokio::test]
async fn compressed_answers_are_decompressed() {
    let server = Server::start(|request| {
        let mut response = file(&testdata(), request);
        assert!(request.headers["accept-encoding"].contains("gzip"));
        if response.status == 200 {
            let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&response.body).unwrap();
            response.body = encoder.finish().unwrap();
            response = response.with_header("Content-Encoding", "gzip");
        }
        response
    });
    // The pages of the second are gzip already.
    for name in ["laz-pf1", "zstandard"] {
        let dataset = Dataset::open(&server.url(&format!("/{name}")))
            .await
            .unwrap();
        let expected = tiles(&open(name).await, &Query::new()).await;
        assert_eq!(tiles(&dataset, &Query::new()).await, expected);
    }
}

#[tokio::test]
async fn a_page_in_the_place_of_a_tile_is_no_data() {
    for kind in ["text/html; charset=utf-8", "application/octet-stream"] {
        let server = Server::start(move |request| match request.path.contains("1-0-0-0.") {
            true => Response::new(200, "\n<!DOCTYPE html><p>Please log in")
                .with_header("Content-Type", kind),
            false => file(&testdata(), request).with_header("Content-Type", "text/html"),
        });
        let dataset = Dataset::open_with(&server.url("/laz-pf0"), &eager())
            .await
            .unwrap();
        let text = first_error(&dataset).await.to_string();
        assert!(
            text.contains("1-0-0-0.laz") && text.contains("web page"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn files_beyond_the_limit_are_not_read() {
    let server = Server::start(|request| match request.path.contains("ept-data") {
        // Announced, and not: of unknown length until the connection closes.
        true => Response::new(200, vec![0; 100_000]),
        false => file(&testdata(), request),
    });
    let mut options = eager();
    options.limits.file_bytes = std::num::NonZeroUsize::new(50_000).unwrap();
    for location in [server.url("/laz-pf0"), server.url("/laz-pf0/")] {
        let dataset = Dataset::open_with(&location, &options).await.unwrap();
        let text = first_error(&dataset).await.to_string();
        assert!(text.contains("limit of 50000 bytes"), "{text}");
    }
    options.limits.file_bytes = std::num::NonZeroUsize::new(1000).unwrap();
    let folder = fixture("terrain");
    let text = Dataset::open_with(folder.to_str().unwrap(), &options)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("limit of 1000 bytes") && text.contains("ept.json"),
        "{text}"
    );
}

#[tokio::test]
async fn more_nodes_or_points_than_the_limit_are_refused() {
    let mut options = eager();
    options.limits.nodes = 10;
    let folder = fixture("terrain");
    let dataset = Dataset::open_with(folder.to_str().unwrap(), &options)
        .await
        .unwrap();
    let last = dataset
        .select(&Query::new())
        .unwrap()
        .nodes()
        .collect::<Vec<_>>()
        .await
        .pop()
        .unwrap();
    assert!(matches!(last, Err(Error::TooLarge { .. })));

    let mut options = eager();
    options.limits.tile_points = 100;
    let dataset = Dataset::open_with(folder.to_str().unwrap(), &options)
        .await
        .unwrap();
    let text = first_error(&dataset).await.to_string();
    assert!(
        text.contains("0-0-0-0.laz") && text.contains("limit of 100"),
        "{text}"
    );
}
