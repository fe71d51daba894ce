//! Coordinate systems as the texts that files want. PROJJSON and WKT to start from were written by PROJ 9.5.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ept_crs::{Crs, CrsError, FileSrs, projjson, srs_projjson};
use ept_format::{Metadata, Srs};
use serde_json::{Value, json};

fn srs(srs: Value) -> Srs {
    let text = json!({
        "bounds": [0, 0, 0, 1, 1, 1], "span": 1, "dataType": "laszip", "schema": [], "srs": srs
    });
    let metadata = Metadata::from_json(text.to_string().as_bytes()).unwrap();
    metadata.srs().clone()
}

const WKT1: &str = r#"PROJCS["NAD83 / UTM zone 15N",GEOGCS["NAD83",DATUM["North_American_Datum_1983",SPHEROID["GRS 1980",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",-93],PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1]]"#;
const WKT2: &str = r#"PROJCRS["NAD83 / UTM zone 15N",BASEGEOGCRS["NAD83",DATUM["North American Datum 1983",ELLIPSOID["GRS 1980",6378137,298.257222101,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],ID["EPSG",4269]],CONVERSION["UTM zone 15N",METHOD["Transverse Mercator",ID["EPSG",9807]],PARAMETER["Latitude of natural origin",0,ANGLEUNIT["degree",0.0174532925199433],ID["EPSG",8801]],PARAMETER["Longitude of natural origin",-93,ANGLEUNIT["degree",0.0174532925199433],ID["EPSG",8802]],PARAMETER["Scale factor at natural origin",0.9996,SCALEUNIT["unity",1],ID["EPSG",8805]],PARAMETER["False easting",500000,LENGTHUNIT["metre",1],ID["EPSG",8806]],PARAMETER["False northing",0,LENGTHUNIT["metre",1],ID["EPSG",8807]]],CS[Cartesian,2],AXIS["(E)",east,ORDER[1],LENGTHUNIT["metre",1]],AXIS["(N)",north,ORDER[2],LENGTHUNIT["metre",1]],ID["EPSG",26915]]"#;
/// The same without its code.
const PROJJSON: &str = r#"{"type": "ProjectedCRS", "name": "NAD83 / UTM zone 15N", "base_crs": {"name": "NAD83", "datum": {"type": "GeodeticReferenceFrame", "name": "North American Datum 1983", "ellipsoid": {"name": "GRS 1980", "semi_major_axis": 6378137, "inverse_flattening": 298.257222101}}, "coordinate_system": {"subtype": "ellipsoidal", "axis": [{"name": "Geodetic latitude", "abbreviation": "Lat", "direction": "north", "unit": "degree"}, {"name": "Geodetic longitude", "abbreviation": "Lon", "direction": "east", "unit": "degree"}]}, "id": {"authority": "EPSG", "code": 4269}}, "conversion": {"name": "UTM zone 15N", "method": {"name": "Transverse Mercator", "id": {"authority": "EPSG", "code": 9807}}, "parameters": [{"name": "Latitude of natural origin", "value": 0, "unit": "degree", "id": {"authority": "EPSG", "code": 8801}}, {"name": "Longitude of natural origin", "value": -93, "unit": "degree", "id": {"authority": "EPSG", "code": 8802}}, {"name": "Scale factor at natural origin", "value": 0.9996, "unit": "unity", "id": {"authority": "EPSG", "code": 8805}}, {"name": "False easting", "value": 500000, "unit": "metre", "id": {"authority": "EPSG", "code": 8806}}, {"name": "False northing", "value": 0, "unit": "metre", "id": {"authority": "EPSG", "code": 8807}}]}, "coordinate_system": {"subtype": "Cartesian", "axis": [{"name": "Easting", "abbreviation": "E", "direction": "east", "unit": "metre"}, {"name": "Northing", "abbreviation": "N", "direction": "north", "unit": "metre"}]}}"#;

