//! Parts of text and GeoParquet that have different columns.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{self, Cursor};

use ept_export::merge_csv;

fn merged_csv(parts: &[&str], has_header: bool) -> String {
    let open = |index: usize| -> io::Result<_> { Ok(Cursor::new(parts[index])) };
    let mut out = Vec::new();
    merge_csv(parts.len(), open, has_header, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn texts_have_the_columns_of_all() {
    let parts = ["X,\"a,b\"\n1,2\n", "X,\"a,b\"\n3,4\n", "Z,X\n5,6\n,7\n"];
    let expected = "X,\"a,b\",Z\n1,2,\n3,4,\n6,,5\n7,,\n";
    assert_eq!(merged_csv(&parts, true), expected);
    assert_eq!(merged_csv(&["1 2\n", "3 4\n"], false), "1 2\n3 4\n");
    assert_eq!(merged_csv(&["X\n", "X\n"], true), "X\n");
}

#[cfg(feature = "parquet")]
mod parquet_files {
    use std::io;

    use arrow_array::cast::AsArray;
    use arrow_array::types::UInt16Type;
    use bytes::Bytes;
    use ept_export::{ExportError, FileInfo, ParquetSink, Sink, merge_parquet};
    use ept_format::Key;
    use ept_points::{Column, PointBatch, Values};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use crate::common::{File, coordinates};

    fn part(name: &str, values: Values) -> Bytes {
        let mut columns = coordinates(&[[1, 2, 3], [4, 5, 6]]);
        columns.push(Column::new(name, values));
        let points = PointBatch::new(columns).unwrap();
        let file = File::default();
        let sink = ParquetSink::new(file.clone(), FileInfo::default(), points.emptied());
        let mut sink = Box::new(sink);
        sink.write(Key::ROOT.into(), &points).unwrap();
        sink.finish().unwrap();
        Bytes::from(file.contents())
    }

    fn merged(parts: &[Bytes]) -> Result<Bytes, ExportError> {
        let open = |index: usize| -> io::Result<_> { Ok(parts[index].clone()) };
        let mut out = Vec::new();
        merge_parquet(parts.len(), open, None, &mut out)?;
        Ok(Bytes::from(out))
    }

    #[test]
    fn files_have_the_columns_of_all() {
        let parts = [
            part("Intensity", Values::U16(vec![7, 8])),
            part("Red", Values::U16(vec![9, 10])),
        ];
        let file = merged(&parts).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let rows = reader.build().unwrap().next().unwrap().unwrap();
        let values = |name: &str| -> Vec<Option<u16>> {
            let column = rows.column_by_name(name).unwrap();
            column.as_primitive::<UInt16Type>().iter().collect()
        };
        assert_eq!(values("Intensity"), [Some(7), Some(8), None, None]);
        assert_eq!(values("Red"), [None, None, Some(9), Some(10)]);
        assert_eq!(rows.column_by_name("X").unwrap().null_count(), 0);
        let names = rows.schema();
        let names: Vec<&str> = names.fields().iter().map(|f| f.name().as_str()).collect();
        assert_eq!(names[..5], ["X", "Y", "Z", "Intensity", "Red"]);
    }

    #[test]
    fn a_column_of_different_types_is_named() {
        let parts = [
            part("Intensity", Values::U16(vec![7, 8])),
            part("Intensity", Values::F64(vec![7.5, 8.5])),
        ];
        let refused = merged(&parts).unwrap_err().to_string();
        assert!(refused.contains("\"Intensity\" of part 1"), "{refused}");
    }
}
