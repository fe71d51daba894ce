//! Files, several datasets and tile indexes on the command line.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::server::{Response, Server, ranged};
use support::{copy, ept, fixture};
use tempfile::TempDir;

/// The fixture `terrain` cut into four tiles, which share no point.
fn tiles() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let info = ept(&["info", &fixture("terrain"), "--json"]).json();
    let corner = |at: usize| info["boundsConforming"][at].as_f64().unwrap();
    let (min, max) = ([corner(0), corner(1)], [corner(3), corner(4)]);
    let middle = [0, 1].map(|axis| ((min[axis] + max[axis]) / 2.0).round());
    let ends = |axis: usize| [min[axis] - 1.0, middle[axis], max[axis] + 1.0];
    for x in 0..2 {
        for y in 0..2 {
            let (xs, ys) = (ends(0), ends(1));
            let bounds = format!("{},{},{},{}", xs[x], ys[y], xs[x + 1], ys[y + 1]);
            let file = path(&folder, &format!("tile_{x}_{y}.laz"));
            let terrain = fixture("terrain");
            let area = ["--bounds", &bounds, "--edge", "half-open"];
            let args = [&["query", &terrain][..], &area, &["-o", &file]].concat();
            ept(&args).ends_with(0);
        }
    }
    folder
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

fn stats(args: &[&str]) -> Value {
    ept(&[&["stats", "--json"], args].concat())
        .ends_with(0)
        .json()
}

/// Statistics whose means may differ by the order of the points.
#[track_caller]
fn assert_same(found: &Value, expected: &Value) {
    assert_eq!(found["points"], expected["points"]);
    let dimensions = expected["dimensions"].as_object().unwrap();
    assert!(!dimensions.is_empty());
    for (name, expected) in dimensions {
        let found = &found["dimensions"][name];
        for figure in ["min", "max", "mean"] {
            let [found, expected] = [found, expected].map(|of| of[figure].as_f64());
            let (Some(found), Some(expected)) = (found, expected) else {
                assert_eq!(found, expected, "{figure} of {name}");
                continue;
            };
            let slack = expected.abs() * 1e-12;
            assert!(
                (found - expected).abs() <= slack,
                "{figure} of {name}: {found}, {expected}"
            );
        }
    }
}

/// A triangle in the middle of the fixture `terrain`, where its tiles meet.
fn area() -> String {
    let info = ept(&["info", &fixture("terrain"), "--json"]).json();
    let corner = |at: usize| info["boundsConforming"][at].as_f64().unwrap();
    let (x, y) = ((corner(0) + corner(3)) / 2.0, (corner(1) + corner(4)) / 2.0);
    let [a, b] = [-40.0, 40.0];
    format!(
        "POLYGON (({} {}, {} {}, {} {}, {} {}))",
        x + a,
        y + a,
        x + b,
        y + a,
        x,
        y + b,
        x + a,
        y + a
    )
}

#[test]
fn tiles_are_the_dataset_that_they_were_cut_from() {
    let folder = tiles();
    let (all, pattern) = (path(&folder, ""), path(&folder, "tile_*.laz"));
    let terrain = fixture("terrain");
    let polygon = area();
    for query in [
        &[][..],
        &["--polygon", &polygon],
        &["--where", "Classification == 2"],
        &["--polygon", &polygon, "--buffer", "5m"],
    ] {
        let expected = stats(&[&[&*terrain], query].concat());
        assert!(expected["points"].as_u64().unwrap() > 100);
        assert_same(&stats(&[&[&*all], query].concat()), &expected);
        assert_same(&stats(&[&[&*pattern], query].concat()), &expected);
        for index in ["survey.vpc", "survey.geojson", "survey_TileIndex.zip"] {
            let index = path(&folder, index);
            if !Path::new(&index).exists() {
                ept(&["index", &pattern, "-o", &index]).ends_with(0);
            }
            assert_same(&stats(&[&[&*index], query].concat()), &expected);
        }
    }
}

#[test]
fn tiles_are_merged_to_copc_and_laz() {
    let folder = tiles();
    for name in ["merged.copc.laz", "merged.las"] {
        let target = tempfile::tempdir().unwrap();
        let merged = path(&target, name);
        ept(&["query", &path(&folder, ""), "-o", &merged]).ends_with(0);
        // Point formats have different rules for classes, so the octree goes to the same format.
        let direct = path(&target, &format!("direct.{name}"));
        ept(&["query", &fixture("terrain"), "-o", &direct]).ends_with(0);
        assert_same(&stats(&[&merged]), &stats(&[&direct]));
        let report = ept(&["validate", "--deep", &merged]).ends_with(0);
        assert_eq!(report.stdout(), "");
    }
}

