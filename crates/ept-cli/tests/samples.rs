//! `ept` on the broken ones of the sample datasets, where they are at hand.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::path::Path;

use serde_json::Value;
use support::{ept, samples};

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn broken_samples_are_refused_or_accounted_for() {
    let Some(samples) = samples() else { return };
    for (name, key, cause) in [
        (
            "pdal-lone-star-invalid-tile",
            "2-2-2-2",
            "corrupt LAS header",
        ),
        (
            "pdal-bad-pointcount-binary",
            "0-0-0-0",
            "its tile has 100000",
        ),
        ("pdal-bad-pointcount-laszip", "0-0-0-0", "its tile has 1065"),
        ("pdal-ellipsoid-nopoints", "0-0-0-0", "not found"),
        ("itowns-metaonly", "0-0-0-0", "not found"),
    ] {
        let dataset = samples.join("ept").join(name);
        let folder = tempfile::tempdir().unwrap();
        let (out, report) = (
            folder.path().join("out.csv"),
            folder.path().join("report.json"),
        );
        let query = [
            "query",
            dataset.to_str().unwrap(),
            "-o",
            out.to_str().unwrap(),
        ];
        let text = ept(&query).ends_with(1).stderr();
        assert!(text.contains(key) && text.contains(cause), "{name}: {text}");
        assert_eq!(folder.path().read_dir().unwrap().count(), 0, "{name}");

        let skip = ["--on-error", "skip", "--report", report.to_str().unwrap()];
        let text = ept(&[&query[..], &skip].concat()).ends_with(3).stderr();
        assert!(text.contains(key) && text.contains(cause), "{name}: {text}");
        let (report, truth) = (
            read(&report),
            read(&samples.join(format!("truth/{name}.json"))),
        );
        let losses = report["losses"].as_array().unwrap();
        let lost: u64 = losses
            .iter()
            .filter_map(|loss| loss["points"].as_u64())
            .sum();
        let written = report["points"].as_u64().unwrap();
        assert_eq!(
            Some(written + lost),
            truth["hierarchy"]["count_sum"].as_u64(),
            "{name}"
        );
        let subtrees = losses
            .iter()
            .filter(|loss| loss["part"] == "subtree")
            .count();
        assert_eq!(
            subtrees,
            truth["hierarchy"]["missing_pages"]
                .as_array()
                .unwrap()
                .len()
        );
    }
}
