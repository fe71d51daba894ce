//! `ept query`: what it writes, and what it leaves when it cannot.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::collections::HashSet;
use std::path::Path;

use support::server::Server;
use support::{copy, ept, fixture, testdata, truth};

fn read(path: &Path) -> (las::Header, Vec<las::Point>) {
    let mut reader = las::Reader::from_path(path).unwrap();
    let points = reader.read_all().unwrap();
    let points = points.points().map(Result::unwrap).collect();
    (reader.header().clone(), points)
}

#[test]
fn laz_las_and_csv_hold_the_same_points() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    for name in ["out.laz", "out.las", "out.csv"] {
        let out = file(name);
        let run = ept(&["query", &fixture("terrain"), "-o", out.to_str().unwrap()]).ends_with(0);
        assert!(run.stderr().contains("25,000 points"), "{}", run.stderr());
        assert!(run.stdout().is_empty());
    }
    let (header, laz) = read(&file("out.laz"));
    let (_, las) = read(&file("out.las"));
    assert_eq!(laz, las);
    assert_eq!(laz.len(), 25_000);
    assert_eq!(header.version(), las::Version::new(1, 4));
    assert_eq!(header.point_format().to_u8().unwrap() & 0x3f, 3);
    let wkt = header.all_vlrs().find(|vlr| vlr.record_id == 2112).unwrap();
    assert!(String::from_utf8_lossy(&wkt.data).contains("UTM zone 15N"));

    let csv = std::fs::read_to_string(file("out.csv")).unwrap();
    let mut lines = csv.lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!(head[..3], ["X", "Y", "Z"]);
    let column = |name: &str| head.iter().position(|head| *head == name).unwrap();
    let (class, origin) = (column("Classification"), column("OriginId"));
    for (line, point) in lines.zip(&laz) {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |at: usize| fields[at].parse::<f64>().unwrap();
        assert_eq!(
            [number(0), number(1), number(2)],
            [point.x, point.y, point.z]
        );
        // The las crate takes class 12 of old point formats for the overlap flag.
        match fields[class] {
            "12" => assert!(point.is_overlap),
            class => assert_eq!(class, u8::from(point.classification).to_string()),
        }
        let origin_id = u32::from_le_bytes(point.extra_bytes[..4].try_into().unwrap());
        assert_eq!(fields[origin], origin_id.to_string());
    }
}

#[test]
fn every_fixture_becomes_a_laz_file_of_all_its_points() {
    let folder = tempfile::tempdir().unwrap();
    for entry in testdata().read_dir().unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        let out = folder.path().join("out.laz");
        ept(&[
            "query",
            "-q",
            path.to_str().unwrap(),
            "-o",
            out.to_str().unwrap(),
        ])
        .ends_with(0);
        let (header, points) = read(&out);
        let truth = truth(name);
        assert_eq!(
            Some(points.len() as u64),
            truth["points"].as_u64(),
            "{name}"
        );
        let bounds = header.bounds();
        let expected = |axis: &str, end: &str| truth["dimensions"][axis][end].as_f64().unwrap();
        // Coordinates of 32 bits come back to the bit; wider ones to the scale of the file.
        let step = header.transforms().x.scale;
        let exact = !matches!(name, "float64" | "wide-integers");
        let tolerance = if exact { 0.0 } else { step };
        assert!(
            (bounds.min.x - expected("X", "min")).abs() <= tolerance,
            "{name}"
        );
        assert!(
            (bounds.max.y - expected("Y", "max")).abs() <= tolerance,
            "{name}"
        );
        if let Some(format) = name.strip_prefix("laz-pf") {
            let found = header.point_format().to_u8().unwrap() & 0x3f;
            assert_eq!(found.to_string(), format);
        }
    }
}

