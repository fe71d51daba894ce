//! GeoTIFF keys, compared with those that GDAL 3.10.3 writes for the same systems.

use ept_crs::{geo_keys, pam_xml};
use ept_format::{GeoKey, GeoKeys, Srs};

/// The WKT of a projected system on NAD83, without codes of its own.
fn projected(projection: &str, parameters: &[(&str, f64)], unit: &str) -> Srs {
    let parameters: String = parameters
        .iter()
        .map(|(name, value)| format!(",PARAMETER[\"{name}\",{value}]"))
        .collect();
    Srs::from_text(&format!(
        "PROJCS[\"unknown\",GEOGCS[\"unknown\",DATUM[\"North_American_Datum_1983\",\
         SPHEROID[\"GRS 1980\",6378137,298.257222101,AUTHORITY[\"EPSG\",\"7019\"]],AUTHORITY[\"EPSG\",\"6269\"]],\
         PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],\
         UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]]],\
         PROJECTION[\"{projection}\"]{parameters},{unit},AXIS[\"Easting\",EAST],AXIS[\"Northing\",NORTH]]"
    ))
}

const METRE: &str = "UNIT[\"metre\",1,AUTHORITY[\"EPSG\",\"9001\"]]";

/// All keys with a value that is a number, without 3059 (a hint that OGC GeoTIFF 1.1 does not know).
fn numbers(keys: &GeoKeys) -> Vec<(u16, f64)> {
    let entries = keys.directory()[4..].chunks(4);
    let numbers = entries.filter_map(|entry| match entry[1] {
        0 => Some((entry[0], f64::from(entry[3]))),
        34736 => Some((entry[0], keys.doubles()[usize::from(entry[3])])),
        _ => None,
    });
    numbers.collect()
}

/// The keys of a system on NAD83 that is described by its parameters: model, datum, projection, unit.
fn expected(method: f64, unit: f64, parameters: &[(u16, f64)]) -> Vec<(u16, f64)> {
    let mut all = vec![
        (1024, 1.0),
        (1025, 1.0),
        (2048, 32767.0),
        (2050, 6269.0),
        (2054, 9102.0),
        (2057, 6_378_137.0),
        (2059, 298.257_222_101),
        (2061, 0.0),
        (3072, 32767.0),
        (3074, 32767.0),
        (3075, method),
        (3076, unit),
    ];
    all.extend(parameters);
    all
}

#[test]
fn codes_are_keys() {
    let cases: [(&str, &[(u16, f64)]); 5] = [
        (
            "EPSG:26915",
            &[(1024, 1.0), (1025, 1.0), (3072, 26915.0), (3076, 9001.0)],
        ),
        (
            "EPSG:2994",
            &[(1024, 1.0), (1025, 1.0), (3072, 2994.0), (3076, 9002.0)],
        ),
        (
            "EPSG:26915+5703",
            &[
                (1024, 1.0),
                (1025, 1.0),
                (3072, 26915.0),
                (3076, 9001.0),
                (4096, 5703.0),
            ],
        ),
        (
            "EPSG:2193+7839",
            &[
                (1024, 1.0),
                (1025, 1.0),
                (3072, 2193.0),
                (3076, 9001.0),
                (4096, 7839.0),
            ],
        ),
        (
            "EPSG:4326",
            &[(1024, 2.0), (1025, 1.0), (2048, 4326.0), (2054, 9102.0)],
        ),
    ];
    for (text, expected) in cases {
        let keys = geo_keys(&Srs::from_text(text)).unwrap();
        assert_eq!(numbers(&keys), expected, "{text}");
        assert_eq!(keys.srs().codes().as_deref(), Some(text));
    }
    let keys = geo_keys(&Srs::from_text("EPSG:26915")).unwrap();
    assert_eq!(
        keys.text(GeoKey::Citation).as_deref(),
        Some("NAD83 / UTM zone 15N")
    );
}

#[test]
fn a_compound_code_is_two_keys() {
    // RD New and NAP height.
    let keys = geo_keys(&Srs::from_text("EPSG:7415")).unwrap();
    assert_eq!(keys.number(GeoKey::ProjectedCrs), Some(28992));
    assert_eq!(keys.number(GeoKey::Vertical), Some(5709));
}

