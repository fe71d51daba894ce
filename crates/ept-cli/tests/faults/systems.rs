//! Coordinate systems of files.

use std::path::Path;

use super::tiles::{read, with, wkt};
use crate::support::{ept, fault};

#[test]
fn a_coordinate_system_given_as_a_code_is_in_the_file() {
    let Some(set) = fault("srs-output/code") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for name in ["out.laz", "out.copc.laz"] {
        let out = folder.path().join(name);
        ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
        let wkt = wkt(&read(&out).0).unwrap();
        assert!(wkt.ends_with("AUTHORITY[\"EPSG\",\"26915\"]]"), "{wkt}");
    }
}

#[test]
fn coordinate_systems_of_any_kind_are_in_the_file_or_told() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.laz");
    let out = out.to_str().unwrap();
    for (srs, has) in [
        (serde_json::json!("EPSG:26915+5703"), Some("\"5703\"")),
        (serde_json::json!({"horizontal": 26915}), Some("26915")),
        (
            serde_json::json!("+proj=utm +zone=15 +datum=NAD83"),
            Some("Transverse_Mercator"),
        ),
        (
            serde_json::json!({"authority": "EPSG", "horizontal": "99999"}),
            None,
        ),
    ] {
        let set = with("binary", "srs", &srs);
        let run = ept(&["query", set.path().to_str().unwrap(), "-o", out]).ends_with(0);
        let found = wkt(&read(Path::new(out)).0);
        let is_told = run
            .stderr()
            .contains("does not state its complete coordinate system");
        assert_eq!(is_told, has.is_none(), "{srs}: {}", run.stderr());
        assert_eq!(found.is_some(), has.is_some(), "{srs}");
        assert!(has.is_none_or(|has| found.unwrap().contains(has)), "{srs}");
    }
}

#[test]
fn heights_of_another_system_than_the_points_have_are_refused() {
    let srs = serde_json::json!({"authority": "EPSG", "horizontal": "26915", "vertical": "6360"});
    let set = with("binary", "srs", &srs);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.laz");
    let query = |crs: &str| {
        let set = set.path().to_str().unwrap();
        ept(&["query", set, "--out-crs", crs, "-o", out.to_str().unwrap()])
    };
    for crs in ["EPSG:32615+5703", "EPSG:4979"] {
        let text = query(crs).ends_with(1).stderr();
        assert!(
            text.contains("heights can't be transformed") && text.contains("6360"),
            "{text}"
        );
    }
    for crs in ["EPSG:32615", "EPSG:32615+6360"] {
        query(crs).ends_with(0);
        let wkt = wkt(&read(&out).0).unwrap();
        assert!(wkt.contains("32615") && wkt.contains("6360"), "{wkt}");
    }
}
