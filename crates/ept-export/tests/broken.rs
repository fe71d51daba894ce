//! A sink that failed once stays broken: whatever is asked of it later, it repeats its error.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use std::io::{self, Cursor, Seek, SeekFrom, Write};

use common::{SCALING, batch, coordinates, options, threads};
use ept_export::{
    CopcOptions, CopcSink, CsvSink, ExportError, FileInfo, LasSink, OctreeSink, PlySink, Sink,
};
use ept_format::{Bounds, Key};
use ept_points::{Column, PointBatch, Values};

/// An output that fails once, at the first write past a given size, and works again afterwards.
#[derive(Debug)]
struct Hiccup {
    file: Cursor<Vec<u8>>,
    fails_after: Option<usize>,
}

impl Hiccup {
    fn after(bytes: usize) -> Hiccup {
        Hiccup {
            file: Cursor::default(),
            fails_after: Some(bytes),
        }
    }
}

impl Write for Hiccup {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let end = self.file.position() as usize + bytes.len();
        if self.fails_after.is_some_and(|limit| end > limit) {
            self.fails_after = None;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Hiccup {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

fn copc() -> CopcOptions {
    CopcOptions {
        wkt: None,
        bounds: Bounds::new([637_000.0, 851_000.0, 0.0], [638_024.0, 852_024.0, 1024.0]).unwrap(),
        spacing: 1.0,
        threads: threads(2),
    }
}

fn empty() -> PointBatch {
    PointBatch::new(Vec::new()).unwrap()
}

fn info() -> FileInfo {
    FileInfo::default()
}

type Make = fn(Hiccup) -> Box<dyn Sink>;

/// Every sink there is, with a name for messages.
fn sinks() -> Vec<(&'static str, Make)> {
    let mut sinks: Vec<(&'static str, Make)> = vec![
        ("csv", |out| Box::new(CsvSink::new(out, Vec::new()))),
        ("las", |out| Box::new(LasSink::new(out, options(false)))),
        ("laz", |out| Box::new(LasSink::new(out, options(true)))),
        ("copc", |out| Box::new(CopcSink::new(out, copc()).unwrap())),
        ("octree", |out| {
            let scratch = || Ok(Cursor::new(Vec::new()));
            Box::new(OctreeSink::new(out, copc(), scratch).unwrap())
        }),
        ("ply", |out| Box::new(PlySink::new(out, info(), empty()))),
    ];
    sinks.extend(columnar());
    sinks
}

#[cfg(feature = "arrow")]
fn columnar() -> Vec<(&'static str, Make)> {
    vec![
        ("arrow file", |out| {
            Box::new(ept_export::ArrowSink::file(out, info(), empty()))
        }),
        ("arrow stream", |out| {
            Box::new(ept_export::ArrowSink::stream(out, info(), empty()))
        }),
        #[cfg(feature = "parquet")]
        ("parquet", |out| {
            Box::new(ept_export::ParquetSink::new(out, info(), empty()))
        }),
        #[cfg(feature = "parquet")]
        ("parquet on two threads", |out| {
            let sink = ept_export::ParquetSink::new(out, info(), empty());
            Box::new(sink.with_threads(threads(2)))
        }),
    ]
}

#[cfg(not(feature = "arrow"))]
fn columnar() -> Vec<(&'static str, Make)> {
    Vec::new()
}

/// The nodes of depth 4, in ascending order: more than any test needs.
fn nodes() -> impl Iterator<Item = Key> {
    (0..16).map(|x| Key::new(4, x, 0, 0).unwrap())
}

fn points(further: Option<(&str, Values)>) -> PointBatch {
    batch(Some(6), further.into_iter().collect())
}

/// Many points that compress badly.
fn cloud() -> PointBatch {
    let mut state = 1_u32;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 8) % below) as i32
    };
    let raw: Vec<[i32; 3]> = (0..60_000)
        .map(|_| [next(100_000), next(100_000), next(1_000_000)])
        .collect();
    PointBatch::new(coordinates(&raw))
        .unwrap()
        .with_storage(Some(SCALING), Some(6))
}

/// That the sink says again what it said first, to good points and at the end.
fn assert_broken(name: &str, mut sink: Box<dyn Sink>, first: &ExportError) {
    sink.describe("a note".into());
    for batch in [points(None), empty()] {
        let again = sink.write(Key::new(5, 31, 31, 31).unwrap().into(), &batch);
        let again = again.expect_err(name).to_string();
        assert_eq!(again, first.to_string(), "{name}, written to");
    }
    let end = sink.finish().expect_err(name);
    assert_eq!(end.to_string(), first.to_string(), "{name}, finished");
}

#[test]
fn a_sink_whose_output_failed_once_stays_broken() {
    for (name, make) in sinks() {
        for room in [0, 20, 300, 5000, 400_000] {
            let mut sink = make(Hiccup::after(room));
            let cloud = cloud();
            let mut results = nodes().map(|node| sink.write(node.into(), &cloud));
            // The octree writes its file at the end, where no later call can go wrong.
            match results.find_map(Result::err) {
                Some(first) => {
                    assert!(matches!(first, ExportError::Io(_)), "{name}: {first}");
                    drop(results);
                    assert_broken(name, sink, &first);
                }
                None => {
                    drop(results);
                    assert!(name == "octree", "{name} has room for all in {room} bytes");
                    assert!(sink.finish().is_err(), "{name} after {room}");
                }
            }
        }
    }
}

#[test]
fn a_sink_that_refused_points_stays_broken() {
    let bytes = |width: u16| Values::Bytes {
        width,
        data: vec![7; usize::from(width)],
    };
    let nowhere = || {
        let column = |name| Column::new(name, Values::F64(vec![f64::NAN]));
        PointBatch::new(["X", "Y", "Z"].map(column).into()).unwrap()
    };
    // One of these is refused by each sink, by most at the first points and by all at later ones.
    let refused: Vec<PointBatch> = vec![
        points(Some(("Big", Values::U64(vec![u64::MAX])))),
        points(Some(("Wide", bytes(256)))),
        points(Some(("ReturnNumber", Values::U8(vec![16])))),
        nowhere(),
        PointBatch::new(vec![Column::new("X", Values::F64(vec![1.0]))]).unwrap(),
    ];
    for (name, make) in sinks() {
        let mut refusals = [0, 0];
        for (later, count) in refusals.iter_mut().enumerate() {
            for batch in &refused {
                let mut sink = make(Hiccup::after(usize::MAX));
                if later == 1 {
                    sink.write(Key::ROOT.into(), &points(None)).unwrap();
                }
                if let Err(first) = sink.write(Key::new(1, 0, 0, 0).unwrap().into(), batch) {
                    *count += 1;
                    assert_broken(name, sink, &first);
                }
            }
        }
        // CSV and Arrow hold any first points.
        let takes_all = matches!(name, "csv" | "arrow file" | "arrow stream");
        assert!(refusals[0] > 0 || takes_all, "{name}");
        assert!(refusals[1] > 0, "{name}");
    }
}