#[test]
fn projections_are_keys_as_gdal_writes_them() {
    let origin = |latitude, longitude, scale, easting, northing| {
        [
            ("latitude_of_origin", latitude),
            ("central_meridian", longitude),
            ("scale_factor", scale),
            ("false_easting", easting),
            ("false_northing", northing),
        ]
    };
    let parallels = [
        ("standard_parallel_1", 29.5),
        ("standard_parallel_2", 45.5),
        ("latitude_of_center", 23.0),
        ("longitude_of_center", -96.1),
        ("false_easting", 10.0),
        ("false_northing", 20.0),
    ];
    let oblique = [
        ("latitude_of_center", 57.0),
        ("longitude_of_center", -133.6),
        ("azimuth", 323.1),
        ("rectified_grid_angle", 323.2),
        ("scale_factor", 0.9999),
        ("false_easting", 5e6),
        ("false_northing", -5e6),
    ];
    let oblique_keys = [
        (3082, 5e6),
        (3083, -5e6),
        (3088, -133.6),
        (3089, 57.0),
        (3093, 0.9999),
        (3094, 323.1),
        (3096, 323.2),
    ];
    let feet = "UNIT[\"US survey foot\",0.304800609601219,AUTHORITY[\"EPSG\",\"9003\"]]";
    let cases: [(Srs, Vec<(u16, f64)>); 8] = [
        (
            projected(
                "Transverse_Mercator",
                &origin(41.5, -93.5, 0.9999, 3280.5, 6561.5),
                feet,
            ),
            expected(
                1.0,
                9003.0,
                &[
                    (3080, -93.5),
                    (3081, 41.5),
                    (3082, 3280.5),
                    (3083, 6561.5),
                    (3092, 0.9999),
                ],
            ),
        ),
        (
            projected(
                "Lambert_Conformal_Conic_1SP",
                &origin(46.5, 3.0, 0.999, 6e5, 22e5),
                METRE,
            ),
            expected(
                9.0,
                9001.0,
                &[
                    (3080, 3.0),
                    (3081, 46.5),
                    (3082, 6e5),
                    (3083, 22e5),
                    (3092, 0.999),
                ],
            ),
        ),
        (
            projected("Albers_Conic_Equal_Area", &parallels, METRE),
            expected(
                11.0,
                9001.0,
                &[
                    (3078, 29.5),
                    (3079, 45.5),
                    (3080, -96.1),
                    (3081, 23.0),
                    (3082, 10.0),
                    (3083, 20.0),
                ],
            ),
        ),
        (
            projected(
                "Lambert_Conformal_Conic_2SP",
                &parallels.map(|(name, value)| {
                    (
                        match name {
                            "latitude_of_center" => "latitude_of_origin",
                            "longitude_of_center" => "central_meridian",
                            name => name,
                        },
                        value,
                    )
                }),
                METRE,
            ),
            expected(
                8.0,
                9001.0,
                &[
                    (3078, 29.5),
                    (3079, 45.5),
                    (3084, -96.1),
                    (3085, 23.0),
                    (3086, 10.0),
                    (3087, 20.0),
                ],
            ),
        ),
        (
            projected("Mercator_1SP", &origin(0.0, 110.0, 0.997, 39e5, 9e5), METRE),
            expected(
                7.0,
                9001.0,
                &[
                    (3080, 110.0),
                    (3081, 0.0),
                    (3082, 39e5),
                    (3083, 9e5),
                    (3092, 0.997),
                ],
            ),
        ),
        (
            projected(
                "Oblique_Stereographic",
                &origin(52.1, 5.4, 0.9999, 155e3, 463e3),
                METRE,
            ),
            expected(
                16.0,
                9001.0,
                &[
                    (3080, 5.4),
                    (3081, 52.1),
                    (3082, 155e3),
                    (3083, 463e3),
                    (3092, 0.9999),
                ],
            ),
        ),
        (
            projected("Hotine_Oblique_Mercator", &oblique, METRE),
            expected(3.0, 9001.0, &oblique_keys),
        ),
        (
            projected("Hotine_Oblique_Mercator_Azimuth_Center", &oblique, METRE),
            expected(9815.0, 9001.0, &oblique_keys),
        ),
    ];
    for (srs, expected) in cases {
        let keys = geo_keys(&srs).unwrap();
        assert_eq!(numbers(&keys), expected, "{srs:?}");
        assert_eq!(
            keys.text(GeoKey::GeodeticCitation).as_deref(),
            Some("GCS Name = unknown|Primem = Greenwich")
        );
    }
}

#[test]
fn an_unknown_datum_is_its_ellipsoid() {
    let srs = Srs::from_text(
        "GEOGCS[\"mine\",DATUM[\"local\",SPHEROID[\"egg\",6378206.4,294.9786982138982]],PRIMEM[\"Greenwich\",0],\
         UNIT[\"degree\",0.0174532925199433]]",
    );
    let keys = geo_keys(&srs).unwrap();
    let expected = [
        (1024, 2.0),
        (1025, 1.0),
        (2048, 32767.0),
        (2050, 32767.0),
        (2054, 9102.0),
        (2056, 32767.0),
        (2057, 6_378_206.4),
        (2059, 294.978_698_213_898_2),
        (2061, 0.0),
    ];
    assert_eq!(numbers(&keys), expected);
    assert_eq!(
        keys.text(GeoKey::GeodeticCitation).as_deref(),
        Some("GCS Name = mine|Datum = local|Ellipsoid = egg|Primem = Greenwich")
    );
}

#[test]
fn what_keys_cannot_say_has_none() {
    let krovak = "PROJCS[\"K\",GEOGCS[\"g\",DATUM[\"d\",SPHEROID[\"s\",6377397.155,299.1528128]],PRIMEM[\"Greenwich\",0],\
        UNIT[\"degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"latitude_of_origin\",0],\
        PARAMETER[\"central_meridian\",5],PARAMETER[\"scale_factor\",1],PARAMETER[\"false_easting\",0],\
        PARAMETER[\"false_northing\",0],UNIT[\"metre\",1],AXIS[\"X\",SOUTH],AXIS[\"Y\",WEST]]";
    for text in ["", "EPSG:4978", "EPSG:1", "nonsense", krovak] {
        assert_eq!(geo_keys(&Srs::from_text(text)), None, "{text}");
    }
}

#[test]
fn the_side_file_has_the_system_and_the_order_of_its_axes() {
    let text = pam_xml(&Srs::from_text("EPSG:26915+5703")).unwrap();
    assert!(
        text.starts_with("<PAMDataset>\n  <SRS dataAxisToSRSAxisMapping=\"1,2\">COMPD_CS["),
        "{text}"
    );
    let text = pam_xml(&Srs::from_text("EPSG:4326")).unwrap();
    assert!(text.contains("dataAxisToSRSAxisMapping=\"2,1\""), "{text}");
    let text = pam_xml(&projected("Orthographic <&>", &[], METRE)).unwrap();
    assert!(
        text.contains("PROJECTION[\"Orthographic &lt;&amp;&gt;\"]"),
        "{text}"
    );
    assert_eq!(pam_xml(&Srs::default()), None);
}
