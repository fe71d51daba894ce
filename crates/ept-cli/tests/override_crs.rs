//! `--override-crs`: coordinates are in that system, whatever the dataset says.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use serde_json::{Value, json};
use support::{copy, ept, fixture};
use tempfile::TempDir;

/// The system of the fixture, as its generator writes it.
const UTM: &str = "EPSG:26915";

/// The terrain, which says that it is in this system.
fn claiming(srs: &Value) -> TempDir {
    let set = copy("terrain");
    let path = set.path().join("ept.json");
    let mut json: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    json["srs"] = srs.clone();
    std::fs::write(&path, json.to_string()).unwrap();
    set
}

fn wrong() -> TempDir {
    claiming(&json!({"authority": "EPSG", "horizontal": "32633"}))
}

fn path(folder: &TempDir) -> &str {
    folder.path().to_str().unwrap()
}

fn text(args: &[&str]) -> String {
    ept(&[args, &["-q"]].concat()).ends_with(0).stdout()
}

#[test]
fn areas_and_results_are_those_of_the_dataset_with_the_right_system() {
    let degrees = [
        "--bounds=-93.001,42.001,-92.998,42.004",
        "--crs",
        "EPSG:4326",
        "--dims",
        "X,Y,Z",
    ];
    let terrain = fixture("terrain");
    let right = text(&[&["query", &terrain], &degrees[..]].concat());
    assert!(right.lines().count() > 100);
    for claimed in [wrong(), claiming(&json!({}))] {
        let query = ["query", path(&claimed), "--override-crs", UTM];
        assert_eq!(text(&[&query[..], &degrees].concat()), right);
        let utm_18 = ["--out-crs", "EPSG:26918", "--depth", "1"];
        let expected = text(&[&["query", &terrain], &utm_18[..]].concat());
        assert_eq!(text(&[&query[..], &utm_18].concat()), expected);
    }
}

#[test]
fn files_say_the_system_that_was_told() {
    let claimed = wrong();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.laz");
    let out = out.to_str().unwrap();
    let told = format!("{UTM}+5703");
    text(&[
        "query",
        path(&claimed),
        "--override-crs",
        &told,
        "--depth",
        "0",
        "-o",
        out,
    ]);
    let reader = las::Reader::from_path(out).unwrap();
    let wkt = reader
        .header()
        .all_vlrs()
        .find(|vlr| vlr.record_id == 2112)
        .unwrap();
    let wkt = String::from_utf8_lossy(&wkt.data).into_owned();
    assert!(
        wkt.contains("UTM zone 15N") && wkt.contains("NAVD88"),
        "{wkt}"
    );

    let info = ept(&["info", path(&claimed), "--override-crs", &told, "--json"])
        .ends_with(0)
        .json();
    assert_eq!(info["srs"]["horizontal"], "26915");
    assert_eq!(info["srs"]["vertical"], "5703");
    // A file that was told is told otherwise.
    let info = ept(&["info", out, "--override-crs", "EPSG:32616", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(
        (&info["srs"]["horizontal"], &info["srs"]["wkt"]),
        (&json!("32616"), &Value::Null)
    );
}

#[test]
fn members_with_different_claims_are_in_the_system_that_was_told() {
    let (first, second) = (wrong(), claiming(&json!({})));
    let query = [
        "query",
        path(&first),
        path(&second),
        "--dims",
        "X,Y,Z",
        "--depth",
        "1",
    ];
    ept(&query).ends_with(1);
    let both = text(&[&query[..], &["--override-crs", UTM]].concat());
    let one = text(&[
        "query",
        &fixture("terrain"),
        "--dims",
        "X,Y,Z",
        "--depth",
        "1",
    ]);
    let points = one.split_once('\n').unwrap().1;
    assert_eq!(both, format!("{one}{points}"));
}

#[test]
fn a_system_that_is_unknown_is_wrong_usage() {
    let told = ept(&["info", &fixture("terrain"), "--override-crs", "EPSG:999999"]).ends_with(2);
    assert!(told.stderr().contains("999999"), "{}", told.stderr());
}
