//! `ept query` to PLY, Arrow and GeoParquet, compared with its own CSV.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::fs::File;
use std::io::Cursor;
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt16Type};
use arrow_ipc::reader::{FileReader, StreamReader};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use support::{ept, fixture, testdata, truth};

fn query(name: &str, out: &Path, more: &[&str]) {
    let location = fixture(name);
    let args = ["query", "-q", &location, "-o", out.to_str().unwrap()];
    ept(&[&args[..], more].concat()).ends_with(0);
}

fn parquet(path: &Path) -> Vec<RecordBatch> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    builder.build().unwrap().map(Result::unwrap).collect()
}

fn arrow(path: &Path) -> Vec<RecordBatch> {
    let batches = FileReader::try_new(File::open(path).unwrap(), None).unwrap();
    batches.map(Result::unwrap).collect()
}

fn column(rows: &[RecordBatch], name: &str) -> Vec<f64> {
    let values = rows.iter().flat_map(|rows| {
        let column = rows.column_by_name(name).unwrap();
        match column.as_primitive_opt::<Float64Type>() {
            Some(column) => column.values().to_vec(),
            None => {
                let column = column.as_primitive::<UInt16Type>();
                column
                    .values()
                    .iter()
                    .map(|value| f64::from(*value))
                    .collect()
            }
        }
    });
    values.collect()
}

#[test]
fn arrow_and_parquet_hold_what_csv_does() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    for name in ["t.csv", "t.arrow", "t.parquet"] {
        query("terrain", &file(name), &[]);
    }
    let csv = std::fs::read_to_string(file("t.csv")).unwrap();
    let (head, lines) = csv.split_once('\n').unwrap();
    for rows in [arrow(&file("t.arrow")), parquet(&file("t.parquet"))] {
        let schema = rows[0].schema();
        let names: Vec<&str> = schema
            .fields()
            .iter()
            .map(|field| &**field.name())
            .collect();
        assert!(names.join(",").starts_with(head), "{names:?}");
        for name in ["X", "Y", "Z", "Intensity", "GpsTime", "Red"] {
            let at = head.split(',').position(|column| column == name).unwrap();
            let expected = lines.lines().map(|line| line.split(',').nth(at).unwrap());
            let expected: Vec<f64> = expected.map(|text| text.parse().unwrap()).collect();
            assert_eq!(column(&rows, name), expected, "{name}");
        }
    }
    let stream = std::process::Command::new(env!("CARGO_BIN_EXE_ept"))
        .args(["query", "-q", &fixture("terrain"), "--format", "arrow"])
        .output()
        .unwrap();
    let batches = StreamReader::try_new(Cursor::new(stream.stdout), None).unwrap();
    // A stream says in its head what a file says in its foot.
    let rows = |batches: Vec<RecordBatch>| -> Vec<_> {
        batches
            .iter()
            .map(|batch| batch.columns().to_vec())
            .collect()
    };
    let streamed: Vec<RecordBatch> = batches.map(Result::unwrap).collect();
    assert_eq!(rows(streamed), rows(arrow(&file("t.arrow"))));
}

#[test]
fn every_fixture_becomes_files_of_all_its_points() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    for entry in testdata().read_dir().unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        let points = truth(name)["points"].as_u64().unwrap();
        query(name, &file("all.arrow"), &[]);
        query(name, &file("all.parquet"), &[]);
        let count =
            |rows: Vec<RecordBatch>| rows.iter().map(|rows| rows.num_rows() as u64).sum::<u64>();
        assert_eq!(
            [points; 2],
            [
                count(arrow(&file("all.arrow"))),
                count(parquet(&file("all.parquet")))
            ]
        );
        query(name, &file("all.ply"), &["--dims", "Z"]);
        let ply = std::fs::read(file("all.ply")).unwrap();
        let head = String::from_utf8_lossy(&ply);
        assert!(
            head.contains(&format!("\nelement vertex {points}\nproperty double x\n")),
            "{name}"
        );
    }
}

#[test]
fn an_empty_result_has_the_columns_of_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("none.parquet");
    query(
        "laz-pf3",
        &out,
        &["--bounds", "0,0,1,1", "--dims", "intensity,GpsTime"],
    );
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(&out).unwrap()).unwrap();
    let schema = builder.schema().clone();
    let found = schema.fields().iter();
    let found: Vec<String> = found
        .map(|f| format!("{} {}", f.name(), f.data_type()))
        .collect();
    let expected = [
        "X Float64",
        "Y Float64",
        "Z Float64",
        "Intensity UInt16",
        "GpsTime Float64",
    ];
    assert_eq!(found[..5], expected);
    assert_eq!(builder.metadata().file_metadata().num_rows(), 0);
    for name in ["none.ply", "none.arrow"] {
        query(
            "laz-pf3",
            &folder.path().join(name),
            &["--bounds", "0,0,1,1"],
        );
    }
    assert!(arrow(&folder.path().join("none.arrow")).is_empty());
}

#[test]
fn what_ply_cannot_hold_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.ply");
    let args = [
        "query",
        "-q",
        &fixture("binary"),
        "-o",
        out.to_str().unwrap(),
    ];
    let text = ept(&args).ends_with(1).stderr();
    assert!(
        text.contains("PulseId") && text.contains("float64"),
        "{text}"
    );
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}
