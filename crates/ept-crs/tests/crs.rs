//! Coordinate systems and lengths as text.
//!
//! Coordinates to compare with were computed with PROJ 9.5 (pyproj 3.7, `always_xy`).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ept_crs::{Crs, Length, horizontal_unit, srs_codes, vertical_unit};
use ept_format::{Metadata, Srs};

fn of_srs(srs: &str) -> Result<Crs, String> {
    let text = format!(
        "{{\"bounds\": [0, 0, 0, 1, 1, 1], \"span\": 1, \"dataType\": \"laszip\", \"schema\": [], \"srs\": {srs}}}"
    );
    let metadata = Metadata::from_json(text.as_bytes()).unwrap();
    Crs::of(metadata.srs()).map_err(|error| error.to_string())
}

const UTM15: &str = r#"PROJCS["NAD83 / UTM zone 15N",GEOGCS["NAD83",DATUM["North_American_Datum_1983",SPHEROID["GRS 1980",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",-93],PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1]]"#;
const MERCATOR: &str = r#"PROJCS["WGS 84 / Pseudo-Mercator",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Mercator_1SP"],PARAMETER["central_meridian",0],PARAMETER["scale_factor",1],PARAMETER["false_easting",0],PARAMETER["false_northing",0],UNIT["metre",1],EXTENSION["PROJ4","+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs"]]"#;

#[test]
fn systems_are_known_by_any_of_their_names() {
    // Of 93 degrees west, 42 north.
    let utm = [500_000.0, 4_649_776.224_720_5];
    let mercator = [-10_352_712.643_774, 5_160_979.444_049];
    let compound = format!(
        "COMPD_CS[\"both\",{UTM15},VERT_CS[\"NAVD88\",VERT_DATUM[\"x\",2005],UNIT[\"metre\",1]]]"
    );
    let coded = UTM15.replace(
        "UNIT[\"metre\",1]]",
        "UNIT[\"metre\",1],AUTHORITY[\"EPSG\",\"26915\"]]",
    );
    for (text, expected) in [
        ("EPSG:26915", utm),
        ("26915", utm),
        ("epsg:26915+5703", utm),
        ("urn:ogc:def:crs:EPSG::26915", utm),
        ("http://www.opengis.net/def/crs/EPSG/0/26915", utm),
        ("+proj=utm +zone=15 +datum=NAD83 +units=m", utm),
        (UTM15, utm),
        (&compound, utm),
        (&coded, utm),
        ("EPSG:3857", mercator),
        (MERCATOR, mercator),
        ("OGC:CRS84", [-93.0, 42.0]),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", [-93.0, 42.0]),
        ("EPSG:4326", [-93.0, 42.0]),
    ] {
        let crs = Crs::parse(text).unwrap();
        let found = Crs::wgs84()
            .unwrap()
            .to(&crs)
            .unwrap()
            .apply([-93.0, 42.0, 5.0])
            .unwrap();
        for (found, expected) in found.into_iter().zip(expected) {
            assert!(
                (found - expected).abs() < 1e-3,
                "{text}: {found} {expected}"
            );
        }
        assert_eq!(found[2], 5.0, "{text}: heights stay");
    }
}

