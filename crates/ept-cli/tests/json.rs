//! `docs/json.md` has every field of the JSON of every command, and no other.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use support::{copy, ept, fixture};
use tempfile::TempDir;

use crate::tutorial::{AREA, opentopography, with};

/// Objects whose keys are not fields but names.
const MAPS: [&str; 8] = [
    "dimensions",
    "classes",
    "returns",
    "outputs",
    "attributes",
    "[].dimensions",
    "[].classes",
    "[].returns",
];

/// The fields of the table below a heading.
fn documented(heading: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/json.md");
    let text = std::fs::read_to_string(path).unwrap();
    let section = text
        .split("\n## ")
        .find(|section| section.lines().next() == Some(heading));
    let rows = section
        .unwrap_or_else(|| panic!("no section {heading}"))
        .lines();
    let fields = rows.filter_map(|row| row.strip_prefix("| `")?.split('`').next());
    fields.map(str::to_owned).collect()
}

/// The fields of a value, as the tables name them.
fn fields(at: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| fields(&format!("{at}[]"), item, found)),
        Value::Object(object) => {
            let is_map =
                MAPS.contains(&at) || at.ends_with(".attributes") || at.ends_with("percentiles.Z");
            for (key, value) in object {
                let key = if is_map { "*" } else { key };
                let field = if at.is_empty() {
                    key.to_owned()
                } else {
                    format!("{at}.{key}")
                };
                found.insert(field.clone());
                fields(&field, value, found);
            }
        }
        _ => {}
    }
}

#[track_caller]
fn assert_documented(heading: &str, values: &[Value]) {
    let mut found = BTreeSet::new();
    values
        .iter()
        .for_each(|value| fields("", value, &mut found));
    let expected = documented(heading);
    let undocumented: Vec<_> = found.difference(&expected).collect();
    let missing: Vec<_> = expected.difference(&found).collect();
    assert!(
        undocumented.is_empty() && missing.is_empty(),
        "{heading}: not documented {undocumented:?}, not found {missing:?}"
    );
}

fn file(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

/// What a run printed, if it ended with that code.
fn json<S: AsRef<str>>(code: i32, args: &[S]) -> Value {
    ept(args).ends_with(code).json()
}

/// The terrain without one of its tiles.
fn damaged() -> TempDir {
    let set = copy("terrain");
    std::fs::remove_file(set.path().join("ept-data/1-0-0-0.laz")).unwrap();
    set
}

/// A file with two features called so by `plot`.
fn plots(folder: &TempDir) -> String {
    let square = |name: &str, x: f64| {
        format!(
            r#"{{"type": "Feature", "properties": {{"plot": "{name}"}}, "geometry": {{"type": "Polygon", "coordinates":
            [[[{x}, 42.003], [{0}, 42.003], [{0}, 42.004], [{x}, 42.004], [{x}, 42.003]]]}}}}"#,
            x + 0.001
        )
    };
    let features = [square("a", -92.999), square("b", -92.997)].join(",");
    let path = file(folder, "plots.geojson");
    std::fs::write(
        &path,
        format!(r#"{{"type": "FeatureCollection", "features": [{features}]}}"#),
    )
    .unwrap();
    path
}

#[test]
fn info() {
    let folder = tempfile::tempdir().unwrap();
    let copc = file(&folder, "a.copc.laz");
    let terrain = fixture("terrain");
    ept(&["query", &terrain, "-q", "--depth", "1", "-o", &copc]).ends_with(0);
    let values = [
        json(0, &["info", &terrain, "--json"]),
        json(0, &["info", &copc, "--json"]),
        json(0, &["info", &terrain, &copc, "--json"]),
    ];
    assert_documented("ept info --json", &values);
    let hierarchy = json(0, &["info", &terrain, "--hierarchy", "--json"]);
    assert_documented("ept info --hierarchy --json", &[hierarchy]);
}

#[test]
fn surveys() {
    let server = opentopography();
    let find = |args: &[&str]| with(&server, args).ends_with(0).json();
    // The server has no list of EPT datasets.
    let both = [
        "find",
        AREA,
        "--source",
        "opentopography",
        "--source",
        "3dep",
        "--json",
    ];
    let values = [
        find(&["find", AREA, "--json"]),
        // Nothing there, but something near.
        find(&["find", "174.4,-37.5,174.5,-37.4", "--json"]),
        with(&server, &both).ends_with(3).json(),
    ];
    assert_documented("ept find --json", &values);
    let info = find(&["info", "ot:NZ15_Huntly", "--json"]);
    assert_documented("ept info INDEX --json", &[info]);
}

#[test]
fn plans_nodes_and_sources() {
    let terrain = fixture("terrain");
    let plan = json(0, &["plan", &terrain, "--thin", "8", "--json"]);
    assert_documented("ept plan --json", &[plan]);
    let nodes = json(0, &["nodes", &terrain, "--json"]);
    assert_documented("ept nodes --json", &[nodes]);
    let sources = json(0, &["sources", &terrain, "--json"]);
    assert_documented("ept sources --json", &[sources]);
}

