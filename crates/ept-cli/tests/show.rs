//! `ept info`, `ept stats` and `ept nodes`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use serde_json::{Value, json};
use support::{ept, fixture, testdata, truth};

/// A figure of a truth file: integers are texts there, so that none is rounded.
fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) => text.parse().unwrap(),
        value => value.as_f64().unwrap_or(f64::NAN),
    }
}

#[test]
fn statistics_are_those_of_the_truth() {
    for entry in testdata().read_dir().unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        let truth = truth(name);
        let stats = ept(&["stats", path.to_str().unwrap(), "--json"])
            .ends_with(0)
            .json();
        assert_eq!(stats["points"], truth["points"], "{name}");
        let (found, expected) = (
            stats["dimensions"].as_object().unwrap(),
            truth["dimensions"].as_object().unwrap(),
        );
        assert!(
            found.keys().eq(expected.keys()),
            "{name}: {:?}",
            found.keys()
        );
        let points = stats["points"].as_f64().unwrap();
        for (dimension, expected) in expected {
            let found = &found[dimension];
            if expected["type"].as_str().unwrap().starts_with("bytes") {
                assert_eq!(found["min"], Value::Null, "{name} {dimension}");
                continue;
            }
            for end in ["min", "max"] {
                let exact = match &expected[end] {
                    Value::String(text) => format!("{}", found[end]) == *text,
                    value => found[end].as_f64() == value.as_f64(),
                };
                assert!(
                    exact,
                    "{name} {dimension}: {} {}",
                    found[end], expected[end]
                );
            }
            let mean = number(&expected["sum"]) / points;
            let difference = (found["mean"].as_f64().unwrap() - mean).abs();
            assert!(
                difference <= mean.abs() * 1e-12,
                "{name} {dimension}: {found}, {mean}"
            );
        }
    }
}

#[test]
fn statistics_of_nothing_are_null() {
    let args = [
        "stats",
        &fixture("laz-pf0"),
        "--bounds",
        "0,0,1,1",
        "--json",
    ];
    let stats = ept(&[&args[..], &["--dims", "X,Intensity"]].concat())
        .ends_with(0)
        .json();
    let none = json!({"min": null, "max": null, "mean": null, "stddev": null});
    assert_eq!(
        stats,
        json!({"points": 0, "dimensions": {"X": none, "Intensity": none}, "classes": {}, "returns": {}})
    );
}

#[test]
fn statistics_as_a_table() {
    let text = ept(&["stats", &fixture("laz-pf2"), "--dims", "Z,Red"])
        .ends_with(0)
        .stdout();
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|l| l.split_whitespace().collect())
        .collect();
    assert_eq!(lines[0], ["1,500", "points"]);
    assert_eq!(lines[1], ["minimum", "maximum", "mean", "std.", "dev."]);
    let red = &truth("laz-pf2")["dimensions"]["Red"];
    assert_eq!(
        lines[3][..3],
        [
            "Red",
            red["min"].as_str().unwrap(),
            red["max"].as_str().unwrap()
        ]
    );
}

#[test]
fn nodes_are_those_of_the_truth() {
    let truth = truth("terrain");
    let nodes = ept(&["nodes", &fixture("terrain"), "--json"])
        .ends_with(0)
        .json();
    assert_eq!(nodes["points"], truth["points"]);
    let list = nodes["nodes"].as_array().unwrap();
    let expected = truth["nodes"].as_object().unwrap();
    assert_eq!(list.len(), expected.len());
    for node in list {
        assert_eq!(node["points"], expected[node["key"].as_str().unwrap()]);
    }
    assert_eq!(
        list[0]["bounds"],
        json!([500000.0, 4650000.0, 44.0, 500512.0, 4650512.0, 556.0])
    );

    let coarse = ept(&["nodes", &fixture("terrain"), "--depth", "0"])
        .ends_with(0)
        .stdout();
    assert_eq!(coarse.lines().count(), 2);
    assert!(
        coarse.contains("500000,4650000,44,500512,4650512,556"),
        "{coarse}"
    );
}

