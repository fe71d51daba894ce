//! From an area on the map to its points: what `docs/tutorial.md` tells, played against a server on loopback.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support;

use std::io::Cursor;
use std::process::Command;

use ept_index::{Index, Row};
use ept_reader::{Bounds, Crs};
use las::{Color, Point};
use serde_json::{Value, json};
use support::server::{Response, Server, ranged};
use support::{ept, samples};

/// The area of OpenTopography's tutorial "Leveraging Tile Indexes for Programmatic Access".
pub(crate) const AREA: &str = "175.48116715,-37.34580303,175.48772079,-37.33819874";

/// Its corners in EPSG:2193, counter-clockwise, by pyproj 3.7.
const CORNERS: [[f64; 2]; 4] = [
    [1_819_779.033_539, 5_863_877.672_546],
    [1_820_359.644_714, 5_863_862.390_336],
    [1_820_381.882_460, 5_864_706.219_680],
    [1_819_801.212_599, 5_864_721.500_776],
];

/// The tiles that the tutorial names, by row and column: those that the area meets.
const MET: [u32; 9] = [1333, 1334, 1335, 1433, 1434, 1435, 1533, 1534, 1535];

const CITATION: &str = "Waikato Regional Council, LINZ. (2020). Huntly, Waikato, New Zealand 2015-2019. \
                        https://doi.org/10.5069/G9FT8J6K";

fn name(tile: u32) -> String {
    format!("CL2_BC34_2015_1000_{tile}.laz")
}

/// The south-western corner of a tile of 480 m by 720 m; rows are counted from the north.
fn corner(tile: u32) -> [f64; 2] {
    let (row, column) = (f64::from(tile / 100), f64::from(tile % 100));
    [
        1_819_840.0 + 480.0 * (column - 34.0),
        5_863_931.0 - 720.0 * (row - 14.0),
    ]
}

/// Points of a tile, 20 m apart.
fn points(tile: u32) -> Vec<[f64; 3]> {
    let [x0, y0] = corner(tile);
    let places = (0..24).flat_map(|i| (0..36).map(move |j| (f64::from(i), f64::from(j))));
    places
        .map(|(i, j)| [x0 + 10.0 + 20.0 * i, y0 + 10.0 + 20.0 * j, i + j / 100.0])
        .collect()
}

/// Whether a point is in the area, whose sides are straight within a millimetre at this size.
fn is_in_area(point: &[f64; 3]) -> bool {
    (0..4).all(|at| {
        let (a, b) = (CORNERS[at], CORNERS[(at + 1) % 4]);
        let side = (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]);
        let distance = side / f64::hypot(b[0] - a[0], b[1] - a[1]);
        assert!(
            distance.abs() > 0.05,
            "{point:?} is too near to a side to tell"
        );
        distance > 0.0
    })
}

fn tile(number: u32) -> Vec<u8> {
    let mut builder = las::Builder::from((1, 4));
    builder.point_format = las::point::Format::new(7).unwrap();
    builder.point_format.is_compressed = true;
    let [x, y] = corner(number);
    let axis = |offset| las::Transform {
        scale: 0.01,
        offset,
    };
    builder.transforms = las::Vector {
        x: axis(x),
        y: axis(y),
        z: axis(0.0),
    };
    let mut header = builder.into_header().unwrap();
    let wkt = Crs::parse("EPSG:2193").unwrap();
    header
        .set_wkt_crs(wkt.well_known_text().unwrap().as_bytes().to_vec())
        .unwrap();
    let mut writer = las::Writer::new(Cursor::new(Vec::new()), header).unwrap();
    for [x, y, z] in points(number) {
        let point = Point {
            x,
            y,
            z,
            gps_time: Some(1.0),
            color: Some(Color::default()),
            ..Point::default()
        };
        writer.write_point(point).unwrap();
    }
    writer.into_inner().unwrap().into_inner()
}

