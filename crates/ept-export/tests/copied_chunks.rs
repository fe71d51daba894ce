//! Chunks that are copied as they are stored. The last byte of each, which is 0 and whose value does not matter to decoders,
//! is another here: that tells copies from chunks that were compressed again.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use std::io::Cursor;

use common::{File, SCALING, coordinates, options, read, threads};
use ept_export::{CopcOptions, CopcSink, LasOptions, LasSink, Sink};
use ept_format::{Bounds, Key};
use ept_las::{ChunkTable, Chunking, Compression, Header};
use ept_points::{Column, FileDecoder, PointBatch, Scaling, Values, Wish};
use las::CopcReader;
use las::copc::{BoundsSelection, LodSelection};

/// The last byte of each stored chunk.
const MARK: u8 = 0xA5;

/// Points `range` of a cloud.
fn cloud(range: std::ops::Range<i32>, point_format: u8) -> PointBatch {
    let raw: Vec<[i32; 3]> = range.clone().map(|i| [i % 700, i / 700, i % 91]).collect();
    let mut columns = coordinates(&raw);
    let classes = range.clone().map(|i| (i % 7) as u8).collect();
    columns.push(Column::new("Classification", Values::U8(classes)));
    columns.push(Column::new("Number", Values::I32(range.collect())));
    let batch = PointBatch::new(columns).unwrap();
    batch.with_storage(Some(SCALING), Some(point_format))
}

/// The file of a cloud, its header, and where its chunks are.
fn stored(points: i32, point_format: u8) -> (Vec<u8>, Header, ChunkTable) {
    let file = common::write(options(true), &[cloud(0..points, point_format)]).unwrap();
    let header = Header::parse(&file, file.len() as u64).unwrap();
    let compression = Compression::of_file(&header, &file).unwrap();
    let table = ChunkTable::of_file(&file, &header, &compression).unwrap();
    (file, header, table)
}

/// Decodes the chunks of a file as a batch each, marked, and keeps them.
fn batches(points: i32, point_format: u8, wish: &Wish) -> Vec<PointBatch> {
    let (file, header, table) = stored(points, point_format);
    let decoder = FileDecoder::new(header, &file, (&[], 0)).unwrap();
    let batches = table.chunks().iter().map(|chunk| {
        let mut bytes = file[chunk.at as usize..][..chunk.size as usize].to_vec();
        assert_eq!(bytes.pop(), Some(0));
        bytes.push(MARK);
        decoder.decode(wish, &[(chunk.points, &bytes)]).unwrap()
    });
    batches.collect()
}

fn kept() -> Wish {
    Wish {
        keeps_chunks: true,
        ..Wish::default()
    }
}

/// The number of points of each chunk of a file, and whether it is a copy.
fn chunks_of(file: &[u8]) -> Vec<(u64, bool)> {
    let header = Header::parse(file, file.len() as u64).unwrap();
    let compression = Compression::of_file(&header, file).unwrap();
    let table = ChunkTable::of_file(file, &header, &compression).unwrap();
    let chunks = table.chunks().iter();
    let chunks = chunks.map(|chunk| {
        let bytes = &file[chunk.at as usize..][..chunk.size as usize];
        (chunk.points, bytes.last() == Some(&MARK))
    });
    chunks.collect()
}

fn laz(batches: &[PointBatch]) -> Vec<u8> {
    let file = File::default();
    let options = LasOptions {
        threads: threads(3),
        ..options(true)
    };
    let mut sink: Box<dyn Sink> = Box::new(LasSink::new(file.clone(), options).with_chunks());
    for batch in batches {
        sink.write(Key::ROOT.into(), batch).unwrap();
    }
    sink.finish().unwrap();
    file.contents()
}

fn copc(batches: &[PointBatch]) -> Vec<u8> {
    let file = File::default();
    let bounds = [SCALING.offset, SCALING.offset.map(|low| low + 1000.0)];
    let options = CopcOptions {
        wkt: None,
        bounds: Bounds::new(bounds[0], bounds[1]).unwrap(),
        spacing: 10.0,
        threads: threads(3),
    };
    let mut sink: Box<dyn Sink> = Box::new(CopcSink::new(file.clone(), options).unwrap());
    let keys = std::iter::once(Key::ROOT).chain(Key::ROOT.children());
    for (key, batch) in keys.zip(batches) {
        sink.write(key.into(), batch).unwrap();
    }
    sink.finish().unwrap();
    file.contents()
}

