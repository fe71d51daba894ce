//! Record batches, and Arrow IPC files and streams as the `arrow-ipc` crate reads them.

#![cfg(feature = "arrow")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use std::io::Cursor;

use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::{FileReader, StreamReader};
use common::{File, batch, every_type};
use ept_export::{ArrowSink, ExportError, FileInfo, Sink, record_batch};
use ept_format::{Key, Srs};
use ept_points::{Column, PointBatch, Values};

fn info() -> FileInfo {
    FileInfo {
        srs: Srs {
            wkt: Some("LOCAL_CS[\"here\"]".into()),
            ..Srs::default()
        },
        note: Some("{}".into()),
    }
}

fn empty() -> PointBatch {
    PointBatch::new(vec![Column::new("A", Values::U16(vec![]))]).unwrap()
}

type Made = fn(File, FileInfo, PointBatch) -> ArrowSink<File>;

fn write(made: Made, batches: &[PointBatch]) -> Result<Vec<u8>, ExportError> {
    let file = File::default();
    let mut sink = Box::new(made(file.clone(), info(), empty()));
    for batch in batches {
        sink.write(Key::ROOT.into(), batch)?;
    }
    let points: usize = batches.iter().map(PointBatch::len).sum();
    assert_eq!(sink.finish()?, points as u64);
    Ok(file.contents())
}

fn read_file(file: Vec<u8>) -> Vec<RecordBatch> {
    let batches = FileReader::try_new(Cursor::new(file), None).unwrap();
    batches.map(Result::unwrap).collect()
}

fn read_stream(stream: Vec<u8>) -> Vec<RecordBatch> {
    let batches = StreamReader::try_new(Cursor::new(stream), None).unwrap();
    batches.map(Result::unwrap).collect()
}

#[test]
fn arrays_are_the_vectors_of_the_batch() {
    let points = every_type();
    let places: Vec<*const u8> = points
        .columns()
        .iter()
        .map(|column| match &column.values {
            Values::I8(v) => v.as_ptr().cast(),
            Values::I16(v) => v.as_ptr().cast(),
            Values::I32(v) => v.as_ptr().cast(),
            Values::I64(v) => v.as_ptr().cast(),
            Values::U8(v) => v.as_ptr(),
            Values::U16(v) => v.as_ptr().cast(),
            Values::U32(v) => v.as_ptr().cast(),
            Values::U64(v) => v.as_ptr().cast(),
            Values::F32(v) => v.as_ptr().cast(),
            Values::F64(v) => v.as_ptr().cast(),
            Values::Bytes { data, .. } => data.as_ptr(),
        })
        .collect();
    let rows = record_batch(points, &info()).unwrap();
    let found = rows.columns().iter();
    let found: Vec<*const u8> = found
        .map(|array| array.to_data().buffers()[0].as_ptr())
        .collect();
    assert_eq!(found, places);
    let schema = rows.schema();
    let text = |key: &str| schema.metadata().get(key).map(String::as_str);
    assert_eq!(text("ept:crs"), Some("LOCAL_CS[\"here\"]"));
    assert_eq!(text("ept:scale"), Some("[0.01,0.01,0.001]"));
    assert_eq!(text("ept:offset"), Some("[637000.0,851000.0,0.0]"));
    assert_eq!(text("ept:note"), Some("{}"));
}

#[test]
fn a_batch_without_columns_keeps_its_points() {
    let none = PointBatch::new(vec![]).unwrap();
    let rows = record_batch(none, &FileInfo::default()).unwrap();
    assert_eq!((rows.num_rows(), rows.num_columns()), (0, 0));
    assert!(rows.schema().metadata().is_empty());
}

#[test]
fn files_and_streams_hold_each_batch() {
    let batches = [every_type(), every_type()];
    let expected = batches
        .clone()
        .map(|points| record_batch(points, &info()).unwrap());
    assert_eq!(
        read_file(write(ArrowSink::file, &batches).unwrap()),
        expected
    );
    assert_eq!(
        read_stream(write(ArrowSink::stream, &batches).unwrap()),
        expected
    );
    for made in [ArrowSink::file, ArrowSink::stream] {
        assert_eq!(
            write(made, &batches).unwrap(),
            write(made, &batches).unwrap()
        );
    }
}

#[test]
fn without_points_there_is_a_schema() {
    let file = write(ArrowSink::file, &[]).unwrap();
    let reader = FileReader::try_new(Cursor::new(file), None).unwrap();
    assert_eq!(reader.schema().field(0).name(), "A");
    assert_eq!(reader.num_batches(), 0);
    assert!(read_stream(write(ArrowSink::stream, &[]).unwrap()).is_empty());
}

#[test]
fn later_points_follow_the_first() {
    let first = batch(
        None,
        vec![("A", Values::U16(vec![1])), ("B", Values::F32(vec![0.5]))],
    );
    let other = batch(
        None,
        vec![
            ("B", Values::F64(vec![0.25])),
            ("A", Values::I64(vec![65535])),
        ],
    );
    let fewer = batch(None, vec![("A", Values::U8(vec![7]))]);
    let rows = read_file(write(ArrowSink::file, &[first.clone(), other, fewer]).unwrap());
    let expected = batch(
        None,
        vec![
            ("A", Values::U16(vec![65535])),
            ("B", Values::F32(vec![0.25])),
        ],
    );
    assert_eq!(rows[1], record_batch(expected, &info()).unwrap());
    assert_eq!(rows[2].column_by_name("B").unwrap().null_count(), 1);

    let large = batch(None, vec![("A", Values::I32(vec![-1]))]);
    let error = write(ArrowSink::file, &[first.clone(), large]).unwrap_err();
    assert_eq!(error.to_string(), "A -1 does not fit its field (uint16)");
    let more = batch(None, vec![("C", Values::U8(vec![0]))]);
    let error = write(ArrowSink::file, &[first.clone(), more]).unwrap_err();
    assert!(matches!(error, ExportError::NewDimension(new) if new == "C"));
    let bytes = Values::Bytes {
        width: 2,
        data: vec![0; 2],
    };
    let error = write(ArrowSink::file, &[first, batch(None, vec![("A", bytes)])]).unwrap_err();
    assert!(matches!(error, ExportError::Type { .. }));
}
