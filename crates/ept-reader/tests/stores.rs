//! Every store does what the trait says; servers that lie about ranges are not believed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support;

use std::path::Path;

use bytes::Bytes;
use ept_reader::{FileStore, HttpOptions, HttpStore, MemoryStore, Store, StoreError};
use futures::future::BoxFuture;

use support::conformance::{self, Abilities, EMPTY, PATH, contents};
use support::server::{Request, Response, Server, ranged};

/// A folder with the files of the suite, in `set`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in [(PATH, contents()), (EMPTY, Vec::new())] {
        let path = folder.path().join("set").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

/// A server of the suite's files below `/set`, with stamps.
fn server(stamp: &'static str, value: &'static str) -> Server {
    Server::start(move |request| {
        let condition = match stamp {
            "ETag" => "if-none-match",
            _ => "if-modified-since",
        };
        if request
            .headers
            .get(condition)
            .is_some_and(|known| known == value)
        {
            return Response::new(304, "").with_header(stamp, value);
        }
        let whole = match request.path.strip_prefix("/set/") {
            Some(PATH) => Response::new(200, contents()),
            Some(EMPTY) => Response::new(200, ""),
            _ => Response::new(404, "not here"),
        };
        ranged(request, whole).with_header(stamp, value)
    })
}

fn http(server: &Server) -> HttpStore {
    HttpStore::new(&server.url("/set"), &HttpOptions::default()).unwrap()
}

#[tokio::test]
async fn memory_is_a_store() {
    let files = [(PATH, contents()), (EMPTY, Vec::new())];
    let abilities = Abilities {
        sizes: true,
        ..Abilities::default()
    };
    conformance::check(&MemoryStore::from_iter(files), abilities).await;
}

#[tokio::test]
async fn a_folder_is_a_store() {
    let folder = folder();
    let abilities = Abilities {
        sizes: true,
        lists: true,
        ..Abilities::default()
    };
    conformance::check(&FileStore::new(folder.path().join("set")), abilities).await;
}

#[tokio::test]
async fn a_web_server_is_a_store() {
    let abilities = Abilities {
        sizes: true,
        stamps: true,
        ..Abilities::default()
    };
    let date = "Wed, 21 Oct 2026 07:28:00 GMT";
    for (stamp, value) in [("ETag", "\"1\""), ("Last-Modified", date)] {
        let server = server(stamp, value);
        conformance::check(&http(&server), abilities).await;
    }
}

#[tokio::test]
async fn a_web_server_without_ranges_is_a_store() {
    let server = Server::start(|request| match request.path.strip_prefix("/set/") {
        Some(PATH) => Response::new(200, contents()),
        Some(EMPTY) => Response::new(200, ""),
        _ => Response::new(404, "not here"),
    });
    let abilities = Abilities {
        sizes: true,
        ..Abilities::default()
    };
    conformance::check(&http(&server), abilities).await;
}

#[cfg(feature = "cloud")]
#[tokio::test]
async fn a_bucket_is_a_store() {
    use ept_reader::{CloudOptions, CloudStore};

    let server = server("ETag", "\"1\"");
    let cloud = CloudOptions {
        endpoint: Some(server.url("")),
        ..CloudOptions::default()
    };
    // The endpoint's path begins with the bucket.
    let store = CloudStore::new("s3://set", &cloud, &HttpOptions::default()).unwrap();
    let abilities = Abilities {
        sizes: true,
        stamps: true,
        ..Abilities::default()
    };
    conformance::check(&store, abilities).await;
}

/// Only what has no default.
#[derive(Debug)]
struct Least(MemoryStore);

impl Store for Least {
    fn get<'a>(&'a self, path: &'a str, max: usize) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        self.0.get(path, max)
    }

    fn location(&self, path: &str) -> String {
        self.0.location(path)
    }
}

