//! COPC files, read back with the `las` crate: as LAZ from end to end, and node by node.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use std::collections::BTreeMap;
use std::io::Cursor;

use common::{File, Full, SCALING, read, threads};
use ept_export::{CopcOptions, CopcSink, ExportError, Sink};
use ept_format::{Bounds, Key};
use ept_points::{Column, PointBatch, Values};
use las::copc::{BoundsSelection, CopcHierarchyVlr, Entry, LodSelection, VoxelKey};
use las::{CopcReader, raw};

/// A node with its points.
pub(crate) type Node = (Key, PointBatch);

pub(crate) fn cube() -> Bounds {
    Bounds::new([637_000.0, 851_000.0, 0.0], [638_024.0, 852_024.0, 1024.0]).unwrap()
}

pub(crate) fn options() -> CopcOptions {
    CopcOptions {
        wkt: Some("GEOCCS[]".into()),
        bounds: cube(),
        spacing: 16.0,
        threads: threads(2),
    }
}

pub(crate) fn write(options: CopcOptions, nodes: &[Node]) -> Result<Vec<u8>, ExportError> {
    let file = File::default();
    let mut sink: Box<dyn Sink> = Box::new(CopcSink::new(file.clone(), options)?);
    for (key, batch) in nodes {
        sink.write((*key).into(), batch)?;
    }
    let points: usize = nodes.iter().map(|(_, batch)| batch.len()).sum();
    assert_eq!(sink.finish()?, points as u64);
    Ok(file.contents())
}

fn key(depth: u32, x: u32, y: u32, z: u32) -> Key {
    Key::new(depth, x, y, z).unwrap()
}

/// Nodes of three depths; that of `0-0-0-0` has the most points.
pub(crate) fn tree(point_format: u8) -> Vec<Node> {
    let keys = [
        key(0, 0, 0, 0),
        key(1, 0, 1, 0),
        key(1, 1, 0, 1),
        key(2, 0, 2, 1),
        key(2, 3, 1, 2),
    ];
    let counts = [3000, 1, 700, 2, 1500];
    keys.into_iter()
        .zip(counts)
        .map(|(key, count)| (key, points(key, count, point_format)))
        .collect()
}

/// Points within the cell of a node, in which every dimension of the format varies.
fn points(key: Key, count: u32, point_format: u8) -> PointBatch {
    let mut seed = key.x() ^ key.y() << 8 ^ key.z() << 16 ^ key.depth() << 24;
    let mut random = move |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below
    };
    let count = count as usize;
    let mut draw = |below: u32| -> Vec<u32> { (0..count).map(|_| random(below)).collect() };
    let cell = cube().cell(key);
    let mut columns = Vec::new();
    for (axis, name) in ["X", "Y", "Z"].into_iter().enumerate() {
        let (scale, offset) = (SCALING.scale[axis], SCALING.offset[axis]);
        let steps = |x: f64| ((x - offset) / scale).round() as i32;
        let (min, max) = (steps(cell.min()[axis]), steps(cell.max()[axis]));
        let drawn = draw((max - min) as u32);
        let coordinate = |by: u32| f64::from(min + by as i32) * scale + offset;
        columns.push(Column::new(
            name,
            Values::F64(drawn.into_iter().map(coordinate).collect()),
        ));
    }
    let u8s = |values: Vec<u32>| Values::U8(values.into_iter().map(|v| v as u8).collect());
    let u16s = |values: Vec<u32>| Values::U16(values.into_iter().map(|v| v as u16).collect());
    let is_new = point_format >= 6;
    let mut add = |name: &str, values: Values| columns.push(Column::new(name, values));
    add("Intensity", u16s(draw(65_536)));
    add("ReturnNumber", u8s(draw(if is_new { 16 } else { 8 })));
    add("NumberOfReturns", u8s(draw(if is_new { 16 } else { 8 })));
    for flag in [
        "ScanDirectionFlag",
        "EdgeOfFlightLine",
        "Synthetic",
        "KeyPoint",
        "Withheld",
    ] {
        add(flag, u8s(draw(2)));
    }
    let classes = draw(32).into_iter();
    // The las crate has no class 12 in the new formats.
    let classes = classes.map(|class| if is_new && class == 12 { 64 } else { class });
    add("Classification", u8s(classes.collect()));
    add("UserData", u8s(draw(256)));
    add("PointSourceId", u16s(draw(65_536)));
    let angles = draw(181).into_iter().map(|angle| angle as f32 - 90.0);
    add("ScanAngleRank", Values::F32(angles.collect()));
    if is_new {
        add("Overlap", u8s(draw(2)));
        add("ScanChannel", u8s(draw(4)));
    }
    if is_new || point_format % 2 == 1 {
        let times = draw(1 << 24).into_iter();
        add(
            "GpsTime",
            Values::F64(times.map(|time| f64::from(time) * 0.001 + 1e8).collect()),
        );
    }
    if matches!(point_format, 2 | 3 | 7 | 8) {
        for colour in ["Red", "Green", "Blue"] {
            add(colour, u16s(draw(65_536)));
        }
    }
    if point_format == 8 {
        add("Infrared", u16s(draw(65_536)));
    }
    add("OriginId", Values::U32(draw(9)));
    let amplitudes = draw(1000).into_iter().map(|value| f64::from(value) / 7.0);
    add("Amplitude", Values::F64(amplitudes.collect()));
    let batch = PointBatch::new(columns).unwrap();
    batch.with_storage(Some(SCALING), Some(point_format))
}

