//! `ept query --each`.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};

use super::plots::{UTM, plots, run, square, squares};
use crate::support::server::Server;
use crate::support::{copy, ept, fixture, testdata};

/// The names of the files in a folder, but for the features.
fn files(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != "plots.geojson").collect();
    names.sort();
    names
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// Each file is, to the byte, what a query of its feature alone writes.
#[test]
fn the_file_of_a_feature_is_that_of_a_query_of_it_alone() {
    let squares = squares();
    let bounds = "500150,4650150,500600,4650600";
    for (extension, flags) in [
        ("laz", &[][..]),
        ("copc.laz", &["--depth", "2"]),
        (
            "csv",
            &["--where", "Classification == 2", "--dims", "Z,X,OriginId"],
        ),
        ("las", &["--edge", "half-open", "--bounds", bounds]),
        ("copc.laz", &["--out-crs", "EPSG:3857"]),
        (
            "ply",
            &["--dims", "X,Y,Z,Intensity", "--out-crs", "EPSG:4326"],
        ),
        ("parquet", &[]),
        ("arrow", &["--source-id", "Source"]),
    ] {
        let folder = plots(&squares);
        let pattern = path(folder.path(), &format!("of-{{plot}}.{extension}"));
        run("query", folder.path(), &[flags, &["-o", &pattern]].concat()).ends_with(0);
        let names = ["a", "b", "3", "all, _of_ it", "none", "edge"];
        let mut expected = names.map(|name| format!("of-{name}.{extension}"));
        for (name, (_, polygon)) in expected.iter().zip(&squares) {
            let alone = path(folder.path(), &format!("alone.{extension}"));
            let terrain = fixture("terrain");
            let polygon = polygon.to_string();
            let query = ["query", "-q", &terrain, "--polygon", &polygon, "-o", &alone];
            ept(&[&query[..], &UTM, flags].concat()).ends_with(0);
            let [own, alone_bytes] =
                [&path(folder.path(), name), &alone].map(|path| std::fs::read(path).unwrap());
            assert!(own == alone_bytes, "{name} {flags:?}");
            std::fs::remove_file(alone).unwrap();
        }
        expected.sort();
        assert_eq!(files(folder.path()), expected);
    }
}

/// The first file lacks what the second has, so its points do not settle the files of features.
#[test]
fn a_file_of_points_that_are_stored_differently_has_all_of_them() {
    let squares = squares();
    let folder = plots(&squares);
    let [few, all] = ["few.laz", "all.laz"].map(|name| path(folder.path(), name));
    let terrain = fixture("terrain");
    let dims = ["--dims", "X,Y,Z,Intensity", "--depth", "1"];
    ept(&[&["query", &terrain, "-o", &few][..], &dims].concat()).ends_with(0);
    ept(&["query", &terrain, "-o", &all]).ends_with(0);
    let features = path(folder.path(), "plots.geojson");
    for extension in ["laz", "copc.laz", "parquet", "csv"] {
        let pattern = path(folder.path(), &format!("{{plot}}.{extension}"));
        let query = [
            "query",
            "-q",
            &few,
            &all,
            "--polygon",
            &features,
            "--each",
            "plot",
        ];
        ept(&[&query[..], &UTM, &["-o", &pattern]].concat()).ends_with(0);
    }
    let mut several = 0;
    for (name, polygon) in squares
        .iter()
        .filter_map(|(name, p)| Some((name.as_str()?, p)))
    {
        let name = name.replace('"', "_");
        let points = |file: &str, dims: &str| {
            let polygon = polygon.to_string();
            let query = ["query", "-q", file, "--polygon", &polygon, "--dims", dims];
            let csv = ept(&[&query[..], &UTM].concat()).ends_with(0).stdout();
            let mut lines: Vec<String> = csv.lines().skip(1).map(str::to_owned).collect();
            lines.sort();
            lines
        };
        let dims = "X,Y,Z,Intensity,ReturnNumber,OriginId";
        let mut expected = points(&all, dims);
        let own = points(&few, "X,Y,Z,Intensity");
        several += usize::from(!own.is_empty());
        expected.extend(own.iter().map(|line| format!("{line},0,0")));
        expected.sort();
        for extension in ["laz", "copc.laz"] {
            let file = path(folder.path(), &format!("{name}.{extension}"));
            let found = points(&file, dims);
            let mut differing = found.iter().zip(&expected).filter(|(a, b)| a != b);
            assert_eq!(differing.next(), None, "{name}.{extension}");
            assert_eq!(found.len(), expected.len(), "{name}.{extension}");
        }
        let csv = std::fs::read_to_string(folder.path().join(format!("{name}.csv"))).unwrap();
        assert_eq!(csv.lines().count(), expected.len() + 1);
    }
    assert!(several >= 3, "{several}");
}