/// The index of 25 tiles, in the fields of OpenTopography.
fn index(server: &str) -> Vec<u8> {
    let row = |number: u32| {
        let ([x, y], name) = (corner(number), name(number));
        let bounds = Bounds::new(
            [x + 10.0, y + 10.0, f64::NEG_INFINITY],
            [x + 470.0, y + 710.0, f64::INFINITY],
        );
        Row {
            location: format!("{server}/pc-bulk/NZ15_Huntly/{name}"),
            bounds: Some(bounds.unwrap()),
            points: None,
            attributes: Vec::new(),
        }
    };
    let numbers = (12..17).flat_map(|row| (32..37).map(move |column| row * 100 + column));
    let index = Index {
        crs: Some(Crs::parse("EPSG:2193").unwrap()),
        rows: numbers.map(row).collect(),
        ..Index::default()
    };
    index.to_shapefile("NZ15_Huntly_TileIndex.zip").unwrap()
}

/// An answer of the catalogue with three surveys, of which one has an entity in its citation and no vertical code.
fn catalogue() -> Value {
    let record = |short: &str, name: &str, citation: &str, vertical: Option<&str>| {
        let mut properties = vec![
            json!({"name": "EPSG (Horizontal)", "value": "2193"}),
            json!({"name": "Vertical Coordinates", "value": "NZVD2016"}),
        ];
        properties.extend(vertical.map(|code| json!({"name": "EPSG (Vertical)", "value": code})));
        let ring = [
            [175.0, -37.6],
            [175.6, -37.6],
            [175.6, -37.2],
            [175.0, -37.2],
            [175.0, -37.6],
        ];
        json!({"Dataset": {
            "name": name,
            "identifier": {"@type": "PropertyValue", "propertyID": "opentopoID", "value": "OTLAS.022020.2193.1"},
            "alternateName": short,
            "url": "https://doi.org/10.5069/G9FT8J6K",
            "citation": citation,
            "temporalCoverage": "2015-02-01 / 2019-01-31",
            "spatialCoverage": {
                "geo": {"geojson": {"type": "FeatureCollection", "features": [
                    {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]}}
                ]}},
                "additionalProperty": properties,
            },
            "variableMeasured": [{"name": "Area", "value": "518.03 km2"}],
        }})
    };
    json!({"Datasets": [
        record("NZ24_Waikato", "Waikato, New Zealand 2024", "Toit&#363; Te Whenua (2025)", Some("7839")),
        record("NZ15_Huntly", "Huntly, Waikato, New Zealand 2015-2019", CITATION, Some("7839")),
        record("Waikato_2015", "West Coast and Hauraki Plains, Waikato, New Zealand 2015", "LINZ (2017)", None),
    ]})
}

/// The portal and the bulk storage of OpenTopography.
pub(crate) fn opentopography() -> Server {
    let tiles: Vec<Vec<u8>> = MET.into_iter().map(tile).collect();
    Server::start(move |request| {
        let host = format!("http://{}", request.headers["host"]);
        let whole = match request.path.as_str() {
            // As the service does: without content if nothing matches.
            "/API/otCatalog" if !request.query.contains("minx=17") => Response::new(204, ""),
            "/API/otCatalog" => Response::new(200, catalogue().to_string()),
            "/pc-bulk/NZ15_Huntly/NZ15_Huntly_TileIndex.zip" => Response::new(200, index(&host)),
            path => {
                let file = path.rsplit('/').next().unwrap_or_default();
                let tile = MET.iter().position(|&number| name(number) == file);
                tile.map_or_else(
                    || Response::new(404, "not here"),
                    |at| Response::new(200, tiles[at].clone()),
                )
            }
        };
        ranged(request, whole)
    })
}

/// Runs `ept` with the services of a server.
pub(crate) fn with(server: &Server, args: &[&str]) -> support::Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ept"));
    command
        .args(args)
        .env_remove("EPT_CACHE")
        .env("EPT_OPENTOPOGRAPHY_URL", server.url(""))
        .env("EPT_OPENTOPOGRAPHY_BULK_URL", server.url("/pc-bulk"))
        .env("EPT_USGS_LIST_URL", server.url("/resources.geojson"));
    support::Run::of(&mut command)
}

