//! What the tests share: the committed datasets, and LAS and LAZ files made in memory.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{Cursor, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use ept_format::{Bounds, Key, Metadata};
use ept_points::{Decoder, PointBatch, Values};
use las::raw;
use laz::{LasZipCompressor, LazVlr, LazVlrBuilder};
use serde_json::Value;

/// A committed dataset and what its independent generator says of it.
pub(crate) struct Fixture {
    pub(crate) name: String,
    pub(crate) metadata: Metadata,
    pub(crate) truth: Value,
    folder: PathBuf,
}

impl Fixture {
    /// All of them, by name.
    pub(crate) fn all() -> Vec<Fixture> {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata"));
        let mut names: Vec<String> = fs::read_dir(root)
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().join("truth.json").is_file())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert!(names.len() >= 15, "{names:?}");
        names.iter().map(|name| Fixture::named(name)).collect()
    }

    pub(crate) fn named(name: &str) -> Fixture {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata"));
        let folder = root.join(name);
        let metadata = fs::read(folder.join("ept.json")).unwrap();
        let truth = fs::read(folder.join("truth.json")).unwrap();
        Fixture {
            name: name.to_owned(),
            metadata: Metadata::from_json(&metadata).unwrap(),
            truth: serde_json::from_slice(&truth).unwrap(),
            folder,
        }
    }

    /// The nodes that have points, ascending.
    pub(crate) fn nodes(&self) -> Vec<(Key, u64)> {
        let nodes = self.truth["nodes"].as_object().unwrap().iter();
        let mut nodes: Vec<(Key, u64)> = nodes
            .map(|(key, points)| (key.parse().unwrap(), points.as_u64().unwrap()))
            .collect();
        nodes.sort_unstable();
        nodes
    }

    pub(crate) fn tile(&self, key: Key) -> Vec<u8> {
        fs::read(self.folder.join(self.metadata.tile_path(key))).unwrap()
    }

    /// The node of the most points: its number of points and its tile.
    pub(crate) fn largest(&self) -> (u64, Vec<u8>) {
        let nodes = self.nodes().into_iter();
        let (key, points) = nodes.max_by_key(|(_, points)| *points).unwrap();
        (points, self.tile(key))
    }

    /// Names of the dimensions that the tiles have.
    pub(crate) fn dimensions(&self) -> Vec<String> {
        let dimensions = self.truth["dimensions"].as_object().unwrap();
        dimensions.keys().cloned().collect()
    }
}

/// A laszip dataset with nothing in its schema but coordinates.
pub(crate) fn laszip() -> Metadata {
    Metadata::from_json(
        br#"{"bounds": [0, 0, 0, 1000, 1000, 1000], "span": 128, "dataType": "laszip",
        "schema": [{"name": "X", "type": "signed", "size": 4, "scale": 0.01},
            {"name": "Y", "type": "signed", "size": 4, "scale": 0.01},
            {"name": "Z", "type": "signed", "size": 4, "scale": 0.01}]}"#,
    )
    .unwrap()
}

/// A binary or zstandard dataset of that schema.
pub(crate) fn by_schema(data_type: &str, schema: &Value) -> Metadata {
    let text = serde_json::json!({
        "bounds": [0, 0, 0, 1000, 1000, 1000], "span": 128, "dataType": data_type, "schema": schema,
    });
    Metadata::from_json(text.to_string().as_bytes()).unwrap()
}

pub(crate) fn bounds(min: [f64; 3], max: [f64; 3]) -> Bounds {
    Bounds::new(min, max).unwrap()
}

pub(crate) fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A decoder of these dimensions.
pub(crate) fn only(metadata: &Metadata, names: &[&str]) -> Decoder {
    Decoder::new(metadata).with_dimensions(strings(names))
}

pub(crate) fn names(batch: &PointBatch) -> Vec<&str> {
    batch.columns().iter().map(|column| &*column.name).collect()
}

/// The points of a batch that lie in the box: the clip as it is defined.
pub(crate) fn filtered(batch: &PointBatch, bounds: &Bounds) -> PointBatch {
    let each = batch
        .x()
        .unwrap()
        .iter()
        .zip(batch.y().unwrap())
        .zip(batch.z().unwrap());
    let mask: Vec<bool> = each
        .map(|((x, y), z)| bounds.contains([*x, *y, *z]))
        .collect();
    let mut batch = batch.clone();
    batch.retain(&mask);
    batch
}

