//! Points with few others around are left out.

use std::collections::BTreeMap;

use super::image::Image;
use crate::support::{ept, fixture};

/// The points of the fixture that are no noise and not withheld: X, Y, Z, and whether they are first returns.
fn points() -> Vec<([f64; 3], bool)> {
    let dims = "X,Y,Z,ReturnNumber,Classification,Withheld";
    let run = ept(&["query", &fixture("terrain"), "-q", "--dims", dims]).ends_with(0);
    let point = |line: &str| {
        let numbers: Vec<f64> = line.split(',').map(|n| n.parse().unwrap()).collect();
        let is_used = numbers[3] == 1.0 && ![7.0, 18.0].contains(&numbers[4]) && numbers[5] == 0.0;
        ([numbers[0], numbers[1], numbers[2]], is_used)
    };
    run.stdout().lines().skip(1).map(point).collect()
}

/// Whether fewer than `minimum` other points are nearer than `radius` to each point.
fn are_sparse(points: &[[f64; 3]], radius: f64, minimum: usize) -> Vec<bool> {
    let key = |place: &[f64; 3]| [0, 1].map(|axis: usize| (place[axis] / radius).floor() as i64);
    let mut squares: BTreeMap<[i64; 2], Vec<[f64; 3]>> = BTreeMap::new();
    for place in points {
        squares.entry(key(place)).or_default().push(*place);
    }
    let is_sparse = |place: &[f64; 3]| {
        let [column, row] = key(place);
        let around = (-1..=1).flat_map(|x| (-1..=1).map(move |y| [column + x, row + y]));
        let near = around.filter_map(|square| squares.get(&square)).flatten();
        let near = near.filter(|other| {
            let squares = (0..3).map(|axis: usize| (place[axis] - other[axis]).powi(2));
            squares.sum::<f64>() < radius * radius
        });
        // One of them is the point itself.
        near.count() <= minimum
    };
    points.iter().map(is_sparse).collect()
}

#[test]
fn points_with_few_others_within_a_radius_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (out, report) = (place("out.tif"), place("report.json"));
    let points = points();
    let places: Vec<[f64; 3]> = points.iter().map(|(place, _)| *place).collect();
    for (flag, radius, minimum) in [("radius=4m", 4.0, 2), ("k=5,radius=6.5u", 6.5, 5)] {
        let outliers = are_sparse(&places, radius, minimum);
        let number = outliers.iter().filter(|is| **is).count();
        assert!(number > 100 && number < places.len() / 2, "{number}");
        let mut highest: BTreeMap<[i64; 2], f64> = BTreeMap::new();
        let used = points.iter().zip(&outliers);
        for (([x, y, z], _), _) in
            used.filter(|((_, is_used), is_outlier)| *is_used && !**is_outlier)
        {
            let cell = highest
                .entry([x, y].map(|c| (c / 4.0).floor() as i64))
                .or_insert(*z);
            *cell = cell.max(*z);
        }
        let make = |threads: &str, more: &[&str]| {
            let flags = [
                "--outlier",
                flag,
                "--resolution",
                "4m",
                "--threads",
                threads,
            ];
            let files = ["-o", &out, "--report", &report];
            ept(&[&["dsm", &fixture("terrain")], &flags[..], &files, more].concat()).ends_with(0);
            Image::read(&out)
        };
        let area = make("1", &["--bounds", "500100,4650100,500200,4650200"]);
        let image = make("2", &[]);
        for [x, y] in image.centres() {
            let expected = highest.get(&[x, y].map(|c| (c / 4.0).floor() as i64));
            assert_eq!(
                image.at(x, y, 0),
                expected.map(|z| f64::from(*z as f32)),
                "{x} {y}"
            );
        }
        for [x, y] in area.centres() {
            assert_eq!(area.at(x, y, 0), image.at(x, y, 0), "{x} {y}");
        }
        let json: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
        assert_eq!(json["raster"]["outliers"]["points"], number);
        assert!(json["raster"]["outliers"]["mean"].is_null());
    }
    for wrong in ["radius=1m,m=3", "radius=0", "k=0,radius=1m", "radius"] {
        ept(&["dsm", &fixture("terrain"), "--outlier", wrong, "-o", &out]).ends_with(2);
    }
}
