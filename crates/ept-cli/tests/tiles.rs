//! `ept tiles`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::server::Server;
use support::{ept, samples};

/// A tile of a degree.
fn tile(x: f64, y: f64, properties: &Value) -> Value {
    let (x1, y1) = (x + 1.0, y + 1.0);
    let ring = [[x, y], [x1, y], [x1, y1], [x, y1], [x, y]];
    json!({
        "type": "Feature", "properties": properties,
        "geometry": { "type": "Polygon", "coordinates": [ring] },
    })
}

/// An index of three tiles side by side from 5 to 8 degrees east.
fn index(folder: &Path) -> String {
    let tiles = [(5, "a.laz"), (6, "b.laz"), (7, "c d.laz")].map(|(x, name)| {
        tile(
            f64::from(x),
            52.0,
            &json!({ "URL": name, "count": 10 * x, "year": 2020 }),
        )
    });
    let text = json!({ "type": "FeatureCollection", "features": tiles }).to_string();
    write(folder, "tiles.geojson", &text)
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[test]
fn tiles_that_an_area_meets_are_lines() {
    let folder = tempfile::tempdir().unwrap();
    let index = index(folder.path());
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let run = ept(&["tiles", &index]).ends_with(0);
    assert_eq!(
        lines(&run.stdout()),
        [path("a.laz"), path("b.laz"), path("c d.laz")]
    );
    assert!(
        run.stderr().contains("3 of 3 tiles, 180 points"),
        "{}",
        run.stderr()
    );

    // In UTM, zone 32, where the edge between the second and the third is a curve: pyproj 3.7 has it at
    // x 362705.6 and 365786.8 for 52 and 53 degrees north, and that to its left at 298694.2 at most.
    let area = [
        "--bounds",
        "350000,5800000,360000,5810000",
        "--crs",
        "EPSG:32632",
    ];
    let run = ept(&[&["tiles", &index][..], &area].concat()).ends_with(0);
    assert_eq!(lines(&run.stdout()), [path("b.laz")]);
    // Boxes that touch are met.
    let run = ept(&["tiles", &index, "--bounds", "6,52.5,6,52.6", "-q"]).ends_with(0);
    assert_eq!(lines(&run.stdout()), [path("a.laz"), path("b.laz")]);
    assert_eq!(run.stderr(), "");
    let run = ept(&["tiles", &index, "--bounds", "350000,5800000,360000,5810000"]).ends_with(0);
    assert_eq!(run.stdout(), "");
    assert!(
        run.stderr().contains("nothing found: no tile intersects"),
        "{}",
        run.stderr()
    );
}

#[test]
fn tiles_come_as_json_and_geojson() {
    let folder = tempfile::tempdir().unwrap();
    let index = index(folder.path());
    let area = ["tiles", &index, "--bounds", "7.5,52.5,7.6,52.6"];
    let json = ept(&[&area[..], &["--json"]].concat()).ends_with(0).json();
    let location = folder.path().join("c d.laz");
    let expected = json!({
        "location": location, "points": 70, "bounds": [7.0, 52.0, null, 8.0, 53.0, null],
        "attributes": { "URL": "c d.laz", "count": 70, "year": 2020 },
    });
    assert_eq!(json["tiles"], json!([expected]));
    assert_eq!(
        (&json["total"], &json["crs"]),
        (&json!(3), &json!("EPSG:4326"))
    );

    let run = ept(&[&area[..], &["--geojson"]].concat()).ends_with(0);
    let feature = &run.json()["features"][0];
    assert_eq!(feature["properties"]["location"], json!(location));
    assert_eq!(feature["bbox"], json!([7.0, 52.0, 8.0, 53.0]));
    // What is printed is an index again.
    let again = write(folder.path(), "again.geojson", &run.stdout());
    let run = ept(&["tiles", &again]).ends_with(0);
    assert_eq!(lines(&run.stdout()), [location.to_str().unwrap()]);
}

#[test]
fn an_index_of_a_server_starts_its_locations_there() {
    let folder = tempfile::tempdir().unwrap();
    index(folder.path());
    let server = Server::files(folder.path().to_owned());
    let url = server.url("/tiles.geojson");
    let run = ept(&["tiles", &url, "--bounds", "7.5,52.5,7.6,52.6"]).ends_with(0);
    assert_eq!(lines(&run.stdout()), [server.url("/c%20d.laz")]);
    assert_eq!(server.requests().len(), 1);
    let run = ept(&["tiles", &url, "--base", "https://host/laz"]).ends_with(0);
    assert_eq!(lines(&run.stdout())[2], "https://host/laz/c%20d.laz");
    let template = ["--url-template", "{year}/{URL}"];
    let run = ept(&[&["tiles", &url][..], &template].concat()).ends_with(0);
    assert_eq!(lines(&run.stdout())[0], server.url("/2020/a.laz"));
}

#[test]
fn what_is_left_out_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let list = write(folder.path(), "list.csv", "url,n\na.laz,1\n,2\n");
    let run = ept(&["tiles", &list]).ends_with(3);
    assert!(
        run.stderr().contains("1 entry without a location"),
        "{}",
        run.stderr()
    );
    let list = write(folder.path(), "list.txt", "a.laz\n");
    let run = ept(&["tiles", &list, "--bounds", "0,0,1,1"]).ends_with(0);
    assert_eq!(lines(&run.stdout()).len(), 1);
    assert!(
        run.stderr().contains("has no box for 1 tile"),
        "{}",
        run.stderr()
    );
    let mut page = json!({ "type": "FeatureCollection", "features": [tile(5.0, 52.0, &json!({ "url": "a.laz" }))] });
    page["links"] = json!([{ "rel": "next", "href": "https://example.com/2", "method": "POST" }]);
    let post = write(folder.path(), "post.json", &page.to_string());
    let text = ept(&["tiles", &post]).ends_with(3).stderr();
    let next = "continues at https://example.com/2 (a POST request)";
    assert!(text.contains(next), "{text}");
    page["links"] = json!([{ "rel": "next", "href": "https://example.com/2" }]);
    let page = write(folder.path(), "page.json", &page.to_string());
    let run = ept(&["tiles", &page, "--json"]).ends_with(3);
    assert_eq!(run.json()["next"], "https://example.com/2");
    assert!(
        run.stderr().contains("continues at https://example.com/2"),
        "{}",
        run.stderr()
    );
}

