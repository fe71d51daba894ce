//! `--each` over the files of an index, some of which can't be opened.

use std::path::Path;

use serde_json::{Value, json};

use super::plots::{UTM, plots, square};
use crate::support::{ept, fixture};

/// An index of four files, the quarters of the fixture `terrain`, in longitude and latitude. Two of the files are damaged.
fn index(folder: &Path) -> String {
    let [low, middle] = [0.0, 300.0];
    let mut files = Vec::new();
    for (name, [x, y]) in [
        ("sw", [low, low]),
        ("se", [middle, low]),
        ("nw", [low, middle]),
        ("ne", [middle, middle]),
    ] {
        let file = folder.join(format!("{name}.laz"));
        let file = file.to_str().unwrap().to_owned();
        let (x, y) = (500_000.0 + x, 4_650_000.0 + y);
        let bounds = format!("{x},{y},{},{}", x + 300.0, y + 300.0);
        let terrain = fixture("terrain");
        let query = ["query", "-q", &terrain, "--bounds", &bounds];
        let half_open = ["--edge", "half-open", "-o", &file];
        ept(&[&query[..], &half_open].concat()).ends_with(0);
        files.push(file);
    }
    let index = folder.join("index.geojson").to_str().unwrap().to_owned();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    ept(&[&["index"][..], &files, &["-o", &index]].concat()).ends_with(0);
    for file in [files[0], files[3]] {
        std::fs::write(file, "damaged").unwrap();
    }
    index
}

/// A query of a feature alone opens only the files whose boxes the feature meets.
#[test]
fn a_file_that_cannot_be_opened_is_lost_where_its_box_is() {
    let around = |x: f64, y: f64| square([500_000.0 + x, 4_650_000.0 + y], 20.0);
    let features = [
        (json!("whole"), around(150.0, 450.0)),
        (json!("south"), around(300.0, 100.0)),
        (json!("east"), around(450.0, 300.0)),
        (json!("middle"), around(300.0, 300.0)),
        (json!("whole too"), around(500.0, 50.0)),
    ];
    let folder = plots(&features);
    let index = index(folder.path());
    let plots = folder.path().join("plots.geojson");
    let stats = ["stats", "-q", &index, "--on-error", "skip", "--json"];
    let each = ["--polygon", plots.to_str().unwrap(), "--each", "plot"];
    let rows = ept(&[&stats[..], &each, &UTM].concat()).ends_with(3).json();
    let mut counts = Vec::new();
    for ((name, polygon), row) in features.iter().zip(rows.as_array().unwrap()) {
        let report = folder.path().join("report.json");
        let report = report.to_str().unwrap();
        let polygon = polygon.to_string();
        let alone = ["query", "-q", &index, "--on-error", "skip"];
        let own = ["--polygon", &polygon, "--report", report];
        ept(&[&alone[..], &own, &UTM].concat());
        let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
        let lost = report["losses"].as_array().unwrap().len();
        assert_eq!((&row["name"], &row["lost"]), (name, &json!(lost)));
        assert_eq!(row["points"], report["points"], "{name}");
        counts.push(lost);
    }
    assert_eq!(counts, [0, 1, 1, 2, 0]);
}