#[test]
fn statistics() {
    let folder = tempfile::tempdir().unwrap();
    let terrain = fixture("terrain");
    let stats = json(0, &["stats", &terrain, "--json"]);
    assert_documented("ept stats --json", &[stats]);
    let each = [
        "stats",
        &terrain,
        "--polygon",
        &plots(&folder),
        "--each",
        "plot",
        "--json",
    ];
    assert_documented("ept stats --each NAME --json", &[json(0, &each)]);
}

#[test]
fn tiles() {
    let folder = tempfile::tempdir().unwrap();
    let index = file(&folder, "index.csv");
    let text = "url,minx,miny,maxx,maxy,year\na.laz,0,0,1,1,2020\nb.laz,1,0,2,1,2021\n";
    std::fs::write(&index, text).unwrap();
    let tiles = json(0, &["tiles", &index, "--json", "-q"]);
    assert!(tiles["tiles"][1]["attributes"].is_object(), "{tiles}");
    assert_documented("ept tiles --json", &[tiles]);
}

#[test]
fn validation() {
    let report = json(
        3,
        &[
            "validate",
            damaged().path().to_str().unwrap(),
            "--json",
            "-q",
        ],
    );
    assert_documented("ept validate --json", &[report]);
}

#[test]
fn reports() {
    let folder = tempfile::tempdir().unwrap();
    let (out, report) = (file(&folder, "out.laz"), file(&folder, "report.json"));
    let set = damaged();
    let dataset = set.path().to_str().unwrap();
    let polygon =
        "SRID=4326;POLYGON ((-92.999 42.003, -92.995 42.003, -92.995 42.006, -92.999 42.003))";
    let query = [
        "query",
        dataset,
        "-q",
        "-o",
        &out,
        "--report",
        &report,
        "--on-error",
        "skip",
        "--polygon",
        polygon,
        "--bounds",
        "500000,4650000,500500,4650500",
        "--out-crs",
        "EPSG:4326",
    ];
    ept(&query).ends_with(3);
    let read = || serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    let first: Value = read();
    let plots = plots(&folder);
    let out = file(&folder, "{plot}.csv");
    let each = [
        "query",
        &fixture("terrain"),
        "-q",
        "-o",
        &out,
        "--report",
        &report,
        "--polygon",
        &plots,
        "--each",
        "plot",
        "--hag",
    ];
    ept(&each).ends_with(0);
    let second = read();
    let (server, out) = (opentopography(), file(&folder, "huntly.laz"));
    let query = [
        "query",
        "ot:NZ15_Huntly",
        "-q",
        "-o",
        &out,
        "--report",
        &report,
    ];
    let area = ["--bounds", AREA, "--crs", "EPSG:4326"];
    with(&server, &[&query[..], &area].concat()).ends_with(0);
    let third = read();
    let out = file(&folder, "dtm.tif");
    let raster = [
        "dtm",
        &fixture("terrain"),
        "-q",
        "-o",
        &out,
        "--outlier",
        "k=8",
    ];
    ept(&[&raster[..], &["--report", &report]].concat()).ends_with(0);
    let fourth = read();
    let (hag, out) = (format!("--hag={out}"), file(&folder, "heights.laz"));
    let query = ["query", &fixture("terrain"), "-q", &hag, "-o", &out];
    ept(&[&query[..], &["--report", &report]].concat()).ends_with(0);
    let out = file(&folder, "terrain.png");
    let picture = ["picture", &fixture("terrain"), "-q", "--json", "-o", &out];
    let picture = json(0, &[&picture[..], &["--color", "height"]].concat());
    let reports = [first, second, third, fourth, read(), picture];
    assert_documented("ept query --report FILE", &reports);
}

#[test]
fn downloads() {
    let folder = tempfile::tempdir().unwrap();
    let (to, report) = (file(&folder, "tiles"), file(&folder, "report.json"));
    let fetch = ["fetch", "ot:NZ15_Huntly", "-d", &to, "--report", &report];
    // Sixteen of the 25 tiles are not on the server.
    with(&opentopography(), &fetch).ends_with(3);
    let report = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    assert_documented("ept fetch --report FILE", &[report]);
}

#[test]
fn receipts() {
    let folder = tempfile::tempdir().unwrap();
    let (units, parts) = (file(&folder, "units.jsonl"), file(&folder, "parts"));
    let set = damaged();
    ept(&[
        "plan",
        set.path().to_str().unwrap(),
        "-q",
        "--units",
        "1",
        "-o",
        &units,
    ])
    .ends_with(0);
    ept(&[
        "run",
        &units,
        "-q",
        "--index",
        "0",
        "-o",
        &parts,
        "--on-error",
        "skip",
    ])
    .ends_with(3);
    ept(&[
        "dtm",
        &fixture("terrain"),
        "-q",
        "--units",
        "1",
        "-o",
        &units,
    ])
    .ends_with(0);
    ept(&["run", &units, "-q", "--index", "0", "-o", &parts]).ends_with(0);
    let entries = Path::new(&parts).read_dir().unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let receipt = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap());
    assert_documented("ept run -o FOLDER", &receipt.collect::<Vec<Value>>());
}
