//! Ground that is lost.

use crate::support;

use support::{copy, ept};

use super::heights::wood;
use super::{NAME, las};

#[test]
fn a_part_that_is_lost_twice_is_told_once() {
    let set = copy("terrain");
    let mut tiles: Vec<_> = set.path().join("ept-data").read_dir().unwrap().collect();
    tiles.sort_by_key(|tile| tile.as_ref().unwrap().path());
    let tile = tiles.pop().unwrap().unwrap().path();
    std::fs::remove_file(tile).unwrap();
    let report = set.path().join("report.json");
    let dataset = set.path().to_str().unwrap();
    ept(&["query", "-q", dataset, "--hag"]).ends_with(1);
    let skip = ["--on-error", "skip", "--report", report.to_str().unwrap()];
    let run = ept(&[&["query", dataset, "--hag", "--dims", NAME], &skip[..]].concat()).ends_with(3);
    let lost = run
        .stderr()
        .lines()
        .filter(|line| line.starts_with("lost:"))
        .count();
    assert_eq!(lost, 1, "{}", run.stderr());
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!(json["losses"].as_array().unwrap().len(), 1);
}

#[test]
fn ground_that_is_lost_outside_of_the_area_is_told_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    las(&path("left.las"), &wood(Some(0)));
    las(&path("right.las"), &wood(Some(1)));
    let (left, right) = (path("left.las"), path("right.las"));
    let mut bytes = std::fs::read(&right).unwrap();
    bytes.truncate(bytes.len() / 2);
    std::fs::write(&right, bytes).unwrap();
    let args = ["query", left.to_str().unwrap(), right.to_str().unwrap()];
    let more = [
        "--on-error",
        "skip",
        "--dims",
        "X",
        "--bounds",
        "0,0,30,120",
    ];
    let plain = ept(&[&args[..], &more].concat());
    let hag = ept(&[&args[..], &more, &["--hag"]].concat()).ends_with(3);
    assert_eq!(plain.stdout(), hag.stdout());
    assert!(hag.stderr().contains("right.las"), "{}", hag.stderr());
}