#[test]
fn each_tile_is_fetched_once_and_those_that_no_feature_meets_never() {
    let server = Server::files(testdata());
    let squares = squares();
    let near: Vec<_> = squares.into_iter().take(3).collect();
    let folder = plots(&near);
    let (features, pattern) = (
        path(folder.path(), "plots.geojson"),
        path(folder.path(), "{plot}.laz"),
    );
    let url = server.url("/terrain/ept.json");
    let query = ["query", &url, "--polygon", &features, "--each", "plot"];
    ept(&[&query[..], &UTM, &["-o", &pattern]].concat()).ends_with(0);
    let mut counts: HashMap<String, u32> = HashMap::new();
    for request in server.requests() {
        if request.path.contains("/ept-data/") {
            *counts.entry(request.path).or_default() += 1;
        }
    }
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    // The fixture has 98 tiles.
    assert!((5..49).contains(&counts.len()), "{}", counts.len());
}

/// Nothing is read: the dataset is not even there.
#[test]
fn names_that_make_one_file_or_none_are_refused_before_anything_is_opened() {
    let square = square([500_200.0, 4_650_200.0], 60.0);
    for (names, output, problem) in [
        (["a", "b"], "plots.laz", "must contain {plot}"),
        (
            ["a/b", "a:b"],
            "{plot}.laz",
            "\"a/b\" and \"a:b\" have the same file",
        ),
        (
            ["Plot", "plot"],
            "{plot}.laz",
            "\"Plot\" and \"plot\" have the same file",
        ),
        (["a", "b"], "{plot}.txt", "no format has this extension"),
    ] {
        let folder = plots(&names.map(|name| (json!(name), square.clone())));
        let features = path(folder.path(), "plots.geojson");
        let output = path(folder.path(), output);
        let query = [
            "query",
            "/not/there",
            "--polygon",
            &features,
            "--each",
            "plot",
            "-o",
            &output,
        ];
        let error = ept(&[&query[..], &UTM].concat()).ends_with(2).stderr();
        assert!(error.contains(problem), "{error}");
    }
    let folder = plots(&squares());
    run("query", folder.path(), &[]).ends_with(2);
    for flags in [["--max-points", "9"], ["--thin", "9"]] {
        run(
            "query",
            folder.path(),
            &[&flags[..], &["-o", "{plot}.laz"]].concat(),
        )
        .ends_with(2);
    }
    let nowhere = path(folder.path(), "folder/{plot}.laz");
    run("query", folder.path(), &["-o", &nowhere]).ends_with(1);
    std::fs::write(folder.path().join("b.laz"), "kept").unwrap();
    let output = path(folder.path(), "{plot}.laz");
    let error = run("query", folder.path(), &["--no-clobber", "-o", &output]).ends_with(1);
    assert!(error.stderr().contains("b.laz already exists"));
    assert_eq!(files(folder.path()), ["b.laz"]);
}

