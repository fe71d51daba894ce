//! WKT 1 and WKT 2 to PROJJSON.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_crs::projjson;
use serde_json::{Value, json};

const GEOGCS: &str = r#"GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,
    AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0],
    UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]"#;

fn read(wkt: &str) -> Value {
    serde_json::from_str(&projjson(wkt).unwrap()).unwrap()
}

/// A projected system with these parts after its geographic one.
fn projcs(parts: &str) -> String {
    format!("PROJCS[\"p\",{GEOGCS},{parts}]")
}

#[test]
fn geographic() {
    let crs = read(GEOGCS);
    assert_eq!(crs["type"], "GeographicCRS");
    assert_eq!(crs["datum"]["name"], "World Geodetic System 1984");
    assert_eq!(
        crs["datum"]["ellipsoid"]["inverse_flattening"],
        298.257223563
    );
    assert_eq!(crs["id"], json!({"authority": "EPSG", "code": 4326}));
    let axes = &crs["coordinate_system"]["axis"];
    assert_eq!(
        [&axes[0]["direction"], &axes[1]["unit"]],
        ["north", "degree"]
    );
}

#[test]
fn web_mercator_is_known_by_its_extension() {
    let parameters = r#"PARAMETER["central_meridian",0],PARAMETER["scale_factor",1],
        PARAMETER["false_easting",0],PARAMETER["false_northing",0],UNIT["metre",1]"#;
    let plain = read(&projcs(&format!(
        "PROJECTION[\"Mercator_1SP\"],{parameters}"
    )));
    assert_eq!(
        plain["conversion"]["method"]["name"],
        "Mercator (variant A)"
    );
    let extension = r#"EXTENSION["PROJ4","+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0"]"#;
    let web = projcs(&format!(
        "PROJECTION[\"Mercator_1SP\"],{parameters},{extension}"
    ));
    assert_eq!(read(&web)["conversion"]["method"]["id"]["code"], 1024);
}

#[test]
fn feet_and_heights() {
    let feet = r#"UNIT["US survey foot",0.304800609601219]"#;
    let parts = format!(
        r#"PROJECTION["Lambert_Conformal_Conic_2SP"],PARAMETER["standard_parallel_1",44.3],
        PARAMETER["standard_parallel_2",46],PARAMETER["latitude_of_origin",43.7],
        PARAMETER["central_meridian",-120.5],PARAMETER["false_easting",8202099.7],
        PARAMETER["false_northing",0],{feet}"#
    );
    let crs = read(&format!(
        r#"COMPD_CS["both",{},VERT_CS["NAVD88",VERT_DATUM["NAVD 88",2005],{feet},AXIS["Up",UP]]]"#,
        projcs(&parts)
    ));
    let foot = json!({
        "type": "LinearUnit",
        "name": "US survey foot",
        "conversion_factor": 0.304800609601219,
    });
    let [plane, height] = [&crs["components"][0], &crs["components"][1]];
    assert_eq!(plane["coordinate_system"]["axis"][0]["unit"], foot);
    assert_eq!(plane["conversion"]["parameters"][4]["unit"], foot);
    assert_eq!(plane["conversion"]["parameters"][2]["value"], 44.3);
    assert_eq!(height["coordinate_system"]["axis"][0]["unit"], foot);
    assert_eq!(height["type"], "VerticalCRS");
}

const PROJCRS: &str = r#"PROJCRS["NAD83 / UTM zone 15N",BASEGEOGCRS["NAD83",
    DATUM["North American Datum 1983",ELLIPSOID["GRS 1980",6378137,298.257222101,LENGTHUNIT["metre",1]]],
    PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],ID["EPSG",4269]],
    CONVERSION["UTM zone 15N",METHOD["Transverse Mercator",ID["EPSG",9807]],
    PARAMETER["Latitude of natural origin",0,ANGLEUNIT["degree",0.0174532925199433],ID["EPSG",8801]],
    PARAMETER["Scale factor at natural origin",0.9996,SCALEUNIT["unity",1],ID["EPSG",8805]],
    PARAMETER["False easting",500000,LENGTHUNIT["metre",1],ID["EPSG",8806]]],
    CS[Cartesian,2],AXIS["(E)",east,ORDER[1],LENGTHUNIT["metre",1]],
    AXIS["(N)",north,ORDER[2],LENGTHUNIT["metre",1]],USAGE[SCOPE["All"],BBOX[25,-96,84,-90]],
    ID["EPSG",26915]]"#;

