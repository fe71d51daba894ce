//! What `ept` says to mistakes that people make: what is wrong, where, and what to do.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::path::Path;

use support::server::{Response, Server};
use support::{Run, copy, ept, fixture};

/// What a run with this exit code says on standard error.
#[track_caller]
fn said(args: &[&str], code: i32) -> String {
    ept(args).ends_with(code).stderr()
}

/// What a query of the terrain says.
#[track_caller]
fn of_query(flags: &[&str], code: i32) -> String {
    said(
        &[&["query", &fixture("terrain"), "-f", "csv"], flags].concat(),
        code,
    )
}

#[track_caller]
fn assert_says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
}

fn file(folder: &Path, name: &str, contents: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, contents).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The terrain is around 42.0 north and 93.0 west, in EPSG:26915.
#[test]
fn latitude_before_longitude_is_recognized() {
    let swapped = "42.0025,-92.9985,42.0041,-92.9965";
    let text = of_query(&["--bounds", swapped, "--crs", "EPSG:4326"], 0);
    assert_says(&text, &["x and y swapped", "longitude comes first"]);
    let text = of_query(&["--bounds", swapped], 0);
    assert_says(
        &text,
        &[
            "latitude and longitude",
            "swap them, since longitude comes first",
            "(--crs EPSG:4326)",
        ],
    );
    let text = of_query(&["--bounds=-92.9985,42.0025,-92.9965,42.0041"], 0);
    assert_says(&text, &["longitude and latitude", "(--crs EPSG:4326)"]);
    let text = of_query(&["--bounds", "4650100,500100,4650300,500300"], 0);
    assert_says(&text, &["x and y swapped"]);
    let polygon = "POLYGON((42.0025 -92.9985,42.0041 -92.9985,42.0041 -92.9965))";
    let text = of_query(&["--polygon", polygon, "--crs", "EPSG:4326"], 0);
    assert_says(&text, &["x and y swapped"]);
    let json = r#"{"type":"Polygon","coordinates":[[[42.0,-92.99],[42.1,-92.99],[42.1,-92.98],[42.0,-92.99]]]}"#;
    let text = of_query(&["--polygon", json], 1);
    assert_says(&text, &["looks like latitude and longitude", "swap them"]);
    // Both are degrees, and the area is elsewhere: nothing can be told.
    let text = of_query(&["--bounds=5,52,6,53", "--crs", "EPSG:4326"], 0);
    assert!(!text.contains("swap"), "{text}");
}

#[test]
fn an_area_that_misses_is_shown_in_the_coordinates_of_the_dataset() {
    let area = [
        "--bounds=-92.95,42.0025,-92.94,42.0041",
        "--crs",
        "EPSG:4269",
    ];
    // By PROJ, its corners are between 504140.615 4650055.006 and 504968.863 4650233.184.
    let place = "in these coordinates the area is about 504140.6,4650055.0,504968.9,4650233.2";
    let bounds = "bounds are 500002,4650002,288,500510,4650510,339";
    assert_says(&of_query(&area, 0), &["outside the dataset", bounds, place]);
    let terrain = fixture("terrain");
    let text = said(&[&["stats", &terrain], &area[..]].concat(), 0);
    assert_says(&text, &[bounds, place]);
    let text = said(&[&["nodes", &terrain], &area[..]].concat(), 0);
    assert_says(&text, &[bounds, place]);
    let line = "LINESTRING(-92.95 42.0025,-92.94 42.0041)";
    let profile = ["profile", &terrain, "--line", line, "--width", "2m"];
    let text = said(&[&profile[..], &["--crs", "EPSG:4269"]].concat(), 0);
    assert_says(&text, &["0 points", bounds]);
    // In the dataset's own coordinates nothing needs to be repeated.
    let text = of_query(&["--bounds", "0,0,1,1"], 0);
    assert!(text.contains(bounds) && !text.contains("about"), "{text}");
}

#[test]
fn an_output_that_cannot_be_created_names_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = file(folder.path(), "file", b"");
    let missing = folder.path().join("nope");
    let out = |folder: &str| format!("{folder}/x.laz");
    for (folder, problem) in [
        (
            missing.to_str().unwrap(),
            format!("there is no folder {}", missing.display()),
        ),
        (&in_the_way, format!("{in_the_way} is not a folder")),
    ] {
        let text = said(&["query", &fixture("laz-pf0"), "-o", &out(folder)], 1);
        assert_says(&text, &[&format!("cannot write {folder}/x.laz"), &problem]);
        assert!(
            !text.contains(".part") && !text.contains("os error"),
            "{text}"
        );
    }
    let text = said(
        &[
            "query",
            &fixture("laz-pf0"),
            "-o",
            folder.path().join("x.nope").to_str().unwrap(),
        ],
        2,
    );
    assert_says(&text, &["no format has this extension", ".copc.laz"]);
}

