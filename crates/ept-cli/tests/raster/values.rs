//! Values of cells against those computed here.

use std::collections::BTreeMap;

use super::image::Image;
use crate::support::{ept, fixture};

/// The points of a query: X, Y, Z.
fn points(flags: &[&str]) -> Vec<[f64; 3]> {
    let terrain = fixture("terrain");
    let run = ept(&[&["query", &terrain, "-q", "--dims", "X,Y,Z"], flags].concat()).ends_with(0);
    let numbers = |line: &str| {
        let numbers: Vec<f64> = line.split(',').map(|n| n.parse().unwrap()).collect();
        [numbers[0], numbers[1], numbers[2]]
    };
    run.stdout().lines().skip(1).map(numbers).collect()
}

#[test]
fn statistics_are_those_of_the_points_in_a_cell() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.tif");
    let mut cells: BTreeMap<[i64; 2], Vec<f64>> = BTreeMap::new();
    for [x, y, z] in points(&["--where", "Classification == 2"]) {
        let cell = [x, y].map(|c| (c / 5.0).floor() as i64);
        cells.entry(cell).or_default().push(z);
    }
    let stat = [
        "--stat",
        "count,min,max,mean,stdev,median,density",
        "--resolution",
        "5m",
    ];
    let flags = [
        "--where",
        "Classification == 2",
        "-q",
        "-o",
        out.to_str().unwrap(),
    ];
    ept(&[&["raster", &fixture("terrain")], &stat[..], &flags].concat()).ends_with(0);
    let image = Image::read(&out);
    assert_eq!((image.bands, image.cell), (7, 5.0));
    let mut seen = 0;
    for [x, y] in image.centres() {
        let mut values = cells
            .remove(&[x, y].map(|c| (c / 5.0).floor() as i64))
            .unwrap_or_default();
        values.sort_by(f64::total_cmp);
        let count = values.len() as f64;
        assert_eq!(image.at(x, y, 0), Some(count));
        assert_eq!(image.at(x, y, 6), Some(f64::from((count / 25.0) as f32)));
        if values.is_empty() {
            assert!((1..6).all(|band| image.at(x, y, band).is_none()));
            continue;
        }
        seen += 1;
        let mean = values.iter().sum::<f64>() / count;
        let square = values.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / count;
        let middle = (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0;
        let expected = [
            values[0],
            values[values.len() - 1],
            mean,
            square.sqrt(),
            middle,
        ];
        for (band, expected) in expected.into_iter().enumerate() {
            let found = image.at(x, y, band + 1).unwrap();
            // Files have 32 bits.
            assert!(
                (found - expected).abs() < 4e-5,
                "{x} {y} {band}: {found} {expected}"
            );
        }
    }
    assert!(cells.is_empty() && seen > 1000);
}

#[test]
fn a_surface_model_has_the_highest_first_return_and_a_canopy_model_its_height() {
    let folder = tempfile::tempdir().unwrap();
    let make = |command: &str| {
        let out = folder.path().join(format!("{command}.tif"));
        let flags = ["-q", "--resolution", "4m", "-o", out.to_str().unwrap()];
        ept(&[&[command, &fixture("terrain")], &flags[..]].concat()).ends_with(0);
        Image::read(&out)
    };
    let surface = make("dsm");
    let mut highest: BTreeMap<[i64; 2], f64> = BTreeMap::new();
    let first =
        "ReturnNumber == 1 && !(Classification == 7) && !(Classification == 18) && Withheld == 0";
    for [x, y, z] in points(&["--where", first]) {
        let cell = highest
            .entry([x, y].map(|c| (c / 4.0).floor() as i64))
            .or_insert(z);
        *cell = cell.max(z);
    }
    for [x, y] in surface.centres() {
        let expected = highest.get(&[x, y].map(|c| (c / 4.0).floor() as i64));
        assert_eq!(surface.at(x, y, 0), expected.map(|z| f64::from(*z as f32)));
    }
    // Heights above the ground: trees of the fixture are below 40 m, and most of the ground is bare.
    let canopy = make("chm");
    let heights: Vec<f64> = canopy
        .centres()
        .filter_map(|[x, y]| canopy.at(x, y, 0))
        .collect();
    assert_eq!(heights.len(), highest.len());
    assert!(heights.iter().all(|height| (-15.0..60.0).contains(height)));
    let low = heights.iter().filter(|height| height.abs() < 1.0).count();
    assert!(low * 2 > heights.len(), "{low} of {}", heights.len());
}

