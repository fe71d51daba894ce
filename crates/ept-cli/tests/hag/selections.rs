//! Conditions and areas, which limit points but not the ground.

use crate::support;

use support::{ept, fixture};

use super::{NAME, query};

#[test]
fn a_condition_selects_the_points_that_have_such_heights() {
    let condition = format!("{NAME} > 2 and {NAME} <= 6 and Intensity < 2000");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("some.laz");
    let file = file.to_str().unwrap();
    let report = folder.path().join("report.json");
    for dataset in ["terrain", "binary", "laz-pf6"] {
        let dataset = fixture(dataset);
        let all = query(&dataset, &["--hag"]);
        let (heights, intensities) = (all.column(NAME), all.column("Intensity"));
        let is_kept =
            |row: &usize| heights[*row] > 2.0 && heights[*row] <= 6.0 && intensities[*row] < 2000.0;
        let kept: Vec<usize> = (0..all.rows.len()).filter(is_kept).collect();
        let expected: Vec<&Vec<f64>> = kept.iter().map(|row| &all.rows[*row]).collect();
        assert!(expected.len() > 10 && expected.len() < all.rows.len() / 2);
        let found = query(&dataset, &["--hag", "--where", &condition]);
        assert_eq!(found.names, all.names);
        assert_eq!(found.rows.iter().collect::<Vec<_>>(), expected);
        // Neither the dimension nor those of the condition have to be written, in any case of letters.
        let lower = condition.to_lowercase();
        let z = query(&dataset, &["--hag", "--where", &lower, "--dims", "Z"]);
        assert_eq!(z.names, ["Z"]);
        assert_eq!(z.column("Z"), found.column("Z"));
        let first = query(&dataset, &["--hag", "--where", &condition, "--limit", "7"]);
        assert_eq!(first.rows, found.rows[..7]);
        let mut args = vec![
            "query", "-q", &dataset, "--hag", "--where", &condition, "-o", file,
        ];
        args.extend(["--report", report.to_str().unwrap()]);
        ept(&args).ends_with(0);
        assert_eq!(
            query(file, &["--dims", NAME]).column(NAME),
            found.column(NAME)
        );
        let json: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
        assert_eq!(json["query"]["where"], *condition);
        assert_eq!(json["query"]["heightAboveGround"]["maxEdge"], 50.0);
        assert_eq!(json["points"], found.rows.len());
    }
}

#[test]
fn all_points_of_the_ground_count_whatever_the_condition_and_the_area() {
    let dataset = fixture("terrain");
    let all = query(&dataset, &["--hag"]).by_place();
    let trees = query(&dataset, &["--hag", "--where", "Classification == 5"]);
    assert!(
        trees
            .column("Classification")
            .iter()
            .all(|class| *class == 5.0)
    );
    let part = query(
        &dataset,
        &["--hag", "--bounds", "500200,4650180,500261.5,4650260"],
    );
    let polygon = "POLYGON ((500150 4650150, 500300 4650200, 500200 4650330, 500150 4650150))";
    let other = query(&dataset, &["--hag", "--polygon", polygon]);
    let thinned = query(&dataset, &["--hag", "--thin", "10"]);
    for some in [trees, part, other, thinned] {
        let heights = some.by_place();
        assert!(heights.len() > 300, "{}", heights.len());
        for (place, height) in heights {
            assert_eq!(all[&place], height, "{:?}", place.map(f64::from_bits));
        }
    }
}

#[test]
fn features_get_files_with_heights() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let square = |name: &str, x: f64, y: f64| {
        let corners = [
            [x, y],
            [x + 60.0, y],
            [x + 60.0, y + 60.0],
            [x, y + 60.0],
            [x, y],
        ];
        serde_json::json!({
            "type": "Feature",
            "properties": { "plot": name },
            "geometry": { "type": "Polygon", "coordinates": [corners] },
        })
    };
    let plots = serde_json::json!({
        "type": "FeatureCollection",
        "features": [square("a", 500_100.0, 4_650_100.0), square("b", 500_130.0, 4_650_300.0)],
    });
    std::fs::write(path("plots.geojson"), plots.to_string()).unwrap();
    let dataset = fixture("terrain");
    let condition = format!("{NAME} > 1");
    let polygon = path("plots.geojson");
    let mut args = vec!["query", "-q", &dataset, "--hag", "--where", &condition];
    args.extend([
        "--polygon",
        &polygon,
        "--crs",
        "EPSG:26915",
        "--each",
        "plot",
        "-o",
    ]);
    let files = path("{plot}.csv");
    args.push(&files);
    ept(&args).ends_with(0);
    for (name, bounds) in [
        ("a.csv", "500100,4650100,500160,4650160"),
        ("b.csv", "500130,4650300,500190,4650360"),
    ] {
        let file = std::fs::read_to_string(path(name)).unwrap();
        let run = ept(&[
            "query", "-q", &dataset, "--hag", "--where", &condition, "--bounds", bounds,
        ]);
        assert!(file.lines().count() > 5, "{}", file.lines().count());
        assert_eq!(file, run.ends_with(0).stdout(), "{name}");
    }
}