#[test]
fn info_tells_what_the_dataset_says() {
    let info = ept(&["info", &fixture("terrain"), "--json"])
        .ends_with(0)
        .json();
    assert_eq!(info["version"], "1.1.0");
    assert_eq!(info["points"], 25_000);
    assert_eq!(info["srs"]["horizontal"], "26915");
    // 512 m, span 32.
    assert_eq!(info["spacing"][0], 16.0);
    assert_eq!(info["spacing"][1], 8.0);
    assert_eq!(info["schema"][0]["name"], "X");
    assert_eq!(info["schema"][0]["minimum"], 500_002.01);

    let text = ept(&["info", &fixture("terrain")]).ends_with(0).stdout();
    for part in [
        "NAD83 / UTM zone 15N (EPSG:26915)",
        "25,000",
        "16, 8",
        "laszip",
        "GpsTime",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // No version, no coordinate system, no statistics.
    let text = ept(&["info", &fixture("float64")]).ends_with(0).stdout();
    assert!(text.contains("unknown"), "{text}");
    let text = ept(&["info", &fixture("zero-counts")])
        .ends_with(0)
        .stdout();
    assert!(text.contains("706"), "{text}");
}

#[test]
fn help_has_examples() {
    for args in [vec!["--help"], vec!["query", "--help"]] {
        let text = ept(&args).ends_with(0).stdout();
        assert!(
            text.contains("Examples:") && text.contains("ept query"),
            "{text}"
        );
    }
}

#[test]
fn info_tells_where_on_the_ground_in_what_units_and_what_was_seen() {
    let info = ept(&["info", &fixture("terrain"), "--json"])
        .ends_with(0)
        .json();
    // By pyproj, of the corners of the extent.
    let expected = [
        -92.99997584978114,
        42.00203331754028,
        -92.99384125297316,
        42.00660886647823,
    ];
    for (at, expected) in expected.iter().enumerate() {
        let found = info["lonLat"][at].as_f64().unwrap();
        assert!((found - expected).abs() < 1e-7, "{found} {expected}");
    }
    assert_eq!(
        info["units"],
        json!({"horizontal": "metre", "vertical": null})
    );
    assert_eq!(info["srs"]["codes"], "EPSG:26915");
    // What the first page and the first tile have.
    let page = testdata().join("terrain/ept-hierarchy/0-0-0-0.json");
    let page: Value = serde_json::from_slice(&std::fs::read(page).unwrap()).unwrap();
    let counts = page
        .as_object()
        .unwrap()
        .values()
        .map(|count| count.as_i64().unwrap());
    let (has_more, points) = (
        counts.clone().any(|n| n < 0),
        counts.filter(|n| *n > 0).sum::<i64>(),
    );
    let seen = &info["seen"];
    assert_eq!(
        (&seen["points"], &seen["allPoints"]),
        (&json!(points), &json!(!has_more))
    );
    let tile = las::Reader::from_path(testdata().join("terrain/ept-data/0-0-0-0.laz")).unwrap();
    let first = &seen["firstTile"];
    assert_eq!(first["points"], tile.header().number_of_points());
    assert_eq!(first["scale"][0], tile.header().transforms().x.scale);
    assert_eq!(
        first["pointFormat"],
        tile.header().point_format().to_u8().unwrap() & 0x3f
    );

    let text = ept(&["info", &fixture("terrain")]).ends_with(0).stdout();
    for part in [
        "25,000 claimed",
        "-92.999976,42.002033,-92.993841,42.006609",
        "metre, of heights: unknown",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // A claim that is not so.
    let set = support::copy("terrain");
    let path = set.path().join("ept.json");
    let wrong = std::fs::read_to_string(&path)
        .unwrap()
        .replace("\"points\": 25000", "\"points\": 7");
    std::fs::write(&path, wrong).unwrap();
    let text = ept(&["info", set.path().to_str().unwrap()])
        .ends_with(0)
        .stdout();
    assert!(text.contains("7 claimed, "), "{text}");
    // Nothing is known of where it is.
    let info = ept(&["info", &fixture("float64"), "--json"])
        .ends_with(0)
        .json();
    assert_eq!(
        (&info["lonLat"], &info["units"]["horizontal"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn statistics_count_classes_and_returns() {
    // Counted by the las crate.
    let mut expected = [std::collections::BTreeMap::new(), Default::default()];
    for entry in testdata().join("laz-pf6/ept-data").read_dir().unwrap() {
        let mut reader = las::Reader::from_path(entry.unwrap().path()).unwrap();
        let points = reader.read_all().unwrap();
        for point in points.points().map(Result::unwrap) {
            let values = [u8::from(point.classification), point.return_number];
            for (counts, value) in expected.iter_mut().zip(values) {
                *counts.entry(value.to_string()).or_insert(0_u64) += 1;
            }
        }
    }
    let stats = ept(&["stats", &fixture("laz-pf6"), "--json"])
        .ends_with(0)
        .json();
    assert_eq!(stats["classes"], json!(expected[0]));
    assert_eq!(stats["returns"], json!(expected[1]));
    assert!(expected.iter().all(|counts| counts.len() > 1));
    let text = ept(&["stats", &fixture("laz-pf6")]).ends_with(0).stdout();
    let (_, counts) = text.split_once("\n\nClassification ").unwrap();
    let (classes, returns) = counts.split_once("\n\nReturnNumber ").unwrap();
    for (text, expected) in [classes, returns].into_iter().zip(&expected) {
        let rows = text.lines().skip(1).filter(|line| !line.is_empty());
        let rows = rows.map(|row| {
            row.replace(',', "")
                .split_whitespace()
                .collect::<Vec<_>>()
                .join("=")
        });
        let expected = expected
            .iter()
            .map(|(value, points)| format!("{value}={points}"));
        let (mut rows, mut expected): (Vec<_>, Vec<_>) = (rows.collect(), expected.collect());
        rows.sort();
        expected.sort();
        assert_eq!(rows, expected);
    }
}