#[test]
fn a_condition_is_pointed_at_and_understood_in_other_ways_of_writing() {
    let text = of_query(&["--where", "Classification == 2 & Z > 1"], 2);
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.trim() == "^").unwrap();
    let column = lines[at].find('^').unwrap();
    assert_eq!(&lines[at - 1][column..], "& Z > 1", "{text}");
    assert_says(&text, &["--where", "'&' is not an operator: write &&"]);
    let rows = |condition: &str| {
        let terrain = fixture("terrain");
        let query = ["query", &terrain, "-q", "-f", "csv", "--where", condition];
        ept(&query).ends_with(0).stdout()
    };
    let ground = rows("Classification == 2 && Z >= 300");
    assert!(ground.lines().count() > 100);
    for same in [
        "Classification = 2 and Z >= 300",
        "Classification[2:2] && Z[300:]",
        "Classification[2:2],Z[300:]",
        "Classification in (2) AND NOT Z < 300",
    ] {
        assert!(rows(same) == ground, "{same}");
    }
}

#[test]
fn areas_in_other_formats_have_a_line_that_converts_them() {
    let folder = tempfile::tempdir().unwrap();
    for (name, kind, contents) in [
        ("area.gpkg", "a GeoPackage", &b"SQLite format 3\0\xff"[..]),
        ("area.SHP", "a shapefile", b"\0\0\x27\x0a"),
        ("area.kml", "KML", b"<kml/>"),
        ("area", "not text", b"\xff\xfe"),
    ] {
        let path = file(folder.path(), name, contents);
        let text = of_query(&["--polygon", &path], 1);
        let line = format!("ogr2ogr -f GeoJSON -t_srs EPSG:4326 area.geojson {path}");
        assert_says(&text, &[&format!("is {kind}"), &line]);
    }
    let text = of_query(&["--polygon", "/no/such.geojson"], 1);
    assert_says(&text, &["cannot read /no/such.geojson"]);
}

#[test]
fn numbers_are_refused_in_words() {
    for (flags, problem) in [
        (["--requests", "0"], "whole number of 1 or more"),
        (["--requests", "-2"], "whole number of 1 or more"),
        (["--threads", "0"], "whole number of 1 or more"),
        (["--depth", "-1"], "the root of the octree has depth 0"),
        (["--depth", "1.5"], "must be a whole number"),
        (["--max-points", "many"], "such as 1000000 or 1e6"),
        (["--max-points", "0"], "of 1 or more"),
        (["--max-points", "-5"], "of 1 or more"),
        (["--max-points", "1.5"], "must be a whole number"),
        (
            ["--bounds", "300,100,100,200"],
            "xmin 300 is greater than xmax 100",
        ),
        (["--bounds", "1,4,3,2"], "ymin 4 is greater than ymax 2"),
        (["--bounds", "1,2,6,3,4,5"], "zmin 6 is greater than zmax 5"),
        (
            ["--bounds", "([3,1],[2,4])"],
            "xmin 3 is greater than xmax 1",
        ),
    ] {
        let text = of_query(&flags, 2);
        assert_says(&text, &[flags[0], problem]);
        assert!(
            !text.contains("non-zero type") && !text.contains("digit"),
            "{text}"
        );
    }
    let rows = |most: &str| of_query_rows(&["--max-points", most]);
    assert_eq!(rows("3e3"), rows("3000"));
}

fn of_query_rows(flags: &[&str]) -> String {
    let terrain = fixture("terrain");
    let query = [&["query", &terrain, "-q", "-f", "csv"], flags].concat();
    ept(&query).ends_with(0).stdout()
}