/// 93 degrees west, 42 north, by PROJ.
const PLACE: [f64; 2] = [500_000.0, 4_649_776.224_720_5];

/// Whether a text is UTM zone 15 north.
#[track_caller]
fn assert_utm(text: &str) {
    let crs = Crs::parse(text).unwrap();
    let to_utm = Crs::wgs84().unwrap().to(&crs).unwrap();
    let [x, y, _] = to_utm.apply([-93.0, 42.0, 0.0]).unwrap();
    assert!((x - PLACE[0]).hypot(y - PLACE[1]) < 1e-3, "{text}: {x} {y}");
}

#[test]
fn systems_without_well_known_text_get_one() {
    let coded: Value = serde_json::from_str(PROJJSON).unwrap();
    for given in [
        json!({"authority": "EPSG", "horizontal": "26915"}),
        json!({"authority": "EPSG", "horizontal": 26915}),
        json!({"horizontal": "26915"}),
        json!("EPSG:26915"),
        json!("urn:ogc:def:crs:EPSG::26915"),
        json!("+proj=utm +zone=15 +datum=NAD83 +units=m +no_defs"),
        json!({"wkt": "+proj=utm +zone=15 +ellps=GRS80 +units=m +no_defs"}),
        json!({"wkt": PROJJSON}),
        json!({"projjson": coded}),
        coded.clone(),
    ] {
        let made = FileSrs::of(&srs(given.clone()));
        assert_eq!(made.unsaid, None, "{given}");
        let wkt = made.srs.well_known_text().unwrap();
        assert!(wkt.starts_with("PROJ"), "{given}: {wkt}");
        assert_utm(wkt);
        let json: Value = serde_json::from_str(&srs_projjson(&made.srs).unwrap()).unwrap();
        assert_eq!(json["type"], "ProjectedCRS", "{given}");
    }
    // A text that is there stays as it is.
    for text in [WKT1, WKT2] {
        assert_eq!(
            FileSrs::of(&srs(json!({"wkt": text}))).srs.wkt.unwrap(),
            text
        );
    }
    let esri = FileSrs::of(&srs(json!({"authority": "ESRI", "horizontal": "102100"})));
    assert!(esri.srs.wkt.unwrap().contains("WGS_1984_Web_Mercator"));
}

#[test]
fn vertical_systems_are_joined_to_the_horizontal_one() {
    let compound = format!(
        "COMPD_CS[\"both\",{WKT1},VERT_CS[\"h\",VERT_DATUM[\"North American Vertical Datum \
        1988\",2005],UNIT[\"metre\",1],AXIS[\"Up\",UP],AUTHORITY[\"EPSG\",\"5703\"]]]"
    );
    for (given, keyword) in [
        (
            json!({"authority": "EPSG", "horizontal": "26915", "vertical": "5703"}),
            "COMPD_CS",
        ),
        (json!("EPSG:26915+5703"), "COMPD_CS"),
        (
            json!({"authority": "EPSG", "horizontal": 26915, "vertical": 5703, "wkt": WKT1}),
            "COMPD_CS",
        ),
        (
            json!({"authority": "EPSG", "horizontal": 26915, "vertical": 5703, "wkt": WKT2}),
            "COMPOUNDCRS",
        ),
        (
            json!({"authority": "EPSG", "horizontal": 26915, "vertical": 5703, "wkt2": WKT2}),
            "COMPOUNDCRS",
        ),
        (json!({"wkt": WKT2, "wkt2": compound}), "COMPOUNDCRS"),
        (json!({"wkt": compound}), "COMPD_CS"),
        // NAD83 / UTM zone 15N + NAVD88 height.
        (
            json!({"authority": "EPSG", "horizontal": "5498"}),
            "COMPD_CS",
        ),
    ] {
        let made = FileSrs::of(&srs(given.clone()));
        assert_eq!(made.unsaid, None, "{given}");
        let wkt = made.srs.well_known_text().unwrap();
        assert!(wkt.starts_with(keyword), "{given}: {wkt}");
        assert_eq!(wkt.matches("5703").count(), 1, "{given}: {wkt}");
        assert_eq!(made.srs.vertical.as_deref(), Some("5703"), "{given}");
        let json: Value = serde_json::from_str(&srs_projjson(&made.srs).unwrap()).unwrap();
        assert_eq!(json["type"], "CompoundCRS", "{given}: {json}");
        assert_eq!(json["components"][1]["id"]["code"], 5703, "{given}: {json}");
        if given != json!({"authority": "EPSG", "horizontal": "5498"}) {
            assert_utm(wkt);
        }
    }
    let parts = [
        PROJJSON,
        r#"{"type": "VerticalCRS", "name": "h", "id": {"authority": "EPSG", "code": 5703}}"#,
    ];
    let parts = parts.map(|part| serde_json::from_str::<Value>(part).unwrap());
    let json = json!({"type": "CompoundCRS", "name": "both", "components": parts});
    assert!(FileSrs::of(&srs(json)).srs.vertical.is_some());
}