#[test]
fn a_dataset_names_its_system_in_any_way() {
    let json = |text: &str| format!("{text:?}");
    for (srs, name) in [
        (
            r#"{"authority": "EPSG", "horizontal": "26915", "vertical": "5703"}"#.to_owned(),
            "EPSG:26915",
        ),
        (r#"{"horizontal": 26915}"#.into(), "EPSG:26915"),
        (r#""EPSG:26915""#.into(), "EPSG:26915"),
        (
            format!("{{\"wkt\": {}}}", json(UTM15)),
            "NAD83 / UTM zone 15N",
        ),
        // An unknown code, and a text that is known.
        (
            format!(
                "{{\"authority\": \"EPSG\", \"horizontal\": \"99999\", \"wkt\": {}}}",
                json(UTM15)
            ),
            "NAD83 / UTM zone 15N",
        ),
        (
            format!(
                "{{\"authority\": \"ESRI\", \"horizontal\": \"4326\", \"wkt2\": {}}}",
                json(UTM15)
            ),
            "NAD83 / UTM zone 15N",
        ),
        (
            r#"{"wkt": "+proj=geocent +R=1000 +units=m +no_defs"}"#.into(),
            "+proj=geocent +R=1000 +units=m +no_defs",
        ),
    ] {
        assert_eq!(of_srs(&srs).unwrap().name(), name, "{srs}");
    }
    assert!(
        of_srs("{}")
            .unwrap_err()
            .contains("does not name its coordinate system")
    );
}

#[test]
fn geocentric_coordinates_have_places() {
    // 110.8 degrees west, 44.4 north, at sea level.
    let expected = [-1_620_882.142_274, -4_267_002.355_388, 4_439_955.684_451];
    let named = r#"GEOCCS["unnamed",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["unknown",1]]"#;
    for text in ["EPSG:4978", named] {
        let crs = Crs::parse(text).unwrap();
        assert!(crs.is_geocentric());
        let to_degrees = crs.to(&Crs::wgs84().unwrap()).unwrap();
        let back = to_degrees.apply(expected).unwrap();
        for (found, expected) in back.into_iter().zip([-110.8, 44.4, 0.0]) {
            assert!((found - expected).abs() < 1e-5, "{found} {expected}");
        }
    }
}

#[test]
fn what_is_no_system_is_told_with_what_to_do() {
    for text in [
        "",
        "nonsense",
        "EPSG:0",
        "EPSG:99999",
        "+proj=nonsense",
        "PROJCS[\"x\"]",
        "LOCAL_CS[\"x\"]",
    ] {
        let error = Crs::parse(text).unwrap_err().to_string();
        assert!(error.contains("give an EPSG code"), "{text}: {error}");
        assert_eq!(error.lines().count(), 1);
    }
}

#[test]
fn a_unit_has_its_length_on_the_ground() {
    // A degree at 60 north: 55.80 km and 111.41 km; mercator shrinks by the cosine of the latitude, on the ellipsoid
    // to 0.5009 and 0.4991 of a metre there.
    for (code, at, expected, tolerance) in [
        ("EPSG:4326", [10.0, 60.0], [55_800.0, 111_412.0], 20.0),
        (
            "EPSG:32632",
            [500_000.0, 6_651_000.0],
            [1.0 / 0.9996; 2],
            2e-4,
        ),
        (
            "EPSG:3857",
            [1_113_194.9, 8_399_737.9],
            [0.5013, 0.5004],
            2e-3,
        ),
        ("EPSG:2992", [637_000.0, 850_000.0], [0.3048; 2], 1e-4),
    ] {
        let crs = Crs::parse(code).unwrap();
        let found = crs.metres_per_unit([at[0], at[1], 0.0]).unwrap();
        for (found, expected) in found.into_iter().zip(expected) {
            assert!(
                (found - expected).abs() < tolerance,
                "{code}: {found} {expected}"
            );
        }
    }
}

#[test]
fn lengths_have_units() {
    for (text, metres) in [
        ("1m", 1.0),
        ("50 cm", 0.5),
        ("3ft", 0.9144),
        ("3937us-ft", 1200.0),
        ("1.5KM", 1500.0),
        ("2mm", 0.002),
    ] {
        assert_eq!(text.parse::<Length>().unwrap().metres(), metres, "{text}");
    }
    for text in ["", "1", "m", "-1m", "0m", "nanm", "infm", "1 mile"] {
        assert!(text.parse::<Length>().is_err(), "{text}");
    }
}

/// Codes and units by pyproj's `to_epsg` and `axis_info`.
#[test]
fn codes_and_units_are_found_in_texts_without_codes() {
    let esri_feet = r#"PROJCS["NAD_1983_Oregon_Statewide_Lambert_Feet_Intl",GEOGCS["GCS_North_American_1983",DATUM["D_North_American_1983",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic"],PARAMETER["False_Easting",1312335.958],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",-120.5],PARAMETER["Standard_Parallel_1",43.0],PARAMETER["Standard_Parallel_2",45.5],PARAMETER["Latitude_Of_Origin",41.75],UNIT["foot",0.3048]]"#;
    let foreign = UTM15.replace("-93", "-93.5");
    for (text, codes, horizontal, vertical) in [
        (UTM15, Some("EPSG:26915"), Some("metre"), None),
        (esri_feet, Some("EPSG:2992"), Some("foot"), None),
        (&foreign, None, Some("metre"), None),
        (
            "EPSG:2285+6360",
            Some("EPSG:2285+6360"),
            Some("US survey foot"),
            Some("US survey foot"),
        ),
        (
            "EPSG:26915+5703",
            Some("EPSG:26915+5703"),
            Some("metre"),
            Some("metre"),
        ),
        ("EPSG:4326", Some("EPSG:4326"), Some("degree"), None),
        ("", None, None, None),
    ] {
        let srs = Srs::from_text(text);
        assert_eq!(srs_codes(&srs).as_deref(), codes, "{text}");
        assert_eq!(horizontal_unit(&srs).as_deref(), horizontal, "{text}");
        assert_eq!(vertical_unit(&srs).as_deref(), vertical, "{text}");
    }
    let compound = format!(
        "COMPD_CS[\"both\",{UTM15},VERT_CS[\"NAVD88 height (ftUS)\",VERT_DATUM[\"x\",2005],\
         UNIT[\"US survey foot\",0.304800609601219],AUTHORITY[\"EPSG\",\"6360\"]]]"
    );
    let srs = Srs::from_text(&compound);
    assert_eq!(srs_codes(&srs).as_deref(), Some("EPSG:26915+6360"));
    assert_eq!(vertical_unit(&srs).as_deref(), Some("US survey foot"));
}
