//! Texts that must not be taken for a coordinate system, and must do no harm.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_crs::{Crs, projjson};
use proptest::prelude::*;

const UTM15: &str = r#"PROJCS["NAD83 / UTM zone 15N",GEOGCS["NAD83",DATUM["North_American_Datum_1983",SPHEROID["GRS 1980",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",-93],PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1]]"#;

fn problem(text: &str) -> String {
    Crs::parse(text).unwrap_err().to_string()
}

#[test]
fn deep_wkt_is_an_error() {
    for keyword in ["A", "PROJCS", "COMPD_CS", "GEOGCRS"] {
        for (open, close) in [('[', ']'), ('(', ')')] {
            let nested = |depth: usize| {
                let start = format!("{keyword}{open}\"n\",").repeat(depth);
                start + "1" + &close.to_string().repeat(depth)
            };
            for text in [nested(49_000), nested(2_000), nested(17)] {
                assert!(problem(&text).contains("not understood"));
                assert_eq!(projjson(&text), None);
            }
        }
    }
    let deep = "A[".repeat(49_000);
    let inside = UTM15.replace("\"GRS 1980\"", &format!("\"GRS 1980\",{deep}"));
    assert!(Crs::parse(&inside).is_err());
    assert_eq!(projjson(&inside), None);
}

#[test]
fn long_wkt_is_an_error() {
    let long = UTM15.replace("NAD83 / UTM", &"N".repeat(100_000));
    assert!(problem(&long).contains("100 kB"));
}

#[test]
fn wkt_that_stops_is_an_error() {
    for text in [
        "COMPD_CS[",
        "COMPD_CS[]",
        "COMPD_CS[\"a\"]",
        "PROJCS[",
        "GEOGCS[\"",
        "[",
        "]",
        "COMPD_CS",
    ] {
        assert!(Crs::parse(text).is_err(), "{text}");
    }
    for end in 0..UTM15.len() {
        assert!(Crs::parse(&UTM15[..end]).is_err());
    }
}

#[test]
fn names_of_files_are_not_opened() {
    let folder = std::env::temp_dir().join(format!("ept-crs-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    // What would be read as a system if the file were opened.
    for name in ["crs", "crs.prj", "crs(1)", "EPSG:crs"] {
        let path = folder.join(name);
        std::fs::write(&path, "EPSG:26915").unwrap();
        assert!(Crs::parse(path.to_str().unwrap()).is_err(), "{name}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
    for text in [
        "/etc/hostname",
        "Cargo.toml",
        "./Cargo.toml",
        "../Cargo.toml",
        "file:///etc/hostname",
        "/dev/zero",
    ] {
        assert!(Crs::parse(text).is_err(), "{text}");
    }
}

#[test]
fn grids_are_not_named_by_their_path() {
    for grid in [
        "/etc/hostname",
        "@/etc/hostname",
        "null,../grid.gsb",
        "./grid.gsb",
        "C:\\grid.gsb",
    ] {
        for key in ["nadgrids", "geoidgrids"] {
            let proj = format!("+proj=longlat +ellps=bessel +{key}={grid} +no_defs");
            assert!(problem(&proj).contains("path"), "{proj}");
            let wkt = UTM15.replace(
                "UNIT[\"metre\",1]",
                &format!("UNIT[\"metre\",1],EXTENSION[\"PROJ4\",\"{proj}\"]"),
            );
            assert!(problem(&wkt).contains("path"), "{wkt}");
        }
    }
    assert!(Crs::parse("+proj=longlat +ellps=bessel +nadgrids=@null +no_defs").is_ok());
}

#[test]
fn other_authorities_are_refused() {
    for text in [
        "IAU_2015:30165",
        "IAU_2015:4326",
        "ESRI:102100",
        "ESRI:4326",
        "urn:ogc:def:crs:ESRI::4326",
        "http://www.opengis.net/def/crs/IAU/2015/4326",
        "NONE:EPSG:4326",
        "EPSG:4326:EPSG:4326",
        // Esri's code, which is not one of EPSG.
        "EPSG:54009",
    ] {
        assert!(Crs::parse(text).is_err(), "{text}");
    }
}

#[test]
fn compound_codes_are_those_of_both_parts() {
    for (text, name) in [
        ("EPSG:26915+5703", "EPSG:26915"),
        ("26915+5703", "EPSG:26915"),
        // ETRS89 / UTM zone 31N + DHHN92 height.
        ("EPSG:5554", "EPSG:25831"),
    ] {
        assert_eq!(Crs::parse(text).unwrap().name(), name, "{text}");
    }
    for text in [
        "EPSG:26915+",
        "EPSG:+5703",
        "EPSG:26915+26916",
        "EPSG:26915+99999",
        "EPSG:26915+5703+5703",
        "EPSG:5703",
    ] {
        assert!(Crs::parse(text).is_err(), "{text}");
    }
}

#[test]
fn places_beyond_a_system_are_none() {
    let [utm, degrees] = ["EPSG:26915", "EPSG:4326"].map(|text| Crs::parse(text).unwrap());
    let transforms = [degrees.to(&utm).unwrap(), utm.to(&degrees).unwrap()];
    for place in [
        [f64::NAN, 0.0, 0.0],
        [0.0, f64::INFINITY, 0.0],
        [f64::MAX, f64::MIN, 0.0],
        [1e300, 1e300, 0.0],
    ] {
        for transform in &transforms {
            if let Some([x, y, _]) = transform.apply(place) {
                assert!(x.is_finite() && y.is_finite(), "{place:?}: {x} {y}");
            }
        }
    }
    assert_eq!(transforms[0].apply([f64::NAN, 0.0, 0.0]), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn damaged_wkt_never_panics(
        cuts in prop::collection::vec((0..UTM15.len(), 0..40_usize, "[-A-Z\\[\\](),\"0-9.e]{0,6}"), 1..4)
    ) {
        let mut text = UTM15.to_owned();
        for (at, length, new) in cuts {
            let start = at.min(text.len());
            let end = (start + length).min(text.len());
            text.replace_range(start..end, &new);
        }
        if let Ok(crs) = Crs::parse(&text) {
            let _ = crs.metres_per_unit([500_000.0, 4_649_776.0, 0.0]);
            let _ = Crs::wgs84().unwrap().to(&crs).map(|transform| transform.apply([-93.0, 42.0, 0.0]));
        }
        let _ = projjson(&text);
    }
}
