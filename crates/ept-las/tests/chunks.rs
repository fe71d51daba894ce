//! LAZ files read by ranges and written chunk by chunk, with the `laz` crate at the other end.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Cursor;

use ept_las::{
    Chunk, ChunkTable, Chunking, Compression, Decompressors, Header, LasError, Layers, PointFormat,
    Scaling, Vlr, VlrId,
};
use laz::{LasZipCompressor, LasZipDecompressor, LazVlr, LazVlrBuilder};
use proptest::prelude::*;

const POINTS: usize = 250;

fn scaling() -> Scaling {
    Scaling {
        scale: [0.01; 3],
        offset: [0.0; 3],
    }
}

/// Records that compress, with GPS times that are numbers.
fn records(format: PointFormat, extra: usize) -> Vec<u8> {
    let size = format.size() + extra;
    let time = format.field("GpsTime").map(|field| field.at);
    (0..POINTS)
        .flat_map(|at| {
            let mut record = vec![(at % 7) as u8; size];
            record[..4].copy_from_slice(&(at as i32 * 3).to_le_bytes());
            if let Some(time) = time {
                record[time..time + 8].copy_from_slice(&(1e8 + at as f64).to_le_bytes());
            }
            record
        })
        .collect()
}

/// A LAZ file whose points were compressed by the `laz` crate.
fn file(format: PointFormat, extra: usize, chunking: Chunking) -> Vec<u8> {
    let vlr = LazVlrBuilder::default().with_point_format(format.number(), extra as u16);
    let vlr = match chunking {
        Chunking::Fixed(points) => vlr.unwrap().with_fixed_chunk_size(points),
        _ => vlr.unwrap().with_variable_chunk_size(),
    };
    let vlr = vlr.build();
    let mut contents = Vec::new();
    vlr.write_to(&mut contents).unwrap();
    let mut file = start(format, extra, &contents);
    let records = records(format, extra);
    let points_at = file.len() as u64;
    let mut out = Cursor::new(std::mem::take(&mut file));
    out.set_position(points_at);
    let mut compressor = LasZipCompressor::new(&mut out, vlr).unwrap();
    match chunking {
        Chunking::Variable => {
            let (first, rest) = records.split_at(records.len() / POINTS * 77);
            compressor.compress_chunks([first, rest]).unwrap();
        }
        _ => compressor.compress_many(&records).unwrap(),
    }
    compressor.done().unwrap();
    drop(compressor);
    out.into_inner()
}

/// Header and LASzip record.
fn start(format: PointFormat, extra: usize, laszip: &[u8]) -> Vec<u8> {
    let record = Vlr::new(VlrId::LASZIP, "", laszip).to_bytes().unwrap();
    let minor = if format.is_extended() { 4 } else { 3 };
    let mut header = Header::new(minor, format, scaling());
    header.record_length += extra as u16;
    header.is_compressed = true;
    header.points = POINTS as u64;
    header.vlr_count = 1;
    header.points_at += record.len() as u32;
    [header.to_bytes(), record].concat()
}

/// Reads the records of a file, of which it sees only the ranges that it asks for.
fn read(file: &[u8]) -> Result<Vec<u8>, LasError> {
    let size = file.len() as u64;
    let range = |at: u64, length: u64| &file[at as usize..(at + length) as usize];
    let length = Header::length_with_vlrs(range(0, 100));
    let start = range(0, length);
    let header = Header::parse(start, size)?;
    let compression = Compression::of_file(&header, start)?;
    let place = range(header.points_at.into(), ChunkTable::PLACE_SIZE);
    let at = ChunkTable::place(place, &header, size).unwrap();
    let table = ChunkTable::parse(range(at, size - at), at, &header, &compression)?;
    assert_eq!(ChunkTable::of_file(file, &header, &compression)?, table);
    let pool = Decompressors::default();
    let mut records = Vec::new();
    for Chunk { points, at, size } in table.chunks() {
        let push = |block: &[u8]| records.extend_from_slice(block);
        let bytes = range(*at, *size);
        pool.decompress(&compression, bytes, *points, Layers::ALL, push)?;
    }
    Ok(records)
}

fn kinds() -> impl Iterator<Item = (PointFormat, usize, Chunking)> {
    let chunkings = [
        Chunking::Fixed(60),
        Chunking::Fixed(50_000),
        Chunking::Variable,
    ];
    let formats = PointFormat::all().flat_map(|format| [(format, 0), (format, 5)]);
    formats.flat_map(move |(format, extra)| chunkings.map(|chunking| (format, extra, chunking)))
}

#[test]
fn each_chunk_decodes_from_its_own_bytes() {
    for (format, extra, chunking) in kinds() {
        let file = file(format, extra, chunking);
        assert!(
            read(&file).unwrap() == records(format, extra),
            "{format:?} {extra} {chunking:?}"
        );
    }
}

#[test]
fn the_laz_crate_reads_what_is_written() {
    for (format, extra, chunking) in kinds() {
        let compression = Compression::new(format, extra, chunking).unwrap();
        let mut file = start(format, extra, &compression.to_bytes());
        let points_at = file.len() as u64;
        let records = records(format, extra);
        file.extend_from_slice(&[0; 8]);
        let mut table = ChunkTable::starting_at(file.len() as u64);
        let in_chunk = match chunking {
            Chunking::Fixed(points) => points as usize,
            _ => 99,
        };
        for chunk in records.chunks(in_chunk * compression.record_length()) {
            let before = file.len();
            file = compression.compress(chunk, file).unwrap();
            let points = chunk.len() / compression.record_length();
            table.push(points as u64, (file.len() - before) as u64);
        }
        let at = (file.len() as u64).to_le_bytes();
        file[points_at as usize..][..8].copy_from_slice(&at);
        file.extend(table.to_bytes(&compression).unwrap());
        assert!(
            read(&file).unwrap() == records,
            "{format:?} {extra} {chunking:?}"
        );

        let vlr = LazVlr::from_buffer(compression.to_bytes()).unwrap();
        let mut found = vec![0; records.len()];
        let mut source = Cursor::new(&file);
        source.set_position(points_at);
        let mut theirs = LasZipDecompressor::new(source, vlr).unwrap();
        theirs.decompress_many(&mut found).unwrap();
        assert!(found == records, "{format:?} {extra} {chunking:?}");
    }
}