#[test]
fn a_lost_tile_leaves_no_file_or_files_that_tell_of_it() {
    let set = copy("terrain");
    std::fs::write(set.path().join("ept-data/0-0-0-0.laz"), "damaged").unwrap();
    let folder = plots(&squares());
    let output = path(folder.path(), "{plot}.laz");
    let report = path(folder.path(), "report.json");
    let set = set.path().to_str().unwrap();
    let features = path(folder.path(), "plots.geojson");
    let query = [
        "query",
        set,
        "--polygon",
        &features,
        "--each",
        "plot",
        "-o",
        &output,
    ];
    let query = [&query[..], &UTM, &["--report", &report]].concat();
    ept(&query).ends_with(1);
    assert_eq!(files(folder.path()), ["report.json"]);
    ept(&[&query[..], &["--on-error", "skip"]].concat()).ends_with(3);
    let report: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    assert_eq!(report["losses"].as_array().map(Vec::len), Some(1));
    let areas = report["areas"].as_array().unwrap();
    assert_eq!(areas.len(), 6);
    let mut total = 0;
    for area in areas {
        let file = std::fs::read(area["file"].as_str().unwrap()).unwrap();
        // Number of points of LAS 1.4, and the record that tells of the loss.
        let points = u64::from_le_bytes(file[247..255].try_into().unwrap());
        assert_eq!(area["points"], points);
        total += points;
        let lost = br#""lost":[{"key":"0-0-0-0""#;
        let is_told = file.windows(lost.len()).any(|bytes| bytes == lost);
        // That one is elsewhere.
        assert_eq!(is_told, area["name"] != "none");
    }
    assert_eq!(report["points"], total);
}

/// The losses that a report lists.
fn losses(report: &str) -> Vec<Value> {
    let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    report["losses"].as_array().unwrap().clone()
}

/// Tiles and a page are lost in some places: each file tells, to the byte, what a query of its feature alone tells.
#[test]
fn a_feature_misses_what_a_query_of_it_alone_misses() {
    let set = copy("terrain");
    let lost = [
        "ept-data/1-0-0-1.laz",
        "ept-data/3-3-3-4.laz",
        "ept-data/3-2-5-4.laz",
        "ept-data/4-10-10-8.laz",
        "ept-data/4-12-12-8.laz",
        "ept-hierarchy/2-1-1-2.json",
        "ept-hierarchy/4-9-11-8.json",
    ];
    for name in lost {
        let path = set.path().join(name);
        assert!(path.is_file(), "{name}");
        std::fs::write(path, "damaged").unwrap();
    }
    let set = set.path().to_str().unwrap();
    let mut squares = squares();
    // Near corners, where fewer parts are lost.
    squares.push((json!("low"), square([500_060.0, 4_650_060.0], 20.0)));
    squares.push((json!("far"), square([500_590.0, 4_650_090.0], 20.0)));
    let bounds = "500150,4650150,500600,4650600";
    for (extension, flags) in [
        ("laz", &[][..]),
        ("las", &["--edge", "half-open", "--bounds", bounds]),
        ("copc.laz", &["--depth", "3"]),
        ("laz", &["--hag"]),
    ] {
        let folder = plots(&squares);
        let features = path(folder.path(), "plots.geojson");
        let pattern = path(folder.path(), &format!("{{plot}}.{extension}"));
        let query = ["query", "-q", set, "--on-error", "skip"];
        let each = ["--polygon", &features, "--each", "plot", "-o", &pattern];
        ept(&[&query[..], &each, &UTM, flags].concat()).ends_with(3);
        let mut counts = Vec::new();
        for (name, polygon) in &squares {
            let alone = path(folder.path(), &format!("alone.{extension}"));
            let report = path(folder.path(), "report.json");
            let polygon = polygon.to_string();
            let own = ["--polygon", &polygon, "-o", &alone, "--report", &report];
            let run = ept(&[&query[..], &own, &UTM, flags].concat());
            let lost = losses(&report).len();
            run.ends_with(if lost == 0 { 0 } else { 3 });
            counts.push(lost);
            let name = match name {
                Value::String(name) => name.replace('"', "_"),
                number => number.to_string(),
            };
            let file = path(folder.path(), &format!("{name}.{extension}"));
            let [file, alone] = [file, alone].map(|path| std::fs::read(path).unwrap());
            assert!(file == alone, "{name} {flags:?}");
        }
        // Otherwise nothing would be told apart.
        let [least, most] = [counts.iter().min(), counts.iter().max()];
        assert!(least == Some(&0) && most > Some(&2), "{counts:?}");
        if flags.is_empty() {
            let stats = ["stats", "-q", set, "--on-error", "skip", "--json"];
            let each = ["--polygon", &features, "--each", "plot"];
            let rows = ept(&[&stats[..], &each, &UTM].concat()).ends_with(3).json();
            let rows = rows.as_array().unwrap().iter();
            let found: Vec<Value> = rows.map(|row| row["lost"].clone()).collect();
            assert_eq!(Value::from(found), json!(counts));
        }
    }
}