#[test]
fn bounds_and_depth_select() {
    let truth = truth("terrain");
    for query in truth["queries"].as_array().unwrap() {
        let bounds: Vec<String> = query["bounds"]
            .as_array()
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        let depth = query["depth"].to_string();
        let args = [
            "query",
            &fixture("terrain"),
            "--bounds",
            &bounds.join(","),
            "--depth",
            &depth,
        ];
        let run = ept(&[&args[..], &["--dims", "X,y"]].concat()).ends_with(0);
        let lines = run.stdout();
        let mut lines = lines.lines();
        assert_eq!(lines.next().unwrap().to_ascii_uppercase(), "X,Y");
        assert_eq!(
            Some(lines.count() as u64),
            query["points"].as_u64(),
            "{query}"
        );
    }
}

#[test]
fn precision_is_for_csv() {
    let query = ["query", "-q", &fixture("float64"), "--dims", "X,Y,Z"];
    let text = ept(&[&query[..], &["--precision", "1"]].concat()).ends_with(0);
    for field in text.stdout().lines().skip(1).flat_map(|l| l.split(',')) {
        let (_, decimals) = field.split_once('.').unwrap();
        assert_eq!(decimals.len(), 1, "{field}");
    }
    let las = ["--precision", "1", "-o", "out.las"];
    let text = ept(&[&query[..], &las].concat()).ends_with(2).stderr();
    assert!(
        text.contains("is for CSV and XYZ, not for las (--precision)"),
        "{text}"
    );
}

#[test]
fn one_request_or_many_file_or_web_the_bytes_are_the_same() {
    let server = Server::files(testdata());
    let folder = tempfile::tempdir().unwrap();
    for format in ["copc.laz", "laz", "las", "csv", "ply", "arrow", "parquet"] {
        let mut outputs = HashSet::new();
        for (at, (location, requests, threads)) in [
            (fixture("terrain"), "1", "1"),
            (fixture("terrain"), "32", "4"),
            (server.url("/terrain/ept.json?key=1"), "1", "2"),
            (server.url("/terrain"), "32", "1"),
        ]
        .iter()
        .enumerate()
        {
            let out = folder.path().join(format!("{at}.{format}"));
            let out = out.to_str().unwrap();
            let reading = ["--requests", *requests, "--threads", threads, "-q"];
            let query = ["query", location, "--resolution", "2", "-o", out];
            ept(&[&query[..], &reading].concat()).ends_with(0);
            outputs.insert(std::fs::read(out).unwrap());
        }
        assert_eq!(outputs.len(), 1, "{format}");
    }
}

#[test]
fn a_lost_tile_fails_and_leaves_nothing_behind() {
    let data = copy("laz-pf1");
    std::fs::remove_file(data.path().join("ept-data/1-0-0-0.laz")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.laz");
    let args = [
        "query",
        data.path().to_str().unwrap(),
        "-o",
        out.to_str().unwrap(),
    ];
    let run = ept(&args).ends_with(1);
    let text = run.stderr();
    assert!(
        text.contains("1-0-0-0.laz") && text.contains("not found"),
        "{text}"
    );
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);

    let run = ept(&[&args[..], &["--on-error", "skip"]].concat()).ends_with(3);
    let text = run.stderr();
    assert!(
        text.contains("lost: tile of") && text.contains("1-0-0-0.laz"),
        "{text}"
    );
    let lost = truth("laz-pf1")["nodes"]["1-0-0-0"].as_u64().unwrap();
    assert_eq!(read(&out).1.len() as u64, 1500 - lost);
    assert_eq!(folder.path().read_dir().unwrap().count(), 1);
}

#[test]
fn a_lost_page_fails_or_is_skipped() {
    let data = copy("terrain");
    std::fs::write(data.path().join("ept-hierarchy/2-0-0-2.json"), "{").unwrap();
    let location = data.path().to_str().unwrap();
    let text = ept(&["query", location]).ends_with(1).stderr();
    assert!(
        text.contains("hierarchy page 2-0-0-2") && text.contains("2-0-0-2.json"),
        "{text}"
    );
    let text = ept(&["query", location, "--on-error", "skip"])
        .ends_with(3)
        .stderr();
    assert!(text.contains("lost: hierarchy page 2-0-0-2"), "{text}");
}