#[tokio::test]
async fn the_defaults_make_a_store() {
    let files = [(PATH, contents()), (EMPTY, Vec::new())];
    let store = Least(MemoryStore::from_iter(files));
    conformance::check(&store, Abilities::default()).await;
}

/// The error for bytes 100 to 199 of a file when the answer is this.
async fn refused(answer: impl Fn(&Request) -> Response + Send + Sync + 'static) -> StoreError {
    let server = Server::start(answer);
    let found = http(&server).range(PATH, 100..200, 1 << 20).await;
    let error = found.unwrap_err();
    assert_eq!(error.location(), server.url(&format!("/set/{PATH}")));
    error
}

#[tokio::test]
async fn a_content_range_that_lies_is_not_believed() {
    for (header, bytes) in [
        // Other bytes than asked for, and a file that ends before it could.
        ("bytes 0-99/1000", 0..100),
        ("bytes 101-199/1000", 101..200),
        ("bytes 100-198/1000", 100..199),
        ("bytes 100-200/1000", 100..201),
        ("bytes 100-199/150", 100..200),
        ("bytes 199-100/1000", 100..200),
        ("bytes 100-18446744073709551615/1000", 100..200),
        ("bytes */1000", 100..200),
        ("lines 100-199/1000", 100..200),
        ("", 100..200),
        // The header is right, the body is another one.
        ("bytes 100-199/1000", 100..199),
        ("bytes 100-199/1000", 100..300),
        ("bytes 100-199/1000", 0..0),
    ] {
        let place = bytes.clone();
        let error = refused(move |_| {
            Response::new(206, contents()[bytes.clone()].to_vec())
                .with_header("Content-Range", header)
        });
        let error = error.await;
        assert!(
            error.cause().contains("Content-Range"),
            "{header} {place:?}: {error}"
        );
        assert!(!error.may_pass(), "{header} {place:?}: {error}");
    }
    let error = refused(|_| Response::new(206, contents())).await;
    assert!(
        error.cause().contains("without a valid Content-Range"),
        "{error}"
    );
}

#[tokio::test]
async fn a_refused_range_within_the_file_is_no_end_of_the_file() {
    let error = refused(|_| Response::new(416, "").with_header("Content-Range", "bytes */1000"));
    let error = error.await;
    assert!(error.cause().contains("refuses bytes 100-199"), "{error}");
}

#[tokio::test]
async fn a_server_without_ranges_is_read_no_further_than_needed() {
    use support::server::Fault;
    // More than was asked for never comes.
    let server = Server::start(|_| Response::new(200, contents()).with_fault(200, Fault::Hold));
    let found = http(&server).range(PATH, 100..200, 1 << 20).await.unwrap();
    assert_eq!(found, contents()[100..200]);
    let error = http(&server).range(PATH, 100..200, 150).await.unwrap_err();
    assert!(error.cause().contains("limit of 150 bytes"), "{error}");
}

#[tokio::test]
async fn a_part_of_a_local_file_is_not_the_whole_of_it() {
    let folder = tempfile::tempdir().unwrap();
    // A file of a terabyte, all of it a hole but the end.
    let size = 1_u64 << 40;
    let file = std::fs::File::create(folder.path().join("large")).unwrap();
    if file.set_len(size).is_err() {
        println!("skipped: the file system has no holes");
        return;
    }
    write_at(&file, size - 4);
    let store = FileStore::new(folder.path());
    let end = store.range("large", size - 4..size + 100, 4).await;
    assert_eq!(end.unwrap(), b"last"[..]);
    let error = store.range("large", 0..u64::MAX, 1000).await.unwrap_err();
    assert!(error.cause().contains("limit of 1000 bytes"), "{error}");
    assert!(Path::new(error.location()).ends_with("large"));
}

fn write_at(mut file: &std::fs::File, place: u64) {
    use std::io::{Seek, SeekFrom, Write};
    file.seek(SeekFrom::Start(place)).unwrap();
    file.write_all(b"last").unwrap();
}
