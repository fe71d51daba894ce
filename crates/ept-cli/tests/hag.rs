//! `ept query --hag`: heights above the ground.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::collections::HashMap;
use std::path::Path;

use support::{copy, ept, fixture};

const NAME: &str = "HeightAboveGround";

/// A table of numbers with the names of its columns.
struct Table {
    names: Vec<String>,
    rows: Vec<Vec<f64>>,
}

impl Table {
    fn of(csv: &str) -> Table {
        let (head, lines) = csv.split_once('\n').unwrap();
        let numbers = |line: &str| line.split(',').map(|text| text.parse().unwrap()).collect();
        Table {
            names: head.split(',').map(str::to_owned).collect(),
            rows: lines.lines().map(numbers).collect(),
        }
    }

    fn column(&self, name: &str) -> Vec<f64> {
        let at = self.names.iter().position(|n| n == name).unwrap();
        self.rows.iter().map(|row| row[at]).collect()
    }

    /// The heights above the ground by the bits of X, Y and Z.
    fn by_place(&self) -> HashMap<[u64; 3], f64> {
        let axes = ["X", "Y", "Z", NAME].map(|name| self.column(name));
        let rows = (0..self.rows.len()).map(|row| {
            let place = [0, 1, 2].map(|axis: usize| axes[axis][row].to_bits());
            (place, axes[3][row])
        });
        rows.collect()
    }
}

fn query(dataset: &str, more: &[&str]) -> Table {
    let run = ept(&[&["query", "-q", dataset][..], more].concat()).ends_with(0);
    Table::of(&run.stdout())
}

/// A point: X, Y and Z in quarters of a unit, and its class.
type Point = ([i32; 3], u8);

/// A file of LAS 1.2 with points of format 0.
fn las(path: &Path, points: &[Point]) {
    let mut bytes = b"LASF".to_vec();
    bytes.resize(24, 0);
    bytes.extend([1, 2]);
    bytes.resize(94, 0);
    bytes.extend(227_u16.to_le_bytes());
    bytes.extend(227_u32.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.push(0);
    bytes.extend(20_u16.to_le_bytes());
    bytes.extend((points.len() as u32).to_le_bytes());
    bytes.resize(131, 0);
    for number in [0.25, 0.25, 0.25, 0.0, 0.0, 0.0] {
        bytes.extend(f64::to_le_bytes(number));
    }
    for axis in 0..3 {
        let values = points.iter().map(|(place, _)| place[axis]);
        let ends = [values.clone().max(), values.min()];
        for end in ends {
            bytes.extend((f64::from(end.unwrap()) / 4.0).to_le_bytes());
        }
    }
    for (place, class) in points {
        place.iter().for_each(|c| bytes.extend(c.to_le_bytes()));
        bytes.extend([0, 0, 0b1001, *class, 0, 0, 0, 0]);
    }
    std::fs::write(path, bytes).unwrap();
}

/// Height of the plane in quarters, at a place in quarters that is divisible by 4.
fn plane(x: i32, y: i32) -> i32 {
    x / 4 + y / 2 + 400
}

/// The ground on a plane at every 3 units of a square, and points of a wood above it in between, at 1.5 times their number of
/// column. `part` 0 and 1 are its left and right half.
fn wood(part: Option<i32>) -> Vec<Point> {
    let mut points = Vec::new();
    for column in 0..=40 {
        let half = i32::from(column > 20);
        if part.is_some_and(|part| part != half) {
            continue;
        }
        for row in 0..=40 {
            let (x, y) = (column * 12, row * 12);
            points.push(([x, y, plane(x, y)], 2));
            if column < 40 && row < 40 {
                let (x, y) = (x + 4, y + 8);
                points.push(([x, y, plane(x, y) + 6 * column], 5));
            }
        }
    }
    points
}

#[test]
fn heights_above_a_plane_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    las(Path::new(&path("all.las")), &wood(None));
    las(Path::new(&path("left.las")), &wood(Some(0)));
    las(Path::new(&path("right.las")), &wood(Some(1)));
    for name in ["all.laz", "all.copc.laz"] {
        ept(&["query", "-q", &path("all.las"), "-o", &path(name)]).ends_with(0);
    }
    for names in [
        &["all.las"][..],
        &["all.laz"],
        &["all.copc.laz"],
        &["left.las", "right.las"],
        &["right.las", "left.las"],
    ] {
        let paths: Vec<String> = names.iter().map(|name| path(name)).collect();
        let paths = paths.iter().map(String::as_str);
        let args: Vec<&str> = ["query", "-q", "--hag"].into_iter().chain(paths).collect();
        let found = Table::of(&ept(&args).ends_with(0).stdout());
        assert_eq!(found.rows.len(), 41 * 41 + 40 * 40, "{names:?}");
        assert_eq!(found.names.last().unwrap(), NAME);
        let [x, class, height] = ["X", "Classification", NAME].map(|name| found.column(name));
        for ((x, class), height) in x.into_iter().zip(class).zip(height) {
            let expected = if class == 2.0 {
                0.0
            } else {
                1.5 * (x / 3.0).floor()
            };
            assert!((height - expected).abs() < 1e-9, "{x} {height} {names:?}");
        }
    }
}