#[test]
fn wkt_2_is_said_part_by_part() {
    let vertical = r#"VERTCRS["NAVD88 height",VDATUM["North American Vertical Datum 1988"],CS[vertical,1],
        AXIS["gravity-related height (H)",up,LENGTHUNIT["metre",1]],ID["EPSG",5703]]"#;
    let crs = read(&format!("COMPOUNDCRS[\"both\",{PROJCRS},{vertical}]"));
    let [plane, height] = [&crs["components"][0], &crs["components"][1]];
    assert_eq!(plane["id"], json!({"authority": "EPSG", "code": 26915}));
    assert_eq!(
        plane["base_crs"]["datum"]["name"],
        "North American Datum 1983"
    );
    let scale = json!({
        "name": "Scale factor at natural origin",
        "value": 0.9996,
        "unit": "unity",
        "id": {"authority": "EPSG", "code": 8805},
    });
    assert_eq!(plane["conversion"]["parameters"][1], scale);
    assert_eq!(plane["coordinate_system"]["axis"][1]["name"], "Northing");
    let axis = &height["coordinate_system"]["axis"][0];
    assert_eq!(axis["name"], "Gravity-related height");
    assert_eq!([&axis["abbreviation"], &axis["unit"]], ["H", "metre"]);

    let named = read(&PROJCRS.replace("(E)", "easting"));
    let axis = &named["coordinate_system"]["axis"][0];
    assert_eq!([&axis["name"], &axis["abbreviation"]], ["Easting", "E"]);

    let grads = PROJCRS.replace(
        "[\"degree\",0.0174532925199433],ID[\"EPSG\",8801]",
        "[\"grad\",0.0157]",
    );
    assert_ne!(grads, PROJCRS);
    let dynamic = PROJCRS.replace("\"NAD83\",", "\"NAD83\",DYNAMIC[FRAMEEPOCH[2010]],");
    for unknown in [grads, dynamic, PROJCRS.replace("CS[Cartesian,2],", "")] {
        assert_eq!(projjson(&unknown), None, "{unknown}");
    }
}

#[test]
fn what_is_not_known_is_not_guessed() {
    let metre = r#"UNIT["metre",1]"#;
    let origin = r#"PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",0],
        PARAMETER["false_easting",0],PARAMETER["false_northing",0]"#;
    let mercator = format!(r#"PROJECTION["Transverse_Mercator"],{origin}"#);
    let scaled = format!(r#"{mercator},PARAMETER["scale_factor",1]"#);
    assert!(projjson(&projcs(&format!("{scaled},{metre}"))).is_some());
    for parts in [
        format!("{mercator},{metre}"),
        scaled.clone(),
        format!(r#"{scaled},PARAMETER["azimuth",3],{metre}"#),
        format!(r#"{scaled},{metre},AXIS["X",SOUTH],AXIS["Y",SOUTH]"#),
        format!("{},{metre}", scaled.replace("origin\",0", "origin\",90")),
        format!(r#"{scaled},{metre},EXTENSION["PROJ4","+proj=other"]"#),
        format!(r#"PROJECTION["Polyconic"],{origin},{metre}"#),
    ] {
        assert_eq!(projjson(&projcs(&parts)), None, "{parts}");
    }
}

#[test]
fn what_is_no_text_of_a_system_is_none() {
    let nested = "A[".repeat(100_000);
    for text in [
        "",
        "+proj=utm +zone=15",
        "GEOGCS",
        "GEOGCS[",
        "GEOGCS[]",
        "GEOGCS[\"a\"]x",
        &nested,
    ] {
        assert_eq!(projjson(text), None);
    }
    for text in [GEOGCS, PROJCRS] {
        assert!(text.is_ascii());
        assert!((0..text.len()).all(|end| projjson(&text[..end]).is_none()));
    }
}
