//! COPC in an octree of its own, read back with the `las` crate.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use std::io::{self, Cursor};

use common::{File, Full, SCALING, coordinates, threads};
use ept_export::{CopcOptions, ExportError, OctreeSink, Sink};
use ept_format::{Bounds, Key};
use ept_points::{Column, PointBatch, Values};
use las::CopcReader;
use las::copc::{BoundsSelection, LodSelection};

fn options() -> CopcOptions {
    CopcOptions {
        wkt: None,
        bounds: Bounds::new([637_000.0, 851_000.0, 0.0], [637_800.0, 851_400.0, 50.0]).unwrap(),
        spacing: 1.0,
        threads: threads(2),
    }
}

fn scratch() -> io::Result<Cursor<Vec<u8>>> {
    Ok(Cursor::default())
}

/// Points `range` of a cloud that is dense in one corner.
fn cloud(range: std::ops::Range<u32>) -> PointBatch {
    let part = |i: u32, by: u32| f64::from(i.wrapping_mul(by) >> 8) / f64::from(1 << 24);
    let raw: Vec<[i32; 3]> = range
        .clone()
        .map(|i| {
            let near = if i % 3 == 0 { 1.0 } else { 0.05 };
            let place = [
                (2_654_435_761, 80_000.0),
                (2_246_822_519, 40_000.0),
                (3_266_489_917, 50_000.0),
            ];
            place.map(|(by, size)| (part(i, by) * near * size) as i32)
        })
        .collect();
    let mut columns = coordinates(&raw);
    columns.push(Column::new("Number", Values::U32(range.collect())));
    let batch = PointBatch::new(columns).unwrap();
    batch.with_storage(Some(SCALING), Some(6))
}

fn write(options: CopcOptions, batches: &[PointBatch]) -> Result<Vec<u8>, ExportError> {
    write_within(u64::MAX, options, batches)
}

/// As [`write`], dividing at most `memory` bytes of points in memory.
fn write_within(
    memory: u64,
    options: CopcOptions,
    batches: &[PointBatch],
) -> Result<Vec<u8>, ExportError> {
    let file = File::default();
    let sink = OctreeSink::new(file.clone(), options, scratch)?;
    let mut sink = Box::new(sink.with_memory(memory));
    for batch in batches {
        sink.write(Key::ROOT.into(), batch)?;
    }
    let points: usize = batches.iter().map(PointBatch::len).sum();
    assert_eq!(sink.finish()?, points as u64);
    Ok(file.contents())
}

#[test]
fn every_point_is_in_the_cell_of_its_node() {
    const POINTS: u32 = 300_000;
    let file = write(options(), &[cloud(0..100_000), cloud(100_000..POINTS)]).unwrap();
    let mut reader = CopcReader::new(Cursor::new(file)).unwrap();
    let info = reader.header().copc_info_vlr().unwrap();
    assert_eq!((info.halfsize, info.spacing), (400.0, 800.0 / 128.0));
    let cube = Bounds::new([637_000.0, 851_000.0, 0.0], [637_800.0, 851_800.0, 800.0]).unwrap();
    let entries: Vec<_> = reader.hierarchy_entries().collect();
    assert!(entries.len() > 8, "{}", entries.len());
    let mut numbers = Vec::new();
    for entry in entries {
        let [depth, x, y, z] = [entry.key.l, entry.key.x, entry.key.y, entry.key.z];
        let key = Key::new(depth as u32, x as u32, y as u32, z as u32).unwrap();
        let cell = cube.cell(key);
        assert!(entry.point_count > 0);
        for point in reader
            .read_entry(&entry)
            .unwrap()
            .points()
            .map(Result::unwrap)
        {
            assert!(
                cell.contains([point.x, point.y, point.z]),
                "{key}: {point:?}"
            );
            let number = u32::from_le_bytes(point.extra_bytes[..].try_into().unwrap());
            numbers.push(number);
        }
    }
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..POINTS));
    // Whoever goes down from the root finds all of them.
    let all = reader
        .query(LodSelection::All, BoundsSelection::All)
        .unwrap();
    assert_eq!(all.len(), POINTS as usize);
}

#[test]
fn batches_and_threads_leave_no_trace() {
    let whole = write(options(), &[cloud(0..120_000)]).unwrap();
    let parts = [cloud(0..1), cloud(1..70_000), cloud(70_000..120_000)];
    for number in [1, 4] {
        let with = CopcOptions {
            threads: threads(number),
            ..options()
        };
        assert!(write(with, &parts).unwrap() == whole);
    }
}

#[test]
fn memory_changes_nothing_in_the_file() {
    let cloud = [cloud(0..200_000)];
    let expected = write(options(), &cloud).unwrap();
    // All of it in scratch files, then down to the depth where a subtree has fewer points.
    for memory in [0, 1 << 16, 1 << 20, 1 << 22] {
        let file = write_within(memory, options(), &cloud).unwrap();
        assert!(file == expected, "with {memory} bytes");
    }
}

#[test]
fn many_points_in_one_place_are_one_node_in_the_depth() {
    let raw = vec![[100, 100, 100]; 60_000];
    let batch = PointBatch::new(coordinates(&raw)).unwrap();
    let file = write(options(), &[batch.with_storage(Some(SCALING), None)]).unwrap();
    let reader = CopcReader::new(Cursor::new(file)).unwrap();
    let mut counts: Vec<i32> = reader.hierarchy_entries().map(|e| e.point_count).collect();
    counts.sort_unstable();
    assert_eq!(counts.iter().sum::<i32>(), 60_000);
    // Each node on the way keeps one, until what is left is few enough or the deepest is reached.
    assert_eq!(counts.last(), Some(&(60_000 - 24)));
}

#[test]
fn without_points_the_file_is_valid() {
    let file = write(options(), &[cloud(0..0)]).unwrap();
    let reader = CopcReader::new(Cursor::new(file)).unwrap();
    assert_eq!(reader.hierarchy_entries().count(), 1);
}

#[test]
fn what_cannot_be_is_refused() {
    for (min, max) in [([0.0; 3], [0.0; 3]), ([0.0; 3], [1.0, 1.0, f64::INFINITY])] {
        let options = CopcOptions {
            bounds: Bounds::new(min, max).unwrap(),
            ..options()
        };
        let refusal = OctreeSink::new(File::default(), options, scratch).err();
        assert!(matches!(refusal, Some(ExportError::NotACube(_))));
    }
    let outside = PointBatch::new(coordinates(&[[-2, 0, 0]])).unwrap();
    let refusal = write(options(), &[outside]).unwrap_err().to_string();
    assert!(refusal.contains("outside"), "{refusal}");

    let mut sink = Box::new(OctreeSink::new(Full::after(2000), options(), scratch).unwrap());
    sink.write(Key::ROOT.into(), &cloud(0..60_000)).unwrap();
    assert!(matches!(sink.finish(), Err(ExportError::Io(_))));
    let none = || Err::<Cursor<Vec<u8>>, _>(io::ErrorKind::StorageFull.into());
    let mut sink = Box::new(OctreeSink::new(File::default(), options(), none).unwrap());
    assert!(matches!(
        sink.write(Key::ROOT.into(), &cloud(0..60_000)),
        Err(ExportError::Io(_))
    ));
}
