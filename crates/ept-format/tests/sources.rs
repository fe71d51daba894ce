//! The lists of input files, in both layouts, and their further metadata.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_format::{FormatError, SourceDetail, SourceFile};

/// The example of the specification, section "ept-sources".
const MANIFEST: &str = r#"[
    {
        "path": "autzen-low.laz",
        "bounds": [635577.0, 848882.0, 406.0, 639004.0, 853538.0, 511.0],
        "inserted": true,
        "points": 6000 ,
        "metadataPath": "autzen-low.json"
    },
    {
        "path": "autzen-high.laz",
        "bounds": [635577.0, 848882.0, 511.0, 639004.0, 853538.0, 616.0],
        "inserted": true,
        "points": 4000,
        "metadataPath": "autzen-high.json"
    }
]"#;

/// The example of the specification, section "Source metadata".
const DETAIL: &str = r#"{
    "path": "autzen-high.laz",
    "bounds": [635577.0, 848882.0, 511.0, 639004.0, 853538.0, 616.0],
    "points" : 120000,
    "srs" :
    {
        "authority" : "EPSG",
        "horizontal" : "3857",
        "wkt": "PROJCS[\"WGS 84 ... AUTHORITY[\"EPSG\",\"3857\"]]"
    },
    "metadata" : {
        "key": "value",
        "sofware_id": "PDAL",
        "version": 58,
        "something_else": -1
    },
    "schema": []
}"#;

fn list(text: &str) -> Vec<SourceFile> {
    SourceFile::list_from_json(text.as_bytes()).unwrap()
}

fn field(error: FormatError) -> String {
    match error {
        FormatError::Field { field, .. } => field,
        other => panic!("{other}"),
    }
}

#[test]
fn the_manifest_of_the_specification_is_read() {
    let sources = list(MANIFEST);
    assert_eq!(sources.len(), 2);
    let high = &sources[1];
    assert_eq!(high.path.as_deref(), Some("autzen-high.laz"));
    let bounds = high.bounds.unwrap();
    assert_eq!(bounds.min(), [635577.0, 848882.0, 511.0]);
    assert_eq!(bounds.max(), [639004.0, 853538.0, 616.0]);
    assert_eq!((high.points, high.inserted), (Some(4000), Some(true)));
    assert_eq!(
        high.detail_path().unwrap().as_deref(),
        Some("ept-sources/autzen-high.json")
    );
    assert_eq!(high.metadata_key, None);
    assert!(high.errors.is_empty() && high.warnings.is_empty());
    assert_eq!(sources[0].points, Some(6000));
}

#[test]
fn the_further_metadata_of_the_specification_is_read() {
    let source = &list(MANIFEST)[1];
    let detail = source.detail_from_json(DETAIL.as_bytes()).unwrap();
    assert_eq!(detail.bounds, source.bounds);
    assert_eq!(detail.points, Some(120_000));
    assert_eq!(detail.srs.codes().as_deref(), Some("EPSG:3857"));
    let metadata: serde_json::Value = serde_json::from_str(&detail.metadata.unwrap()).unwrap();
    assert_eq!(metadata["version"], 58);
    assert_eq!(metadata["sofware_id"], "PDAL");
}

#[test]
fn the_list_of_ept_1_0_is_read() {
    let sources = list(
        r#"[
        {"path": "a.laz", "bounds": [0, 0, 0, 1, 1, 1], "id": "a", "url": "0.json",
         "status": "inserted", "inserts": 12, "points": 12},
        {"path": "b.laz", "id": "b", "url": "0.json", "status": "omitted"},
        {"path": "c.laz", "status": "error"}
    ]"#,
    );
    assert_eq!(sources[0].metadata_key.as_deref(), Some("a"));
    assert_eq!(
        sources[0].detail_path().unwrap().as_deref(),
        Some("ept-sources/0.json")
    );
    let inserted: Vec<Option<bool>> = sources.iter().map(|source| source.inserted).collect();
    assert_eq!(inserted, [Some(true), Some(false), Some(false)]);
    assert_eq!((sources[1].bounds, sources[1].points), (None, None));
    assert_eq!(sources[2].detail_path(), Ok(None));
}

