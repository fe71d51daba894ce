//! `ept` asked in the user's own terms: areas, lengths, conditions, sources.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::io::Write;
use std::process::{Command, Stdio};

use support::{ept, fixture};

const SQUARE: &str =
    "POLYGON((500100 4650100,500300 4650100,500300 4650300,500100 4650300,500100 4650100))";

fn csv(flags: &[&str]) -> String {
    let terrain = fixture("terrain");
    ept(&[&["query", &terrain, "-q"], flags].concat())
        .ends_with(0)
        .stdout()
}

#[test]
fn a_polygon_comes_as_text_file_or_standard_input() {
    let expected = csv(&["--bounds", "500100,4650100,500300,4650300"]);
    assert!(expected.lines().count() > 100);
    assert_eq!(csv(&["--polygon", SQUARE]), expected);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("area (1).wkt");
    std::fs::write(&file, SQUARE).unwrap();
    assert_eq!(csv(&["--polygon", file.to_str().unwrap()]), expected);

    let json = r#"{"type":"Polygon","coordinates":[[[500100,4650100],[500300,4650100],[500300,4650300],[500100,4650300],[500100,4650100]]]}"#;
    let mut child = Command::new(env!("CARGO_BIN_EXE_ept"))
        .args([
            "query",
            &fixture("terrain"),
            "-q",
            "--polygon",
            "-",
            "--crs",
            "EPSG:26915",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(json.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}

#[test]
fn bounds_in_degrees_need_no_heights() {
    let pdal = "([-92.9985,-92.9965],[42.0025,42.0041])/EPSG:4326";
    let found = csv(&[
        "--bounds=-92.9985,42.0025,-92.9965,42.0041",
        "--crs",
        "EPSG:4326",
    ]);
    assert!(found.lines().count() > 100);
    assert_eq!(csv(&["--bounds", pdal]), found);
}

#[test]
fn the_depth_is_told_with_its_spacing_on_the_ground() {
    let run = ept(&[
        "query",
        &fixture("terrain"),
        "--resolution",
        "8m",
        "-o",
        "/dev/null",
        "-f",
        "csv",
    ]);
    let text = run.ends_with(0).stderr();
    assert!(text.contains("m on the ground)"), "{text}");
}

#[test]
fn thinning_and_budgets_have_flags() {
    let lines = |flags: &[&str]| csv(flags).lines().count() - 1;
    let whole = lines(&[]);
    let (flat, cubes) = (lines(&["--thin", "10m"]), lines(&["--thin-3d", "10"]));
    assert!(
        0 < flat && flat < cubes && cubes < whole,
        "{flat} {cubes} {whole}"
    );
    let some = lines(&["--max-points", "3000"]);
    assert!(0 < some && some <= 3000, "{some}");
    assert_eq!(lines(&["--max-points", "25000"]), whole);
}

#[test]
fn sources_are_listed_and_selected() {
    let terrain = fixture("terrain");
    let list = ept(&["sources", &terrain]).ends_with(0).stdout();
    assert_eq!(list.lines().count(), 4, "{list}");
    let json = ept(&["sources", &terrain, "--json"]).ends_with(0).stdout();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let points = json[1]["points"].as_u64().unwrap();
    let found = csv(&["--origin", json[1]["path"].as_str().unwrap()]);
    assert_eq!(found.lines().count() as u64 - 1, points);

    let text = ept(&["query", &fixture("laz-pf6"), "--origin", "0"])
        .ends_with(1)
        .stderr();
    assert!(text.contains("does not list its sources"), "{text}");
    let text = ept(&["sources", &fixture("laz-pf6")]).ends_with(0).stderr();
    assert!(text.contains("does not list its sources"), "{text}");
}

#[test]
fn what_cannot_be_understood_is_told_in_one_line() {
    let terrain = fixture("terrain");
    for (flags, code, problem) in [
        (
            &["--bounds", "1,2,3,4", "--crs", "EPSG:99999"][..],
            2,
            "not in the table",
        ),
        (
            &["--bounds", "1,2,3,4", "--crs", "nonsense"],
            2,
            "give an EPSG code",
        ),
        (
            &["--crs", "EPSG:4326"],
            2,
            "--crs needs --bounds or --polygon",
        ),
        (
            &["--polygon", "/no/such/file"],
            1,
            "cannot read /no/such/file",
        ),
        (&["--polygon", "Cargo.toml"], 1, "not an area"),
        (&["--polygon", "POINT(1 2)"], 1, "give a buffer (--buffer)"),
        (
            &["--where", "Classification == 2 & Z > 1"],
            2,
            "character 21",
        ),
        (
            &["--where", "Clas == 2"],
            1,
            "Clas, which the dataset does not have",
        ),
        (&["--resolution", "1 mile"], 2, "m, cm, mm, km, ft or us-ft"),
        (&["--max-points", "1"], 1, "coarsest depth"),
        (
            &["--addon", "Classification=/no/such/folder"],
            1,
            "/no/such/folder",
        ),
        (&["--out-crs", "EPSG:0"], 2, "give an EPSG code"),
    ] {
        let run = ept(&[&["query", &terrain, "-q"], flags].concat()).ends_with(code);
        let text = run.stderr();
        assert!(text.contains(problem), "{flags:?}: {text}");
        let errors = text.lines().filter(|line| line.starts_with("error"));
        assert_eq!(errors.count(), 1, "{text}");
    }
    // A dataset that does not say where it is.
    let run = ept(&[
        "query",
        &fixture("float64"),
        "--bounds",
        "1,2,3,4",
        "--crs",
        "4326",
    ]);
    let text = run.ends_with(1).stderr();
    assert!(
        text.contains("does not name its coordinate system"),
        "{text}"
    );
}

#[test]
fn an_inaccurate_transform_is_told_unless_quiet() {
    let terrain = fixture("terrain");
    let area = ["--bounds=-94,40,-92,43", "--crs"];
    let told = |flags: &[&str]| {
        let flags = [&["nodes", &terrain], &area[..], flags].concat();
        ept(&flags).ends_with(0).stderr()
    };
    // NAD27, whose shift needs a grid.
    assert!(told(&["EPSG:4267"]).contains("needs a grid that was not found"));
    assert_eq!(told(&["EPSG:4267", "-q"]), "");
    let same_datum = told(&["EPSG:4269"]);
    assert!(!same_datum.contains("warning"), "{same_datum}");
}

#[test]
fn a_folder_of_grids_must_be_one() {
    let terrain = fixture("terrain");
    let missing = ["nodes", &terrain, "--grids", "no/such/folder"];
    let message = ept(&missing).ends_with(2).stderr();
    assert!(message.contains("is not a folder"), "{message}");
    let empty = tempfile::tempdir().unwrap();
    let grids = ["nodes", &terrain, "--grids", empty.path().to_str().unwrap()];
    ept(&grids).ends_with(0);
}

#[test]
fn the_environment_names_no_folder_of_grids() {
    // Not a grid: whoever opens it tells of another operation, or fails.
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "us_noaa_conus.tif",
        "conus",
        "us_noaa_nadcon5_nad27_nad83_1986_conus.tif",
    ] {
        std::fs::write(folder.path().join(name), "grid").unwrap();
    }
    let path = folder.path().to_str().unwrap();
    let names = [
        "TERRIO_GRID_DIR",
        "PROJ_DATA",
        "PROJ_LIB",
        "TERRIO_GRID_CACHE",
    ];
    let variables = names.map(|name| (name, path));
    let terrain = fixture("terrain");
    let query = [
        "nodes",
        &terrain,
        "--bounds=-94,40,-92,43",
        "--crs",
        "EPSG:4267",
    ];
    let expected = ept(&query).stderr();
    assert_eq!(support::ept_within(&variables, &query).stderr(), expected);
    let named = [&query[..], &["--grids", path]].concat();
    assert_ne!(
        ept(&named).stderr(),
        expected,
        "the folder matters when it is named"
    );
}

#[test]
fn an_inaccurate_transform_is_in_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let (out, report) = (folder.path().join("a.csv"), folder.path().join("a.json"));
    let transforms = |crs: Option<&str>| {
        let mut flags = vec!["query".to_owned(), fixture("terrain"), "-q".into()];
        flags.extend(["--depth".into(), "0".into(), "-o".into()]);
        flags.extend([out.to_str().unwrap().to_owned(), "--report".into()]);
        flags.push(report.to_str().unwrap().to_owned());
        if let Some(crs) = crs {
            flags.extend(["--bounds=-94,40,-92,43".into(), "--crs".into(), crs.into()]);
        }
        ept(&flags).ends_with(0);
        let report: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
        report["transforms"].clone()
    };
    // NAD27, whose shift needs a grid.
    let found = transforms(Some("EPSG:4267"));
    let warnings = found[0]["warnings"].to_string();
    assert!(
        warnings.contains("needs a grid that was not found"),
        "{found}"
    );
    assert_eq!(transforms(None), serde_json::json!([]));
}

/// NAD83 and WGS 84 agree within two metres (EPSG:1188 is no shift, with an accuracy of 4 m); NAD27 is off by a hundred.
#[test]
fn only_datums_that_differ_by_more_than_metres_are_warned_of() {
    let warned = |crs: &str, more: &[&str]| {
        let out = [
            "query",
            &fixture("terrain"),
            "--depth",
            "0",
            "--out-crs",
            crs,
        ];
        let run = ept(&[&out[..], more].concat()).ends_with(0);
        run.stderr().contains("warning")
    };
    // The dataset is in NAD83.
    assert!(!warned("EPSG:4326", &[]));
    assert!(!warned("EPSG:4258", &[]));
    assert!(warned("EPSG:4267", &[]));
    // Who gives grids wants to know.
    let folder = tempfile::tempdir().unwrap();
    assert!(warned(
        "EPSG:4326",
        &["--grids", folder.path().to_str().unwrap()]
    ));
}
