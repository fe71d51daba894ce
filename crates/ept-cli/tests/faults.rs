//! `ept` on samples with one fault each, where they are at hand.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::path::Path;

use support::server::Server;
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

/// The coordinates in the tiles of a dataset, by the las crate, in the order of the nodes.
fn stored(set: &Path) -> Vec<[f64; 3]> {
    let key = |path: &Path| -> Vec<u32> {
        let name = path.file_stem().unwrap().to_str().unwrap();
        name.split('-').map(|part| part.parse().unwrap()).collect()
    };
    let entries = set.join("ept-data").read_dir().unwrap();
    let mut tiles: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    tiles.sort_by_key(|path| key(path));
    let points = tiles.iter().flat_map(|tile| read(tile).1);
    points.map(|point| [point.x, point.y, point.z]).collect()
}

/// Whether the coordinates of a file are those of the tiles, but for the rounding of computing.
#[track_caller]
fn assert_lossless(file: &Path, set: &Path) {
    let (found, expected) = (read(file).1, stored(set));
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        for (found, expected) in [found.x, found.y, found.z].into_iter().zip(expected) {
            assert!(
                (found - expected).abs() <= expected.abs() * 1e-12,
                "{found} {expected}"
            );
        }
    }
}

/// A LAZ tile of points, by the las crate.
fn tile(format: u8, scale: f64, offset: [f64; 3], points: &[[f64; 3]]) -> Vec<u8> {
    let mut builder = las::Builder::from((1, 4));
    builder.point_format = las::point::Format::new(format).unwrap();
    builder.point_format.is_compressed = true;
    let axis = |axis: usize| las::Transform {
        scale,
        offset: offset[axis],
    };
    builder.transforms = las::Vector {
        x: axis(0),
        y: axis(1),
        z: axis(2),
    };
    let header = builder.into_header().unwrap();
    let mut writer = las::Writer::new(std::io::Cursor::new(Vec::new()), header).unwrap();
    for (row, [x, y, z]) in points.iter().enumerate() {
        let row = row as u16;
        writer
            .write_point(las::Point {
                x: *x,
                y: *y,
                z: *z,
                intensity: row,
                return_number: 1,
                number_of_returns: 1,
                gps_time: (format != 0).then(|| row.into()),
                color: matches!(format, 2 | 3 | 7).then(|| las::Color::new(row, 2, 3)),
                ..las::Point::default()
            })
            .unwrap();
    }
    writer.into_inner().unwrap().into_inner()
}

