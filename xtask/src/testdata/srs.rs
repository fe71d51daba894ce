//! The coordinate system of the fixtures.

use serde_json::{Value as Json, json};

/// EPSG:26915 as WKT 1.
pub(super) const WKT: &str = concat!(
    r#"PROJCS["NAD83 / UTM zone 15N",GEOGCS["NAD83",DATUM["North_American_Datum_1983","#,
    r#"SPHEROID["GRS 1980",6378137,298.257222101,AUTHORITY["EPSG","7019"]],AUTHORITY["EPSG","#,
    r#""6269"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree","#,
    r#"0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4269"]],"#,
    r#"PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],"#,
    r#"PARAMETER["central_meridian",-93],PARAMETER["scale_factor",0.9996],"#,
    r#"PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1,"#,
    r#"AUTHORITY["EPSG","9001"]],AXIS["Easting",EAST],AXIS["Northing",NORTH],"#,
    r#"AUTHORITY["EPSG","26915"]]"#,
);

/// EPSG:26915 as WKT 2.
pub(super) const WKT2: &str = concat!(
    r#"PROJCRS["NAD83 / UTM zone 15N",BASEGEOGCRS["NAD83",DATUM["North American Datum 1983","#,
    r#"ELLIPSOID["GRS 1980",6378137,298.257222101,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich","#,
    r#"0,ANGLEUNIT["degree",0.0174532925199433]],ID["EPSG",4269]],CONVERSION["UTM zone 15N","#,
    r#"METHOD["Transverse Mercator",ID["EPSG",9807]],PARAMETER["Latitude of natural origin","#,
    r#"0,ANGLEUNIT["degree",0.0174532925199433],ID["EPSG",8801]],"#,
    r#"PARAMETER["Longitude of natural origin",-93,ANGLEUNIT["degree",0.0174532925199433],"#,
    r#"ID["EPSG",8802]],PARAMETER["Scale factor at natural origin",0.9996,SCALEUNIT["unity","#,
    r#"1],ID["EPSG",8805]],PARAMETER["False easting",500000,LENGTHUNIT["metre",1],ID["EPSG","#,
    r#"8806]],PARAMETER["False northing",0,LENGTHUNIT["metre",1],ID["EPSG",8807]]],"#,
    r#"CS[Cartesian,2],AXIS["easting",east,ORDER[1],LENGTHUNIT["metre",1]],AXIS["northing","#,
    r#"north,ORDER[2],LENGTHUNIT["metre",1]],ID["EPSG",26915]]"#,
);

/// `srs` as Entwine writes it.
pub(super) fn codes_and_wkt() -> Json {
    json!({"authority": "EPSG", "horizontal": "26915", "wkt": WKT})
}

/// `srs` with numbers as codes, and without WKT 1.
pub(super) fn numeric_codes_and_wkt2() -> Json {
    json!({"authority": "EPSG", "horizontal": 26915, "vertical": 5703, "wkt2": WKT2})
}