#[test]
fn cells_outside_a_polygon_are_outside() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let triangle = "POLYGON((500100 4650100, 500300 4650100, 500100 4650300, 500100 4650100))";
    let (out, mask) = (place("out.tif"), place("mask.tif"));
    let distance = place("distance.tif");
    let flags = ["-q", "-o", &out, "--mask", &mask, "--distance", &distance];
    ept(&[
        &["dtm", &fixture("terrain"), "--polygon", triangle],
        &flags[..],
    ]
    .concat())
    .ends_with(0);
    let (image, kinds, distance) = (
        Image::read(&out),
        Image::read(&mask),
        Image::read(&distance),
    );
    assert!(image.columns <= 201 && image.rows <= 201);
    let mut counts = [0; 5];
    for [x, y] in image.centres() {
        // Centres on the slanted side are inside: edges are closed.
        let is_inside = x > 500_100.0 && y > 4_650_100.0 && x + y <= 500_100.0 + 4_650_300.0;
        let kind = kinds.at(x, y, 0).unwrap() as usize;
        counts[kind] += 1;
        assert_eq!(kind == 0, !is_inside, "{x} {y}");
        assert_eq!(
            image.at(x, y, 0).is_some(),
            kind == 1 || kind == 2,
            "{x} {y} {kind}"
        );
        // A measured cell has a point within half a diagonal of its centre.
        let far = distance.at(x, y, 0);
        assert_eq!(far.is_some(), is_inside);
        assert!(kind != 1 || far.unwrap() <= 0.5_f64.sqrt() + 1e-6);
    }
    assert!(
        counts[1] > 100 && counts[2] > counts[1] && counts[4] == 0,
        "{counts:?}"
    );
}

/// Also where points at the edge of the data are in no triangle.
#[test]
fn cells_with_a_value_are_measured_or_interpolated() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (out, mask) = (place("out.tif"), place("mask.tif"));
    let flags = ["-q", "-o", &out, "--mask", &mask];
    ept(&[&["dtm", &fixture("terrain")], &flags[..]].concat()).ends_with(0);
    let (image, kinds) = (Image::read(&out), Image::read(&mask));
    for [x, y] in image.centres() {
        let kind = kinds.at(x, y, 0).unwrap();
        let has_value = image.at(x, y, 0).is_some();
        assert_eq!(has_value, kind == 1.0 || kind == 2.0, "{x} {y} {kind}");
    }
}

#[test]
fn points_far_apart_are_all_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (path, out) = (place("far.las"), place("out.tif"));
    let mut builder = las::Builder::from((1, 2));
    builder.point_format = las::point::Format::new(0).unwrap();
    let mut writer = las::Writer::from_path(&path, builder.into_header().unwrap()).unwrap();
    let mut cells: BTreeMap<[i64; 2], f64> = BTreeMap::new();
    for number in 0..60_i32 {
        // Each place twice, in no order.
        let [x, y] = [number * 7 % 30, number * 11 % 30].map(|n| f64::from(n * n) * 40.0 + 3.0);
        let point = las::Point {
            x,
            y,
            z: f64::from(number),
            ..las::Point::default()
        };
        writer.write_point(point).unwrap();
        let cell = cells.entry([x, y].map(|c| (c / 100.0).floor() as i64));
        cell.and_modify(|z| *z = z.max(f64::from(number)))
            .or_insert(f64::from(number));
    }
    writer.close().unwrap();
    let flags = ["--resolution", "100u", "--stat", "max", "-q", "-o", &out];
    ept(&[&["raster", &path], &flags[..]].concat()).ends_with(0);
    let image = Image::read(&out);
    for [x, y] in image.centres() {
        let expected = cells.remove(&[x, y].map(|c| (c / 100.0).floor() as i64));
        assert_eq!(image.at(x, y, 0), expected, "{x} {y}");
    }
    assert!(cells.is_empty(), "{cells:?}");
}