#[test]
fn of_ground_points_at_a_place_the_lowest_counts_and_beyond_the_ground_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("few.las");
    let mut points = vec![
        ([0, 0, 40], 2),
        ([40, 0, 40], 2),
        ([0, 40, 40], 2),
        ([40, 40, 40], 2),
        // Above another.
        ([0, 0, 48], 2),
        // 100 units away: no triangle with an edge of 50 m at most.
        ([440, 0, 80], 2),
        // Noise, and a point between: 60 units from the ground to the left, 40 from the one to the right.
        ([20, 20, 0], 7),
        ([280, 0, 100], 5),
    ];
    las(&path, &points);
    let heights = |more: &[&str]| {
        let flags = ["--hag", "--dims", NAME];
        query(path.to_str().unwrap(), &[&flags, more].concat()).column(NAME)
    };
    let expected = [0.0, 0.0, 0.0, 0.0, 2.0, 0.0, -10.0, 5.0];
    assert_eq!(heights(&[]), expected);
    assert_eq!(heights(&["--class", "2,7"])[6], 0.0);
    // Withheld points are not ground.
    points[1].1 = 2 | 0x80;
    points[1].0[2] = 0;
    las(&path, &points);
    assert_eq!(heights(&[])[1], -10.0);
    assert_eq!(heights(&[])[6], -10.0);
    let run = ept(&[
        "query",
        path.to_str().unwrap(),
        "--hag",
        "--class",
        "9",
        "--dims",
        NAME,
    ]);
    let run = run.ends_with(0);
    assert!(run.stdout().lines().skip(1).all(|line| line == "NaN"));
    assert!(
        run.stderr().contains("no point of the ground"),
        "{}",
        run.stderr()
    );
}

/// Twice the area of a triangle, positive if it is counterclockwise.
fn area(a: [f64; 3], b: [f64; 3], c: [f64; 3]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// Whether a point is in the circle of a counterclockwise triangle.
fn is_in_circle(corners: [[f64; 3]; 3], point: [f64; 3]) -> bool {
    let rows = corners.map(|corner| {
        let [x, y] = [corner[0] - point[0], corner[1] - point[1]];
        [x, y, x * x + y * y]
    });
    let [a, b, c] = rows;
    let determinant = a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0])
        + a[2] * (b[0] * c[1] - b[1] * c[0]);
    determinant > 1e-6
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Height of the ground at a place, from the triangle of points nearby whose circle has no other point. `None` if there is none
/// with short edges.
fn brute_force(place: [f64; 3], ground: &[[f64; 3]]) -> Option<f64> {
    let mut near = ground.to_vec();
    near.sort_by(|a, b| distance(*a, place).total_cmp(&distance(*b, place)));
    let most = near.len().min(25);
    for i in 0..most {
        for j in i + 1..most {
            for k in j + 1..most {
                let mut corners = [near[i], near[j], near[k]];
                if area(corners[0], corners[1], corners[2]) < 0.0 {
                    corners.swap(1, 2);
                }
                let [a, b, c] = corners;
                let weights = [area(b, c, place), area(c, a, place), area(a, b, place)];
                let is_short = [[a, b], [b, c], [c, a]]
                    .iter()
                    .all(|[a, b]| distance(*a, *b) < 50.0);
                if is_short
                    && weights.iter().all(|weight| *weight >= 0.0)
                    && area(a, b, c) > 0.0
                    && !near.iter().any(|point| is_in_circle(corners, *point))
                {
                    let sum: f64 = weights.iter().sum();
                    return Some((weights[0] * a[2] + weights[1] * b[2] + weights[2] * c[2]) / sum);
                }
            }
        }
    }
    None
}

