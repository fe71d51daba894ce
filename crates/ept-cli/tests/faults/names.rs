//! Dimensions by names of several kinds.

use std::path::Path;

use super::tiles::{dataset, read, tile};
use crate::support::{copy, ept, fault};

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

#[test]
fn dimensions_that_no_tile_has_are_told_by_name() {
    let set = dataset(
        [0.0; 3],
        64.0,
        &[("0-0-0-0", tile(1, 0.01, [0.0; 3], &[[1.0; 3]]), 1)],
    );
    let path = set.path().join("ept.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace(
        "\"schema\":[",
        "\"schema\":[{\"name\":\"Overlap\",\"type\":\"unsigned\",\"size\":1},",
    );
    std::fs::write(&path, text).unwrap();
    let set = set.path().to_str().unwrap();
    let run = ept(&["query", set, "--where", "Overlap == 0"]).ends_with(0);
    assert!(
        run.stderr()
            .contains("no tile has Overlap, which the condition names"),
        "{}",
        run.stderr()
    );
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.ply");
    let run = ept(&[
        "query",
        set,
        "--dims",
        "X,Y,Z,Overlap",
        "-o",
        out.to_str().unwrap(),
    ])
    .ends_with(0);
    assert!(
        run.stderr()
            .contains("no tile has Overlap: it is not a column"),
        "{}",
        run.stderr()
    );
    let run = ept(&["stats", set, "--dims", "X,Overlap"]).ends_with(0);
    assert!(
        run.stderr().contains("no tile has Overlap"),
        "{}",
        run.stderr()
    );
    let text = ept(&["info", set]).ends_with(0).stdout();
    assert_eq!(
        text.lines().last(),
        Some("not in the first tile: Overlap"),
        "{text}"
    );
    let schema = ept(&["info", set, "--json"]).json()["schema"].clone();
    assert_eq!(
        (&schema[0]["inTiles"], &schema[1]["inTiles"]),
        (&false.into(), &true.into())
    );
    // A slip is still one.
    ept(&["query", set, "--dims", "X,Overlop"]).ends_with(1);
}
