//! GeoJSON, STAC and VPC.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use ept_crs::Crs;
use ept_format::Bounds;
use ept_index::{Index, IndexFile, NextPage, Reading, Row};
use serde_json::{Value, json};
use support::{boxes, locations, message, read, zip};

fn square(x: f64, y: f64) -> Value {
    let (x1, y1) = (x + 1.0, y + 1.0);
    json!({ "type": "Polygon", "coordinates": [[[x, y], [x1, y], [x1, y1], [x, y1], [x, y]]] })
}

fn collection(features: &[Value]) -> Vec<u8> {
    json!({ "type": "FeatureCollection", "features": features })
        .to_string()
        .into_bytes()
}

fn feature(geometry: &Value, properties: &Value) -> Value {
    json!({ "type": "Feature", "geometry": geometry, "properties": properties })
}

#[test]
fn the_resources_of_usgs_are_an_index() {
    // As boundaries/resources.geojson of hobuinc/usgs-lidar has them: `id` is a running number, a name may come twice.
    let url = |name: &str| {
        format!("https://s3-us-west-2.amazonaws.com/usgs-lidar-public/{name}/ept.json")
    };
    let parts = [square(-100.0, 40.0), square(-98.0, 41.0)];
    let parts = parts.map(|part| part["coordinates"].clone());
    let geometry = json!({ "type": "MultiPolygon", "coordinates": parts });
    let resource = |name: &str, id: u32, geometry: &Value| {
        feature(
            geometry,
            &json!({ "name": name, "id": id, "count": 7000.0, "url": url(name) }),
        )
    };
    let text = collection(&[
        resource("A", 0, &geometry),
        resource("B", 1, &square(5.0, 5.0)),
        resource("B", 2, &square(8.0, 5.0)),
    ]);
    let index = read(&text).unwrap();
    assert_eq!(locations(&index), [url("A"), url("B")]);
    assert_eq!(
        boxes(&index),
        [[-100.0, 40.0, -97.0, 42.0], [5.0, 5.0, 9.0, 6.0]]
    );
    assert_eq!(index.rows[0].points, Some(7000));
    assert_eq!(
        (index.repeated, index.crs.unwrap().name()),
        (1, "EPSG:4326")
    );
}

#[test]
fn a_crs_member_is_heeded_and_coordinates_tell_without_one() {
    let features = [feature(
        &square(500_000.0, 4_650_000.0),
        &json!({ "url": "a.laz" }),
    )];
    let mut json: Value = serde_json::from_slice(&collection(&features)).unwrap();
    let crs = |json: &Value| read(json.to_string().as_bytes()).map(|index| index.crs);
    assert_eq!(crs(&json).unwrap(), None);
    json["crs"] =
        json!({ "type": "name", "properties": { "name": "urn:ogc:def:crs:EPSG::26915" } });
    assert_eq!(crs(&json).unwrap(), Some(Crs::parse("EPSG:26915").unwrap()));
    json["crs"] = json!({ "type": "name", "properties": { "name": "nonsense" } });
    assert!(crs(&json).unwrap_err().to_string().contains("nonsense"));
    let utm = Crs::parse("EPSG:26915").unwrap();
    let text = json.to_string();
    let reading = Reading::new().with_crs(utm.clone());
    let index = reading
        .read(&IndexFile::new("i.json", text.as_bytes()))
        .unwrap();
    assert_eq!(index.crs, Some(utm));
}

#[test]
fn a_box_across_the_antimeridian_goes_on() {
    let mut tile = feature(&Value::Null, &json!({ "url": "a.laz" }));
    tile["bbox"] = json!([177.0, -20.0, -178.0, -16.0]);
    let index = read(&collection(&[tile])).unwrap();
    assert_eq!(boxes(&index), [[177.0, -20.0, 182.0, -16.0]]);
}

