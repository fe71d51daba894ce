//! Sequential chunks, and what the `laz` crate makes of them.
#![allow(dead_code, reason = "not every test uses all")]

mod points;
mod v1;

use std::panic::{AssertUnwindSafe, catch_unwind};

use ept_laz::{Item, Kind};
use laz::las;
use laz::record::{
    RecordCompressor, RecordDecompressor, SequentialPointRecordCompressor,
    SequentialPointRecordDecompressor,
};
pub(crate) use points::Points;
pub(crate) use points::{items, points};

/// The chunk of these records.
pub(crate) fn compress(items: &[Item], records: &[u8]) -> Vec<u8> {
    let mut all = SequentialPointRecordCompressor::new(Vec::new());
    for item in items {
        match (item.kind, item.version) {
            (Kind::Point10, 1) => all.add_field_compressor(v1::Point::default()),
            (Kind::Point10, 2) => all.add_field_compressor(las::v2::LasPoint0Compressor::default()),
            (Kind::GpsTime, 1) => all.add_field_compressor(v1::GpsTime::default()),
            (Kind::GpsTime, 2) => all.add_field_compressor(las::v2::GpsTimeCompressor::default()),
            (Kind::Rgb12, 1) => all.add_field_compressor(v1::Rgb::default()),
            (Kind::Rgb12, 2) => all.add_field_compressor(las::v2::LasRGBCompressor::default()),
            (Kind::WavePacket13, _) => {
                all.add_field_compressor(las::v1::LasWavepacketCompressor::default());
            }
            (Kind::Bytes(count), 1) => all.add_field_compressor(v1::Bytes::new(count.into())),
            (Kind::Bytes(count), 2) => {
                all.add_field_compressor(las::v2::LasExtraByteCompressor::new(count.into()));
            }
            _ => panic!("{item} is not sequential"),
        }
    }
    all.compress_many(records).expect("room for all");
    all.done().expect("room for all");
    Box::new(all).box_into_inner()
}

/// What `laz` makes of a chunk.
pub(crate) enum Found {
    Records(Vec<u8>),
    Error,
    /// It panics, or does not read these items as LASzip does: version 1 of colours and of extra bytes.
    Nothing,
}

/// The records of a chunk, if it has that many.
pub(crate) fn decompress(items: &[Item], chunk: &[u8], length: usize) -> Found {
    let mut all = SequentialPointRecordDecompressor::new(chunk);
    for item in items {
        match (item.kind, item.version) {
            (Kind::Point10, 1) => {
                all.add_field_decompressor(las::v1::LasPoint0Decompressor::default());
            }
            (Kind::Point10, 2) => {
                all.add_field_decompressor(las::v2::LasPoint0Decompressor::default());
            }
            (Kind::GpsTime, 1) => {
                all.add_field_decompressor(las::v1::LasGpsTimeDecompressor::default());
            }
            (Kind::GpsTime, 2) => {
                all.add_field_decompressor(las::v2::GpsTimeDecompressor::default());
            }
            (Kind::Rgb12, 2) => {
                all.add_field_decompressor(las::v2::LasRGBDecompressor::default());
            }
            (Kind::WavePacket13, _) => {
                all.add_field_decompressor(las::v1::LasWavepacketDecompressor::default());
            }
            (Kind::Bytes(count), 2) => {
                all.add_field_decompressor(las::v2::LasExtraByteDecompressor::new(count.into()));
            }
            _ => return Found::Nothing,
        }
    }
    let mut records = vec![0; length];
    match catch_unwind(AssertUnwindSafe(|| all.decompress_many(&mut records))) {
        Ok(Ok(())) => Found::Records(records),
        Ok(Err(_)) => Found::Error,
        Err(_) => Found::Nothing,
    }
}
