//! Areas of lines and points, and the bounds of sources.

use crate::support::{copy, ept, fault};

#[test]
fn points_and_lines_are_areas_with_a_buffer() {
    let Some(set) = fault("polygons/set") else {
        return;
    };
    let query = |area: &str, flags: &[&str]| {
        ept(&[&["query", &set, "--dims", "X,Y", "--polygon", area], flags].concat())
    };
    // Points are at 500000.5, 500001.5 and so on; metres on the ground are 0.9996 of the grid's.
    let rows = |text: String| -> Vec<[f64; 2]> {
        let rows = text.lines().skip(1).map(|row| row.split_once(',').unwrap());
        rows.map(|(x, y)| [x.parse().unwrap(), y.parse().unwrap()])
            .collect()
    };
    let all = rows(ept(&["query", &set, "--dims", "X,Y"]).stdout());
    let near =
        |place: fn([f64; 2]) -> f64| all.iter().filter(|point| place(**point) <= 5.0).count();
    let point = near(|[x, y]| (x - 500_050.0).hypot(y - 4_500_050.0));
    let line = near(|[x, y]| (x - x.clamp(500_020.0, 500_080.0)).hypot(y - 4_500_050.0));
    for (area, expected) in [
        ("POINT(500050 4500050)", point),
        ("MULTIPOINT((500050 4500050),(500050 4500050))", point),
        ("LINESTRING(500020 4500050,500080 4500050)", line),
        (
            "LINESTRING(500020 4500050,500050 4500050,500080 4500050)",
            line,
        ),
        (
            r#"{"type":"Point","srs":"EPSG:32612","coordinates":[500050,4500050]}"#,
            point,
        ),
    ] {
        let found = rows(query(area, &["--buffer", "5m"]).ends_with(0).stdout());
        assert!(
            found.len().abs_diff(expected) <= 4 && !found.is_empty(),
            "{area}: {} {expected}",
            found.len()
        );
        let text = query(area, &[]).ends_with(1).stderr();
        assert!(text.contains("--buffer"), "{text}");
    }
}

#[test]
fn one_bad_bounds_in_a_list_of_sources_blocks_no_other() {
    let set = copy("terrain");
    let path = set.path().join("ept-sources/manifest.json");
    let mut json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    json[0]["bounds"] = serde_json::json!([5, 5, 5, 1, 1, 1]);
    std::fs::write(&path, json.to_string()).unwrap();
    let set = set.path().to_str().unwrap();
    let count = json.as_array().unwrap().len();
    assert_eq!(
        ept(&["sources", set]).ends_with(0).stdout().lines().count(),
        count + 1
    );
    ept(&["query", set, "--origin", "1"]).ends_with(0);
    let report = ept(&["validate", set]).stdout();
    assert!(
        report.contains("W043") && report.contains("[0].bounds"),
        "{report}"
    );
}
