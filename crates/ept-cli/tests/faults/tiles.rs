//! Datasets made of tiles, and what a file holds of them.

use std::path::Path;

use crate::support::copy;

pub(crate) fn read(path: &Path) -> (las::Header, Vec<las::Point>) {
    let mut reader = las::Reader::from_path(path).unwrap();
    let points = reader.read_all().unwrap();
    let points = points.points().map(Result::unwrap).collect();
    (reader.header().clone(), points)
}

/// The well-known text in a file.
pub(crate) fn wkt(header: &las::Header) -> Option<String> {
    let mut vlrs = header.all_vlrs();
    let vlr = vlrs.find(|vlr| vlr.record_id == 2112 && vlr.user_id == "LASF_Projection")?;
    Some(
        String::from_utf8_lossy(&vlr.data)
            .trim_end_matches('\0')
            .to_owned(),
    )
}

/// A copy of a dataset with a different entry in its `ept.json`.
pub(crate) fn with(name: &str, key: &str, value: &serde_json::Value) -> tempfile::TempDir {
    let set = copy(name);
    let path = set.path().join("ept.json");
    let text = std::fs::read(&path).unwrap();
    let mut json: serde_json::Value = serde_json::from_slice(&text).unwrap();
    json[key] = value.clone();
    std::fs::write(&path, json.to_string()).unwrap();
    set
}

/// The coordinates in the tiles of a dataset, by the las crate, in the order of the nodes.
pub(crate) fn stored(set: &Path) -> Vec<[f64; 3]> {
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
pub(crate) fn assert_lossless(file: &Path, set: &Path) {
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
pub(crate) fn tile(format: u8, scale: f64, offset: [f64; 3], points: &[[f64; 3]]) -> Vec<u8> {
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

/// A tile of points with one dimension of `u8` in extra bytes.
pub(crate) fn tile_with(name: &str, x: f64) -> Vec<u8> {
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

/// A laszip dataset of these tiles in a cube of `side` from `min` on.
pub(crate) fn dataset(
    min: [f64; 3],
    side: f64,
    tiles: &[(&str, Vec<u8>, usize)],
) -> tempfile::TempDir {
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
pub(crate) const FILES: [&str; 3] = ["out.las", "out.laz", "out.copc.laz"];