#[test]
fn heights_are_those_above_the_triangle_whose_circle_is_empty() {
    let table = query(
        &fixture("terrain"),
        &[
            "--hag",
            "--dims",
            &format!("X,Y,Z,Classification,Withheld,{NAME}"),
        ],
    );
    let mut lowest: HashMap<[u64; 2], [f64; 3]> = HashMap::new();
    let is_ground = |row: &[f64]| row[3] == 2.0 && row[4] == 0.0;
    for row in table.rows.iter().filter(|row| is_ground(row)) {
        let place = lowest.entry([row[0], row[1]].map(f64::to_bits));
        let place = place.or_insert([row[0], row[1], row[2]]);
        place[2] = place[2].min(row[2]);
    }
    let ground: Vec<[f64; 3]> = lowest.values().copied().collect();
    assert!(ground.len() > 10_000);
    for row in table.rows.iter().filter(|row| is_ground(row)) {
        let lowest = lowest[&[row[0], row[1]].map(f64::to_bits)];
        assert_eq!(row[5], row[2] - lowest[2], "{row:?}");
    }
    let others = table.rows.iter().filter(|row| !is_ground(row));
    let mut compared = 0;
    for row in others.step_by(150) {
        let place = [row[0], row[1], row[2]];
        if let Some(height) = brute_force(place, &ground) {
            assert!(
                (row[5] - (row[2] - height)).abs() < 1e-6,
                "{row:?} {height}"
            );
            compared += 1;
        }
    }
    assert!(compared > 40, "{compared}");
}

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
fn every_format_has_the_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let dataset = fixture("laz-pf6");
    let expected = query(&dataset, &["--hag"]).column(NAME);
    for name in ["a.las", "a.laz", "a.copc.laz"] {
        ept(&["query", "-q", &dataset, "--hag", "-o", &path(name)]).ends_with(0);
        let found = query(&path(name), &["--dims", NAME]).column(NAME);
        let sorted = |mut heights: Vec<f64>| {
            heights.sort_by(f64::total_cmp);
            heights
        };
        assert_eq!(sorted(found), sorted(expected.clone()), "{name}");
    }
    ept(&["query", "-q", &dataset, "--hag", "-o", &path("a.ply")]).ends_with(0);
    let ply = std::fs::read(path("a.ply")).unwrap();
    let head = String::from_utf8_lossy(&ply[..4000]).to_ascii_lowercase();
    assert!(head.contains("property double heightaboveground"), "{head}");
    let xyz = ept(&["query", "-q", &dataset, "--hag", "-f", "xyz"])
        .ends_with(0)
        .stdout();
    let last = |line: &str| line.split(' ').nth(3).unwrap().parse::<f64>().unwrap();
    assert_eq!(xyz.lines().map(last).collect::<Vec<_>>(), expected);
    let empty = ept(&["query", "-q", &dataset, "--hag", "--where", "Z < -1000"]).ends_with(0);
    assert!(
        empty.stdout().trim_end().ends_with(NAME),
        "{}",
        empty.stdout()
    );
    // A file that has the dimension already gets new heights in its place.
    let again = query(&path("a.las"), &["--hag", "--class", "5"]);
    let names = again.names.iter().filter(|name| *name == NAME);
    assert_eq!(names.count(), 1);
    let rows = again.rows.iter().map(|row| {
        let of = |name| row[again.names.iter().position(|n| n == name).unwrap()];
        ["X", "Y", "Classification", "Withheld", NAME].map(of)
    });
    let mut lowest: HashMap<[u64; 2], f64> = HashMap::new();
    for [x, y, .., height] in
        rows.filter(|[.., class, withheld, _]| [*class, *withheld] == [5.0, 0.0])
    {
        let place = lowest.entry([x, y].map(f64::to_bits)).or_insert(height);
        *place = place.min(height);
    }
    assert!(lowest.len() > 100);
    assert!(lowest.values().all(|height| *height == 0.0));
}

#[test]
#[cfg(feature = "parquet")]
fn columnar_formats_have_the_column() {
    use arrow_array::cast::AsArray;
    use arrow_array::types::Float64Type;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let dataset = fixture("laz-pf6");
    let expected = query(&dataset, &["--hag"]).column(NAME);
    ept(&[
        "query",
        "-q",
        &dataset,
        "--hag",
        "-o",
        path.to_str().unwrap(),
    ])
    .ends_with(0);
    let file = std::fs::File::open(&path).unwrap();
    let batches = ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .build()
        .unwrap();
    let mut found = Vec::new();
    for batch in batches.map(Result::unwrap) {
        let column = batch.column_by_name(NAME).unwrap();
        found.extend_from_slice(column.as_primitive::<Float64Type>().values());
    }
    assert_eq!(found, expected);
}