#[test]
fn a_list_of_locations_comes_from_a_file_or_standard_input() {
    let folder = tiles();
    let names = ["tile_0_0.laz", "tile_1_1.laz"].map(|name| path(&folder, name));
    let text = format!("# two tiles\n{}\n\n{}\n", names[0], names[1]);
    let list = path(&folder, "list.lst");
    std::fs::write(&list, &text).unwrap();
    let expected = stats(&[&names[0], &names[1]]);
    assert_same(&stats(&["--list", &list]), &expected);
    let mut command = Command::new(env!("CARGO_BIN_EXE_ept"));
    let command = command.args(["stats", "--json", "--list", "-"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, text.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_same(&found, &expected);
}

#[test]
fn each_point_can_say_which_file_it_is_from() {
    let folder = tiles();
    let csv = path(&folder, "all.csv");
    let all = path(&folder, "");
    ept(&[
        "query",
        &all,
        "--source-id",
        "Tile",
        "--dims",
        "X,Y",
        "-o",
        &csv,
    ])
    .ends_with(0);
    let text = std::fs::read_to_string(&csv).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("X,Y,Tile"));
    let mut found: BTreeMap<&str, u64> = BTreeMap::new();
    for line in lines {
        *found.entry(line.rsplit(',').next().unwrap()).or_default() += 1;
    }
    for (number, name) in ["tile_0_0", "tile_0_1", "tile_1_0", "tile_1_1"]
        .into_iter()
        .enumerate()
    {
        let expected = stats(&[&path(&folder, &format!("{name}.laz"))]);
        assert_eq!(
            Some(found[&*number.to_string()]),
            expected["points"].as_u64(),
            "{name}"
        );
    }
}

#[test]
fn files_without_depths_say_what_takes_their_place() {
    let folder = tiles();
    let tile = path(&folder, "tile_0_0.laz");
    let run = ept(&[
        "query",
        &tile,
        "--resolution",
        "2",
        "-o",
        &path(&folder, "x.las"),
    ]);
    assert!(run.ends_with(1).stderr().contains("--thin"));
    let info = ept(&["info", &tile]).ends_with(0).stdout();
    assert!(info.contains("LAZ, LAS 1.4"), "{info}");
}

#[test]
fn heights_of_different_systems_are_not_put_together() {
    let folder = tiles();
    let tile = path(&folder, "tile_0_0.laz");
    let folder_of_other = copy("terrain");
    let other = folder_of_other.path();
    let metadata = other.join("ept.json");
    let mut ept_json: Value = serde_json::from_slice(&std::fs::read(&metadata).unwrap()).unwrap();
    ept_json["srs"] = json!({"authority": "EPSG", "horizontal": "26915", "vertical": "5703"});
    std::fs::write(&metadata, ept_json.to_string()).unwrap();
    let other = other.to_str().unwrap().to_owned();
    let refused = ept(&["stats", &tile, &other]).ends_with(1).stderr();
    assert!(
        refused.contains("vertical") && refused.contains("5703"),
        "{refused}"
    );
    assert!(refused.contains("--vertical-as-is"), "{refused}");
    let points = |args: &[&str]| stats(args)["points"].as_u64().unwrap();
    let both = points(&[&tile, &other, "--vertical-as-is"]);
    assert_eq!(both, points(&[&tile]) + points(&[&other]));
}

#[test]
fn tiles_of_other_systems_are_brought_to_that_of_the_first() {
    let folder = tiles();
    let [tile, second] = ["tile_0_0.laz", "tile_1_1.laz"].map(|name| path(&folder, name));
    let other = path(&folder, "other.laz");
    ept(&["query", &second, "--out-crs", "EPSG:26914", "-o", &other]).ends_with(0);
    let polygon = area();
    for query in [
        &[][..],
        &["--polygon", &polygon],
        &["--polygon", &polygon, "--buffer", "9m"],
    ] {
        let expected = stats(&[&[&*tile, &*second], query].concat());
        let found = stats(&[&[&*tile, &*other], query].concat());
        let [points, all] = [&found, &expected].map(|of| of["points"].as_i64().unwrap());
        // A point at the edge may be moved across it by the rounding of coordinates to centimetres.
        assert!((points - all).abs() <= all / 500, "{points} of {all}");
        for (name, figure) in [
            ("X", "min"),
            ("X", "max"),
            ("Y", "min"),
            ("Y", "max"),
            ("Z", "mean"),
        ] {
            let [a, b] =
                [&found, &expected].map(|of| of["dimensions"][name][figure].as_f64().unwrap());
            assert!((a - b).abs() < 0.1, "{figure} of {name}: {a}, {b}");
        }
    }
    let refused = ept(&[
        "stats",
        &tile,
        &other,
        "--polygon",
        &polygon,
        "--where",
        "Nothing == 1",
    ]);
    assert!(refused.ends_with(1).stderr().contains("Nothing"));
}

#[test]
fn a_tile_that_is_lost_is_named_and_skipped_only_if_told() {
    let folder = tiles();
    let broken = path(&folder, "tile_0_1.laz");
    std::fs::write(&broken, "<html>gone</html>").unwrap();
    let all = path(&folder, "");
    let text = ept(&["stats", &all]).ends_with(1).stderr();
    assert!(
        text.contains("tile_0_1.laz") && text.contains("web page"),
        "{text}"
    );
    let run = ept(&["stats", "--json", &all, "--on-error", "skip"]).ends_with(3);
    let left = ["tile_0_0.laz", "tile_1_0.laz", "tile_1_1.laz"].map(|name| path(&folder, name));
    let left: Vec<&str> = left.iter().map(String::as_str).collect();
    assert_eq!(run.json()["points"], stats(&left)["points"]);
}

#[test]
fn an_index_on_the_web_costs_only_the_tiles_of_the_area() {
    let folder = tiles();
    let pattern = path(&folder, "tile_*.laz");
    ept(&[
        "index",
        &pattern,
        "-o",
        &path(&folder, "survey_TileIndex.zip"),
    ])
    .ends_with(0);
    let root = folder.path().to_owned();
    let server = Server::start(move |request| {
        let name = request.path.trim_start_matches('/');
        match std::fs::read(root.join(name)) {
            Ok(bytes) => ranged(request, Response::new(200, bytes)),
            Err(_) => Response::new(404, "not here"),
        }
    });
    let info = ept(&["info", &path(&folder, "tile_1_1.laz"), "--json"]).json();
    let corner = |at: usize| info["boundsConforming"][at].as_f64().unwrap();
    let bounds = format!(
        "{},{},{},{}",
        corner(3) - 9.0,
        corner(4) - 9.0,
        corner(3),
        corner(4)
    );
    let local = stats(&[&pattern, "--bounds", &bounds]);
    assert!(local["points"].as_u64().unwrap() > 0);
    let remote = stats(&[&server.url("/survey_TileIndex.zip"), "--bounds", &bounds]);
    assert_same(&remote, &local);
    let asked: Vec<String> = server
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    let is_expected = |path: &String| path.contains("TileIndex") || path.contains("tile_1_1");
    // The first tile tells the coordinate system of areas that name none.
    let others = asked.iter().filter(|path| !is_expected(path));
    let others: Vec<&String> = others.collect();
    assert!(
        others.iter().all(|path| path.contains("tile_0_0")),
        "{others:?}"
    );
    assert!(others.len() <= 1, "{others:?}");
    // What the first tile was opened for is not asked once more.
    let info = ept(&["info", &path(&folder, "tile_0_0.laz"), "--json"]).json();
    let corner = |at: usize| info["boundsConforming"][at].as_f64().unwrap();
    let (x, y) = (corner(0), corner(1));
    let bounds = format!("{x},{y},{},{}", x + 9.0, y + 9.0);
    let before = server.requests().len();
    stats(&[&server.url("/survey_TileIndex.zip"), "--bounds", &bounds]);
    let requests = server.requests().into_iter().skip(before);
    let starts = requests.filter(|request| {
        let range = request.headers.get("range");
        range.is_some_and(|range| range.starts_with("bytes=0-"))
    });
    let starts: Vec<String> = starts.map(|request| request.path).collect();
    assert_eq!(starts, ["/tile_0_0.laz"]);
}
