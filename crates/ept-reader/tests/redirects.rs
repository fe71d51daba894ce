//! What goes along with a redirect, and what stays where it was meant for.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support;

use std::io::Write;
use std::sync::Arc;

use ept_reader::{Dataset, HttpOptions, HttpStore, Options, Query, Store};
use flate2::Compression;
use flate2::write::GzEncoder;

use support::conformance::{PATH, contents};
use support::server::{Request, Response, Server, file, ranged};
use support::{open, testdata, tiles};

const SECRETS: [&str; 3] = ["authorization", "x-key", "referer"];

fn secretive() -> HttpOptions {
    HttpOptions {
        headers: vec![
            ("X-Key".into(), "SECRET".into()),
            ("Authorization".into(), "Bearer SECRET".into()),
        ],
        ..HttpOptions::default()
    }
}

/// A server that redirects every request to the same path below `to`.
fn redirecting(to: String, status: u16) -> Server {
    Server::start(move |request| {
        Response::new(status, "elsewhere").with_header("Location", format!("{to}{}", request.path))
    })
}

fn knows_secret(request: &Request) -> bool {
    let headers = request.headers.values();
    headers
        .chain([&request.query])
        .any(|text| text.contains("SECRET"))
}

/// Asks for a file in all ways.
async fn ask(store: &HttpStore) {
    assert_eq!(store.get(PATH, 1 << 20).await.unwrap(), contents());
    let part = store.range(PATH, 100..200, 1 << 20).await;
    assert_eq!(part.unwrap(), contents()[100..200]);
    assert_eq!(store.size(PATH).await, Ok(Some(contents().len() as u64)));
    let same = store.get_changed(PATH, 1 << 20, Some("\"1\"")).await;
    assert_eq!(same.unwrap(), ept_reader::Answer::Same);
}

fn answer(request: &Request) -> Response {
    match request.headers.get("if-none-match") {
        Some(_) => Response::new(304, ""),
        None => ranged(request, Response::new(200, contents())),
    }
}

#[tokio::test]
async fn headers_and_the_query_do_not_leave_the_origin() {
    for status in [301, 302, 303, 307, 308] {
        let other = Server::start(answer);
        let first = redirecting(other.url(""), status);
        let url = first.url("/set?token=SECRET");
        ask(&HttpStore::new(&url, &secretive()).unwrap()).await;
        let asked = first.requests();
        assert_eq!(asked.len(), 4);
        assert!(asked.iter().all(|r| r.headers["x-key"] == "SECRET"));
        assert!(asked.iter().all(|r| r.query == "token=SECRET"));
        let strange = other.requests();
        assert_eq!(strange.len(), 4);
        for request in strange {
            assert!(!knows_secret(&request), "{status}: {request:?}");
            for name in SECRETS {
                assert!(!request.headers.contains_key(name), "{status}: {request:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_password_in_the_url_does_not_leave_the_origin() {
    let other = Server::start(answer);
    let first = redirecting(other.url(""), 302);
    let url = first.url("/set").replace("http://", "http://me:SECRET@");
    ask(&HttpStore::new(&url, &HttpOptions::default()).unwrap()).await;
    assert!(
        first
            .requests()
            .iter()
            .all(|r| r.headers.contains_key("authorization"))
    );
    for request in other.requests() {
        assert!(
            !request.headers.contains_key("authorization"),
            "{request:?}"
        );
    }
}

#[tokio::test]
async fn a_redirect_within_the_origin_keeps_the_headers() {
    let server = Server::start(|request| match request.path.strip_prefix("/old/") {
        Some(path) => Response::new(307, "").with_header("Location", format!("/new/{path}")),
        None => answer(request),
    });
    let store = HttpStore::new(&server.url("/old"), &secretive()).unwrap();
    ask(&store).await;
    for request in server.requests() {
        assert_eq!(request.headers["x-key"], "SECRET", "{request:?}");
        assert!(!request.headers.contains_key("referer"), "{request:?}");
    }
}

#[tokio::test]
async fn headers_go_to_the_origin_again_when_it_is_returned_to() {
    let back = Arc::new(std::sync::OnceLock::<String>::new());
    let target = Arc::clone(&back);
    let other = Server::start(move |request| {
        let path = request.path.replace("/set/", "/real/");
        Response::new(302, "").with_header("Location", format!("{}{path}", target.get().unwrap()))
    });
    let away = other.url("");
    let first = Server::start(move |request| match request.path.starts_with("/real/") {
        true => answer(request),
        false => Response::new(302, "").with_header("Location", format!("{away}{}", request.path)),
    });
    back.set(first.url("")).unwrap();
    ask(&HttpStore::new(&first.url("/set"), &secretive()).unwrap()).await;
    assert!(
        other
            .requests()
            .iter()
            .all(|request| !knows_secret(request))
    );
    assert!(first.requests().iter().all(knows_secret));
}

#[tokio::test]
async fn redirects_in_a_circle_end() {
    let server = Server::start(|request| {
        Response::new(302, "").with_header("Location", request.path.clone())
    });
    let store = HttpStore::new(&server.url("/set"), &HttpOptions::default()).unwrap();
    let error = store.get(PATH, 100).await.unwrap_err();
    assert!(
        error.cause().contains("redirects more than 10 times"),
        "{error}"
    );
    assert!(!error.may_pass(), "{error}");
    assert_eq!(server.requests().len(), 11);
    let nowhere = Server::start(|_| Response::new(302, ""));
    let store = HttpStore::new(&nowhere.url("/set"), &HttpOptions::default()).unwrap();
    let error = store.get(PATH, 100).await.unwrap_err();
    assert!(error.cause().contains("302"), "{error}");
}

#[tokio::test]
async fn gzip_has_more_than_one_name() {
    let expected = tiles(&open("laz-pf1").await, &Query::new()).await;
    for name in ["gzip", "GZIP", "x-gzip", "X-GZip"] {
        let server = Server::start(move |request| {
            let mut response = file(&testdata(), request);
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&response.body).unwrap();
            response.body = encoder.finish().unwrap();
            response.with_header("Content-Encoding", name)
        });
        let dataset = Dataset::open(&server.url("/laz-pf1")).await.unwrap();
        assert_eq!(tiles(&dataset, &Query::new()).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_compressed_body_is_bounded_and_whole() {
    let body = || {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![0; 10 << 20]).unwrap();
        encoder.finish().unwrap()
    };
    let server = Server::start(move |request| {
        let mut body = body();
        if request.path.ends_with("half") {
            body.truncate(body.len() / 2);
        }
        Response::new(200, body).with_header("Content-Encoding", "gzip")
    });
    let store = HttpStore::new(&server.url("/set"), &HttpOptions::default()).unwrap();
    assert_eq!(store.get("whole", 10 << 20).await.unwrap().len(), 10 << 20);
    let error = store.get("whole", 1 << 20).await.unwrap_err();
    assert!(error.cause().contains("limit of 1048576 bytes"), "{error}");
    let error = store.get("half", 10 << 20).await.unwrap_err();
    assert!(
        error.cause().contains("corrupt or truncated") && error.may_pass(),
        "{error}"
    );
}

#[tokio::test]
async fn an_answer_by_way_of_a_transforming_proxy_is_an_answer() {
    let expected = tiles(&open("laz-pf1").await, &Query::new()).await;
    let server = Server::start(|request| {
        let mut response = file(&testdata(), request);
        if response.status == 200 {
            response.status = 203;
        }
        response
    });
    let dataset = Dataset::open_with(&server.url("/laz-pf1"), &Options::default()).await;
    assert_eq!(tiles(&dataset.unwrap(), &Query::new()).await, expected);
}
