//! `ept profile`.

#![allow(clippy::unwrap_used, reason = "tests")]

use crate::support;

use support::{ept, fixture};

/// The rows of CSV as numbers, and the names of its columns.
fn table(text: &str) -> (Vec<String>, Vec<Vec<f64>>) {
    let mut lines = text.lines();
    let names = lines.next().unwrap().split(',').map(str::to_owned);
    let names = names.collect();
    let row = |line: &str| line.split(',').map(|n| n.parse().unwrap()).collect();
    (names, lines.map(row).collect())
}

fn sorted(mut rows: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    rows.sort_by(|a, b| a.partial_cmp(b).unwrap());
    rows
}

#[test]
fn a_profile_has_the_points_beside_the_line() {
    let terrain = fixture("terrain");
    let run = ept(&[
        "profile",
        &terrain,
        "--line",
        "LINESTRING (500010 4650100, 500210 4650100, 500210 4650400)",
        "--width",
        "8m",
        "--dims",
        "X,Y,Z",
        "-q",
    ])
    .ends_with(0);
    let (names, rows) = table(&run.stdout());
    assert_eq!(names, ["Distance", "Offset", "X", "Y", "Z"]);
    // By hand: the line runs east, then north.
    let all = ept(&["query", &terrain, "--dims", "X,Y,Z", "-q"]).ends_with(0);
    let (_, all) = table(&all.stdout());
    let mut expected = Vec::new();
    for point in all {
        let (x, y) = (point[0] - 500_010.0, point[1] - 4_650_100.0);
        let east = (y, (x - x.clamp(0.0, 200.0)), x.clamp(0.0, 200.0));
        let north = (
            200.0 - x,
            (y - y.clamp(0.0, 300.0)),
            200.0 + y.clamp(0.0, 300.0),
        );
        let far = |part: (f64, f64, f64)| part.0.hypot(part.1);
        let (beside, over, along) = if far(north) < far(east) { north } else { east };
        let is_cut = over < 0.0 && along == 0.0 || over > 0.0 && along == 500.0;
        if beside.hypot(over) <= 4.0 && !is_cut {
            expected.push((along, beside.hypot(over), point));
        }
    }
    assert!(expected.len() > 100);
    // The scale of the projection makes a metre on the ground at most 0.4 per mille more or less: points at the very
    // edge may fall to either side.
    assert!(
        rows.len().abs_diff(expected.len()) <= 2,
        "{} {}",
        rows.len(),
        expected.len()
    );
    let found = sorted(rows.iter().map(|row| row[2..].to_vec()).collect());
    for (along, beside, point) in expected {
        let Ok(_) = found.binary_search_by(|row| row.partial_cmp(&point).unwrap()) else {
            assert!((beside - 4.0).abs() < 0.01);
            continue;
        };
        let row = rows.iter().find(|row| row[2..] == point[..]).unwrap();
        assert!((row[0] - along).abs() < 0.3, "{row:?} {along}");
        assert!((row[1].abs() - beside).abs() < 0.01, "{row:?} {beside}");
    }
}

#[test]
fn a_line_in_degrees_goes_the_same_way() {
    let terrain = fixture("terrain");
    let profile = |line: &str, crs: &[&str]| {
        let mut args = vec!["profile", &terrain, "--line", line, "--width", "10m", "-q"];
        args.extend(["--dims", "Z"]);
        args.extend(crs);
        table(&ept(&args).ends_with(0).stdout()).1
    };
    // The same two places: zone 15 has its meridian at 500000, 93 degrees west.
    let metres = profile("LINESTRING (500000 4650100, 500000 4650400)", &[]);
    let degrees = profile(
        "LINESTRING (-93 42.0026, -93 42.0053)",
        &["--crs", "EPSG:4326"],
    );
    assert!(
        metres.len() > 10 && degrees.len() > 10,
        "{} {}",
        metres.len(),
        degrees.len()
    );
    assert!(
        degrees
            .iter()
            .all(|row| row[0] >= 0.0 && row[0] < 301.0 && row[1].abs() <= 5.0)
    );
    // All points are to the east, the right of a line to the north.
    assert!(metres.iter().chain(&degrees).all(|row| row[1] < 0.0));
}

#[test]
fn a_profile_is_a_file_or_nothing() {
    let (terrain, folder) = (fixture("terrain"), tempfile::tempdir().unwrap());
    let path = folder.path().join("out.csv");
    let line = "LINESTRING (500010 4650100, 500210 4650300)";
    let mut args = vec!["profile", &terrain, "--line", line, "--width", "2m", "-o"];
    args.push(path.to_str().unwrap());
    let run = ept(&args).ends_with(0);
    assert!(run.stderr().contains("points along 28"), "{}", run.stderr());
    let header = std::fs::read_to_string(&path).unwrap();
    assert!(
        header.starts_with("Distance,Offset,X,Y,Z,Intensity"),
        "{header:.80}"
    );
    for (line, problem) in [
        ("POINT (1 2)", "not a LINESTRING"),
        ("LINESTRING (1 2, 1 2)", "fewer than two"),
        ("nothing", "the line is invalid"),
    ] {
        let run = ept(&["profile", &terrain, "--line", line, "--width", "2m"]).ends_with(1);
        assert!(run.stderr().contains(problem), "{}", run.stderr());
    }
    let far = "LINESTRING (0 4650100, 100 4650100)";
    let run = ept(&[
        "profile", &terrain, "--line", far, "--width", "2m", "--dims", "Z",
    ]);
    assert_eq!(run.ends_with(0).stdout(), "Distance,Offset,Z\n");
}

#[test]
fn a_profile_has_the_format_of_its_extension() {
    let folder = tempfile::tempdir().unwrap();
    let line = "LINESTRING (500100 4650100, 500400 4650400)";
    let profile = |name: &str| {
        let path = folder.path().join(name);
        let path = path.to_str().unwrap();
        let flags = [
            "profile",
            &fixture("terrain"),
            "--line",
            line,
            "--width",
            "4m",
        ];
        ept(&[&flags[..], &["--depth", "2", "-o", path]].concat()).ends_with(0);
        std::fs::read(path).unwrap()
    };
    let text = String::from_utf8(profile("a.csv")).unwrap();
    let laz = las::Reader::new(std::io::Cursor::new(profile("a.laz"))).unwrap();
    assert_eq!(
        laz.header().number_of_points() as usize,
        text.lines().count() - 1
    );
    assert!(text.lines().count() > 10);
    let vlrs = laz.header().all_vlrs();
    let extra = vlrs
        .filter(|vlr| vlr.record_id == 4)
        .map(|vlr| vlr.data.clone());
    let described = String::from_utf8_lossy(&extra.flatten().collect::<Vec<u8>>()).into_owned();
    assert!(described.contains("Distance") && described.contains("Offset"));
    let path = folder.path().join("a.shp");
    let refused = [
        "profile",
        &fixture("terrain"),
        "--line",
        line,
        "--width",
        "4m",
        "-o",
        path.to_str().unwrap(),
    ];
    ept(&refused).ends_with(2);
}
