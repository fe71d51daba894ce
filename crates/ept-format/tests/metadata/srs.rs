//! Coordinate systems, in every shape.

use serde_json::{Value, json};

use super::with;

#[test]
fn coordinate_systems_are_read_in_every_shape() {
    for (srs, codes, wkt, wkt2) in [
        (json!({}), None, None, None),
        (Value::Null, None, None, None),
        (json!(""), None, None, None),
        (
            json!({"authority": "EPSG", "horizontal": "26912"}),
            Some("EPSG:26912"),
            None,
            None,
        ),
        (
            json!({"authority": "EPSG", "horizontal": 26912, "vertical": 5703}),
            Some("EPSG:26912+5703"),
            None,
            None,
        ),
        (
            json!({"authority": "EPSG", "horizontal": 26912.0}),
            Some("EPSG:26912"),
            None,
            None,
        ),
        (
            json!({"authority": "ESRI", "horizontal": "102100"}),
            Some("ESRI:102100"),
            None,
            None,
        ),
        (
            json!({"wkt": "GEOGCS[\"a\"]"}),
            None,
            Some("GEOGCS[\"a\"]"),
            None,
        ),
        (
            json!({"wkt": "", "wkt2": "GEOGCRS[\"b\"]"}),
            None,
            None,
            Some("GEOGCRS[\"b\"]"),
        ),
        (json!("EPSG:26912"), Some("EPSG:26912"), None, None),
        (
            json!("EPSG:26912+5703"),
            Some("EPSG:26912+5703"),
            None,
            None,
        ),
        (
            json!("GEOGCS[\"a:1\"]"),
            None,
            Some("GEOGCS[\"a:1\"]"),
            None,
        ),
        (
            json!("+proj=geocent +R=1000"),
            None,
            Some("+proj=geocent +R=1000"),
            None,
        ),
    ] {
        let metadata = with(&[("srs", srs.clone())]).unwrap();
        let read = metadata.srs();
        assert_eq!(read.codes().as_deref(), codes, "{srs}");
        assert_eq!(read.wkt.as_deref(), wkt, "{srs}");
        assert_eq!(read.wkt2.as_deref(), wkt2, "{srs}");
        assert_eq!(
            read.is_empty(),
            codes.is_none() && wkt.is_none() && wkt2.is_none(),
            "{srs}"
        );
    }
}

#[test]
fn the_well_known_text_is_the_first_that_is_one() {
    for (srs, text, name) in [
        (
            json!({"wkt": "GEOGCS[\"a\"]", "wkt2": "GEOGCRS[\"b\"]"}),
            Some("GEOGCS[\"a\"]"),
            Some("a"),
        ),
        (
            json!({"wkt2": "GEOGCRS[\"b\"]"}),
            Some("GEOGCRS[\"b\"]"),
            Some("b"),
        ),
        (
            json!({"wkt": "+proj=geocent", "wkt2": "GEOGCRS[\"b\"]"}),
            Some("GEOGCRS[\"b\"]"),
            Some("b"),
        ),
        (json!({"wkt": "+proj=geocent"}), None, None),
        (json!({"horizontal": "3857"}), None, None),
    ] {
        let metadata = with(&[("srs", srs.clone())]).unwrap();
        assert_eq!(metadata.srs().well_known_text(), text, "{srs}");
        assert_eq!(metadata.srs().name(), name, "{srs}");
    }
}