fn item(name: &str, properties: &Value) -> Value {
    json!({
        "type": "Feature", "stac_version": "1.0.0", "id": name,
        "geometry": square(6.0, 52.0), "bbox": [6.0, 52.0, 7.0, 53.0],
        "properties": properties, "links": [],
        "assets": {
            "thumbnail": { "href": format!("{name}.png"), "roles": ["thumbnail"] },
            "overview": { "href": format!("{name}-overview.copc.laz"), "roles": ["overview"] },
            "data": { "href": format!("./{name}.laz"), "roles": ["data"] },
        },
    })
}

#[test]
fn a_vpc_is_read_in_the_system_of_its_points() {
    // The fields that wrench writes.
    let properties = |x: f64| {
        json!({
            "datetime": "2021-04-07T00:00:00Z", "pc:count": 1234, "pc:type": "lidar", "pc:encoding": "?",
            "pc:schemas": [{ "name": "X", "type": "floating", "size": 8 }],
            "proj:wkt2": support::UTM_15, "proj:bbox": [x, 1000.0, 3.5, x + 10.0, 1010.0, 99.5],
        })
    };
    let text = collection(&[item("a", &properties(500.0)), item("b", &properties(510.0))]);
    let index = read(&text).unwrap();
    assert_eq!(locations(&index), ["/survey/a.laz", "/survey/b.laz"]);
    let bounds = index.rows[1].bounds.unwrap();
    assert_eq!(
        (bounds.min(), bounds.max()),
        ([510.0, 1000.0, 3.5], [520.0, 1010.0, 99.5])
    );
    assert_eq!(index.rows[0].points, Some(1234));
    assert_eq!(index.crs.as_ref().unwrap().name(), "NAD_1983_UTM_Zone_15N");
    // A VPZ is a zip of it.
    assert_eq!(read(&zip(&[("area.vpc", &text)])).unwrap(), index);

    // In two systems, or without a box in one, what counts is longitude and latitude.
    let mut other = properties(0.0);
    other["proj:wkt2"] = "EPSG:26916".into();
    for other in [other, json!({ "pc:count": 3 })] {
        let index = read(&collection(&[
            item("a", &properties(500.0)),
            item("b", &other),
        ]))
        .unwrap();
        assert_eq!(boxes(&index), [[6.0, 52.0, 7.0, 53.0]; 2]);
        assert_eq!(index.crs.unwrap().name(), "EPSG:4326");
    }
    // wrench writes an empty text if it knows no system.
    let mut unknown = properties(0.0);
    unknown["proj:wkt2"] = "".into();
    let index = read(&collection(&[item("a", &unknown)])).unwrap();
    assert_eq!(
        (boxes(&index), index.crs),
        (vec![[0.0, 1000.0, 10.0, 1010.0]], None)
    );
}

#[test]
fn items_name_their_file_of_points_among_others() {
    let assets = |assets: Value| {
        let mut item = item("a", &json!({}));
        item["assets"] = assets;
        let index = read(item.to_string().as_bytes());
        index.map(|index| index.rows.first().map(|row| row.location.clone()))
    };
    let data = json!({ "href": "https://h/points?sig=1", "roles": ["data"] });
    let ept = json!({ "href": "https://h/set/ept.json" });
    let picture = json!({ "href": "https://h/a.tif", "roles": ["visual"] });
    let both = json!({ "a": ept, "data": data, "z": picture });
    assert_eq!(
        assets(both.clone()).unwrap().unwrap(),
        "https://h/set/ept.json"
    );
    let one = assets(json!({ "data": data, "z": picture })).unwrap();
    assert_eq!(one.unwrap(), "https://h/points?sig=1");
    assert!(assets(json!({ "z": picture })).is_err());
    let mut item = item("a", &json!({}));
    item["assets"] = both;
    let text = item.to_string();
    let reading = Reading::new().with_url_field("DATA");
    let index = reading
        .read(&IndexFile::new("i.json", text.as_bytes()))
        .unwrap();
    assert_eq!(locations(&index), ["https://h/points?sig=1"]);
}

#[test]
fn the_page_of_a_collection_says_where_it_goes_on() {
    let mut json: Value = serde_json::from_slice(&collection(&[item("a", &json!({}))])).unwrap();
    json["links"] =
        json!([{ "rel": "self", "href": "x" }, { "rel": "next", "href": "search?token=2" }]);
    let text = json.to_string();
    let file = IndexFile::new("https://example.com/search", text.as_bytes());
    let index = Reading::new().read(&file).unwrap();
    let next = NextPage::of_location("https://example.com/search?token=2");
    assert_eq!(index.next, Some(next));
}