#[test]
fn layers_that_nobody_wants_leave_the_others_alone() {
    let format = PointFormat::new(7).unwrap();
    let file = file(format, 0, Chunking::Variable);
    let header = Header::parse(&file, file.len() as u64).unwrap();
    let compression = Compression::of_file(&header, &file).unwrap();
    let table = ChunkTable::of_file(&file, &header, &compression).unwrap();
    let chunk = table.chunks()[0];
    let bytes = &file[chunk.at as usize..][..chunk.size as usize];
    let mut found = Vec::new();
    let push = |block: &[u8]| found.extend_from_slice(block);
    let wanted = Layers::INTENSITY;
    let pool = Decompressors::default();
    pool.decompress(&compression, bytes, chunk.points, wanted, push)
        .unwrap();
    let all = records(format, 0);
    let intensity = |records: &[u8]| -> Vec<u8> {
        let records = records
            .chunks_exact(format.size())
            .take(chunk.points as usize);
        records.flat_map(|record| record[12..14].to_vec()).collect()
    };
    assert_eq!(intensity(&found), intensity(&all));
}

/// A LASzip record with other versions of its items.
fn with_versions(contents: &[u8], versions: &[u16]) -> Vec<u8> {
    let mut contents = contents.to_vec();
    // The items follow 34 bytes, each with type, size and version.
    for (version, item) in versions.iter().zip(contents[34..].chunks_exact_mut(6)) {
        item[4..].copy_from_slice(&version.to_le_bytes());
    }
    contents
}

#[test]
fn items_of_unknown_versions_are_named() {
    let format = PointFormat::new(3).unwrap();
    let header = Header::new(2, format, scaling());
    let known = Compression::new(format, 0, Chunking::Fixed(9)).unwrap();
    let read = |versions: &[u16]| {
        let contents = with_versions(&known.to_bytes(), versions);
        let compression = Compression::parse(&contents, &header).unwrap();
        let pool = Decompressors::default();
        pool.decompress(&compression, &[0; 40], 1, Layers::ALL, |_| {})
    };
    for versions in [[2, 2, 2], [1, 1, 1], [2, 1, 2]] {
        read(&versions).unwrap();
    }
    let error = read(&[2, 2, 3]).unwrap_err();
    assert!(matches!(error, LasError::Unsupported(_)), "{error}");
    assert!(error.to_string().contains("Rgb12 of version 3"), "{error}");
}

#[test]
fn a_compression_of_other_records_is_refused() {
    let six = PointFormat::SIX;
    let header = Header::new(4, six, scaling());
    for (format, extra) in [(0, 0), (7, 0), (6, 1)] {
        let format = PointFormat::new(format).unwrap();
        let other = Compression::new(format, extra, Chunking::Variable).unwrap();
        let error = Compression::parse(&other.to_bytes(), &header).unwrap_err();
        assert!(matches!(error, LasError::Corrupt { .. }), "{error}");
    }
    assert!(Compression::new(six, 65_536 - six.size(), Chunking::Variable).is_err());
    assert!(Compression::new(six, 0, Chunking::Whole).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_a_chunk_table_or_an_error(
        mut table in prop::collection::vec(any::<u8>(), 0..200),
        count in 0_u8..20,
        at in 0_u64..10_000,
        points in 0_u64..5_000,
        is_variable in any::<bool>(),
    ) {
        if table.len() > 8 {
            table[..8].copy_from_slice(&[0, 0, 0, 0, count, 0, 0, 0]);
        }
        let mut header = Header::new(2, PointFormat::new(0).unwrap(), scaling());
        header.points = points;
        let chunking = if is_variable { Chunking::Variable } else { Chunking::Fixed(100) };
        let compression = Compression::new(header.point_format, 0, chunking).unwrap();
        if let Ok(found) = ChunkTable::parse(&table, at, &header, &compression) {
            let sum: u64 = found.chunks().iter().map(|chunk| chunk.points).sum();
            prop_assert_eq!(sum, points);
            let mut end = u64::from(header.points_at) + 8;
            for chunk in found.chunks() {
                prop_assert!(chunk.at >= end && chunk.at + chunk.size <= at && chunk.points > 0);
                end = chunk.at + chunk.size;
            }
        }
    }

    #[test]
    fn a_damaged_file_is_read_or_an_error(
        format in 0_u8..=3,
        at in any::<prop::sample::Index>(),
        value in any::<u8>(),
    ) {
        let format = PointFormat::new(format).unwrap();
        let mut file = file(format, 2, Chunking::Fixed(60));
        let at = at.index(file.len() - 300) + 300;
        file[at] = value;
        // Either is right; what counts is that it comes back.
        let size = file.len() as u64;
        if let Ok(header) = Header::parse(&file, size)
            && let Ok(compression) = Compression::of_file(&header, &file)
            && let Ok(table) = ChunkTable::of_file(&file, &header, &compression)
        {
            let pool = Decompressors::default();
            for chunk in table.chunks() {
                let bytes = &file[chunk.at as usize..][..chunk.size as usize];
                let _ = pool.decompress(&compression, bytes, chunk.points, Layers::ALL, |_| {});
            }
        }
    }
}