#[test]
fn an_output_that_exists_stays_as_it_is_when_the_query_fails() {
    let data = copy("laz-pf1");
    std::fs::write(data.path().join("ept-data/1-0-0-0.laz"), "garbage").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    std::fs::write(&out, "before").unwrap();
    ept(&[
        "query",
        data.path().to_str().unwrap(),
        "-o",
        out.to_str().unwrap(),
    ])
    .ends_with(1);
    assert_eq!(std::fs::read(&out).unwrap(), b"before");
}

#[test]
fn nothing_found_is_an_empty_file_and_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["empty.copc.laz", "empty.laz", "empty.las", "empty.csv"] {
        let out = folder.path().join(name);
        let query = ["query", &fixture("terrain"), "--bounds", "0,0,1,1"];
        let run = ept(&[&query[..], &["-o", out.to_str().unwrap()]].concat()).ends_with(0);
        let text = run.stderr();
        assert!(
            text.contains("0 points") && text.contains("outside the dataset"),
            "{text}"
        );
        assert!(
            text.contains("500002") && text.contains("longitude and latitude"),
            "{text}"
        );
        match name {
            "empty.csv" => {
                let text = std::fs::read_to_string(&out).unwrap();
                assert_eq!(text.lines().count(), 1);
                assert!(text.starts_with("X,Y,Z,Intensity,"), "{text}");
            }
            _ => assert!(read(&out).1.is_empty()),
        }
    }
    let inside = [
        "query",
        &fixture("terrain"),
        "--bounds",
        "500010,4650010,338,500011,4650011,339",
    ];
    let text = ept(&inside).ends_with(0).stderr();
    assert!(text.contains("no point is inside the area"), "{text}");
}

#[test]
fn las_always_has_coordinates() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.las");
    let query = ["query", "-q", &fixture("laz-pf3"), "--dims", "Intensity"];
    ept(&[&query[..], &["-o", out.to_str().unwrap()]].concat()).ends_with(0);
    let (_, points) = read(&out);
    assert_eq!(points.len(), 1500);
    assert!(
        points
            .iter()
            .all(|point| point.x > 1000.0 && u8::from(point.classification) == 0)
    );
    assert!(points.iter().any(|point| point.intensity > 0));
}

#[cfg(unix)]
#[test]
fn an_output_has_the_permissions_of_a_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (out, usual) = (folder.path().join("out.csv"), folder.path().join("usual"));
    std::fs::write(&usual, "").unwrap();
    ept(&[
        "query",
        "-q",
        &fixture("rootless"),
        "-o",
        out.to_str().unwrap(),
    ])
    .ends_with(0);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&out), mode(&usual));
}