/// A value of a point of a file, by the name that EPT gives its dimension.
fn value(point: &las::Point, name: &str) -> f64 {
    let colour = point.color.unwrap_or_default();
    match name {
        "X" => point.x,
        "Y" => point.y,
        "Z" => point.z,
        "Intensity" => point.intensity.into(),
        "ReturnNumber" => point.return_number.into(),
        "NumberOfReturns" => point.number_of_returns.into(),
        "ScanDirectionFlag" => {
            let is_left_to_right = point.scan_direction == las::point::ScanDirection::LeftToRight;
            f64::from(u8::from(is_left_to_right))
        }
        "EdgeOfFlightLine" => u8::from(point.is_edge_of_flight_line).into(),
        "Synthetic" => u8::from(point.is_synthetic).into(),
        "KeyPoint" => u8::from(point.is_key_point).into(),
        "Withheld" => u8::from(point.is_withheld).into(),
        "Overlap" => u8::from(point.is_overlap).into(),
        "Classification" => u8::from(point.classification).into(),
        "UserData" => point.user_data.into(),
        "PointSourceId" => point.point_source_id.into(),
        "ScanAngleRank" => point.scan_angle.into(),
        "ScanChannel" => point.scanner_channel.into(),
        "GpsTime" => point.gps_time.unwrap(),
        "Red" => colour.red.into(),
        "Green" => colour.green.into(),
        "Blue" => colour.blue.into(),
        "Infrared" => point.nir.unwrap().into(),
        "OriginId" => u32::from_le_bytes(point.extra_bytes[..4].try_into().unwrap()).into(),
        "Amplitude" => f64::from_le_bytes(point.extra_bytes[4..].try_into().unwrap()),
        other => panic!("{other}"),
    }
}

fn values(batch: &PointBatch, name: &str) -> Vec<f64> {
    match batch.values(name).unwrap() {
        Values::U8(v) => v.iter().map(|v| f64::from(*v)).collect(),
        Values::U16(v) => v.iter().map(|v| f64::from(*v)).collect(),
        Values::U32(v) => v.iter().map(|v| f64::from(*v)).collect(),
        Values::F32(v) => v.iter().map(|v| f64::from(*v)).collect(),
        Values::F64(v) => v.clone(),
        other => panic!("{other:?}"),
    }
}

/// The points of the file are those of the batch, in every dimension.
#[track_caller]
fn assert_same(points: &las::PointData, batch: &PointBatch) {
    let points: Vec<las::Point> = points.points().map(Result::unwrap).collect();
    assert_eq!(points.len(), batch.len());
    let is_legacy = batch.point_format().is_some_and(|format| format < 6);
    for column in batch.columns() {
        let expected = values(batch, &column.name);
        for (point, expected) in points.iter().zip(expected) {
            let found = value(point, &column.name);
            match &*column.name {
                // The nearest step of 0.006 degrees.
                "ScanAngleRank" => assert!((found - expected).abs() <= 0.0031),
                "Classification" if is_legacy && expected == 12.0 => {
                    assert_eq!((found, point.is_overlap), (0.0, true));
                }
                "Classification" if is_legacy => {
                    assert_eq!((found, point.is_overlap), (expected, false));
                }
                name => assert_eq!(found, expected, "{name}"),
            }
        }
    }
}

fn reader(file: &[u8]) -> CopcReader<'static, Cursor<Vec<u8>>> {
    CopcReader::new(Cursor::new(file.to_vec())).unwrap()
}