/// A laszip dataset of these tiles in a cube of `side` from `min` on.
fn dataset(min: [f64; 3], side: f64, tiles: &[(&str, Vec<u8>, usize)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let bounds = [min, min.map(|least| least + side)].concat();
    let axis =
        |name: &str| serde_json::json!({"name": name, "type": "signed", "size": 4, "scale": 0.01});
    let json = serde_json::json!({
        "bounds": bounds, "boundsConforming": bounds,
        "dataType": "laszip", "hierarchyType": "json", "span": 128, "version": "1.1.0",
        "points": tiles.iter().map(|(.., points)| points).sum::<usize>(),
        "schema": [axis("X"), axis("Y"), axis("Z")],
        "srs": {"authority": "EPSG", "horizontal": "32612"},
    });
    std::fs::write(folder.path().join("ept.json"), json.to_string()).unwrap();
    let pages = folder.path().join("ept-hierarchy");
    std::fs::create_dir(&pages).unwrap();
    let page: serde_json::Map<_, _> = tiles
        .iter()
        .map(|(key, _, points)| (key.to_string(), (*points).into()))
        .collect();
    std::fs::write(
        pages.join("0-0-0-0.json"),
        serde_json::Value::Object(page).to_string(),
    )
    .unwrap();
    let data = folder.path().join("ept-data");
    std::fs::create_dir(&data).unwrap();
    for (key, tile, _) in tiles {
        std::fs::write(data.join(format!("{key}.laz")), tile).unwrap();
    }
    folder
}

/// Formats of LAS; the last with an octree of its own.
const FILES: [&str; 3] = ["out.las", "out.laz", "out.copc.laz"];

#[test]
fn tiles_with_scales_and_offsets_of_their_own_are_written_without_loss() {
    for name in ["tile-offsets/set", "tile-scales/set"] {
        let Some(set) = fault(name) else { return };
        let folder = tempfile::tempdir().unwrap();
        for file in FILES {
            let out = folder.path().join(file);
            let run = ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
            assert!(
                !run.stderr().contains("rounded"),
                "{name} {file}: {}",
                run.stderr()
            );
            assert_lossless(&out, Path::new(&set));
        }
    }
    // Three scales, and an offset between the steps of all.
    let min = [500_000.0, 4_500_000.0, 0.0];
    let at = |x: f64, y: f64| [500_000.0 + x, 4_500_000.0 + y, 5.0];
    let tiles = [
        ("0-0-0-0", tile(6, 0.01, at(0.0, 0.0), &[at(1.25, 2.5)]), 1),
        (
            "1-0-0-0",
            tile(6, 0.025, at(1.005, 0.0), &[at(1.03, 10.0)]),
            1,
        ),
        (
            "1-1-1-0",
            tile(
                6,
                0.001,
                at(30.0, 30.0),
                &[at(40.123, 50.321), at(60.0, 60.0)],
            ),
            2,
        ),
    ];
    let set = dataset(min, 64.0, &tiles);
    let folder = tempfile::tempdir().unwrap();
    for file in FILES {
        let out = folder.path().join(file);
        let set = set.path();
        let query = ["query", set.to_str().unwrap(), "-o", out.to_str().unwrap()];
        let run = ept(&query).ends_with(0);
        assert!(
            !run.stderr().contains("rounded"),
            "{file}: {}",
            run.stderr()
        );
        assert_lossless(&out, set);
    }
}

#[test]
fn headers_of_tiles_are_read_by_ranges_when_tiles_differ() {
    let min = [0.0; 3];
    let points: Vec<[f64; 3]> = (0..20_000)
        .map(|i| [f64::from(i) / 1000.0, 1.0, 2.0])
        .collect();
    let tiles = [
        ("0-0-0-0", tile(6, 0.01, min, &[[1.25, 2.5, 3.0]]), 1),
        ("1-0-0-0", tile(7, 0.001, min, &points), points.len()),
    ];
    let set = dataset(min, 64.0, &tiles);
    let server = Server::files(set.path().to_owned());
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.laz");
    ept(&["query", &server.url(""), "-o", out.to_str().unwrap()]).ends_with(0);
    assert_lossless(&out, set.path());
    let ranged = server
        .requests()
        .into_iter()
        .filter(|request| request.headers.contains_key("range"));
    assert!(ranged.count() >= 2);
}

#[test]
fn coordinates_that_no_scale_of_32_bits_holds_are_rounded_and_it_is_told() {
    let min = [0.0, 0.0, 0.0];
    let far = 70_000.0;
    let tiles = [
        (
            "0-0-0-0",
            tile(6, 1e-5, [0.0; 3], &[[1.000_01, 2.0, 3.0]]),
            1,
        ),
        (
            "1-1-1-0",
            tile(6, 1e-5, [far, far, 0.0], &[[far + 0.000_03, far, 3.0]]),
            1,
        ),
    ];
    let set = dataset(min, 100_000.0, &tiles);
    let folder = tempfile::tempdir().unwrap();
    for file in FILES {
        let out = folder.path().join(file);
        let set = set.path().to_str().unwrap();
        let run = ept(&["query", set, "-o", out.to_str().unwrap()]).ends_with(0);
        let text = run.stderr();
        assert!(
            text.contains("X is rounded to 1e-4, by at most 3.0e-5"),
            "{text}"
        );
        assert!(!text.contains("Y is") && !text.contains("Z is"), "{text}");
        let points = read(&out).1;
        let moved = (points[1].x - far).abs();
        assert!(
            moved < 5.1e-5 && (points[1].z - 3.0).abs() < 1e-9,
            "{moved}"
        );
    }
}

#[test]
fn degrees_keep_their_precision_beside_metres() {
    let Some(set) = fault("float-degrees/set") else {
        return;
    };
    let lines = ept(&["query", &set, "-o", "-", "--format", "csv"]);
    let lines = if lines.code() == 0 {
        lines
    } else {
        ept(&["query", &set])
    };
    let text = lines.ends_with(0).stdout();
    let exact: Vec<Vec<f64>> = text
        .lines()
        .skip(1)
        .map(|line| {
            line.split(',')
                .map(|field| field.parse().unwrap())
                .collect()
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    for file in FILES {
        let out = folder.path().join(file);
        ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
        for (point, exact) in read(&out).1.iter().zip(&exact) {
            // A tenth of a millimetre.
            assert!((point.x - exact[0]).abs() < 1e-9 && (point.y - exact[1]).abs() < 1e-9);
            assert!((point.z - exact[2]).abs() < 1e-4);
        }
    }
}

#[test]
fn a_reprojected_result_is_no_coarser_than_the_tiles() {
    let Some(set) = fault("schema-scale-coarse/set") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for file in FILES {
        let out = folder.path().join(file);
        let query = [
            "query",
            &set,
            "--out-crs",
            "EPSG:32612",
            "-o",
            out.to_str().unwrap(),
        ];
        ept(&query).ends_with(0);
        // NAD83 and WGS 84 are the same within the accuracy of their best operation without grids.
        let (header, points) = read(&out);
        assert!(
            header.transforms().x.scale <= 1e-4,
            "{:?}",
            header.transforms()
        );
        assert_eq!(header.transforms().z.scale, 1e-4);
        assert_eq!(points.len(), 500);
    }
    // A schema of whole metres, and two tiles of which one is finer.
    let min = [500_000.0, 4_500_000.0, 0.0];
    let at = |x: f64, y: f64| [500_000.0 + x, 4_500_000.0 + y, 5.0];
    let tiles = [
        ("0-0-0-0", tile(6, 0.01, min, &[at(1.25, 2.5)]), 1),
        ("1-1-1-0", tile(6, 0.001, min, &[at(40.123, 50.321)]), 1),
    ];
    let set = dataset(min, 64.0, &tiles);
    let out = folder.path().join("out.laz");
    let set = set.path().to_str().unwrap();
    ept(&[
        "query",
        set,
        "--out-crs",
        "EPSG:4326",
        "-o",
        out.to_str().unwrap(),
    ])
    .ends_with(0);
    let transforms = *read(&out).0.transforms();
    assert!(
        transforms.x.scale <= 0.001 / 85_000.0 && transforms.z.scale <= 0.001,
        "{transforms:?}"
    );
}

#[test]
fn tiles_of_several_point_formats_are_written_with_all_their_columns() {
    let min = [0.0; 3];
    let own = [
        (
            "0-0-0-0",
            tile(6, 0.01, min, &[[1.0, 2.0, 3.0], [2.0, 2.0, 3.0]]),
            2,
        ),
        ("1-0-0-0", tile(1, 0.01, min, &[[4.0, 5.0, 6.0]]), 1),
        ("1-1-0-0", tile(7, 0.01, min, &[[60.0, 5.0, 6.0]]), 1),
    ];
    let own = dataset(min, 64.0, &own);
    let own = own.path().to_str().unwrap().to_owned();
    let given = fault("mixed-pdrf/set");
    let folder = tempfile::tempdir().unwrap();
    for (set, points) in [(Some(own), 4), (given, 800)] {
        let Some(set) = set else { continue };
        for file in FILES {
            let out = folder.path().join(file);
            let run = ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
            assert!(run.stderr().contains("Red"), "{}", run.stderr());
            let (header, found) = read(&out);
            assert_eq!(header.point_format().to_u8().unwrap() & 0x3f, 7, "{file}");
            assert_eq!(found.len(), points);
            assert!(
                found
                    .iter()
                    .any(|point| point.color.unwrap() != las::Color::default())
            );
            assert_lossless(&out, Path::new(&set));
        }
        let out = folder.path().join("out.csv");
        ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
        let text = std::fs::read_to_string(&out).unwrap();
        let head: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        let red = head.iter().position(|name| *name == "Red").unwrap();
        let reds = text
            .lines()
            .skip(1)
            .map(|line| line.split(',').nth(red).unwrap());
        let empty = reds.filter(|red| red.is_empty()).count();
        assert!(empty > 0 && empty < points, "{text}");
        for file in ["out.parquet", "out.arrow", "out.ply"] {
            let out = folder.path().join(file);
            ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
        }
        // Of few points, nothing was written when the first tile that differs comes.
        let stream = ept(&["query", &set]).ends_with(0).stdout();
        assert_eq!(stream, text);
        let stream = ept(&["query", &set, "--dims", "X,Red"])
            .ends_with(0)
            .stdout();
        assert_eq!(stream.lines().next(), Some("X,Red"));
        assert_eq!(stream.lines().count(), points + 1);
        let dims = [
            "query",
            &set,
            "--dims",
            "X,Y,Z,Red",
            "-o",
            out.to_str().unwrap(),
        ];
        ept(&dims).ends_with(0);
    }
}

#[test]
fn a_stream_whose_later_tiles_have_other_columns_says_what_to_do() {
    let many: Vec<[f64; 3]> = (0..40_000)
        .map(|i| [f64::from(i) / 1000.0, 1.0, 2.0])
        .collect();
    let tiles = [
        ("0-0-0-0", tile(6, 0.001, [0.0; 3], &many), many.len()),
        ("1-0-0-0", tile(7, 0.001, [0.0; 3], &[[1.0; 3]]), 1),
    ];
    let set = dataset([0.0; 3], 64.0, &tiles);
    let set = set.path().to_str().unwrap();
    let text = ept(&["query", set]).ends_with(1).stderr();
    assert!(
        text.contains("\"Red\"") && text.contains("--dims"),
        "{text}"
    );
    let lines = ept(&["query", set, "--dims", "X,Red"])
        .ends_with(0)
        .stdout();
    assert!(lines.starts_with("X,Red\n0,\n") && lines.ends_with("\n1,0\n"));
    assert_eq!(lines.lines().count(), many.len() + 2);
}

#[test]
fn gps_times_are_what_the_tiles_say() {
    let Some(set) = fault("gps-standard-bit/set") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for file in FILES {
        let out = folder.path().join(file);
        ept(&["query", &set, "-o", out.to_str().unwrap()]).ends_with(0);
        assert_eq!(
            read(&out).0.gps_time_type(),
            las::GpsTimeType::Standard,
            "{file}"
        );
    }
    // Times within a week of a tile that says that they are such.
    let week = dataset(
        [0.0; 3],
        64.0,
        &[("0-0-0-0", tile(6, 0.01, [0.0; 3], &[[1.0; 3]]), 1)],
    );
    let out = folder.path().join("week.laz");
    ept(&[
        "query",
        week.path().to_str().unwrap(),
        "-o",
        out.to_str().unwrap(),
    ])
    .ends_with(0);
    assert_eq!(read(&out).0.gps_time_type(), las::GpsTimeType::Week);
}

#[test]
fn statistics_never_leave_out_points() {
    let (Some(set), Some(without)) = (
        fault("class12-stats/set"),
        fault("class12-stats/set-nostats"),
    ) else {
        return;
    };
    let found = |set: &str| {
        ept(&["query", set, "--where", "Classification == 12"])
            .ends_with(0)
            .stdout()
    };
    assert!(found(&set).lines().count() > 100);
    assert_eq!(found(&set), found(&without));
    // Statistics of values that nothing has.
    let set = copy("laz-pf6");
    let path = set.path().join("ept.json");
    let mut json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let query = |set: &Path| {
        let set = set.to_str().unwrap();
        ept(&["query", set, "--where", "Intensity > 0"])
            .ends_with(0)
            .stdout()
    };
    let all = query(set.path());
    for dimension in json["schema"].as_array_mut().unwrap() {
        dimension["minimum"] = (-2).into();
        dimension["maximum"] = (-1).into();
    }
    std::fs::write(&path, json.to_string()).unwrap();
    assert!(all.lines().count() > 100);
    assert_eq!(query(set.path()), all);
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
            .contains("no tile has Overlap, which the condition asks for"),
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
            .contains("no tile has Overlap: there is no column"),
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
    let row = text
        .lines()
        .find(|line| line.starts_with("Overlap"))
        .unwrap();
    assert!(row.contains("not in the first tile"), "{text}");
    assert_eq!(text.matches("not in the first tile").count(), 1);
    let schema = ept(&["info", set, "--json"]).json()["schema"].clone();
    assert_eq!(
        (&schema[0]["inTiles"], &schema[1]["inTiles"]),
        (&false.into(), &true.into())
    );
    // A slip is still one.
    ept(&["query", set, "--dims", "X,Overlop"]).ends_with(1);
}

#[test]
fn points_and_lines_are_areas_with_a_buffer() {
    let Some(set) = fault("polygons/set") else {
        return;
    };
    let query = |area: &str, flags: &[&str]| {
        ept(&[&["query", &set, "--dims", "X,Y", "--polygon", area], flags].concat())
    };
    // Points are at 500000.5, 500001.5 and so on; metres on the ground are 0.9996 of the grid's.
    let rows = |text: String| -> Vec<[f64; 2]> {
        let rows = text.lines().skip(1).map(|row| row.split_once(',').unwrap());
        rows.map(|(x, y)| [x.parse().unwrap(), y.parse().unwrap()])
            .collect()
    };
    let all = rows(ept(&["query", &set, "--dims", "X,Y"]).stdout());
    let near =
        |place: fn([f64; 2]) -> f64| all.iter().filter(|point| place(**point) <= 5.0).count();
    let point = near(|[x, y]| (x - 500_050.0).hypot(y - 4_500_050.0));
    let line = near(|[x, y]| (x - x.clamp(500_020.0, 500_080.0)).hypot(y - 4_500_050.0));
    for (area, expected) in [
        ("POINT(500050 4500050)", point),
        ("MULTIPOINT((500050 4500050),(500050 4500050))", point),
        ("LINESTRING(500020 4500050,500080 4500050)", line),
        (
            "LINESTRING(500020 4500050,500050 4500050,500080 4500050)",
            line,
        ),
        (
            r#"{"type":"Point","srs":"EPSG:32612","coordinates":[500050,4500050]}"#,
            point,
        ),
    ] {
        let found = rows(query(area, &["--buffer", "5m"]).ends_with(0).stdout());
        assert!(
            found.len().abs_diff(expected) <= 4 && !found.is_empty(),
            "{area}: {} {expected}",
            found.len()
        );
        let text = query(area, &[]).ends_with(1).stderr();
        assert!(text.contains("--buffer"), "{text}");
    }
}

#[test]
fn one_bad_bounds_in_a_list_of_sources_blocks_no_other() {
    let set = copy("terrain");
    let path = set.path().join("ept-sources/manifest.json");
    let mut json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    json[0]["bounds"] = serde_json::json!([5, 5, 5, 1, 1, 1]);
    std::fs::write(&path, json.to_string()).unwrap();
    let set = set.path().to_str().unwrap();
    let count = json.as_array().unwrap().len();
    assert_eq!(
        ept(&["sources", set]).ends_with(0).stdout().lines().count(),
        count + 1
    );
    ept(&["query", set, "--origin", "1"]).ends_with(0);
    let report = ept(&["validate", set]).stdout();
    assert!(
        report.contains("W043") && report.contains("[0].bounds"),
        "{report}"
    );
}

/// A tile of points with one dimension of `u8` in extra bytes.
fn tile_with(name: &str, x: f64) -> Vec<u8> {
    let mut builder = las::Builder::from((1, 4));
    builder.point_format = las::point::Format::new(6).unwrap();
    builder.point_format.is_compressed = true;
    builder.point_format.extra_bytes = 1;
    let mut descriptor = vec![0; 192];
    descriptor[2] = 1;
    descriptor[4..4 + name.len()].copy_from_slice(name.as_bytes());
    builder.vlrs.push(las::Vlr {
        user_id: "LASF_Spec".into(),
        record_id: 4,
        description: String::new(),
        data: descriptor,
    });
    let axis = las::Transform {
        scale: 0.01,
        offset: 0.0,
    };
    builder.transforms = las::Vector {
        x: axis,
        y: axis,
        z: axis,
    };
    let header = builder.into_header().unwrap();
    let mut writer = las::Writer::new(std::io::Cursor::new(Vec::new()), header).unwrap();
    let point = las::Point {
        x,
        y: 1.0,
        z: 1.0,
        extra_bytes: vec![7],
        gps_time: Some(0.0),
        ..las::Point::default()
    };
    writer.write_point(point).unwrap();
    writer.into_inner().unwrap().into_inner()
}

#[test]
fn extra_bytes_of_some_tiles_are_columns_and_can_be_asked_for() {
    let tiles = [
        ("0-0-0-0", tile(6, 0.01, [0.0; 3], &[[1.0; 3]]), 1),
        ("1-0-0-0", tile_with("gain", 2.0), 1),
        ("1-1-0-0", tile_with("noise", 40.0), 1),
    ];
    let set = dataset([0.0; 3], 64.0, &tiles);
    let set = set.path().to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    ept(&["query", set, "-o", out.to_str().unwrap()]).ends_with(0);
    let text = std::fs::read_to_string(&out).unwrap();
    let ends: Vec<_> = text
        .lines()
        .map(|line| line.splitn(19, ',').last().unwrap())
        .collect();
    assert_eq!(ends, ["gain,noise", ",", "7,", ",7"]);
    for file in FILES {
        let out = folder.path().join(file);
        ept(&["query", set, "-o", out.to_str().unwrap()]).ends_with(0);
        let extra: Vec<_> = read(&out)
            .1
            .into_iter()
            .map(|point| point.extra_bytes)
            .collect();
        assert_eq!(extra, [[0, 0], [7, 0], [0, 7]], "{file}");
    }
    let asked = ept(&["query", set, "--dims", "X,noise"])
        .ends_with(0)
        .stdout();
    assert_eq!(asked, "X,noise\n1,\n2,\n40,7\n");
    let found = ept(&["query", set, "--where", "gain == 7", "--dims", "X"])
        .ends_with(0)
        .stdout();
    assert_eq!(found, "X\n2\n");
    let stats = ept(&["stats", set, "--where", "noise == 7", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(stats["points"], 1);
    let text = ept(&["query", set, "--where", "noize == 7"])
        .ends_with(1)
        .stderr();
    assert!(text.contains("noize"), "{text}");
}