#[cfg(target_os = "linux")]
#[test]
fn devices_are_written_to_and_links_followed() {
    use std::os::unix::fs::FileTypeExt;
    ept(&[
        "query",
        "-q",
        &fixture("rootless"),
        "--format",
        "las",
        "-o",
        "/dev/null",
    ])
    .ends_with(0);
    assert!(
        std::fs::metadata("/dev/null")
            .unwrap()
            .file_type()
            .is_char_device()
    );
    for format in ["csv", "las", "laz", "copc", "ply", "arrow", "parquet"] {
        let query = [
            "query",
            &fixture("rootless"),
            "--format",
            format,
            "-o",
            "/dev/full",
        ];
        let text = ept(&query).ends_with(1).stderr();
        assert!(
            text.contains("cannot write /dev/full") && text.contains("No space"),
            "{text}"
        );
    }

    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (
        folder.path().join("file.csv"),
        folder.path().join("link.csv"),
    );
    std::fs::write(&file, "before").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    ept(&[
        "query",
        "-q",
        &fixture("rootless"),
        "-o",
        link.to_str().unwrap(),
    ])
    .ends_with(0);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("X,Y,Z"));
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_ept"))
        .args(["query", &fixture("terrain")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn wrong_usage_exits_with_2_before_anything_is_read() {
    let nowhere = "/nowhere/at/all";
    for (args, problem) in [
        (
            vec!["query", nowhere, "--resolution", "-1"],
            "greater than 0",
        ),
        (
            vec!["query", nowhere, "--resolution", "0"],
            "greater than 0",
        ),
        (
            vec!["query", nowhere, "--resolution", "nan"],
            "greater than 0",
        ),
        (vec!["query", nowhere, "--bounds", "1,2,3"], "3 numbers"),
        (
            vec!["query", nowhere, "--bounds", "-1,-2,-3,-4"],
            "greater than ymax -4",
        ),
        (
            vec!["query", nowhere, "--depth", "1", "--resolution", "1"],
            "cannot be used with",
        ),
        (vec!["query", nowhere, "--requests", "0"], "0"),
        (
            vec!["query", nowhere, "-o", "out.dwg"],
            "no format has this extension",
        ),
        (
            vec!["query", nowhere, "--format", "copc"],
            "standard output",
        ),
        (vec!["query", nowhere, "--format", "laz"], "standard output"),
        (vec!["query", nowhere, "--format", "ply"], "standard output"),
        (vec!["query", nowhere, "--precision", "18"], "0..=17"),
        (vec!["query"], "DATASET"),
        (vec!["quarry"], "unrecognized subcommand"),
    ] {
        let run = ept(&args).ends_with(2);
        assert!(run.stderr().contains(problem), "{args:?}: {}", run.stderr());
    }
}

#[test]
fn a_dataset_or_dimension_that_is_not_there_is_named() {
    let text = ept(&["query", "/nowhere/at/all"]).ends_with(1).stderr();
    assert!(
        text.contains("/nowhere/at/all: no such file or folder"),
        "{text}"
    );
    let text = ept(&["query", &fixture("binary"), "--dims", "X,Colour"])
        .ends_with(1)
        .stderr();
    assert!(
        text.contains("\"Colour\"") && text.contains("Intensity"),
        "{text}"
    );
    let out = "/nowhere/at/all.laz";
    let text = ept(&["query", &fixture("binary"), "-o", out])
        .ends_with(1)
        .stderr();
    assert!(text.contains(out), "{text}");
}

#[test]
fn a_file_that_is_there_is_left_if_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("points.csv");
    std::fs::write(&file, "mine").unwrap();
    let args = [
        "query",
        &fixture("laz-pf0"),
        "-o",
        file.to_str().unwrap(),
        "--no-clobber",
    ];
    let text = ept(&args).ends_with(1).stderr();
    assert!(text.contains("points.csv already exists"), "{text}");
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    ept(&args[..4]).ends_with(0);
    assert_ne!(std::fs::read(&file).unwrap(), b"mine");
}

#[test]
fn bbox_is_another_name_of_bounds() {
    let everything = "0,0,1e9,1e9";
    let run = |flag: &str| {
        ept(&["query", &fixture("laz-pf0"), flag, everything])
            .ends_with(0)
            .stdout()
    };
    assert!(run("--bbox").lines().count() > 1);
    assert_eq!(run("--bbox"), run("--bounds"));
}

#[test]
fn a_dimension_that_only_tiles_have_can_be_named_of_several_datasets_too() {
    let sources = [fixture("laz-pf0"), fixture("laz-pf7")];
    let rows = |dims: &str| {
        let [plain, colours] = &sources;
        let run = ept(&[
            "query", "-q", plain, colours, "--dims", dims, "--depth", "1", "-o", "-",
        ]);
        run.ends_with(0).stdout().lines().count()
    };
    assert_eq!(rows("X,Reserved"), rows("X"));
}
