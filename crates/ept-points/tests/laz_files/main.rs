//! LAS and LAZ files of every point format, made record by record and written by the `laz` crate.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chunks;
mod extra_bytes;
mod formats;
mod headers;

use crate::common;

use ept_points::{Decoder, PointBatch};

use common::{File, bytes, gps_time_at, laszip, waveform_at};

fn decode(file: &File) -> PointBatch {
    let tile = file.build();
    Decoder::new(&laszip())
        .decode(file.points() as u64, &tile)
        .unwrap()
}

/// The columns of records by the tables of LAS 1.4 R15: name, and the bytes of the values.
fn by_the_tables(file: &File) -> Vec<(&'static str, Vec<u8>)> {
    let format = file.format;
    let records: Vec<&[u8]> = file.records.chunks(file.record()).collect();
    let plain = |at: usize, size: usize| -> Vec<u8> {
        records
            .iter()
            .flat_map(|r| r[at..at + size].to_vec())
            .collect()
    };
    let bits = |at: usize, first: u8, count: u8| -> Vec<u8> {
        records
            .iter()
            .map(|r| (r[at] >> first) & ((1_u16 << count) - 1) as u8)
            .collect()
    };
    let coordinate = |axis: usize| -> Vec<u8> {
        let values = records.iter().map(|r| {
            let stored = i32::from_le_bytes(r[axis * 4..axis * 4 + 4].try_into().unwrap());
            f64::from(stored) * file.scale[axis] + file.offset[axis]
        });
        values.flat_map(f64::to_le_bytes).collect()
    };
    let mut columns = vec![
        ("X", coordinate(0)),
        ("Y", coordinate(1)),
        ("Z", coordinate(2)),
        ("Intensity", plain(12, 2)),
        ("UserData", plain(17, 1)),
    ];
    if format < 6 {
        let angles = records.iter().map(|r| f32::from(r[16] as i8));
        columns.extend([
            ("ReturnNumber", bits(14, 0, 3)),
            ("NumberOfReturns", bits(14, 3, 3)),
            ("ScanDirectionFlag", bits(14, 6, 1)),
            ("EdgeOfFlightLine", bits(14, 7, 1)),
            ("Classification", bits(15, 0, 5)),
            ("Synthetic", bits(15, 5, 1)),
            ("KeyPoint", bits(15, 6, 1)),
            ("Withheld", bits(15, 7, 1)),
            ("ScanAngleRank", angles.flat_map(f32::to_le_bytes).collect()),
            ("PointSourceId", plain(18, 2)),
        ]);
    } else {
        let angles = records.iter().map(|r| {
            let steps = i16::from_le_bytes([r[18], r[19]]);
            (f64::from(steps) * 0.006) as f32
        });
        columns.extend([
            ("ReturnNumber", bits(14, 0, 4)),
            ("NumberOfReturns", bits(14, 4, 4)),
            ("Synthetic", bits(15, 0, 1)),
            ("KeyPoint", bits(15, 1, 1)),
            ("Withheld", bits(15, 2, 1)),
            ("Overlap", bits(15, 3, 1)),
            ("ScanChannel", bits(15, 4, 2)),
            ("ScanDirectionFlag", bits(15, 6, 1)),
            ("EdgeOfFlightLine", bits(15, 7, 1)),
            ("Classification", plain(16, 1)),
            ("ScanAngleRank", angles.flat_map(f32::to_le_bytes).collect()),
            ("PointSourceId", plain(20, 2)),
        ]);
    }
    if let Some(at) = gps_time_at(format) {
        columns.push(("GpsTime", plain(at, 8)));
    }
    let colours = match format {
        2 => Some(20),
        3 | 5 => Some(28),
        7 | 8 | 10 => Some(30),
        _ => None,
    };
    if let Some(at) = colours {
        columns.extend([
            ("Red", plain(at, 2)),
            ("Green", plain(at + 2, 2)),
            ("Blue", plain(at + 4, 2)),
        ]);
    }
    if matches!(format, 8 | 10) {
        columns.push(("Infrared", plain(36, 2)));
    }
    if let Some(at) = waveform_at(format) {
        columns.extend([
            ("WavePacketDescriptorIndex", plain(at, 1)),
            ("WaveformDataOffset", plain(at + 1, 8)),
            ("WaveformPacketSize", plain(at + 9, 4)),
            ("ReturnPointWaveformLocation", plain(at + 13, 4)),
            ("WaveformXt", plain(at + 17, 4)),
            ("WaveformYt", plain(at + 21, 4)),
            ("WaveformZt", plain(at + 25, 4)),
        ]);
    }
    columns.sort_unstable();
    columns
}

fn columns(batch: &PointBatch) -> Vec<(&str, Vec<u8>)> {
    let each = batch.columns().iter();
    let mut columns: Vec<_> = each.map(|c| (&*c.name, bytes(&c.values))).collect();
    columns.sort_unstable();
    columns
}
