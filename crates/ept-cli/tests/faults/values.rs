//! Times and statistics.

use std::path::Path;

use crate::support::{copy, ept, fault};
use crate::tiles::{FILES, dataset, read, tile};

#[test]
fn gps_times_are_what_the_tiles_say() {
    let Some(set) = fault("gps-standard-bit/set") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for file in FILES {
        let out = folder.path().join(file);
        ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
        assert_eq!(
            read(&out).0.gps_time_type(),
            las::GpsTimeType::Standard,
            "{file}"
        );
    }
    // Times within a week of a tile that says that they are such.
    let week = dataset(
        [0.0; 3],
        64.0,
        &[("0-0-0-0", tile(6, 0.01, [0.0; 3], &[[1.0; 3]]), 1)],
    );
    let out = folder.path().join("week.laz");
    ept(&[
        "query",
        week.path().to_str().unwrap(),
        "-o",
        out.to_str().unwrap(),
    ])
    .ends_with(0);
    assert_eq!(read(&out).0.gps_time_type(), las::GpsTimeType::Week);
}

#[test]
fn statistics_never_leave_out_points() {
    let (Some(set), Some(without)) = (
        fault("class12-stats/set"),
        fault("class12-stats/set-nostats"),
    ) else {
        return;
    };
    let found = |set: &str| {
        ept(&["query", set, "--where", "Classification == 12"])
            .ends_with(0)
            .stdout()
    };
    assert!(found(&set).lines().count() > 100);
    assert_eq!(found(&set), found(&without));
    // Statistics of values that nothing has.
    let set = copy("laz-pf6");
    let path = set.path().join("ept.json");
    let mut json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let query = |set: &Path| {
        let set = set.to_str().unwrap();
        ept(&["query", set, "--where", "Intensity > 0"])
            .ends_with(0)
            .stdout()
    };
    let all = query(set.path());
    for dimension in json["schema"].as_array_mut().unwrap() {
        dimension["minimum"] = (-2).into();
        dimension["maximum"] = (-1).into();
    }
    std::fs::write(&path, json.to_string()).unwrap();
    assert!(all.lines().count() > 100);
    assert_eq!(query(set.path()), all);
}
