//! Small files that become large ones: they are refused by name, before they fill the memory.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support;

use std::io::Write;
use std::num::NonZeroUsize;
use std::path::Path;

use ept_reader::{Dataset, Error, Limits, Options, Query};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::TryStreamExt;

use support::server::{Response, Server, file};
use support::{fixture, testdata};

/// So many megabytes of one text, as gzip.
fn bomb(start: &str, text: &str, megabytes: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(start.as_bytes()).unwrap();
    let some = text.repeat((1 << 20) / text.len());
    for _ in 0..megabytes {
        encoder.write_all(some.as_bytes()).unwrap();
    }
    encoder.finish().unwrap()
}

/// A copy of a fixture with another file in it.
fn with_file(name: &str, path: &str, bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&fixture(name), folder.path());
    std::fs::create_dir_all(folder.path().join(path).parent().unwrap()).unwrap();
    std::fs::write(folder.path().join(path), bytes).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    for entry in from.read_dir().unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => {
                std::fs::create_dir(&to).unwrap();
                copy(&entry.path(), &to);
            }
            false => std::fs::write(&to, std::fs::read(entry.path()).unwrap()).unwrap(),
        }
    }
}

async fn read(location: &str, options: &Options) -> Error {
    let read = async {
        let dataset = Dataset::open_with(location, options).await?;
        let _ = dataset.ept()?.source_files().await?;
        let points = dataset.select(&Query::new())?.points();
        points.try_collect::<Vec<_>>().await
    };
    read.await.unwrap_err()
}

#[tokio::test]
async fn texts_that_unpack_to_more_than_the_limit_of_their_kind_are_refused() {
    for (path, start, text, megabytes, limit) in [
        ("ept.json", "", " ", 17, 16 << 20),
        (
            "ept-hierarchy/0-0-0-0.json",
            "{\"0-0-0-0\":1",
            ",\"0-0-0-0\":1",
            65,
            64 << 20,
        ),
        ("ept-sources/manifest.json", "[{}", ",{}", 65, 64 << 20),
    ] {
        let bytes = bomb(start, text, megabytes + 1);
        let folder = with_file("laz-pf1", path, &bytes);
        let location = folder.path().to_str().unwrap();
        let error = read(location, &Options::default()).await.to_string();
        let limit = format!("limit of {limit} bytes");
        assert!(error.contains(&limit) && error.contains(path), "{error}");

        // The same, compressed for the way.
        let name = path.to_owned();
        let server = Server::start(move |request| match request.path.ends_with(&name) {
            true => Response::new(200, bytes.clone()).with_header("Content-Encoding", "gzip"),
            false => file(&testdata(), request),
        });
        let error = read(&server.url("/laz-pf1"), &Options::default()).await;
        let error = error.to_string();
        assert!(error.contains(&limit) && error.contains(path), "{error}");
    }
}

#[tokio::test]
async fn a_tile_that_unpacks_to_more_than_its_points_take_is_refused() {
    let bytes = bomb("", " ", 64);
    let server = Server::start(move |request| match request.path.contains("ept-data") {
        true => Response::new(200, bytes.clone()).with_header("Content-Encoding", "gzip"),
        false => file(&testdata(), request),
    });
    let error = read(&server.url("/laz-pf1"), &Options::default()).await;
    let limit = Limits::default().tile_bytes(0, 0);
    assert!(limit < 64 << 20);
    let text = error.to_string();
    assert!(
        text.contains("0-0-0-0.laz") && text.contains("larger than the limit of"),
        "{text}"
    );
}

#[tokio::test]
async fn each_kind_of_text_has_a_limit_of_its_own() {
    let few = NonZeroUsize::new(20).unwrap();
    let limits = Limits::default();
    let sources = with_file(
        "laz-pf1",
        "ept-sources/manifest.json",
        b"[{}, {}, {}, {}, {}, {}, {}]",
    );
    let location = sources.path().to_str().unwrap();
    for (limits, path) in [
        (
            Limits {
                metadata_bytes: few,
                ..limits
            },
            "ept.json",
        ),
        (
            Limits {
                page_bytes: few,
                ..limits
            },
            "ept-hierarchy/0-0-0-0.json",
        ),
        (
            Limits {
                sources_bytes: few,
                ..limits
            },
            "ept-sources/manifest.json",
        ),
        (
            Limits {
                file_bytes: few,
                ..limits
            },
            "ept.json",
        ),
    ] {
        let options = Options {
            limits,
            ..Options::default()
        };
        let error = read(location, &options).await.to_string();
        assert!(
            error.contains("limit of 20 bytes") && error.contains(path),
            "{error}"
        );
    }
}