#[test]
fn pages_are_one_index_in_which_nothing_is_lost_or_doubled() {
    let row = |location: &str, x: f64, points: u64| Row {
        location: location.to_owned(),
        bounds: Bounds::new([x, 0.0, 0.0], [x + 1.0, 1.0, 1.0]).ok(),
        points: Some(points),
        attributes: Vec::new(),
    };
    let page = |rows: Vec<Row>, next: Option<&str>| Index {
        rows,
        next: next.map(NextPage::of_location),
        ..Index::default()
    };
    let mut second = page(vec![row("b", 5.0, 9), row("c", 3.0, 4)], Some("3"));
    second.unlocated = vec![3];
    let mut third = page(vec![row("d", 8.0, 4)], None);
    third.crs = Some(Crs::parse("EPSG:26915").unwrap());
    third.unlocated = vec![1];
    let first = page(vec![row("a", 0.0, 1), row("b", 1.0, 2)], Some("2"));
    let all = Index::of_pages([first, second, third]);
    assert_eq!(locations(&all), ["a", "b", "c", "d"]);
    assert_eq!(all.repeated, 1);
    // The third entry of the second page is the fifth, the first of the third page the sixth.
    assert_eq!(all.unlocated, [5, 6]);
    assert_eq!((all.next, all.crs), (None, None));
    let b = Bounds::new([1.0, 0.0, 0.0], [6.0, 1.0, 1.0]).unwrap();
    assert_eq!((all.rows[1].bounds, all.rows[1].points), (Some(b), None));
    // Its box is in other coordinates.
    assert_eq!(all.rows[3].bounds, None);
}

#[test]
fn what_lists_no_files_is_refused() {
    for (text, problem) in [
        (r#"{"type": "Catalog", "links": []}"#, "Catalog"),
        (r#"{"type": "Collection", "links": []}"#, "Collection"),
        (r#"{"type": "Topology"}"#, "Topology"),
        (r#"{"type": "FeatureCollection"}"#, "FeatureCollection"),
        ("{", "JSON"),
        ("", "empty"),
        ("<!DOCTYPE html><html></html>", "web page"),
        ("LASF", "LAS file"),
        ("PAR1", "GeoParquet"),
        ("SQLite format 3\0", "GeoPackage"),
        ("a\0b", "neither text"),
    ] {
        let found = message(read(text.as_bytes()));
        assert!(found.contains(problem), "{text}: {found}");
    }
    let features = |geometry: Value| {
        message(read(&collection(&[feature(
            &geometry,
            &json!({ "url": "a.laz" }),
        )])))
    };
    for geometry in [
        json!({ "type": "Polygon" }),
        json!({ "type": "Point", "coordinates": [1] }),
        json!({ "type": "Point", "coordinates": [1, "a"] }),
        json!({ "type": "Point", "coordinates": [[1, 2], 3] }),
        json!({ "type": "Point", "coordinates": 5 }),
    ] {
        let text = features(geometry.clone());
        assert!(text.contains("feature 1"), "{geometry}: {text}");
    }
    let deep = "[".repeat(100_000);
    assert!(read(format!("{{\"type\":\"Feature\",\"geometry\":{deep}").as_bytes()).is_err());
}

/// A value of two bytes takes thirty of memory: a gigabyte would take dozens.
#[test]
fn indexes_of_more_values_than_real_ones_have_are_refused() {
    let array = ",0".repeat(6_000_000);
    let json = format!("{{\"type\":\"FeatureCollection\",\"features\":[0{array}]}}");
    let lines = "a.laz\n".repeat(6_000_001);
    let cells = format!("url\n{}", "a.laz,1\n".repeat(3_000_001));
    for text in [json, lines, cells] {
        let error = message(read(text.as_bytes()));
        assert!(
            error.contains("more values than the limit of 6000000"),
            "{error}"
        );
    }
}
