//! What servers say, or don't.

use crate::support;

use std::collections::BTreeSet;

use ept_reader::{Checks, Options, Retry, Stage, validate};

use support::server::{Response, Server, file};
use support::testdata;

use super::{DEEP, codes, errors};

fn at_once() -> Options {
    Options {
        retry: Retry::NEVER,
        ..Options::default()
    }
}

#[tokio::test]
async fn a_remote_dataset_is_sampled_and_its_missing_tile_found() {
    let server = Server::start(|request| match request.path.ends_with("/1-1-1-0.laz") {
        true => Response::new(404, ""),
        false => file(&testdata(), request),
    });
    let checks = Checks {
        headers: 5,
        ..Checks::default()
    };
    let url = server.url("/terrain");
    let mut stages = Vec::new();
    let watch = |stage: Stage| stages.push(stage);
    let report = validate(&url, &at_once(), &checks, watch).await.unwrap();
    assert_eq!(errors(&report), BTreeSet::from(["E030"]), "{report:#?}");
    let missing = &report.findings[0];
    assert_eq!((missing.count, missing.examples.len()), (1, 1));
    let place = &missing.examples[0].place;
    assert_eq!(
        place.node,
        Some("1-1-1-0".parse::<ept_reader::Key>().unwrap().into())
    );
    assert!(place.location.ends_with("/terrain/ept-data/1-1-1-0.laz"));
    assert_eq!(report.checked.tiles, report.checked.nodes);
    assert!((4..=5).contains(&report.checked.headers), "{report:#?}");
    let fetched = |method: &str| {
        let requests = server.requests().into_iter();
        requests
            .filter(|r| r.path.contains("ept-data") && r.method == method)
            .count()
    };
    assert_eq!(fetched("HEAD") as u64, report.checked.nodes);
    assert_eq!(fetched("GET") as u64, report.checked.headers);
    let last = stages.last().unwrap();
    assert_eq!(
        (last.done, last.of),
        (report.checked.nodes, report.checked.nodes)
    );

    let deep = validate(&url, &at_once(), &DEEP, |_| {}).await.unwrap();
    assert_eq!(errors(&deep), BTreeSet::from(["E030"]), "{deep:#?}");
    assert_eq!(deep.checked.decoded, deep.checked.nodes - 1);
}

#[tokio::test]
async fn what_a_server_does_not_tell_is_no_error() {
    let server = Server::start(|request| match request.method.as_str() {
        "HEAD" => Response::new(405, ""),
        _ => file(&testdata(), request),
    });
    let url = server.url("/terrain");
    let report = validate(&url, &at_once(), &Checks::default(), |_| {})
        .await
        .unwrap();
    assert!(report.is_valid(), "{report:#?}");
    assert!(codes(&report).contains("W034"), "{report:#?}");
    assert_eq!(report.checked.tiles, 64);
}

#[tokio::test]
async fn a_server_that_fails_is_told_from_a_missing_tile() {
    let server = Server::start(|request| match request.path.ends_with("/0-0-0-0.laz") {
        true => Response::new(500, ""),
        false => file(&testdata(), request),
    });
    for checks in [Checks::default(), DEEP] {
        let report = validate(&server.url("/terrain"), &at_once(), &checks, |_| {}).await;
        assert_eq!(errors(&report.unwrap()), BTreeSet::from(["E031"]));
    }
}
