//! What the tests of LAS share: a file in memory, written by the sink and read by the `las` crate.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{self, Cursor, Seek, SeekFrom, Write};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use ept_export::{ExportError, LasOptions, LasSink, Sink};
use ept_format::Bounds;
use ept_format::Key;
use ept_points::{Column, PointBatch, Scaling, Values};

pub(crate) const SCALING: Scaling = Scaling {
    scale: [0.01, 0.01, 0.001],
    offset: [637_000.0, 851_000.0, 0.0],
};

/// A file that stays readable when the sink that owns it is gone.
#[derive(Debug, Clone, Default)]
pub(crate) struct File(Arc<Mutex<Cursor<Vec<u8>>>>);

impl File {
    pub(crate) fn contents(&self) -> Vec<u8> {
        self.0.lock().unwrap().get_ref().clone()
    }
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for File {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.lock().unwrap().seek(to)
    }
}

/// An output that has no room after a number of bytes.
#[derive(Debug)]
pub(crate) struct Full(Cursor<Vec<u8>>, usize);

impl Full {
    pub(crate) fn after(bytes: usize) -> Full {
        Full(Cursor::default(), bytes)
    }
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.get_ref().len() + bytes.len() > self.1 {
            true => Err(io::ErrorKind::StorageFull.into()),
            false => self.0.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Full {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

pub(crate) fn options(compressed: bool) -> LasOptions {
    LasOptions {
        compressed,
        wkt: None,
        bounds: Bounds::new([0.0; 3], [1000.0, 1000.0, 100.0]).unwrap(),
        threads: threads(2),
    }
}

pub(crate) fn threads(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).unwrap()
}

pub(crate) fn write(options: LasOptions, batches: &[PointBatch]) -> Result<Vec<u8>, ExportError> {
    let file = File::default();
    let mut sink: Box<dyn Sink> = Box::new(LasSink::new(file.clone(), options));
    for batch in batches {
        sink.write(Key::ROOT.into(), batch)?;
    }
    let points: usize = batches.iter().map(PointBatch::len).sum();
    assert_eq!(sink.finish()?, points as u64);
    Ok(file.contents())
}

pub(crate) fn read(file: &[u8]) -> (las::Header, las::PointData) {
    let mut reader = las::Reader::new(Cursor::new(file.to_vec())).unwrap();
    let points = reader.read_all().unwrap();
    (reader.header().clone(), points)
}

/// Columns X, Y and Z of integers by [`SCALING`].
pub(crate) fn coordinates(raw: &[[i32; 3]]) -> Vec<Column> {
    let axis = |axis: usize| {
        let coordinate =
            |raw: &[i32; 3]| f64::from(raw[axis]) * SCALING.scale[axis] + SCALING.offset[axis];
        Values::F64(raw.iter().map(coordinate).collect())
    };
    ["X", "Y", "Z"]
        .into_iter()
        .zip([axis(0), axis(1), axis(2)])
        .map(|(name, values)| Column::new(name, values))
        .collect()
}

/// A batch of points at (0, 0, 0), (1, 1, 1), ... steps, with further columns.
pub(crate) fn batch(point_format: Option<u8>, columns: Vec<(&str, Values)>) -> PointBatch {
    let len = columns.first().map_or(1, |(_, values)| values.len());
    let raw: Vec<[i32; 3]> = (0..len as i32).map(|i| [i; 3]).collect();
    let further = columns
        .into_iter()
        .map(|(name, values)| Column::new(name, values));
    let columns = coordinates(&raw).into_iter().chain(further).collect();
    let batch = PointBatch::new(columns).unwrap();
    batch.with_storage(Some(SCALING), point_format)
}

/// A batch of two points with a column of every type.
pub(crate) fn every_type() -> PointBatch {
    let columns = vec![
        ("a", Values::U8(vec![0, u8::MAX])),
        ("b", Values::I8(vec![i8::MIN, i8::MAX])),
        ("c", Values::U16(vec![0, u16::MAX])),
        ("d", Values::I16(vec![i16::MIN, i16::MAX])),
        ("e", Values::U32(vec![0, u32::MAX])),
        ("f", Values::I32(vec![i32::MIN, i32::MAX])),
        ("g", Values::U64(vec![0, u64::MAX])),
        ("h", Values::I64(vec![i64::MIN, i64::MAX])),
        ("i", Values::F32(vec![-0.1, f32::INFINITY])),
        ("j", Values::F64(vec![f64::MIN_POSITIVE, -0.0])),
        (
            "k",
            Values::Bytes {
                width: 3,
                data: vec![1, 2, 3, 4, 5, 6],
            },
        ),
    ];
    batch(None, columns)
}