#[test]
fn what_cannot_be_said_is_told() {
    for given in [
        json!({"authority": "EPSG", "horizontal": "99999"}),
        json!({"authority": "IAU_2015", "horizontal": "30100"}),
        json!("somewhere"),
        json!({"authority": "EPSG", "vertical": "5703"}),
    ] {
        let made = FileSrs::of(&srs(given.clone()));
        assert!(made.unsaid.is_some(), "{given}: {:?}", made.srs);
        assert_eq!(made.srs, srs(given));
    }
    let made = FileSrs::of(&srs(
        json!({"authority": "EPSG", "horizontal": "26915", "vertical": "99999"}),
    ));
    assert!(made.unsaid.unwrap().to_string().contains("99999"));
    assert_utm(&made.srs.wkt.unwrap());
    assert_eq!(FileSrs::of(&Srs::default()), FileSrs::default());
    // Neither PROJJSON nor a PROJ string is well-known text.
    assert_eq!(srs(json!({"wkt": PROJJSON})).well_known_text(), None);
    assert_eq!(projjson(PROJJSON), None);
}

#[test]
fn heights_that_stay_keep_their_own_system() {
    let to = Crs::parse("EPSG:32615").unwrap();
    let feet = srs(json!({"authority": "EPSG", "horizontal": "26915", "vertical": "6360"}));
    let made = FileSrs::transformed(&to, &feet);
    let wkt = made.srs.wkt.unwrap();
    assert!(
        wkt.starts_with("COMPD_CS[") && wkt.contains("32615") && wkt.contains("6360"),
        "{wkt}"
    );
    let plain = FileSrs::transformed(&to, &srs(json!("EPSG:26915")));
    assert!(plain.srs.wkt.unwrap().starts_with("PROJCS["));
    let spatial = FileSrs::transformed(&Crs::parse("EPSG:4978").unwrap(), &feet);
    assert!(spatial.srs.wkt.unwrap().starts_with("GEOCCS["));

    let check = |to: &str, from: &Srs| Crs::parse(to).unwrap().check_heights(from);
    let refused = |to: &str, from: &Srs| matches!(check(to, from), Err(CrsError::Heights { .. }));
    assert_eq!(check("EPSG:32615+6360", &feet), Ok(()));
    assert!(refused("EPSG:32615+5703", &feet));
    assert!(refused("EPSG:32615+5703", &srs(json!("EPSG:26915"))));
    assert!(refused("EPSG:4979", &feet));
    assert!(refused("EPSG:4979", &srs(json!("EPSG:26915"))));
    assert_eq!(check("EPSG:4979", &srs(json!("EPSG:4978"))), Ok(()));
    assert_eq!(check("EPSG:4326", &feet), Ok(()));
    let text = check("EPSG:32615+5703", &feet).unwrap_err().to_string();
    assert!(text.contains("5703") && text.contains("6360"), "{text}");
}