#[test]
fn sources_may_share_a_file_of_metadata() {
    let sources =
        list(r#"[{"id": "a", "url": "0.json"}, {"id": 7, "url": "0.json"}, {"id": "c"}]"#);
    let shared = br#"{
        "a": {"points": 3, "metadata": {"n": 1}},
        "7": {"points": 4, "bounds": [0, 0, 0, 1, 2, 3], "srs": "EPSG:2056"},
        "c": null
    }"#;
    let first = sources[0].detail_from_json(shared).unwrap();
    assert_eq!((first.points, first.bounds), (Some(3), None));
    assert_eq!(first.metadata.as_deref(), Some(r#"{"n":1}"#));
    let second = sources[1].detail_from_json(shared).unwrap();
    assert_eq!(second.points, Some(4));
    assert_eq!(second.bounds.unwrap().max(), [1.0, 2.0, 3.0]);
    assert_eq!(second.srs.codes().as_deref(), Some("EPSG:2056"));
    assert_eq!(field(sources[2].detail_from_json(shared).unwrap_err()), "c");
    assert_eq!(field(sources[0].detail_from_json(b"{}").unwrap_err()), "a");
}

#[test]
fn every_field_may_be_missing() {
    assert_eq!(list("[]"), []);
    assert_eq!(list("[{}]"), [SourceFile::default()]);
    let detail = SourceFile::default().detail_from_json(b"{}").unwrap();
    assert_eq!(detail, SourceDetail::default());
}

#[test]
fn both_layouts_lie_where_the_specification_says() {
    assert_eq!(SourceFile::MANIFEST_PATH, "ept-sources/manifest.json");
    assert_eq!(SourceFile::LIST_PATH, "ept-sources/list.json");
}

#[test]
fn errors_and_warnings_are_kept() {
    let sources = list(
        r#"[{"path": "a", "error": "cannot open", "warnings": ["no srs", "no points"]},
            {"path": "b", "errors": ["one", "two"], "warning": "old"}]"#,
    );
    assert_eq!(sources[0].errors, ["cannot open"]);
    assert_eq!(sources[0].warnings, ["no srs", "no points"]);
    assert_eq!(sources[1].errors, ["one", "two"]);
    assert_eq!(sources[1].warnings, ["old"]);
}

#[test]
fn the_bounds_of_a_source_without_points_mean_nothing() {
    // What Entwine writes for one: an empty box, inside out.
    let empty = "[1.8e308, 1.8e308, 1.8e308, -1.8e308, -1.8e308, -1.8e308]".replace("1.8", "1.7");
    let sources = list(&format!(
        r#"[{{"path": "a", "points": 0, "bounds": {empty}}}]"#
    ));
    assert_eq!((sources[0].points, sources[0].bounds), (Some(0), None));
}

#[test]
fn bounds_that_cannot_be_read_are_a_fault_of_their_source_alone() {
    for bounds in ["[1, 2, 3]", "[1, 0, 0, 0, 1, 1]", "\"everywhere\""] {
        let text =
            format!(r#"[{{"points": 3, "bounds": {bounds}}}, {{"bounds": [0, 0, 0, 1, 1, 1]}}]"#);
        let sources = SourceFile::list_from_json(text.as_bytes()).unwrap();
        assert!(
            sources[0].bounds.is_none() && sources[0].bounds_fault.is_some(),
            "{bounds}"
        );
        assert!(sources[1].bounds.is_some() && sources[1].bounds_fault.is_none());
    }
}

#[test]
fn a_fault_names_the_source() {
    for (text, expected) in [
        ("{}", "sources"),
        ("\"a.laz\"", "sources"),
        (r#"[{}, "a.laz"]"#, "[1]"),
    ] {
        let error = SourceFile::list_from_json(text.as_bytes()).unwrap_err();
        assert_eq!(field(error), expected, "{text}");
    }
    let plain = SourceFile::default();
    assert_eq!(
        field(plain.detail_from_json(b"[]").unwrap_err()),
        "source metadata"
    );
    let bad = br#"{"bounds": [1, 2]}"#;
    assert_eq!(field(plain.detail_from_json(bad).unwrap_err()), "bounds");
    let bad = br#"{"srs": 7}"#;
    assert_eq!(field(plain.detail_from_json(bad).unwrap_err()), "srs");
}

#[test]
fn what_is_not_json_is_refused() {
    for text in ["", "[", "[{}", "Not Found"] {
        let error = SourceFile::list_from_json(text.as_bytes()).unwrap_err();
        assert!(matches!(error, FormatError::NotJson(_)), "{text}: {error}");
    }
    let page = b"<html>404</html>";
    assert_eq!(SourceFile::list_from_json(page), Err(FormatError::WebPage));
    assert_eq!(
        SourceFile::default().detail_from_json(page),
        Err(FormatError::WebPage)
    );
}

#[test]
fn metadata_outside_of_the_sources_is_refused() {
    for path in [
        "../ept.json",
        "a/../../b.json",
        "/etc/passwd",
        "\\\\host\\share.json",
        "..\\b.json",
        "%2e%2e/b.json",
        "%2E./b.json",
        "..%2fb.json",
        "./b.json",
        "a//b.json",
        "c:b.json",
        "http://other/b.json",
    ] {
        let text = serde_json::json!([{ "metadataPath": path }]).to_string();
        let sources = SourceFile::list_from_json(text.as_bytes()).unwrap();
        let error = sources[0].detail_path().unwrap_err().to_string();
        assert!(
            error.contains("metadataPath") && error.contains("ept-sources"),
            "{error}"
        );
    }
    for path in ["a.json", "folder/b c.json", "..c.json", "d..json"] {
        let text = serde_json::json!([{ "metadataPath": path }]).to_string();
        let sources = SourceFile::list_from_json(text.as_bytes()).unwrap();
        assert_eq!(
            sources[0].detail_path(),
            Ok(Some(format!("ept-sources/{path}")))
        );
    }
}