/// The numbers of the points of a file, by another reader.
fn numbers(file: &[u8]) -> Vec<i32> {
    let (_, points) = read(file);
    let points = points.points().map(|point| {
        let bytes = point.unwrap().extra_bytes;
        i32::from_le_bytes(bytes.try_into().unwrap())
    });
    points.collect()
}

#[test]
fn chunks_of_the_same_records_are_copied_and_read_by_others() {
    for point_format in [0, 1, 2, 3, 6, 7, 8] {
        let batches = batches(120_000, point_format, &kept());
        assert_eq!(batches.len(), 3);
        let file = laz(&batches);
        let expected = [(50_000, true), (50_000, true), (20_000, true)];
        assert_eq!(chunks_of(&file), expected, "{point_format}");
        assert!(numbers(&file).into_iter().eq(0..120_000));
        let (header, points) = read(&file);
        let (whole, _) =
            read(&common::write(options(true), &[cloud(0..120_000, point_format)]).unwrap());
        assert_eq!(header.bounds(), whole.bounds());
        assert_eq!(header.number_of_points(), 120_000);
        assert_eq!(points.len(), 120_000);
    }
}

#[test]
fn a_node_of_copc_is_a_copy_of_its_chunk() {
    let batches = batches(120_000, 6, &kept());
    let file = copc(&batches);
    let expected = [(50_000, true), (50_000, true), (20_000, true)];
    assert_eq!(chunks_of(&file), expected);
    let mut reader = CopcReader::new(Cursor::new(file)).unwrap();
    let all = reader.query(LodSelection::All, BoundsSelection::All);
    assert_eq!(all.unwrap().len(), 120_000);
}

#[test]
fn what_was_changed_is_compressed_again() {
    let some = |change: &dyn Fn(PointBatch) -> PointBatch| {
        let batches = batches(120_000, 6, &kept());
        let [first, second, third] = batches.try_into().unwrap();
        laz(&[first, change(second), third])
    };
    let is_copy = |file: &[u8]| -> Vec<bool> {
        chunks_of(file)
            .into_iter()
            .map(|(_, is_copy)| is_copy)
            .collect()
    };
    assert_eq!(is_copy(&some(&|batch| batch)), [true, true, true]);
    // All but one point.
    let file = some(&|mut batch| {
        let mut mask = vec![true; batch.len()];
        mask[7] = false;
        batch.retain(&mask);
        batch
    });
    assert_eq!(
        chunks_of(&file),
        [(50_000, true), (49_999, false), (20_000, true)]
    );
    assert!(
        numbers(&file)
            .into_iter()
            .eq((0..120_000).filter(|i| *i != 50_007))
    );
    // Other values.
    let file = some(&|batch| {
        let classes = Values::U8(vec![2; batch.len()]);
        batch
            .with_column(Column::new("Classification", classes))
            .unwrap()
    });
    assert_eq!(is_copy(&file), [true, false, true]);
    let (_, points) = read(&file);
    assert!(
        points
            .classification()
            .skip(50_000)
            .take(50_000)
            .all(|class| class == 2)
    );
    // Another order.
    let file = some(&|batch| {
        let rows: Vec<usize> = (0..batch.len()).rev().collect();
        batch.gather(&rows)
    });
    assert_eq!(is_copy(&file), [true, false, true]);
    assert_eq!(numbers(&file)[50_000], 99_999);
    // A mask that keeps everything changes nothing.
    let file = some(&|mut batch| {
        batch.retain(&vec![true; batch.len()]);
        batch.clip(&Bounds::EVERYTHING);
        batch
    });
    assert_eq!(is_copy(&file), [true, true, true]);
}

