//! `ept` on samples with one fault each, where they are at hand.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::path::Path;

use support::{copy, ept, fault};

fn read(path: &Path) -> (las::Header, Vec<las::Point>) {
    let mut reader = las::Reader::from_path(path).unwrap();
    let points = reader.read_all().unwrap();
    let points = points.points().map(Result::unwrap).collect();
    (reader.header().clone(), points)
}

#[test]
fn extra_bytes_of_a_second_record_are_selected_and_written() {
    let Some(set) = fault("eb-two-vlrs/set") else {
        return;
    };
    let query = [
        "query",
        &set,
        "--where",
        "Deviation >= 0 && confidence >= 0",
    ];
    let lines = ept(&query).ends_with(0).stdout();
    let mut lines = lines.lines();
    let header = lines.next().unwrap();
    assert!(header.ends_with("confidence,Deviation"), "{header}");
    assert_eq!(lines.count(), 400);
    let report = ept(&["validate", &set]).stdout();
    assert!(!report.contains("Deviation"), "{report}");
}

#[test]
fn dimensions_that_the_schema_spells_differently_go_to_their_fields() {
    let Some(set) = fault("alt-names/set") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.laz");
    ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
    let (header, points) = read(&out);
    assert_eq!(header.point_format().to_u8().unwrap() & 0x3f, 8);
    assert_eq!(header.point_format().extra_bytes, 0);

    // By the packed records of the schema: X, Y, Z of 4 bytes, then 2, 1, 8, 4, 2, 2, 2, 2, 1, 2.
    let tile = std::fs::read(Path::new(&set).join("ept-data/0-0-0-0.bin")).unwrap();
    let records: Vec<&[u8]> = tile.chunks(38).collect();
    assert_eq!(records.len(), points.len());
    for (record, point) in records.into_iter().zip(points) {
        let u16_at = |at: usize| u16::from_le_bytes([record[at], record[at + 1]]);
        assert_eq!(point.intensity, u16_at(12));
        // The las crate takes class 12 for 1.
        let class = if record[14] == 12 { 1 } else { record[14] };
        assert_eq!(u8::from(point.classification), class);
        let time = f64::from_le_bytes(record[15..23].try_into().unwrap());
        assert_eq!(point.gps_time, Some(time));
        let angle = f32::from_le_bytes(record[23..27].try_into().unwrap());
        assert!((point.scan_angle - angle).abs() <= 0.003, "{angle}");
        assert_eq!(point.color.unwrap().red, u16_at(27));
        assert_eq!(point.nir, Some(u16_at(33)));
        assert_eq!(point.return_number, record[35]);
        assert_eq!(point.point_source_id, u16_at(36));
    }
    let report = ept(&["validate", &set]).stdout();
    assert!(
        report.contains("\"GPSTime\" is called \"GpsTime\""),
        "{report}"
    );
}

#[test]
fn a_schema_in_another_spelling_makes_the_same_file() {
    let (plain, renamed) = (copy("binary"), copy("binary"));
    let path = renamed.path().join("ept.json");
    let mut text = std::fs::read_to_string(&path).unwrap();
    for (name, other) in [
        ("Intensity", "INTENSITY"),
        ("GpsTime", "gps_time"),
        ("ReturnNumber", "return_number"),
        ("ScanAngleRank", "ScanAngle"),
        ("Red", "red"),
    ] {
        text = text.replace(&format!("\"{name}\""), &format!("\"{other}\""));
    }
    std::fs::write(&path, text).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let files = [&plain, &renamed].map(|set| {
        let out = folder.path().join("out.las");
        let set = set.path().to_str().unwrap();
        ept(&["query", set, "-o", out.to_str().unwrap()]).ends_with(0);
        let (header, points) = read(&out);
        (*header.point_format(), points)
    });
    assert_eq!(files[0], files[1]);
}

/// The well-known text in a file.
fn wkt(header: &las::Header) -> Option<String> {
    let mut vlrs = header.all_vlrs();
    let vlr = vlrs.find(|vlr| vlr.record_id == 2112 && vlr.user_id == "LASF_Projection")?;
    Some(
        String::from_utf8_lossy(&vlr.data)
            .trim_end_matches('\0')
            .to_owned(),
    )
}

#[test]
fn a_coordinate_system_given_as_a_code_is_in_the_file() {
    let Some(set) = fault("srs-output/code") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for name in ["out.laz", "out.copc.laz"] {
        let out = folder.path().join(name);
        ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
        let wkt = wkt(&read(&out).0).unwrap();
        assert!(wkt.ends_with("AUTHORITY[\"EPSG\",\"26915\"]]"), "{wkt}");
    }
}

/// A copy of a dataset with a different entry in its `ept.json`.
fn with(name: &str, key: &str, value: &serde_json::Value) -> tempfile::TempDir {
    let set = copy(name);
    let path = set.path().join("ept.json");
    let text = std::fs::read(&path).unwrap();
    let mut json: serde_json::Value = serde_json::from_slice(&text).unwrap();
    json[key] = value.clone();
    std::fs::write(&path, json.to_string()).unwrap();
    set
}

#[test]
fn coordinate_systems_of_any_kind_are_in_the_file_or_told() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.laz");
    let out = out.to_str().unwrap();
    for (srs, has) in [
        (serde_json::json!("EPSG:26915+5703"), Some("\"5703\"")),
        (serde_json::json!({"horizontal": 26915}), Some("26915")),
        (
            serde_json::json!("+proj=utm +zone=15 +datum=NAD83"),
            Some("Transverse_Mercator"),
        ),
        (
            serde_json::json!({"authority": "EPSG", "horizontal": "99999"}),
            None,
        ),
    ] {
        let set = with("binary", "srs", &srs);
        let run = ept(&["query", set.path().to_str().unwrap(), "-o", out]).ends_with(0);
        let found = wkt(&read(Path::new(out)).0);
        let is_told = run
            .stderr()
            .contains("does not say its whole coordinate system");
        assert_eq!(is_told, has.is_none(), "{srs}: {}", run.stderr());
        assert_eq!(found.is_some(), has.is_some(), "{srs}");
        assert!(has.is_none_or(|has| found.unwrap().contains(has)), "{srs}");
    }
}

#[test]
fn heights_of_another_system_than_the_points_have_are_refused() {
    let srs = serde_json::json!({"authority": "EPSG", "horizontal": "26915", "vertical": "6360"});
    let set = with("binary", "srs", &srs);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.laz");
    let query = |crs: &str| {
        let set = set.path().to_str().unwrap();
        ept(&["query", set, "--out-crs", crs, "-o", out.to_str().unwrap()])
    };
    for crs in ["EPSG:32615+5703", "EPSG:4979"] {
        let text = query(crs).ends_with(1).stderr();
        assert!(
            text.contains("heights are not transformed") && text.contains("6360"),
            "{text}"
        );
    }
    for crs in ["EPSG:32615", "EPSG:32615+6360"] {
        query(crs).ends_with(0);
        let wkt = wkt(&read(&out).0).unwrap();
        assert!(wkt.contains("32615") && wkt.contains("6360"), "{wkt}");
    }
}
