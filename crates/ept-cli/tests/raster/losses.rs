//! A lost node is told, and the cells that it could have points in.

use super::image::Image;
use crate::support::{copy, ept, fixture};

/// The root's cell of the fixture: its corner and its edge.
const CORNER: [f64; 2] = [500_000.0, 4_650_000.0];
const EDGE: f64 = 512.0;

#[test]
fn a_lost_node_marks_its_cells_as_incomplete() {
    let dataset = copy("terrain");
    let lost = "3-2-5-4";
    let tile = dataset.path().join("ept-data").join(format!("{lost}.laz"));
    std::fs::remove_file(tile).unwrap();
    let place = |name: &str| dataset.path().join(name).to_str().unwrap().to_owned();
    let (out, mask, report) = (place("out.tif"), place("mask.tif"), place("report.json"));
    let dataset = dataset.path().to_str().unwrap();
    let flags = ["-o", &out, "--mask", &mask, "--report", &report];

    let failed = ept(&[&["dtm", dataset, "-q"], &flags[..]].concat()).ends_with(1);
    assert!(failed.stderr().contains(lost), "{}", failed.stderr());
    assert!(!std::path::Path::new(&out).exists() && !std::path::Path::new(&mask).exists());

    let skipped = ["--on-error", "skip"];
    let run = ept(&[&["dtm", dataset], &flags[..], &skipped].concat()).ends_with(3);
    assert!(run.stderr().contains(lost), "{}", run.stderr());
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    assert_eq!(told["complete"], false);
    assert_eq!(told["losses"][0]["key"], lost);
    let size = EDGE / 8.0;
    let (west, south) = (CORNER[0] + 2.0 * size, CORNER[1] + 5.0 * size);
    let kinds = Image::read(&mask);
    let mut incomplete = 0;
    for [x, y] in kinds.centres() {
        // The node's cell has its edges on those of cells, and a point may be on them.
        let is_near = |low: f64, c: f64| c > low - 1.0 && c < low + size + 1.0;
        let expected = is_near(west, x) && is_near(south, y);
        assert_eq!(kinds.at(x, y, 0) == Some(4.0), expected, "{x} {y}");
        incomplete += u64::from(expected);
    }
    assert_eq!(incomplete, 66 * 66);
    assert_eq!(told["raster"]["cells"]["incomplete"], incomplete);
}

/// X and Y of the points of the lost node in another coordinate system.
fn lost_points(system: &str) -> Vec<[f64; 2]> {
    let size = EDGE / 8.0;
    let (west, south) = (CORNER[0] + 2.0 * size, CORNER[1] + 5.0 * size);
    let bounds = format!("{west},{south},{},{}", west + size, south + size);
    let flags = [
        "--bounds",
        &bounds,
        "--out-crs",
        system,
        "--dims",
        "X,Y",
        "-q",
    ];
    let run = ept(&[&["query", &fixture("terrain")], &flags[..]].concat()).ends_with(0);
    let numbers = |line: &str| {
        let (x, y) = line.split_once(',').unwrap();
        [x, y].map(|number| number.parse().unwrap())
    };
    run.stdout().lines().skip(1).map(numbers).collect()
}

#[test]
fn a_lost_node_of_a_source_in_another_system_marks_the_cells_where_it_is() {
    let dataset = copy("terrain");
    let place = |name: &str| dataset.path().join(name).to_str().unwrap().to_owned();
    let (first, out, mask) = (place("first.laz"), place("out.tif"), place("mask.tif"));
    let second = dataset.path().to_str().unwrap();
    // Two zones of UTM: north is in different directions.
    let system = "EPSG:26914";
    let part = [
        "--bounds",
        "500300,4650000,500512,4650512",
        "--out-crs",
        system,
    ];
    ept(&[&["query", second, "-q", "-o", &first], &part[..]].concat()).ends_with(0);
    std::fs::remove_file(dataset.path().join("ept-data/3-2-5-4.laz")).unwrap();
    let flags = [
        "-q",
        "--vertical-as-is",
        "--on-error",
        "skip",
        "-o",
        &out,
        "--mask",
        &mask,
    ];
    for sources in [
        &[&*first, second][..],
        &[second, &first, "--out-crs", system],
    ] {
        ept(&[&["dtm"], sources, &flags[..]].concat()).ends_with(3);
        let kinds = Image::read(&mask);
        let points = lost_points(system);
        assert!(points.len() > 100);
        for [x, y] in points {
            assert_eq!(kinds.at(x, y, 0), Some(4.0), "{x} {y}");
        }
        // The box around the turned square, a hundredth larger on each side, in whole cells.
        let angle = 4.1_f64.to_radians();
        let edge = (EDGE / 8.0 * (angle.sin() + angle.cos()) * 1.02).ceil() + 2.0;
        let incomplete = kinds.values.iter().filter(|kind| **kind == 4.0).count();
        assert!(incomplete as f64 <= edge * edge, "{incomplete} {edge}");
        assert!(incomplete > 64 * 64, "{incomplete}");
    }
}