fn entries(file: &[u8]) -> BTreeMap<Key, Entry> {
    let entries = reader(file).hierarchy_entries().collect::<Vec<_>>();
    entries
        .into_iter()
        .map(|entry| (key_of(entry.key), entry))
        .collect()
}

fn key_of(key: VoxelKey) -> Key {
    self::key(key.l as u32, key.x as u32, key.y as u32, key.z as u32)
}

/// Every node of the file has the points of its batch, and the whole has all of them in order.
#[track_caller]
fn assert_holds(file: &[u8], nodes: &[Node]) {
    let entries = entries(file);
    let mut reader = reader(file);
    let mut whole = las::Reader::new(Cursor::new(file.to_vec())).unwrap();
    for (key, batch) in nodes {
        let points = reader.read_entry(&entries[key]).unwrap();
        assert_same(&points, batch);
        assert_same(&whole.read_points(batch.len() as u64).unwrap(), batch);
    }
    assert!(whole.read_points(1).unwrap().is_empty());
    let found = entries.values().filter(|entry| entry.point_count != 0);
    assert_eq!(found.count(), nodes.len());
}

#[test]
fn every_node_keeps_its_points_and_dimensions() {
    for (point_format, expected) in [(0, 6), (1, 6), (2, 7), (3, 7), (6, 6), (7, 7), (8, 8)] {
        let nodes = tree(point_format);
        let file = write(options(), &nodes).unwrap();
        assert_holds(&file, &nodes);
        let (header, _) = read(&file);
        assert_eq!(header.point_format().to_u8().unwrap(), expected);
        assert_eq!(header.number_of_points(), 5203);
        assert!(header.has_wkt_crs());
    }
}

#[test]
fn the_octree_is_that_of_the_cube() {
    let nodes = tree(7);
    let file = write(options(), &nodes).unwrap();
    let header = raw::Header::read_from(Cursor::new(&file)).unwrap();
    assert_eq!((header.version.major, header.version.minor), (1, 4));
    assert_eq!(header.header_size, 375);
    assert_eq!(&file[377..381], b"copc");
    assert_eq!(file[375 + 18..375 + 22], [1, 0, 160, 0]);
    let (header, _) = read(&file);
    let info = header.copc_info_vlr().unwrap();
    let center = [info.center_x, info.center_y, info.center_z];
    assert_eq!(center, [637_512.0, 851_512.0, 512.0]);
    assert_eq!((info.halfsize, info.spacing), (512.0, 16.0));
    assert_eq!(file[375 + 54 + 72..375 + 54 + 160], [0; 88]);

    let times = nodes.iter().flat_map(|(_, batch)| values(batch, "GpsTime"));
    let (min, max) = times.fold((f64::MAX, 0.0), |(min, max): (f64, f64), time| {
        (min.min(time), max.max(time))
    });
    assert_eq!((info.gpstime_minimum, info.gpstime_maximum), (min, max));
    assert_eq!(header.gps_time_type(), las::GpsTimeType::Standard);
    let bounds = header.bounds();
    for (_, batch) in &nodes {
        assert!(
            batch
                .x()
                .unwrap()
                .iter()
                .all(|x| (bounds.min.x..=bounds.max.x).contains(x))
        );
    }
    let laz = header.laz_vlr().unwrap();
    assert!(laz.uses_variable_size_chunks());
}

#[test]
fn times_within_a_week_leave_their_kind_open() {
    let mut nodes = tree(6);
    for (_, batch) in &mut nodes {
        let columns = batch.columns().iter().map(|column| match &*column.name {
            "GpsTime" => Column::new("GpsTime", Values::F64(vec![604_800.0; batch.len()])),
            _ => column.clone(),
        });
        let changed = PointBatch::new(columns.collect()).unwrap();
        *batch = changed.with_storage(Some(SCALING), Some(6));
    }
    let (header, _) = read(&write(options(), &nodes).unwrap());
    assert_eq!(header.gps_time_type(), las::GpsTimeType::Week);
}

#[test]
fn a_clipped_result_keeps_the_tree() {
    let whole = tree(3);
    let clipped = [whole[2].clone(), whole[3].clone(), whole[4].clone()];
    let file = write(options(), &clipped).unwrap();
    assert_holds(&file, &clipped);
    let entries = entries(&file);
    let found: Vec<(String, i32)> = entries
        .iter()
        .map(|(key, entry)| (key.to_string(), entry.point_count))
        .collect();
    let expected = [
        ("0-0-0-0", 0),
        ("1-0-1-0", 0),
        ("1-1-0-1", 700),
        ("2-0-2-1", 2),
        ("2-3-1-2", 1500),
    ];
    assert!(found.iter().map(|(key, n)| (&**key, *n)).eq(expected));
    let empty = entries.values().filter(|entry| entry.point_count == 0);
    assert!(
        empty
            .into_iter()
            .all(|entry| entry.offset == 0 && entry.byte_size == 0)
    );
}