/// Values as their little-endian bytes, one point after another.
pub(crate) fn bytes(values: &Values) -> Vec<u8> {
    match values {
        Values::I8(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::I16(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::I32(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::I64(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::U8(v) => v.clone(),
        Values::U16(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::U32(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::U64(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::F32(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::F64(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::Bytes { data, .. } => data.clone(),
    }
}

/// Numbers that look random and are the same on every run (`SplitMix64`).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// Bytes of a record of each point format (LAS 1.4 R15, tables 7 to 17).
pub(crate) const RECORD: [usize; 11] = [20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67];

/// Records of a point format in which every byte varies; GPS times and waveform floats are numbers.
pub(crate) fn records(format: u8, extra: usize, points: usize) -> Vec<u8> {
    let mut random = Random(u64::from(format) + 1);
    let size = RECORD[usize::from(format)];
    let mut records = Vec::new();
    for at in 0..points {
        let mut record: Vec<u8> = (0..size + extra).map(|_| random.next() as u8).collect();
        for (axis, step) in [7, -3, 11].into_iter().enumerate() {
            let noise = random.below(50) as i32;
            let stored = at as i32 * step + noise;
            record[axis * 4..axis * 4 + 4].copy_from_slice(&stored.to_le_bytes());
        }
        if let Some(time) = gps_time_at(format) {
            let seconds = 3e8 + at as f64 * 0.001 + random.below(1000) as f64 * 1e-7;
            record[time..time + 8].copy_from_slice(&seconds.to_le_bytes());
        }
        if let Some(waveform) = waveform_at(format) {
            // The compressor of `laz` takes the differences of offsets for 64-bit signed numbers.
            let offset = at as u64 * 256 + random.below(3) as u64 * 1_000_000;
            record[waveform + 1..waveform + 9].copy_from_slice(&offset.to_le_bytes());
            for (i, place) in [13, 17, 21, 25].into_iter().enumerate() {
                let number = random.below(1000) as f32 / 8.0 - i as f32;
                let place = waveform + place;
                record[place..place + 4].copy_from_slice(&number.to_le_bytes());
            }
        }
        records.extend(record);
    }
    records
}

pub(crate) fn gps_time_at(format: u8) -> Option<usize> {
    match format {
        0 | 2 => None,
        1 | 3 | 4 | 5 => Some(20),
        _ => Some(22),
    }
}

pub(crate) fn waveform_at(format: u8) -> Option<usize> {
    match format {
        4 => Some(28),
        5 => Some(34),
        9 => Some(30),
        10 => Some(38),
        _ => None,
    }
}

/// How the points of a file are stored.
#[derive(Debug, Clone)]
pub(crate) enum Storage {
    Uncompressed,
    /// Chunks of so many points.
    Fixed(u32),
    /// Chunks of these sizes.
    Variable(Vec<usize>),
}

/// A LAS or LAZ file to be made: its header by `las::raw`, its points by `laz`.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) format: u8,
    pub(crate) minor: u8,
    /// Bytes of a record beyond the point format's own.
    pub(crate) extra: usize,
    pub(crate) records: Vec<u8>,
    pub(crate) storage: Storage,
    /// Variable length records beside that of LASzip: user, id, contents.
    pub(crate) vlrs: Vec<(&'static str, u16, Vec<u8>)>,
    pub(crate) scale: [f64; 3],
    pub(crate) offset: [f64; 3],
    /// Whether the header has its count in the old field, in that of LAS 1.4, or both.
    pub(crate) counts: [bool; 2],
    /// Leaves the place of the chunk table at the end, as a writer does that cannot seek back.
    pub(crate) table_place_at_end: bool,
}

impl File {
    pub(crate) fn new(format: u8, points: usize) -> File {
        File {
            format,
            minor: match format {
                0..=3 => 2,
                4 | 5 => 3,
                _ => 4,
            },
            extra: 0,
            records: records(format, 0, points),
            storage: Storage::Fixed(50_000),
            vlrs: Vec::new(),
            scale: [0.01, 0.01, 0.001],
            offset: [100.0, 200.0, -50.0],
            counts: if format < 6 {
                [true, false]
            } else {
                [false, true]
            },
            table_place_at_end: false,
        }
    }

    pub(crate) fn with_extra(mut self, extra: usize, vlr: Vec<u8>) -> File {
        let points = self.points();
        self.extra = extra;
        self.records = records(self.format, extra, points);
        self.vlrs.push(("LASF_Spec", 4, vlr));
        self
    }

    pub(crate) fn stored(mut self, storage: Storage) -> File {
        self.storage = storage;
        self
    }

    pub(crate) fn record(&self) -> usize {
        RECORD[usize::from(self.format)] + self.extra
    }

    pub(crate) fn points(&self) -> usize {
        self.records.len() / self.record()
    }

    /// The bytes of the file.
    pub(crate) fn build(&self) -> Vec<u8> {
        let laz = self.laz_vlr();
        let mut vlrs = self.vlrs.clone();
        if let Some(laz) = &laz {
            let mut data = Vec::new();
            laz.write_to(&mut data).unwrap();
            vlrs.push((LazVlr::USER_ID, LazVlr::RECORD_ID, data));
        }
        let header = self.header(&vlrs);
        let mut file = Cursor::new(Vec::new());
        header.write_to(&mut file).unwrap();
        for (user, id, data) in vlrs {
            let mut user_id = [0; 16];
            user_id[..user.len()].copy_from_slice(user.as_bytes());
            let vlr = raw::Vlr {
                user_id,
                record_id: id,
                record_length_after_header: raw::vlr::RecordLength::Vlr(data.len() as u16),
                data,
                ..raw::Vlr::default()
            };
            vlr.write_to(&mut file).unwrap();
        }
        let start = file.position();
        assert_eq!(start, u64::from(header.offset_to_point_data));
        let Some(laz) = laz else {
            file.write_all(&self.records).unwrap();
            return file.into_inner();
        };
        let mut compressor = LasZipCompressor::new(&mut file, laz).unwrap();
        match &self.storage {
            Storage::Variable(sizes) => {
                let mut rest = &self.records[..];
                let chunks = sizes.iter().map(|size| {
                    let (chunk, after) = rest.split_at(size * self.record());
                    rest = after;
                    chunk
                });
                let chunks: Vec<&[u8]> = chunks.collect();
                assert!(rest.is_empty(), "the chunks do not hold all points");
                compressor.compress_chunks(chunks).unwrap();
            }
            _ => compressor.compress_many(&self.records).unwrap(),
        }
        compressor.done().unwrap();
        drop(compressor);
        if self.table_place_at_end {
            let place = file.get_ref()[start as usize..][..8].to_vec();
            file.seek(SeekFrom::Start(start)).unwrap();
            file.write_all(&(-1_i64).to_le_bytes()).unwrap();
            file.seek(SeekFrom::End(0)).unwrap();
            file.write_all(&place).unwrap();
        }
        file.into_inner()
    }

    fn laz_vlr(&self) -> Option<LazVlr> {
        let builder = LazVlrBuilder::default()
            .with_point_format(self.format, self.extra as u16)
            .unwrap();
        match self.storage {
            Storage::Uncompressed => None,
            Storage::Fixed(size) => Some(builder.with_fixed_chunk_size(size).build()),
            Storage::Variable(_) => Some(builder.with_variable_chunk_size().build()),
        }
    }

    fn header(&self, vlrs: &[(&str, u16, Vec<u8>)]) -> raw::Header {
        let version = las::Version::new(1, self.minor);
        let is_compressed = !matches!(self.storage, Storage::Uncompressed);
        let in_vlrs: usize = vlrs.iter().map(|(_, _, data)| 54 + data.len()).sum();
        let [old, new] = self
            .counts
            .map(|is_there| if is_there { self.points() } else { 0 });
        raw::Header {
            version,
            header_size: version.header_size(),
            offset_to_point_data: u32::from(version.header_size()) + in_vlrs as u32,
            number_of_variable_length_records: vlrs.len() as u32,
            point_data_record_format: self.format | if is_compressed { 0x80 } else { 0 },
            point_data_record_length: self.record() as u16,
            number_of_point_records: old as u32,
            x_scale_factor: self.scale[0],
            y_scale_factor: self.scale[1],
            z_scale_factor: self.scale[2],
            x_offset: self.offset[0],
            y_offset: self.offset[1],
            z_offset: self.offset[2],
            large_file: Some(raw::header::LargeFile {
                number_of_point_records: new as u64,
                number_of_points_by_return: [0; 15],
            }),
            ..raw::Header::default()
        }
    }
}

/// A descriptor of extra bytes (LAS 1.4 R15, table 24).
pub(crate) fn descriptor(code: u8, options: u8, name: &str) -> Vec<u8> {
    let mut descriptor = vec![0; 192];
    descriptor[2] = code;
    descriptor[3] = options;
    descriptor[4..4 + name.len()].copy_from_slice(name.as_bytes());
    descriptor
}