#[test]
fn other_records_are_compressed_again() {
    // The file has the scale of the first points, here one that holds the others too.
    let fine = Scaling {
        scale: SCALING.scale.map(|scale| scale / 10.0),
        ..SCALING
    };
    let stored = batches(120_000, 6, &kept());
    let rows: Vec<usize> = (0..10).collect();
    let first = stored[0].gather(&rows).with_storage(Some(fine), Some(6));
    let all: Vec<PointBatch> = std::iter::once(first).chain(stored).collect();
    let file = laz(&all);
    assert!(chunks_of(&file).iter().all(|(_, is_copy)| !is_copy));
    assert!(numbers(&file).into_iter().eq((0..10).chain(0..120_000)));
    // COPC has point formats 6 to 8 only.
    let file = copc(&batches(120_000, 3, &kept()));
    assert!(chunks_of(&file).iter().all(|(_, is_copy)| !is_copy));
}

#[test]
fn small_chunks_of_laz_share_one() {
    let (file, header, _) = stored(3_000, 6);
    let decoder = FileDecoder::new(header.clone(), &file, (&[], 0)).unwrap();
    let compression = Compression::of_file(&header, &file).unwrap();
    let table = ChunkTable::of_file(&file, &header, &compression).unwrap();
    let chunk = &table.chunks()[0];
    let bytes = &file[chunk.at as usize..][..chunk.size as usize];
    let small = decoder.decode(&kept(), &[(chunk.points, bytes)]).unwrap();
    assert!(small.chunks().is_some());
    let file = laz(&[small.clone(), small]);
    assert_eq!(chunks_of(&file), [(6_000, false)]);
}

#[test]
fn chunks_are_kept_only_if_asked_for_and_whole() {
    let is_kept = |wish: &Wish| batches(60_000, 6, wish)[0].chunks().is_some();
    assert!(is_kept(&kept()));
    assert!(!is_kept(&Wish::default()));
    let some = Wish {
        dimensions: Some(vec!["X".into(), "Y".into(), "Z".into()]),
        ..kept()
    };
    assert!(!is_kept(&some));
    let west = Bounds::new([f64::MIN; 3], [SCALING.offset[0] + 1.0, f64::MAX, f64::MAX]).unwrap();
    assert!(!is_kept(&Wish {
        bounds: west,
        ..kept()
    }));
    let around = Bounds::new([0.0; 3].map(|low: f64| low - 1e7), [1e7; 3]).unwrap();
    assert!(is_kept(&Wish {
        bounds: around,
        ..kept()
    }));
}

#[test]
fn files_without_copies_have_chunks_of_one_size() {
    let file = File::default();
    let mut sink: Box<dyn Sink> = Box::new(LasSink::new(file.clone(), options(true)));
    for batch in batches(120_000, 6, &kept()) {
        sink.write(Key::ROOT.into(), &batch).unwrap();
    }
    sink.finish().unwrap();
    let file = file.contents();
    let header = Header::parse(&file, file.len() as u64).unwrap();
    let compression = Compression::of_file(&header, &file).unwrap();
    assert_eq!(compression.chunking(), Chunking::Fixed(50_000));
    assert!(chunks_of(&file).iter().all(|(_, is_copy)| !is_copy));
}

#[test]
fn chunks_that_sequential_readers_could_not_follow_are_compressed_again() {
    for point_format in [3, 6] {
        let (file, header, table) = stored(60_000, point_format);
        let record_length = usize::from(header.record_length);
        let decoder = FileDecoder::new(header, &file, (&[], 0)).unwrap();
        let chunk = &table.chunks()[0];
        let bytes = &file[chunk.at as usize..][..chunk.size as usize];
        let decode = |bytes: &[u8]| decoder.decode(&kept(), &[(chunk.points, bytes)]).unwrap();
        assert!(decode(bytes).chunks().is_some());
        // LASzip expects each chunk where the one before ends.
        let longer = [bytes, &[0]].concat();
        assert!(decode(&longer).chunks().is_none());
        // The number of points after the first record, which our decoder does not need.
        if point_format == 6 {
            let mut lying = bytes.to_vec();
            lying[record_length] ^= 1;
            assert!(decode(&lying).chunks().is_none());
        }
    }
}