#[test]
fn bounds_and_depth_select_within_the_file() {
    let nodes = tree(7);
    let mut reader = reader(&write(options(), &nodes).unwrap());
    let (min, max) = ([637_100.0, 851_050.0, 100.0], [637_800.0, 851_900.0, 900.0]);
    let area = Bounds::new(min, max).unwrap();
    let selected = |depths: std::ops::Range<u32>| -> usize {
        let nodes = nodes
            .iter()
            .filter(|(key, _)| depths.contains(&key.depth()));
        let inside = nodes.map(|(_, batch)| {
            let xyz = batch
                .x()
                .unwrap()
                .iter()
                .zip(batch.y().unwrap())
                .zip(batch.z().unwrap());
            let inside = xyz.filter(|((x, y), z)| area.contains([**x, **y, **z]));
            inside.count()
        });
        inside.sum()
    };
    let vector = |[x, y, z]: [f64; 3]| las::Vector { x, y, z };
    let bounds = las::Bounds {
        min: vector(min),
        max: vector(max),
    };
    for (lod, depths) in [
        (LodSelection::All, 0..9),
        (LodSelection::Level(2), 2..3),
        (LodSelection::Resolution(8.0), 0..2),
    ] {
        let found = reader.query(lod, BoundsSelection::Within(bounds)).unwrap();
        assert!(!found.is_empty());
        assert_eq!(found.len(), selected(depths));
    }
}

#[test]
fn the_number_of_threads_leaves_no_trace() {
    let nodes = tree(3);
    let with = |number: usize| CopcOptions {
        threads: threads(number),
        ..options()
    };
    let one = write(with(1), &nodes).unwrap();
    for number in [2, 4, 9] {
        assert!(write(with(number), &nodes).unwrap() == one, "{number}");
    }
}

#[test]
fn a_large_hierarchy_comes_in_pages() {
    let node = |key: Key| {
        let mut columns = points(key, 1, 6).into_columns();
        columns.truncate(3);
        let batch = PointBatch::new(columns).unwrap();
        (key, batch.with_storage(Some(SCALING), Some(6)))
    };
    let leaf = |x: u32, y: u32| node(key(6, x, y, x ^ y));
    let nodes: Vec<Node> = (0..64)
        .flat_map(|x| (0..64).map(move |y| leaf(x, y)))
        .chain([node(key(7, 0, 0, 0))])
        .collect();
    let file = write(options(), &nodes).unwrap();
    let listed = entries(&file);
    let mut reader = reader(&file);
    for (key, batch) in nodes.iter().step_by(50) {
        assert_same(&reader.read_entry(&listed[key]).unwrap(), batch);
    }
    assert!(nodes.iter().all(|(key, _)| listed[key].point_count == 1));
    let header = reader.header();
    let raw = raw::Header::read_from(Cursor::new(&file)).unwrap();
    let evlr = &header.evlrs()[0];
    assert_eq!((&*evlr.user_id, evlr.record_id), ("copc", 1000));
    // Entries of 32 bytes whose count is -1 are pages, within the record that has them all.
    let start = raw.evlr.unwrap().start_of_first_evlr + 60;
    let number =
        |entry: &[u8], at: usize| i32::from_le_bytes(entry[at..at + 4].try_into().unwrap());
    let pages: Vec<&[u8]> = evlr
        .data
        .chunks_exact(32)
        .filter(|entry| number(entry, 28) == -1)
        .collect();
    assert!(pages.len() >= 4, "{}", pages.len());
    for page in &pages {
        let offset = u64::from_le_bytes(page[16..24].try_into().unwrap()) - start;
        let size = number(page, 24) as usize;
        let content = &evlr.data[offset as usize..][..size];
        // A page starts with the node that it is for, and is neither tiny nor huge.
        assert_eq!(content[..16], page[..16]);
        assert!((513 * 32..=4097 * 32).contains(&size), "{size}");
    }
    let count = listed.len();
    assert_eq!(evlr.data.len(), (count + pages.len()) * 32);
    let info = header.copc_info_vlr().unwrap();
    let hierarchy = CopcHierarchyVlr::read_from_with(evlr, &info).unwrap();
    assert_eq!(hierarchy.iter_entries().count(), count);
}

