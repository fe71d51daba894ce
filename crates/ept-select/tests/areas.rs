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
        ("POLYGON((0 0,1 1,0 0))", "polygon 1: the ring has 2"),
        (
            "MULTIPOLYGON(((0 0,4 0,4 3,0 0)),((0 0,1 0,1 1,0 0),(0 0,0 0,0 0)))",
            "polygon 2, hole 1",
        ),
        ("{\"type\":\"Polygon\"", "GeoJSON"),
        (
            "{\"type\":\"FeatureCollection\",\"features\":[]}",
            "no polygon",
        ),
    ] {
        let error = text.parse::<Area>().unwrap_err().to_string();
        assert!(error.contains(problem), "{text}: {error}");
    }
}

/// Squares of the same size, one here and one 60 units further on both axes.
const HERE: &str = "POLYGON((10 10,60 10,60 60,10 60,10 10))";
const THERE: &str = "POLYGON((70 70,80 70,80 80,70 80,70 70))";

#[test]
fn text_after_a_geometry_is_read_or_refused() {
    let area = |text: &str| text.parse::<Area>();
    for both in [
        format!("{HERE}\n{THERE}\n"),
        format!("{HERE} {THERE}"),
        format!("SRID=32612;{HERE}\r\n\r\nMULTIPOLYGON(((70 70,80 70,80 80,70 70)))"),
    ] {
        assert_eq!(area(&both).unwrap().extent(), [10.0, 10.0, 80.0, 80.0]);
    }
    let named = area(&format!("{HERE} / EPSG:32612")).unwrap();
    assert_eq!(named.crs().unwrap().name(), "EPSG:32612");
    let each = area(&format!("{HERE}/EPSG:32612\n{THERE} / EPSG:32612")).unwrap();
    assert_eq!(each.extent(), [10.0, 10.0, 80.0, 80.0]);
    assert_eq!(each.crs().unwrap().name(), "EPSG:32612");
    for (text, problem) in [
        (format!("{HERE} and more"), "character 42: \"and more\""),
        (
            format!("{HERE}/EPSG:32612\n{THERE}/EPSG:4326"),
            "several coordinate systems",
        ),
        (format!("{HERE})"), "character 41"),
        (format!("{HERE};{THERE}"), "character 41"),
        (format!("{HERE} / nowhere"), "coordinate system"),
    ] {
        let error = area(&text).unwrap_err().to_string();
        assert!(error.contains(problem), "{text}: {error}");
    }
}

#[test]
fn heights_without_a_tag_are_read() {
    for text in [
        "POLYGON ((0 0 7,4 0 7,4 3 7,0 0 7))",
        "MULTIPOLYGON(((0 0 7, 4 0 7, 4 3 7, 0 0 7)))",
        "polygon((0 0 7,4 0 7,4 3 7))",
    ] {
        assert_eq!(
            text.parse::<Area>().unwrap().extent(),
            [0.0, 0.0, 4.0, 3.0],
            "{text}"
        );
    }
}

#[test]
fn geojson_says_its_crs_in_any_of_its_places() {
    let ring =
        "\"coordinates\":[[[500010,4500010],[500060,4500010],[500060,4500060],[500010,4500010]]]";
    let name = r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32612"}}"#;
    let code = r#""crs":{"type":"EPSG","properties":{"code":32612}}"#;
    let geometry = |member: &str| format!("{{\"type\":\"Polygon\",{member}{ring}}}");
    let feature = |outer: &str, geometry: &str| {
        format!("{{\"type\":\"Feature\",{outer}\"properties\":{{}},\"geometry\":{geometry}}}")
    };
    let collection =
        |features: &str| format!("{{\"type\":\"FeatureCollection\",\"features\":[{features}]}}");
    let (name, code) = (format!("{name},"), format!("{code},"));
    let inner = feature("", &geometry(&name));
    for text in [
        geometry(&name),
        geometry(&code),
        geometry("\"srs\":\"EPSG:32612\","),
        inner.clone(),
        feature(&name, &geometry("")),
        feature(&code, &geometry(&name)),
        collection(&inner),
        collection(&format!(
            "{},{}",
            feature("", &geometry("")),
            feature(&name, &geometry(""))
        )),
    ] {
        let area: Area = text.parse().unwrap();
        assert_eq!(area.crs().unwrap().name(), "EPSG:32612", "{text}");
    }
    let other = name.replace("32612", "32613");
    let refused = |text: &str| text.parse::<Area>().unwrap_err().to_string();
    let error = refused(&feature(&other, &geometry(&name)));
    assert!(error.contains("several coordinate systems"), "{error}");
    // Without a system they would be degrees, which they can't be.
    let error = refused(&geometry(""));
    assert!(
        error.contains("500010 4500010") && error.contains("--crs"),
        "{error}"
    );
    let crs = ept_select::Crs::parse("EPSG:32612").unwrap();
    let told = Area::from_text(&geometry(""), Some(&crs)).unwrap();
    assert_eq!(told.crs().unwrap().name(), "EPSG:32612");
}

#[test]
fn positions_of_one_number_are_refused() {
    for coordinates in [
        "[[[0,0],[4,0],[4.4],[0,0]]]",
        "[[[7],[7],[7]]]",
        "[[[],[4,0],[4,4]]]",
    ] {
        let polygon = format!("{{\"type\":\"Polygon\",\"coordinates\":{coordinates}}}");
        let feature =
            format!("{{\"type\":\"Feature\",\"properties\":{{}},\"geometry\":{polygon}}}");
        let several = format!("{{\"type\":\"GeometryCollection\",\"geometries\":[{polygon}]}}");
        for text in [polygon, feature, several] {
            assert!(text.parse::<Area>().is_err(), "{text}");
        }
    }
    assert!(r#"{"type":"Point","coordinates":[1]}"#.parse::<Area>().is_err());
    assert!(r#"{"type":"LineString","coordinates":[[1],[2]]}"#.parse::<Area>().is_err());
}

#[test]
fn geojson_names_its_system_in_any_shape_or_is_refused() {
    let text = |crs: &str| {
        format!(
            r#"{{"type":"Polygon","crs":{crs},"coordinates":[[[500010,4500010],[500060,4500010],[500060,4500060],[500010,4500010]]]}}"#
        )
    };
    for crs in [
        r#""EPSG:32612""#,
        r#"{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32612"}}"#,
        r#"{"type":"EPSG","properties":{"code":32612}}"#,
        r#"{"type":"link","properties":{"href":"http://www.opengis.net/def/crs/EPSG/0/32612"}}"#,
    ] {
        let area: Area = text(crs).parse().unwrap();
        assert_eq!(
            area.crs().map(ept_select::Crs::name),
            Some("EPSG:32612"),
            "{crs}"
        );
    }
    for crs in [
        r#"{"type":"name"}"#,
        "[1]",
        r#"{"properties":{"name":"nowhere"}}"#,
    ] {
        assert!(text(crs).parse::<Area>().is_err(), "{crs}");
    }
}
