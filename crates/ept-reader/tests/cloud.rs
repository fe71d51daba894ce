//! Object stores, as a server on loopback plays them.

#![cfg(feature = "cloud")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use ept_reader::{
    Answer, CloudOptions, CloudStore, Dataset, Error, HttpOptions, LossCause, Options, Query,
    Retry, Store, StoreError,
};
use futures::StreamExt;

use support::server::{Fault, Request, Response, Server};
use support::{open, testdata, tiles};

/// The object that a request for `/bucket/key` asks for, or 404.
fn object(request: &Request) -> Response {
    let key = request.path.strip_prefix("/bucket/").unwrap_or_default();
    match std::fs::read(testdata().join(key)) {
        Ok(body) => Response::new(200, body).with_header("ETag", "\"1\""),
        Err(_) => Response::new(404, "<Error><Code>NoSuchKey</Code></Error>"),
    }
}

fn at(server: &Server) -> CloudOptions {
    CloudOptions {
        endpoint: Some(server.url("")),
        ..CloudOptions::default()
    }
}

fn options(server: &Server) -> Options {
    Options {
        cloud: at(server),
        retry: Retry {
            attempts: 5,
            first: Duration::from_millis(1),
            most: Duration::from_millis(1),
            ..Retry::default()
        },
        ..Options::default()
    }
}

fn store(server: &Server, http: &HttpOptions) -> CloudStore {
    CloudStore::new("s3://bucket/laz-pf1", &at(server), http).unwrap()
}

#[tokio::test]
async fn a_bucket_reads_as_the_folder_does() {
    let server = Server::start(object);
    for name in ["terrain", "laz-pf1"] {
        let expected = tiles(&open(name).await, &Query::new()).await;
        for suffix in ["", "/", "/ept.json"] {
            let url = format!("s3://bucket/{name}{suffix}");
            let dataset = Dataset::open_with(&url, &options(&server)).await.unwrap();
            assert_eq!(tiles(&dataset, &Query::new()).await, expected, "{url}");
            assert_eq!(
                dataset.location(),
                server.url(&format!("/bucket/{name}/ept.json"))
            );
        }
    }
}

#[tokio::test]
async fn failures_that_may_pass_are_waited_out() {
    let expected = tiles(&open("laz-pf1").await, &Query::new()).await;
    type Break = fn(Response) -> Response;
    let faults: [Break; 8] = [
        |_| Response::new(408, ""),
        |_| Response::new(429, "").with_header("Retry-After", "0"),
        |_| Response::new(500, "<Error><Code>InternalError</Code></Error>"),
        |_| Response::new(503, "<Error><Code>SlowDown</Code></Error>"),
        |response| response.with_fault(100, Fault::Close),
        |response| response.with_fault(0, Fault::Close),
        |response| response.with_fault(0, Fault::Refuse),
        |_| Response::new(503, vec![b' '; 1 << 20]),
    ];
    for (number, fault) in faults.into_iter().enumerate() {
        let seen = Mutex::new(HashSet::new());
        let server = Server::start(move |request| {
            let is_first = seen.lock().unwrap().insert(request.path.clone());
            match is_first {
                true => fault(object(request)),
                false => object(request),
            }
        });
        let dataset = Dataset::open_with("s3://bucket/laz-pf1", &options(&server))
            .await
            .unwrap();
        let found = tiles(&dataset, &Query::new()).await;
        assert_eq!(found, expected, "fault {number}");
        // ept.json, the page and each tile: asked for twice, and by nobody else.
        let files = expected.len() as u64 + 2;
        let traffic = dataset.traffic();
        let counts = (traffic.requests, traffic.retries, server.requests().len());
        assert_eq!(counts, (2 * files, files, 2 * files as usize));
    }
}

#[tokio::test]
async fn a_denied_tile_is_lost_and_the_others_are_not() {
    let server = Server::start(|request| match request.path.ends_with("/1-0-0-0.laz") {
        true => Response::new(403, "<Error><Code>AccessDenied</Code></Error>"),
        false => object(request),
    });
    let dataset = Dataset::open_with("s3://bucket/laz-pf1", &options(&server))
        .await
        .unwrap();
    let results = dataset.select(&Query::new()).unwrap().points();
    let results: Vec<_> = results.collect().await;
    let lost: Vec<&Error> = results.iter().filter_map(|r| r.as_ref().err()).collect();
    let [Error::Lost(loss)] = lost.as_slice() else {
        panic!("{lost:?}");
    };
    assert!(matches!(
        loss.cause,
        LossCause::Fetch(StoreError::Denied { .. })
    ));
    let text = loss.to_string();
    assert!(
        text.contains("access denied, or no such file (this store does not tell the two apart)"),
        "{text}"
    );
    let expected = tiles(&open("laz-pf1").await, &Query::new()).await;
    assert_eq!(results.len(), expected.len());
}

