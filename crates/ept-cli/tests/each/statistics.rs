//! `ept stats --each`.

use serde_json::{Value, json};

use super::plots::{UTM, plots, run, square, squares};
use crate::support::{ept, fixture};

/// The columns of a single query of a polygon, by the names of their dimensions.
fn columns(polygon: &Value, flags: &[&str]) -> Vec<(String, Vec<f64>)> {
    let text = polygon.to_string();
    let args = ["query", "-q", &fixture("terrain"), "--polygon", &text];
    let csv = ept(&[&args[..], &UTM, flags].concat())
        .ends_with(0)
        .stdout();
    let mut lines = csv.lines();
    let names = lines.next().unwrap().split(',');
    let mut columns: Vec<_> = names.map(|name| (name.to_owned(), Vec::new())).collect();
    for line in lines {
        for ((_, column), value) in columns.iter_mut().zip(line.split(',')) {
            column.push(value.parse::<f64>().unwrap());
        }
    }
    columns
}

fn is_near(found: &Value, expected: f64) -> bool {
    (found.as_f64().unwrap() - expected).abs() <= expected.abs().max(1.0) * 1e-9
}

/// The figures of one column, reckoned plainly.
fn check_figures(found: &Value, values: &[f64]) {
    let count = values.len() as f64;
    // Of what exceeds the first value, so that squares keep their digits.
    let first = values[0];
    let mean = values.iter().map(|value| value - first).sum::<f64>() / count;
    let squares: f64 = values
        .iter()
        .map(|value| (value - first - mean).powi(2))
        .sum();
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert_eq!(found["min"].as_f64().unwrap(), least);
    assert_eq!(found["max"].as_f64().unwrap(), most);
    assert!(is_near(&found["mean"], first + mean), "{found}");
    let deviation = (squares / (count - 1.0)).sqrt();
    // A mean is no better than the floats around it: that of times, which are large numbers, is off by more than that of
    // heights.
    let off = deviation * 1e-9 + most.abs() * f64::EPSILON * 16.0;
    let difference = found["stddev"].as_f64().unwrap() - deviation;
    assert!(difference.abs() <= off, "{deviation} {found}");
}

/// Statistics in one pass are those of what single queries write.
#[test]
fn statistics_of_each_feature_are_those_of_its_points() {
    let squares = squares();
    let folder = plots(&squares);
    for flags in [
        &[][..],
        &["--where", "Classification == 2", "--depth", "1"],
        &[
            "--edge",
            "half-open",
            "--bounds",
            "500150,4650150,500600,4650600",
        ],
    ] {
        let rows = run("stats", folder.path(), &[flags, &["--json"]].concat())
            .ends_with(0)
            .json();
        let rows = rows.as_array().unwrap();
        assert_eq!(rows.len(), squares.len());
        for (row, (name, polygon)) in rows.iter().zip(&squares) {
            let name = name.as_str().map_or(name.to_string(), str::to_owned);
            assert_eq!(row["name"], name);
            let columns = columns(polygon, flags);
            let points = columns[0].1.len();
            assert_eq!(row["points"], points, "{name} {flags:?}");
            if points < 2 {
                continue;
            }
            for (dimension, values) in &columns {
                check_figures(&row["dimensions"][dimension], values);
            }
            let column = |name: &str| &columns.iter().find(|(own, _)| own == name).unwrap().1;
            let mut heights = column("Z").clone();
            heights.sort_by(f64::total_cmp);
            let percentiles = row["percentiles"]["Z"].as_object().unwrap();
            assert_eq!(percentiles.len(), 9);
            for (level, found) in percentiles {
                let place = level.parse::<f64>().unwrap() / 100.0 * (points - 1) as f64;
                let (low, high) = (
                    heights[place.floor() as usize],
                    heights[place.ceil() as usize],
                );
                assert!(
                    is_near(found, low + (high - low) * place.fract()),
                    "{name} {level}"
                );
            }
            let classes = row["classes"].as_object().unwrap();
            let of_class = |class: f64| {
                column("Classification")
                    .iter()
                    .filter(|own| **own == class)
                    .count()
            };
            let total: u64 = classes
                .values()
                .map(|points| points.as_u64().unwrap())
                .sum();
            assert_eq!(total, points as u64);
            for (class, found) in classes {
                assert_eq!(*found, of_class(class.parse().unwrap()), "{name} {class}");
            }
        }
        let all = rows[3]["points"].as_u64().unwrap();
        assert!(all > 100, "{all}");
        assert_eq!(rows[4]["points"], 0);
    }
}