#[test]
fn other_kinds_of_point_clouds_are_known_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let potree2 =
        br#"{"version": "2.0", "hierarchy": {"firstChunkSize": 22}, "encoding": "BROTLI"}"#;
    file(folder.path(), "one/cloud.js", b"{\"version\": \"1.7\"}");
    file(folder.path(), "two/metadata.json", potree2);
    file(folder.path(), "two/hierarchy.bin", b"\0");
    file(folder.path(), "three/tileset.json", b"{\"asset\": {}}");
    file(folder.path(), "old/entwine.json", b"{}");
    let server = Server::files(folder.path().to_owned());
    for (name, kind, way_out) in [
        ("one", "Potree 1", "give the LAZ or LAS files"),
        ("one/cloud.js", "Potree 1", "give the LAZ or LAS files"),
        ("two", "Potree 2", "give the LAZ or LAS files"),
        ("two/metadata.json", "Potree 2", "give the LAZ or LAS files"),
        ("three", "3D Tiles", "give the LAZ or LAS files"),
        (
            "three/tileset.json",
            "3D Tiles",
            "give the LAZ or LAS files",
        ),
        ("old", "Entwine", "rebuild it with Entwine 2"),
        ("old/entwine.json", "Entwine", "rebuild it with Entwine 2"),
    ] {
        for location in [path(name), server.url(&format!("/{name}"))] {
            for command in ["info", "stats", "validate"] {
                let text = said(&[command, &location], 1);
                assert_says(&text, &[&location, kind, way_out]);
            }
        }
    }
}

#[test]
fn what_a_folder_has_instead_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    assert_says(&said(&["info", path], 1), &["nothing in this folder"]);
    for name in ["a.tif", "b.xml", "c.txt", "d.txt", "e.txt", "f.txt"] {
        file(folder.path(), name, b"");
    }
    let text = said(&["info", path], 1);
    assert_says(
        &text,
        &["no ept.json, LAZ or LAS file", "a.tif, b.xml", "and 1 more"],
    );
    file(folder.path(), "set/ept.json", b"{}");
    let text = said(&["info", path], 1);
    assert_says(&text, &["one in its subfolder set; give that"]);
    let text = said(&["info", "/no/such/set"], 1);
    assert_says(&text, &["/no/such/set: no such file or folder"]);
    // LAZ files in a folder, and alone, are read.
    let tiles = copy("laz-pf0");
    let tiles = tiles.path().join("ept-data");
    ept(&["info", tiles.to_str().unwrap()]).ends_with(0);
    ept(&["info", tiles.join("0-0-0-0.laz").to_str().unwrap()]).ends_with(0);
}

#[test]
fn a_listing_of_a_web_server_is_told() {
    let server = Server::start(|request| match request.path.as_str() {
        "/lidar/" => Response::new(200, "<html><a href=\"a.laz\">a.laz</a></html>")
            .with_header("Content-Type", "text/html"),
        "/lidar" => Response::new(301, "").with_header("Location", "/lidar/"),
        "/secret/ept.json" => Response::new(403, "no"),
        _ => Response::new(404, "nothing"),
    });
    for path in ["/lidar", "/lidar/"] {
        let text = said(&["info", &server.url(path)], 1);
        assert_says(&text, &["this is a web page", "listing of files", "--list"]);
    }
    let text = said(&["info", &server.url("/secret")], 1);
    assert_says(
        &text,
        &["403", "does not exist, or reading it requires credentials"],
    );
    assert!(!text.contains("give the folder"), "{text}");
}

/// Runs the command as somebody who may not read what others keep to themselves. `None` if that can't be done here.
#[cfg(unix)]
fn as_nobody(args: &[&str]) -> Option<Run> {
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::process::CommandExt;
    const NOBODY: u32 = 65_534;
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ept"));
    command.args(args).env_remove("EPT_CACHE");
    if std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
        command.uid(NOBODY);
    }
    match command.output() {
        Ok(output) => Some(Run::from(output)),
        Err(error) => {
            println!("cannot run as another user: {error}: skipped");
            None
        }
    }
}

#[cfg(unix)]
#[test]
fn denied_is_not_missing() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let closed = folder.path().join("closed");
    let metadata = file(folder.path(), "closed/ept.json", b"{}");
    let allow = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    allow(folder.path(), 0o755);
    let closed_path = closed.to_str().unwrap();
    for (mode, of_file) in [(0o000, 0o644), (0o755, 0o000)] {
        allow(&closed, 0o755);
        allow(Path::new(&metadata), of_file);
        allow(&closed, mode);
        for location in [closed_path, &metadata] {
            let Some(run) = as_nobody(&["info", location]) else {
                return;
            };
            let text = run.ends_with(1).stderr();
            assert_says(&text, &[closed_path, "Permission denied"]);
            assert!(
                !text.contains("give the") && !text.contains("not found"),
                "{text}"
            );
        }
    }
    allow(&closed, 0o555);
    let out = closed.join("x.csv");
    if let Some(run) = as_nobody(&["query", &fixture("laz-pf0"), "-o", out.to_str().unwrap()]) {
        let text = run.ends_with(1).stderr();
        assert_says(&text, &["no permission to create files in", closed_path]);
    }
}
