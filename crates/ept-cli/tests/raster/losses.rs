//! A lost node is told, and the cells that it could have points in.

use super::image::Image;
use crate::support::{copy, ept};

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