#[test]
fn statistics_of_features_are_rows_of_csv() {
    let folder = plots(&squares());
    let text = run("stats", folder.path(), &["--dims", "Z,Classification"])
        .ends_with(0)
        .stdout();
    let json = run(
        "stats",
        folder.path(),
        &["--dims", "Z,Classification", "--json"],
    )
    .json();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 7);
    let header = "plot,points,Z_min,Z_max,Z_mean,Z_stddev,Classification_min,Classification_max,Classification_mean,\
                  Classification_stddev,Z_p1,Z_p5,Z_p10,Z_p25,Z_p50,Z_p75,Z_p90,Z_p95,Z_p99,Classification_";
    assert!(lines[0].starts_with(header), "{}", lines[0]);
    let width = lines[0].split(',').count();
    assert!(
        lines[4].starts_with("\"all, \"\"of\"\" it\","),
        "{}",
        lines[4]
    );
    let none: Vec<&str> = lines[5].split(',').collect();
    assert_eq!(none.len(), width);
    assert_eq!(none[..2], ["none", "0"]);
    assert!(none[2..19].iter().all(|cell| cell.is_empty()), "{none:?}");
    assert!(none[19..].iter().all(|cell| *cell == "0"), "{none:?}");
    let row: Vec<&str> = lines[1].split(',').collect();
    assert_eq!(row[1], json[0]["points"].to_string());
    assert_eq!(
        row[2].parse::<f64>().ok(),
        json[0]["dimensions"]["Z"]["min"].as_f64()
    );
    assert_eq!(
        row[5].parse::<f64>().ok(),
        json[0]["dimensions"]["Z"]["stddev"].as_f64()
    );
    assert_eq!(
        row[14].parse::<f64>().ok(),
        json[0]["percentiles"]["Z"]["50"].as_f64()
    );
    let classes: Vec<&str> = lines[0].split(',').skip(19).collect();
    for (at, class) in classes.iter().enumerate() {
        let class = class.strip_prefix("Classification_").unwrap();
        let expected = json[0]["classes"]
            .get(class)
            .and_then(Value::as_u64)
            .unwrap_or(0);
        assert_eq!(row[19 + at], expected.to_string());
    }
}

#[test]
fn features_without_name_or_area_and_doubled_names_are_refused_before_reading() {
    for (features, problem) in [
        (
            vec![
                (json!("a"), square([0.0, 0.0], 1.0)),
                (json!(null), square([0.0, 0.0], 1.0)),
            ],
            "feature 2",
        ),
        (vec![(json!("a"), Value::Null)], "feature 1: it has no area"),
        (
            vec![(json!("a"), json!({"type": "Point", "coordinates": [5, 5]}))],
            "area 1: it has lines or points",
        ),
        (
            vec![
                (json!("a"), square([0.0, 0.0], 1.0)),
                (json!("a"), square([0.0, 0.0], 1.0)),
            ],
            "features 1 and 2 both have the plot \"a\"",
        ),
    ] {
        let folder = plots(&features);
        let error = run("stats", folder.path(), &[]).ends_with(1).stderr();
        assert!(error.contains(problem), "{error}");
    }
    let folder = plots(&squares());
    run("stats", folder.path(), &["--max-points", "10"]).ends_with(2);
    ept(&["stats", &fixture("terrain"), "--each", "plot"]).ends_with(2);
    let point = plots(&[(
        json!("a"),
        json!({"type": "Point", "coordinates": [500_200, 4_650_200]}),
    )]);
    let rows = run("stats", point.path(), &["--buffer", "40m", "--json"])
        .ends_with(0)
        .json();
    assert!(rows[0]["points"].as_u64().unwrap() > 10);
}