#[tokio::test]
async fn answers_are_told_apart() {
    let answers = [
        (403, "AccessDenied", "no such file"),
        (
            403,
            "InvalidAccessKeyId",
            "access denied (InvalidAccessKeyId)",
        ),
        (403, "SECRET/!", "no such file"),
        (400, "ExpiredToken", "400 Bad Request (ExpiredToken)"),
        (401, "", "401 Unauthorized"),
        (404, "NoSuchBucket", "not found"),
        (503, "SlowDown", "503 Service Unavailable (SlowDown)"),
    ];
    for (status, code, cause) in answers {
        let body = format!("<Error><Code>{code}</Code><AWSAccessKeyId>SECRET</AWSAccessKeyId>");
        let server = Server::start(move |_| Response::new(status, body.clone()));
        let store = store(&server, &HttpOptions::default());
        let error = store.get("ept.json", 1000).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(cause) && !text.contains("SECRET"), "{text}");
        assert_eq!(error.may_pass(), status == 503, "{text}");
        let is_denied = matches!(error, StoreError::Denied { .. });
        assert_eq!(is_denied, matches!(status, 401 | 403), "{text}");
        assert_eq!(server.requests().len(), 1, "{text}");
    }
}

#[tokio::test]
async fn files_are_bounded_and_stalls_noticed() {
    let server = Server::start(|request| {
        let body = vec![b' '; 1000];
        match request.path.ends_with("held") {
            true => Response::new(200, body).with_fault(100, Fault::Hold),
            false => Response::new(200, body),
        }
    });
    let http = HttpOptions {
        stall: Duration::from_millis(200),
        ..HttpOptions::default()
    };
    let store = store(&server, &http);
    assert_eq!(store.get("file", 1000).await.unwrap().len(), 1000);
    let error = store.get("file", 999).await.unwrap_err();
    assert!(error.cause().contains("limit of 999 bytes"), "{error}");
    let error = store.get("held", 1000).await.unwrap_err();
    assert!(error.may_pass(), "{error}");
    assert!(error.cause().contains("after 100 bytes"), "{error}");
}

#[tokio::test]
async fn sizes_are_asked_for_alone() {
    let server = Server::start(object);
    let store = store(&server, &HttpOptions::default());
    let whole = store.get("ept.json", 1 << 20).await.unwrap();
    assert_eq!(store.size("ept.json").await, Ok(Some(whole.len() as u64)));
    let missing = store.size("ept-data/9-0-0-0.laz").await;
    assert!(matches!(missing, Err(StoreError::NotFound { .. })));
    let methods: Vec<String> = server.requests().into_iter().map(|r| r.method).collect();
    assert_eq!(methods, ["GET", "HEAD", "HEAD"]);
}

#[tokio::test]
async fn the_start_of_an_object_comes_without_the_rest() {
    let whole = std::fs::read(testdata().join("laz-pf1/ept.json")).unwrap();
    let length = whole.len();
    let server = Server::start(move |request| {
        assert_eq!(request.headers["range"], "bytes=0-99");
        let mut response = object(request);
        response.body.truncate(100);
        response.status = 206;
        response.with_header("Content-Range", format!("bytes 0-99/{length}"))
    });
    let store = store(&server, &HttpOptions::default());
    let start = store.range("ept.json", 0..100, 1 << 20).await;
    assert_eq!(start.unwrap(), whole[..100]);
}

#[tokio::test]
async fn a_file_that_is_the_same_does_not_come_again() {
    let server = Server::start(|request| match request.headers.get("if-none-match") {
        Some(tag) if tag == "\"1\"" => Response::new(304, ""),
        _ => object(request),
    });
    let store = store(&server, &HttpOptions::default());
    let first = store.get_changed("ept.json", 1 << 20, None).await.unwrap();
    let Answer::File { stamp, .. } = &first else {
        panic!("{first:?}");
    };
    assert_eq!(stamp.as_deref(), Some("\"1\""));
    let again = store.get_changed("ept.json", 1 << 20, stamp.as_deref());
    assert_eq!(again.await.unwrap(), Answer::Same);
    let other = store.get_changed("ept.json", 1 << 20, Some("\"0\""));
    assert_eq!(other.await.unwrap(), first);
}

#[tokio::test]
async fn what_is_no_bucket_is_explained_without_secrets() {
    let open = |url: &str, endpoint: Option<&str>| {
        let cloud = CloudOptions {
            endpoint: endpoint.map(str::to_owned),
            ..CloudOptions::default()
        };
        let error = CloudStore::new(url, &cloud, &HttpOptions::default()).unwrap_err();
        error.to_string()
    };
    for (url, problem) in [
        ("s3://bucket/set?X-Amz-Signature=SECRET", "query string"),
        ("s3://key:SECRET@bucket/set", "names no bucket"),
        ("s3:///set", "names no bucket"),
        ("gs://", "names no bucket"),
        ("s3://bucket/a//b", "empty"),
        ("s3://bucket/../b", "illegal"),
    ] {
        let text = open(url, None);
        assert!(
            text.contains(problem) && !text.contains("SECRET"),
            "{url}: {text}"
        );
    }
    for endpoint in ["http://me:SECRET@localhost", "localhost:9000", "SECRET"] {
        let text = open("s3://bucket/set", Some(endpoint));
        assert!(
            text.contains("the endpoint") && !text.contains("SECRET"),
            "{endpoint}: {text}"
        );
    }
}
