//! Areas as text.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ept_select::Area;

#[test]
fn areas_come_as_wkt_or_geojson() {
    let extent = |text: &str| text.parse::<Area>().map(|area| area.extent());
    let square = "[[[0,0],[4,0],[4,3],[0,3],[0,0]]]";
    let polygon = format!("{{\"type\":\"Polygon\",\"coordinates\":{square}}}");
    let feature = format!("{{\"type\":\"Feature\",\"properties\":{{}},\"geometry\":{polygon}}}");
    let empty = r#"{"type":"Feature","properties":{},"geometry":null}"#;
    let other = polygon.replace("[0,0]", "[-9,0]");
    let geojson = [
        polygon.clone(),
        feature.clone(),
        format!("{{\"type\":\"FeatureCollection\",\"features\":[{feature},{empty}]}}"),
        format!("\u{feff}  {{\"type\":\"MultiPolygon\",\"coordinates\":[{square}]}}"),
        format!("{{\"type\":\"GeometryCollection\",\"geometries\":[{polygon}]}}"),
    ];
    for text in &geojson {
        let area: Area = text.parse().unwrap();
        assert_eq!(area.extent(), [0.0, 0.0, 4.0, 3.0], "{text}");
        assert_eq!(area.crs().unwrap().name(), "EPSG:4326");
    }
    let both = format!("{{\"type\":\"GeometryCollection\",\"geometries\":[{polygon},{other}]}}");
    assert_eq!(extent(&both).unwrap(), [-9.0, 0.0, 4.0, 3.0]);
    let old = r#"{"type":"Polygon","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::26915"}},"coordinates":[[[0,0],[4,0],[4,3],[0,0]]]}"#;
    assert_eq!(
        old.parse::<Area>().unwrap().crs().unwrap().name(),
        "EPSG:26915"
    );

    for text in [
        "POLYGON((0 0,4 0,4 3,0 3,0 0))",
        "polygon ((0 0, 4 0, 4 3, 0 3))",
        "POLYGON Z((0 0 1,4 0 1,4 3 1,0 3 1,0 0 1))",
        "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((2 2,4 2,4 3,2 2)))",
        "GEOMETRYCOLLECTION(POLYGON((0 0,4 0,4 3,0 0)))",
    ] {
        assert_eq!(extent(text).unwrap(), [0.0, 0.0, 4.0, 3.0], "{text}");
        assert_eq!(text.parse::<Area>().unwrap().crs(), None);
    }
    let tagged: Area = "SRID=26915;POLYGON((0 0,4 0,4 3,0 0))".parse().unwrap();
    assert_eq!(tagged.crs().unwrap().name(), "EPSG:26915");
}

#[test]
fn what_is_no_area_is_told_with_its_place() {
    let deep = "GEOMETRYCOLLECTION(".repeat(49_000);
    for (text, problem) in [
        (&*deep, "nested too deep"),
        ("", "WKT"),
        ("POLYGON((0 0,1 1", "WKT"),
        ("POINT(1 2)", "points"),
        ("LINESTRING(0 0,1 1)", "lines"),
        ("POLYGON((0 0,1 1,0 0))", "polygon 1: the ring has 2"),
        (
            "MULTIPOLYGON(((0 0,4 0,4 3,0 0)),((0 0,1 0,1 1,0 0),(0 0,0 0,0 0)))",
            "polygon 2, hole 1",
        ),
        ("{\"type\":\"Polygon\"", "GeoJSON"),
        ("{\"type\":\"Point\",\"coordinates\":[1,2]}", "points"),
        (
            "{\"type\":\"FeatureCollection\",\"features\":[]}",
            "no polygon",
        ),
    ] {
        let error = text.parse::<Area>().unwrap_err().to_string();
        assert!(error.contains(problem), "{text}: {error}");
    }
}