#[test]
fn errors_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let far = json!({ "type": "FeatureCollection", "features": [tile(500_000.0, 4_650_000.0, &json!({ "Name": "x" }))] });
    let far = write(folder.path(), "far.json", &far.to_string());
    let template = ["--url-template", "{name}.laz"];
    let degrees = ["--bounds=-93.1,41.9,-92.9,42.1", "--crs", "EPSG:4326"];
    let tiles = |args: &[&str]| ept(&[&["tiles", &far], args].concat());
    let text = tiles(&[]).ends_with(1).stderr();
    assert!(
        text.contains("--url-field") && text.contains("the fields are Name"),
        "{text}"
    );
    let text = tiles(&[&template[..], &degrees].concat())
        .ends_with(1)
        .stderr();
    assert!(text.contains("--index-crs"), "{text}");
    let crs = ["--index-crs", "EPSG:26915"];
    let run = tiles(&[&template[..], &degrees, &crs].concat()).ends_with(0);
    assert_eq!(run.stdout().lines().count(), 1);
    let text = tiles(&["--url-template", "x.laz"]).ends_with(2).stderr();
    assert!(text.contains("contains no field"), "{text}");
    let text = tiles(&[&template[..], &["--geojson"]].concat())
        .ends_with(1)
        .stderr();
    assert!(text.contains("coordinate system"), "{text}");
    let text = ept(&["tiles", "none.zip"]).ends_with(1).stderr();
    assert!(text.contains("none.zip: not found"), "{text}");
}

#[test]
fn tiles_of_the_samples_are_met_as_shapely_has_it() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let samples = std::env::var_os("EPT_SAMPLES").map_or(beside, PathBuf::from);
    let folder = samples.join("opentopography");
    if !folder.is_dir() {
        println!("no samples at {}: skipped", samples.display());
        return;
    }
    let found = |name: &str, args: &[&str]| {
        let index = folder.join(format!("{name}_TileIndex.zip"));
        let run = ept(&[&["tiles", index.to_str().unwrap(), "-q"], args].concat()).ends_with(0);
        let text = run.stdout();
        let tiles = text.lines().map(|line| {
            let line = line.strip_prefix("http://127.0.0.1:8080/pc-bulk/BENCH/tile_");
            line.unwrap().strip_suffix(".laz").unwrap().to_owned()
        });
        tiles.collect::<Vec<_>>().join(" ")
    };
    let degrees = [
        "--bounds=-92.9969,42.0061,-92.9898,42.0082",
        "--crs",
        "EPSG:4326",
    ];
    // Its nearest tiles that it misses are 36 m away.
    let triangle =
        "POLYGON ((-92.9955 42.0025, -92.9770 42.0030, -92.9770 42.0195, -92.9955 42.0025))";
    let triangle = ["--polygon", triangle, "--crs", "EPSG:4326"];
    let own = [
        "--polygon",
        "POLYGON ((500100 4650100, 500499.99 4650700, 501200 4650100, 500100 4650100))",
    ];
    // Two millimetres from the tiles on both sides.
    let gap = "POLYGON ((500499.992 4650100, 500499.998 4650100, 500499.995 4650400, 500499.992 4650100))";
    for name in ["BENCH", "BENCHM"] {
        assert_eq!(found(name, &degrees), "0_0 0_1 1_0 1_1", "{name}");
        let expected = "0_0 1_0 1_1 2_0 2_1 2_2 3_0 3_1 3_2 3_3";
        assert_eq!(found(name, &triangle), expected, "{name}");
        assert_eq!(found(name, &own), "0_0 0_1 1_0 1_1 2_0", "{name}");
        assert_eq!(found(name, &["--polygon", gap]), "", "{name}");
    }
    assert_eq!(found("NOCRS", &own), "0_0 0_1 1_0 1_1 2_0");
    let named = [&degrees[..], &["--index-crs", "EPSG:26915"]].concat();
    assert_eq!(found("NOCRS", &named), "0_0 0_1 1_0 1_1");
}

/// `gdal_tiles.json` has what the spatial filter of GDAL 3.12 (`ogr2ogr -spat`) selects of a clean index, of one with measures,
/// repeated rows and lower-case names, and of one without a coordinate system, for 50 random boxes each.
#[test]
fn gdal_selects_the_same_tiles() {
    let Some(samples) = samples() else { return };
    let queries: Vec<Value> = serde_json::from_str(include_str!("gdal_tiles.json")).unwrap();
    for query in &queries {
        let index = samples
            .join("opentopography")
            .join(query["index"].as_str().unwrap());
        if !index.is_file() {
            println!("no {}: skipped", index.display());
            return;
        }
        let bounds = query["bounds"].as_array().unwrap().iter();
        let bounds: Vec<String> = bounds.map(ToString::to_string).collect();
        let args = [
            "tiles",
            index.to_str().unwrap(),
            "--bounds",
            &bounds.join(","),
        ];
        let found = ept(&args).ends_with(0).stdout();
        let found = found.lines().map(|url| url.rsplit('/').next().unwrap());
        let found: Vec<&str> = found.collect();
        assert_eq!(json!(found), query["tiles"], "{query}");
    }
}