#[test]
fn the_same_bytes_come_from_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.laz", "a.copc.laz", "a.csv"] {
        let files = ["1", "2", "8"].map(|threads| {
            let path = folder.path().join(format!("{threads}-{name}"));
            let args = [
                "query",
                "-q",
                &fixture("terrain"),
                "--hag",
                "--threads",
                threads,
            ];
            let condition = format!("{NAME} > 1");
            let more = ["--where", &condition, "-o", path.to_str().unwrap()];
            ept(&[&args[..], &more].concat()).ends_with(0);
            std::fs::read(path).unwrap()
        });
        assert!(files[0].len() > 1000);
        assert!(files.iter().all(|file| *file == files[0]), "{name}");
    }
}

#[test]
fn heights_do_not_depend_on_the_coordinate_system_of_the_result() {
    let dataset = fixture("terrain");
    let own = query(&dataset, &["--hag"]);
    let to = ["--out-crs", "EPSG:4326"];
    let there = query(&dataset, &[&["--hag"], &to[..]].concat());
    assert_eq!(there.column(NAME), own.column(NAME));
    let plain = query(&dataset, &to);
    for name in ["X", "Y", "Z", "GpsTime"] {
        assert_eq!(there.column(name), plain.column(name), "{name}");
    }
    // Into a file, the scale is that of the result.
    let folder = tempfile::tempdir().unwrap();
    let files = [&["--hag"][..], &[]].map(|flags| {
        let path = folder.path().join("a.laz");
        let path = path.to_str().unwrap();
        ept(&[&["query", "-q", &dataset, "-o", path], &to[..], flags].concat()).ends_with(0);
        query(path, &["--dims", "X,Y,Z"]).rows
    });
    assert_eq!(files[0], files[1]);
}

#[test]
fn a_part_that_is_lost_twice_is_told_once() {
    let set = copy("terrain");
    let mut tiles: Vec<_> = set.path().join("ept-data").read_dir().unwrap().collect();
    tiles.sort_by_key(|tile| tile.as_ref().unwrap().path());
    let tile = tiles.pop().unwrap().unwrap().path();
    std::fs::remove_file(tile).unwrap();
    let report = set.path().join("report.json");
    let dataset = set.path().to_str().unwrap();
    ept(&["query", "-q", dataset, "--hag"]).ends_with(1);
    let skip = ["--on-error", "skip", "--report", report.to_str().unwrap()];
    let run = ept(&[&["query", dataset, "--hag", "--dims", NAME], &skip[..]].concat()).ends_with(3);
    let lost = run
        .stderr()
        .lines()
        .filter(|line| line.starts_with("lost:"))
        .count();
    assert_eq!(lost, 1, "{}", run.stderr());
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!(json["losses"].as_array().unwrap().len(), 1);
}

#[test]
fn ground_that_is_lost_outside_of_the_area_is_told_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    las(&path("left.las"), &wood(Some(0)));
    las(&path("right.las"), &wood(Some(1)));
    let (left, right) = (path("left.las"), path("right.las"));
    let mut bytes = std::fs::read(&right).unwrap();
    bytes.truncate(bytes.len() / 2);
    std::fs::write(&right, bytes).unwrap();
    let args = ["query", left.to_str().unwrap(), right.to_str().unwrap()];
    let more = [
        "--on-error",
        "skip",
        "--dims",
        "X",
        "--bounds",
        "0,0,30,120",
    ];
    let plain = ept(&[&args[..], &more].concat());
    let hag = ept(&[&args[..], &more, &["--hag"]].concat()).ends_with(3);
    assert_eq!(plain.stdout(), hag.stdout());
    assert!(hag.stderr().contains("right.las"), "{}", hag.stderr());
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

#[test]
fn what_can_not_be_is_said() {
    let dataset = fixture("terrain");
    let condition = format!("{NAME} > 2");
    let thin = ept(&[
        "query", &dataset, "--hag", "--thin", "5", "--where", &condition,
    ]);
    let text = thin.ends_with(2).stderr();
    assert!(text.contains("thinned before"), "{text}");
    let without = ept(&["query", &dataset, "--where", &condition])
        .ends_with(1)
        .stderr();
    assert!(without.contains("--hag"), "{without}");
    let without = ept(&["query", &dataset, "--dims", NAME])
        .ends_with(1)
        .stderr();
    assert!(without.contains("--hag"), "{without}");
    ept(&["query", &dataset, "--class", "2"]).ends_with(2);
    let wrong = format!("{NAME} > 2 and Clasification == 5");
    let wrong = ept(&["query", &dataset, "--hag", "--where", &wrong])
        .ends_with(1)
        .stderr();
    assert!(wrong.contains("Clasification"), "{wrong}");
}
