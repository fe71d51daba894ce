//! What a report has beside its codes.

use crate::support;

use std::sync::Arc;

use ept_reader::{
    Checks, Code, Error, FileStore, Limits, MemoryStore, Options, Severity, validate,
    validate_store,
};

use support::fixture;

use super::{DEEP, ROOT_TILE, codes, copy, errors, page, report};

#[tokio::test]
async fn more_nodes_than_the_limit_end_it() {
    let options = Options {
        limits: Limits {
            nodes: 10,
            ..Limits::default()
        },
        ..Options::default()
    };
    let store = Arc::new(FileStore::new(fixture("laz-pf0")));
    let report = validate_store(store, &options, &Checks::default(), |_| {})
        .await
        .unwrap();
    assert!(errors(&report).contains("E027"), "{report:#?}");
}

#[tokio::test]
async fn tiles_of_two_point_formats_are_told() {
    let folder = tempfile::tempdir().unwrap();
    copy(&fixture("laz-pf0"), folder.path());
    let other = fixture("laz-pf2").join(ROOT_TILE);
    std::fs::copy(other, folder.path().join(ROOT_TILE)).unwrap();
    let truth = support::truth("laz-pf2");
    page(folder.path(), "0-0-0-0", |page| {
        page["0-0-0-0"] = truth["nodes"]["0-0-0-0"].clone()
    });
    let report = report(folder.path(), &Checks::default()).await;
    assert!(codes(&report).contains("W033"), "{report:#?}");
    assert!(report.is_valid());
}

#[tokio::test]
async fn findings_of_a_kind_are_counted_and_the_first_shown() {
    let mut store = MemoryStore::default();
    for path in ["ept.json", "ept-hierarchy/0-0-0-0.json"] {
        store.insert(path, std::fs::read(fixture("laz-pf0").join(path)).unwrap());
    }
    let checks = Checks {
        examples: 3,
        ..Checks::default()
    };
    let report = validate_store(Arc::new(store), &Options::default(), &checks, |_| {})
        .await
        .unwrap();
    let missing = report
        .findings
        .iter()
        .find(|f| f.code == Code::TileMissing)
        .unwrap();
    assert_eq!(missing.count, report.checked.nodes);
    let keys = missing
        .examples
        .iter()
        .map(|example| example.place.node.unwrap());
    let keys: Vec<_> = keys.collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.is_sorted(), "{keys:?}");
    assert_eq!(report.count(Severity::Error), missing.count);
}

#[tokio::test]
async fn without_ept_json_there_is_nothing_to_validate() {
    let folder = tempfile::tempdir().unwrap();
    let location = folder.path().to_str().unwrap();
    let error = validate(location, &Options::default(), &DEEP, |_| {})
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Location { .. }), "{error}");
}
