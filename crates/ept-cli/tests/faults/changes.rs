//! Datasets of which a part is written anew while they are read.

use std::path::Path;
use std::time::{Duration, SystemTime};

use ept_reader::{Dataset, Error, Options, Query};
use futures::TryStreamExt;

use crate::support::server::{Request, Server, file, ranged};
use crate::support::{copy, ept, testdata};

/// A Sunday in 2025, so many seconds after midnight, as headers have it (RFC 9110, section 5.6.7).
fn date(second: u32) -> String {
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!(
        "Sun, 02 Nov 2025 {hour:02}:{minute:02}:{:02} GMT",
        second % 60
    )
}

/// Serves files at noon: `ept.json` as old as `metadata`, and other files of the name as old as `changed`.
fn server(metadata: u32, name: &'static str, changed: u32) -> Server {
    const NOON: u32 = 12 * 3600;
    Server::start(move |request: &Request| {
        let is_changed = request.path.contains(name);
        let age = if is_changed { changed } else { metadata };
        // A response that a cache had for a minute was made a minute before.
        let response = file(&testdata(), request)
            .with_header("Date", date(NOON - 60))
            .with_header("Age", "60")
            .with_header("Last-Modified", date(NOON + 100 - age));
        ranged(request, response)
    })
}

fn run(server: &Server, path: &str) -> Option<String> {
    let run = ept(&["query", "-q", &server.url(path)]);
    (run.code() != 0).then(|| run.stderr())
}

#[test]
fn a_tile_that_is_newer_than_the_first_request_is_an_error() {
    let error = run(&server(4000, "1-1-1-0.laz", 99), "/terrain").unwrap();
    assert!(
        error.contains("1-1-1-0.laz") && error.contains("was rebuilt"),
        "{error}"
    );
    let error = run(&server(4000, "ept-hierarchy", 90), "/terrain").unwrap();
    assert!(error.contains("was rebuilt"), "{error}");
}

#[test]
fn tiles_that_were_written_before_are_no_error_in_whatever_order() {
    // After ept.json, but before the first request.
    assert_eq!(run(&server(4000, "1-1-1-0.laz", 101), "/terrain"), None);
    assert_eq!(run(&server(4000, "ept-data", 100), "/terrain"), None);
    // A server that dates all by the present.
    assert_eq!(run(&server(100, "ept-data", 90), "/terrain"), None);
}

/// Moves the time of a file.
fn touch(path: &Path, time: SystemTime) {
    let file = std::fs::File::options().append(true).open(path).unwrap();
    file.set_modified(time).unwrap();
}

fn read(location: &str, change: impl Fn()) -> Result<(), Error> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let dataset = Dataset::open_with(location, &Options::default()).await?;
        change();
        let points = dataset.select(&Query::new())?.points();
        points.try_collect::<Vec<_>>().await.map(drop)
    })
}

#[test]
fn a_file_on_disk_that_is_written_during_the_read_is_an_error() {
    let hour = Duration::from_secs(3600);
    let set = copy("terrain");
    let (metadata, tile) = (
        set.path().join("ept.json"),
        set.path().join("ept-data/1-1-1-0.laz"),
    );
    let location = set.path().to_str().unwrap();
    let later = || touch(&tile, SystemTime::now() + Duration::from_secs(1));
    // A dataset that was written just now, by a file server whose clock is ahead, maybe.
    read(location, later).unwrap();
    touch(&metadata, SystemTime::now() - hour);
    touch(&tile, SystemTime::now());
    read(location, || ()).unwrap();
    let error = read(location, later).unwrap_err();
    assert!(
        matches!(&error, Error::Changed { location } if location.ends_with("1-1-1-0.laz")),
        "{error:?}"
    );
    // A single file, of which the header was read before.
    touch(&tile, SystemTime::now() - hour);
    let error = read(tile.to_str().unwrap(), later).unwrap_err();
    assert!(matches!(error, Error::Changed { .. }), "{error:?}");
}
