//! Features that are areas for themselves.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Run, ept, fixture};

pub const UTM: [&str; 2] = ["--crs", "EPSG:26915"];

/// A polygon with this middle and size, in the coordinates of the fixture `terrain`.
pub fn square([x, y]: [f64; 2], half: f64) -> Value {
    let ring = [
        [-1.0, -1.0],
        [1.0, -0.9],
        [1.0, 1.0],
        [-0.8, 1.0],
        [-1.0, -1.0],
    ];
    let ring = ring.map(|[a, b]: [f64; 2]| [x + a * half, y + b * half]);
    json!({"type": "Polygon", "coordinates": [ring]})
}

/// A folder with the features in `plots.geojson`.
pub fn plots(features: &[(Value, Value)]) -> TempDir {
    let features = features.iter().map(|(name, geometry)| {
        json!({"type": "Feature", "properties": {"plot": name}, "geometry": geometry})
    });
    let features: Vec<Value> = features.collect();
    let text = json!({"type": "FeatureCollection", "features": features}).to_string();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plots.geojson"), text).unwrap();
    folder
}

/// Squares of which some overlap, one holds all points and one none.
pub fn squares() -> Vec<(Value, Value)> {
    vec![
        (json!("a"), square([500_200.0, 4_650_200.0], 60.0)),
        (json!("b"), square([500_240.0, 4_650_230.0], 60.0)),
        (json!(3), square([500_240.0, 4_650_230.0], 8.0)),
        (
            json!("all, \"of\" it"),
            square([500_300.0, 4_650_300.0], 9000.0),
        ),
        (json!("none"), square([100_000.0, 4_650_300.0], 50.0)),
        (json!("edge"), square([500_000.0, 4_650_000.0], 90.0)),
    ]
}

/// Runs a command on the features of a folder.
pub fn run(command: &str, folder: &Path, flags: &[&str]) -> Run {
    let plots = folder.join("plots.geojson");
    let args = [
        command,
        "-q",
        &fixture("terrain"),
        "--polygon",
        plots.to_str().unwrap(),
    ];
    ept(&[&args[..], &UTM, &["--each", "plot"], flags].concat())
}