#[test]
fn the_area_of_the_tutorial_leads_to_its_points() {
    let server = opentopography();
    let found = with(&server, &["find", AREA, "--json"]).ends_with(0).json();
    let surveys = found["surveys"].as_array().unwrap();
    let names: Vec<_> = surveys
        .iter()
        .map(|survey| survey["shortName"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["NZ24_Waikato", "NZ15_Huntly", "Waikato_2015"]);
    assert_eq!(surveys[0]["citation"], "Toit\u{16b} Te Whenua (2025)");
    assert_eq!(surveys[1]["offers"][0]["location"], "ot:NZ15_Huntly");
    let asked = server.requests().swap_remove(0);
    for part in [
        "productFormat=PointCloud",
        "minx=175.48116715",
        "maxy=-37.33819874",
        "detail=true",
    ] {
        assert!(asked.query.contains(part), "{part}: {}", asked.query);
    }

    let area = ["--bounds", AREA, "--crs", "EPSG:4326"];
    let tiles = with(&server, &[&["tiles", "ot:NZ15_Huntly"][..], &area].concat()).ends_with(0);
    let urls: Vec<String> = MET
        .iter()
        .map(|&number| server.url(&format!("/pc-bulk/NZ15_Huntly/{}", name(number))))
        .collect();
    assert_eq!(tiles.stdout().lines().collect::<Vec<_>>(), urls);
    assert!(
        tiles.stderr().contains("9 of 25 tiles"),
        "{}",
        tiles.stderr()
    );

    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("tiles");
    let fetch = ["fetch", "ot:NZ15_Huntly", "-d", to.to_str().unwrap()];
    with(&server, &[&fetch[..], &area].concat()).ends_with(0);
    for number in MET {
        assert_eq!(std::fs::read(to.join(name(number))).unwrap(), tile(number));
    }
    assert_eq!(to.read_dir().unwrap().count(), MET.len());

    let merged = folder.path().join("huntly.copc.laz");
    let merged = merged.to_str().unwrap();
    let args = [&["query", "ot:NZ15_Huntly"][..], &area, &["-o", merged]].concat();
    let told = with(&server, &args).ends_with(0).stderr();
    assert!(told.contains(&format!("cite: {CITATION}")), "{told}");
    let all = MET.into_iter().flat_map(points);
    let expected = all.filter(is_in_area).count();
    assert!(expected > 1000);
    let stats = ept(&["stats", merged, "--json"]).ends_with(0).json();
    assert_eq!(stats["points"], expected);
    // The note names whom to thank, and neither the server nor a folder.
    let file = std::fs::read(merged).unwrap();
    let has = |text: &str| file.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(has("10.5069/G9FT8J6K") && has("NZ15_Huntly"));
    assert!(!has("127.0.0.1") && !has(folder.path().to_str().unwrap()));
}

#[test]
fn an_index_by_its_short_name_tells_of_its_survey() {
    let server = opentopography();
    let info = with(&server, &["info", "ot:NZ15_Huntly", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(info["tiles"], 25);
    assert_eq!(info["survey"]["dates"], json!(["2015-02-01", "2019-01-31"]));
    assert_eq!(info["survey"]["citation"], CITATION);
    assert_eq!(info["survey"]["horizontal"], "EPSG:2193");
    assert!(
        info["crs"]
            .as_str()
            .unwrap()
            .contains("New Zealand Transverse Mercator")
    );
    // Only nine of the tiles are on the server, so their size is not known.
    assert_eq!(info["bytes"], Value::Null);
    let text = with(&server, &["info", "ot:NZ15_Huntly"])
        .ends_with(0)
        .stdout();
    assert!(
        text.contains("Huntly, Waikato") && text.contains(CITATION),
        "{text}"
    );
}

#[test]
fn nothing_in_the_area_is_an_answer_without_content() {
    let server = opentopography();
    let run = with(&server, &["find", "10,50,11,51"]).ends_with(0);
    assert_eq!(run.stdout(), "");
    assert!(run.stderr().contains("0 surveys"), "{}", run.stderr());
    // Beside the surveys, the nearest is named: their box begins at 175.0, 0.5 degrees to the east.
    let run = with(&server, &["find", "174.4,-37.5,174.5,-37.4"]).ends_with(0);
    let told = run.stderr();
    assert!(
        told.contains("the nearest survey is NZ24_Waikato, about 44"),
        "{told}"
    );
}

#[test]
fn answers_are_kept_and_used_offline() {
    let server = opentopography();
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().to_str().unwrap();
    let args = ["find", AREA, "--cache", cache];
    let first = with(&server, &args).ends_with(0).stdout();
    assert!(first.contains("ot:NZ15_Huntly"), "{first}");
    let asked = server.requests().len();
    let again = with(&server, &[&args[..], &["--offline"]].concat()).ends_with(0);
    assert_eq!(again.stdout(), first);
    assert_eq!(server.requests().len(), asked);
    let args = ["find", "170,-37,171,-36", "--cache", cache, "--offline"];
    let told = with(&server, &args).ends_with(1).stderr();
    assert!(told.contains("nothing is asked for offline"), "{told}");
}

#[test]
fn a_list_of_ept_datasets_has_surveys_in_several_features() {
    let square = |x: f64| {
        let ring = [
            [x, 41.0],
            [x + 1.0, 41.0],
            [x + 1.0, 42.0],
            [x, 42.0],
            [x, 41.0],
        ];
        json!({"type": "Polygon", "coordinates": [ring]})
    };
    let feature = |name: &str, x: f64| {
        let url = format!("https://example.com/{name}/ept.json");
        json!({"type": "Feature", "properties": {"name": name, "id": 1, "count": 1000, "url": url}, "geometry": square(x)})
    };
    let list = json!({"type": "FeatureCollection", "features": [
        feature("IA_West", -96.0), feature("IA_West", -94.0), feature("IA_East", -91.0),
    ]});
    let server = Server::start(move |_| Response::new(200, list.to_string()));
    let find = |area: &str| {
        let found = with(&server, &["find", area, "--source", "3dep", "--json"])
            .ends_with(0)
            .json();
        let surveys = found["surveys"].as_array().unwrap().clone();
        let names = surveys
            .iter()
            .map(|survey| survey["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(find("-95.5,41.5,-93.5,41.6"), ["IA_West"]);
    assert_eq!(find("-93.5,41.5,-93.4,41.6"), ["IA_West"]);
    // Between two parts of a survey, within the box around both.
    assert_eq!(find("-94.9,41.5,-94.1,41.6"), Vec::<String>::new());
    assert_eq!(find("-96,40,-80,43"), ["IA_West", "IA_East"]);
    let point = [
        "find",
        "POINT (-90.5 41.5)",
        "--buffer",
        "1m",
        "--source",
        "3dep",
        "--json",
    ];
    let found = with(&server, &point).ends_with(0).json();
    assert_eq!(
        found["surveys"][0]["offers"][0]["location"],
        "https://example.com/IA_East/ept.json"
    );
}

#[test]
fn the_real_answer_for_huntly_is_read_whole() {
    let Some(samples) = samples() else { return };
    let file = samples.join("opentopography/otcatalog-huntly.json");
    let Ok(text) = std::fs::read_to_string(&file) else {
        println!("no {}: skipped", file.display());
        return;
    };
    let args = ["find", AREA, "--source", file.to_str().unwrap(), "--json"];
    let found = ept(&args).ends_with(0).json();
    let answer: Value = serde_json::from_str(&text).unwrap();
    let records = answer["Datasets"].as_array().unwrap();
    let surveys = found["surveys"].as_array().unwrap();
    assert_eq!(surveys.len(), records.len());
    for (survey, record) in surveys.iter().zip(records) {
        let record = &record["Dataset"];
        assert_eq!(survey["shortName"], record["alternateName"]);
        assert_eq!(survey["id"], record["identifier"]["value"]);
        assert_eq!(survey["doi"], record["url"]);
        assert_eq!(survey["horizontal"], "EPSG:2193");
        let first = record["temporalCoverage"]
            .as_str()
            .unwrap()
            .split(' ')
            .next();
        assert_eq!(survey["dates"][0].as_str(), first);
        assert!(!survey["citation"].as_str().unwrap().contains("&#"));
    }
    let vertical: Vec<_> = surveys
        .iter()
        .map(|survey| survey["vertical"].as_str())
        .collect();
    assert_eq!(
        vertical,
        [Some("EPSG:7839"), Some("EPSG:7839"), Some("NZVD2016")]
    );
}

/// The server of [`opentopography`], whose catalogue fails.
fn without_catalogue() -> Server {
    let tiles: Vec<Vec<u8>> = MET.into_iter().map(tile).collect();
    Server::start(move |request| {
        let host = format!("http://{}", request.headers["host"]);
        let file = request.path.rsplit('/').next().unwrap_or_default();
        let tile = MET.iter().position(|&number| name(number) == file);
        let whole = match tile {
            Some(at) => Response::new(200, tiles[at].clone()),
            None if file.ends_with(".zip") => Response::new(200, index(&host)),
            None => Response::new(404, "not here"),
        };
        ranged(request, whole)
    })
}

#[test]
fn the_catalogue_is_asked_for_credits_only_where_points_are_written() {
    let server = opentopography();
    let asked = || {
        let requests = server.requests().into_iter();
        requests
            .filter(|request| request.path.contains("otCatalog"))
            .count()
    };
    let source = ["ot:NZ15_Huntly", "--bounds", AREA, "--crs", "EPSG:4326"];
    for command in ["plan", "stats", "nodes"] {
        with(&server, &[&[command][..], &source].concat()).ends_with(0);
    }
    assert_eq!(asked(), 0);
    with(&server, &[&["query"][..], &source].concat()).ends_with(0);
    assert_eq!(asked(), 1);
}

#[test]
fn points_do_not_depend_on_the_catalogue() {
    let server = without_catalogue();
    let query = [
        "query",
        "ot:NZ15_Huntly",
        "--bounds",
        AREA,
        "--crs",
        "EPSG:4326",
    ];
    let run = with(&server, &query).ends_with(0);
    let expected = MET.into_iter().flat_map(points).filter(is_in_area).count();
    assert_eq!(run.stdout().lines().count(), expected + 1);
    assert!(
        run.stderr().contains("cite: NZ15_Huntly ("),
        "{}",
        run.stderr()
    );
}

#[test]
fn one_catalogue_that_fails_leaves_the_answer_of_the_others() {
    let server = opentopography();
    // The list of USGS is not on this server; OpenTopography has nothing there, and says so without content.
    let find = [
        "find",
        "10,50,11,51",
        "--source",
        "3dep",
        "--source",
        "opentopography",
    ];
    let run = with(&server, &find).ends_with(3);
    assert!(run.stderr().contains("incomplete: "), "{}", run.stderr());
    let run = with(&server, &find[..4]).ends_with(1);
    assert!(
        run.stderr().contains("resources.geojson"),
        "{}",
        run.stderr()
    );
}

#[test]
fn names_of_an_index_by_short_name_start_beside_it() {
    let server = Server::start(|request| {
        if request.path.ends_with(".zip") {
            Response::new(200, "Filename,MinX\na.laz,1\n")
        } else {
            Response::new(404, "not here")
        }
    });
    let tiles = with(&server, &["tiles", "ot:Some_Survey"]).ends_with(0);
    assert_eq!(
        tiles.stdout().trim_end(),
        server.url("/pc-bulk/Some_Survey/a.laz")
    );
}
