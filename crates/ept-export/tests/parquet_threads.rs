//! GeoParquet files whose row groups are encoded on several threads.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Float64Type, UInt16Type};
use bytes::Bytes;
use ept_export::{ExportError, FileInfo, ParquetSink, Sink};
use ept_format::Key;
use ept_points::{Column, PointBatch, Values};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use crate::common::{File, Full, coordinates, threads};

/// Numbers that look random, the same in each run.
struct Numbers(u32);

impl Numbers {
    fn below(&mut self, limit: i32) -> i32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((self.0 >> 8) % limit as u32) as i32
    }
}

/// Nodes of very different sizes. Every third lacks the intensity.
fn nodes() -> Vec<PointBatch> {
    let mut numbers = Numbers(7);
    let sizes = [70_000, 20_000, 9, 30_000, 20_000, 1, 66_000, 0, 65_536, 5];
    let nodes = sizes.into_iter().enumerate().map(|(at, size)| {
        let raw: Vec<[i32; 3]> = (0..size)
            .map(|_| [1 << 20, 1 << 20, 1 << 16].map(|limit| numbers.below(limit)))
            .collect();
        let mut columns = coordinates(&raw);
        if at % 3 != 2 {
            let values = (0..size).map(|_| numbers.below(1 << 16) as u16);
            columns.push(Column::new("Intensity", Values::U16(values.collect())));
        }
        PointBatch::new(columns).unwrap()
    });
    nodes.collect()
}

fn sink<W: io::Write + Send>(out: W, number: usize) -> Box<ParquetSink<W>> {
    let empty = PointBatch::new(coordinates(&[])).unwrap();
    let sink = ParquetSink::new(out, FileInfo::default(), empty);
    Box::new(sink.with_threads(threads(number)))
}

fn write(nodes: &[PointBatch], threads: usize) -> Bytes {
    let file = File::default();
    let mut sink = sink(file.clone(), threads);
    for node in nodes {
        sink.write(Key::ROOT.into(), node).unwrap();
    }
    let points: usize = nodes.iter().map(PointBatch::len).sum();
    assert_eq!(sink.finish().unwrap(), points as u64);
    file.contents().into()
}

/// The values of a column, `None` for nulls.
fn column<T: ArrowPrimitiveType>(rows: &[RecordBatch], name: &str) -> Vec<Option<T::Native>> {
    let columns = rows.iter().map(|rows| rows.column_by_name(name).unwrap());
    let values = columns.flat_map(|column| column.as_primitive::<T>().iter());
    values.collect()
}

#[test]
fn threads_leave_no_trace() {
    let nodes = nodes();
    let file = write(&nodes, 1);
    for threads in [1, 2, 8] {
        assert!(write(&nodes, threads) == file, "{threads} threads");
    }
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let metadata = reader.metadata().file_metadata().clone();
    let rows: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();

    let axes: [fn(&PointBatch) -> &[f64]; 3] = [
        |node| node.x().unwrap(),
        |node| node.y().unwrap(),
        |node| node.z().unwrap(),
    ];
    let axes = axes.map(|axis| nodes.iter().flat_map(axis).copied().collect::<Vec<f64>>());
    for (name, axis) in ["X", "Y", "Z"].into_iter().zip(&axes) {
        let found = column::<Float64Type>(&rows, name);
        assert!(
            found.into_iter().eq(axis.iter().copied().map(Some)),
            "{name}"
        );
    }
    let intensities = nodes
        .iter()
        .flat_map(|node| match node.values("Intensity") {
            Some(Values::U16(values)) => values.iter().copied().map(Some).collect(),
            _ => vec![None; node.len()],
        });
    assert!(intensities.eq(column::<UInt16Type>(&rows, "Intensity")));
    let geometries = rows.iter().flat_map(|rows| {
        let points = rows.column_by_name("geometry").unwrap();
        points.as_binary::<i32>().iter().map(|wkb| {
            let places = wkb.unwrap()[5..].chunks_exact(8);
            let places = places.map(|place| f64::from_le_bytes(place.try_into().unwrap()));
            <[f64; 3]>::try_from(places.collect::<Vec<f64>>()).unwrap()
        })
    });
    assert!(geometries.eq((0..axes[0].len()).map(|at| [0, 1, 2].map(|axis| axes[axis][at]))));

    let pairs = metadata.key_value_metadata().unwrap();
    let geo = pairs.iter().find(|pair| pair.key == "geo").unwrap();
    let geo: Value = serde_json::from_str(geo.value.as_ref().unwrap()).unwrap();
    let least = axes
        .each_ref()
        .map(|axis| axis.iter().copied().fold(f64::MAX, f64::min));
    let most = axes
        .each_ref()
        .map(|axis| axis.iter().copied().fold(f64::MIN, f64::max));
    assert_eq!(
        geo["columns"]["geometry"]["bbox"],
        json!([least, most].concat())
    );
}

#[test]
fn an_output_that_is_full_is_an_error_on_any_number_of_threads() {
    let nodes = nodes();
    for number in [1, 2, 8] {
        for room in [0, 3, 10_000, 2_000_000] {
            let mut sink = sink(Full::after(room), number);
            let mut written = nodes.iter().map(|node| sink.write(Key::ROOT.into(), node));
            let first = written.find_map(Result::err);
            let later: Vec<_> = written.collect();
            let last = sink.finish().unwrap_err();
            assert!(
                matches!(last, ExportError::Io(_)),
                "{number}, {room}: {last}"
            );
            // The first error, if a call before the last had to wait for what does not fit, is that of all later calls.
            if let Some(first) = first {
                for later in later {
                    assert_eq!(later.unwrap_err().to_string(), first.to_string());
                }
                assert_eq!(last.to_string(), first.to_string());
            }
        }
    }
}

#[test]
fn what_was_written_before_a_refusal_does_not_depend_on_threads() {
    let nodes = nodes();
    let new = Column::new("New", Values::U8(vec![0; nodes[0].len()]));
    let refused = nodes[0].clone().with_column(new).unwrap();
    let written = |threads: usize| {
        let file = File::default();
        let mut sink = sink(file.clone(), threads);
        for node in &nodes[..8] {
            sink.write(Key::ROOT.into(), node).unwrap();
        }
        let error = sink.write(Key::ROOT.into(), &refused).unwrap_err();
        assert!(matches!(error, ExportError::NewDimension(_)), "{error}");
        drop(sink);
        file.contents()
    };
    let bytes = written(1);
    // The first row groups of the whole file.
    assert!(bytes.len() > 100_000);
    assert!(write(&nodes, 1).starts_with(&bytes));
    for threads in [2, 8] {
        assert!(written(threads) == bytes, "{threads} threads");
    }
}