#[test]
fn the_deepest_keys_are_written() {
    let deepest = key(31, (1 << 31) - 1, 0, 1 << 30);
    let nodes = [(deepest, points(key(6, 63, 0, 32), 5, 6))];
    let file = write(options(), &nodes).unwrap();
    assert_holds(&file, &nodes);
    assert_eq!(entries(&file).len(), 32);
}

#[test]
fn without_points_the_file_is_valid() {
    let empty = (Key::ROOT, points(Key::ROOT, 0, 3));
    let file = write(options(), &[empty]).unwrap();
    assert_eq!(file, write(options(), &[]).unwrap());
    let (header, points) = read(&file);
    assert_eq!((header.number_of_points(), points.len()), (0, 0));
    let entries = entries(&file);
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[&Key::ROOT].point_count, 0);
    assert!(
        reader(&file)
            .query(LodSelection::All, BoundsSelection::All)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn notes_and_long_records_follow_the_hierarchy() {
    let file = File::default();
    let with = CopcOptions {
        wkt: Some("W".repeat(70_000)),
        ..options()
    };
    let mut sink = Box::new(CopcSink::new(file.clone(), with).unwrap());
    for (key, batch) in tree(6) {
        sink.write(key.into(), &batch).unwrap();
    }
    sink.describe("{\"dataset\":\"çà\"}".into());
    sink.finish().unwrap();
    let file = file.contents();
    assert_holds(&file, &tree(6));
    let evlrs = raw::Header::read_from(Cursor::new(&file))
        .unwrap()
        .evlr
        .unwrap();
    assert_eq!(evlrs.number_of_evlrs, 3);
    let mut rest = Cursor::new(&file[evlrs.start_of_first_evlr as usize..]);
    let records = [(); 3].map(|()| raw::Vlr::read_from(&mut rest, true).unwrap());
    assert_eq!(rest.position() as usize, rest.get_ref().len());
    assert_eq!(records.each_ref().map(|r| r.record_id), [1000, 2112, 1]);
    assert!(records[2].user_id.starts_with(b"ept\0"));
    assert_eq!(records[2].data, "{\"dataset\":\"çà\"}".as_bytes());
}

#[test]
fn what_is_no_octree_of_cubes_is_refused() {
    for (max, is_cube) in [
        ([638_024.0, 852_024.0, 1024.0], true),
        ([638_024.000_000_1, 852_024.0, 1024.0], true),
        ([638_024.001, 852_024.0, 1024.0], false),
        ([638_024.0, 852_024.0, 512.0], false),
        ([638_024.0, 852_024.0, f64::INFINITY], false),
        ([637_000.0, 851_000.0, 0.0], false),
    ] {
        let options = CopcOptions {
            bounds: Bounds::new(cube().min(), max).unwrap(),
            ..options()
        };
        let sink = CopcSink::new(File::default(), options);
        assert_eq!(sink.is_ok(), is_cube, "{max:?}");
        if let Err(error) = sink {
            assert!(matches!(error, ExportError::NotACube(_)));
            assert!(error.to_string().contains("not a cube"), "{error}");
        }
    }
}

#[test]
fn nodes_out_of_order_are_refused() {
    let mut nodes = tree(6);
    nodes.swap(1, 2);
    let refusal = write(options(), &nodes).unwrap_err().to_string();
    assert!(refusal.starts_with("node 1-0-1-0: "), "{refusal}");
    let twice = [nodes[0].clone(), nodes[0].clone()];
    assert!(matches!(
        write(options(), &twice),
        Err(ExportError::Node { .. })
    ));
}

#[test]
fn an_output_that_fails_is_an_error_and_no_hang() {
    for room in [0, 1000, 20_000] {
        let mut sink = Box::new(CopcSink::new(Full::after(room), options()).unwrap());
        let mut results = (0..100).map(|x| {
            let key = key(7, x, 0, 0);
            sink.write(key.into(), &points(key, 1000, 6))
        });
        let refusal = results.find_map(Result::err);
        assert!(matches!(refusal, Some(ExportError::Io(_))), "{refusal:?}");
    }
    let mut sink = Box::new(CopcSink::new(Full::after(2000), options()).unwrap());
    sink.write(Key::ROOT.into(), &points(Key::ROOT, 3000, 6))
        .unwrap();
    assert!(matches!(sink.finish(), Err(ExportError::Io(_))));
}
