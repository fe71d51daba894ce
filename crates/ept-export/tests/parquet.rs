//! GeoParquet files as the `parquet` crate reads them.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, RecordBatch};
use bytes::Bytes;
use common::{File, batch, coordinates, every_type};
use ept_export::{ExportError, FileInfo, ParquetSink, Sink, record_batch};
use ept_format::{Key, Srs};
use ept_points::{Column, PointBatch, Values};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::statistics::Statistics;
use serde_json::{Value, json};

const UTM: &str = r#"PROJCS["NAD83 / UTM zone 15N",GEOGCS["NAD83",DATUM["North_American_Datum_1983",
    SPHEROID["GRS 1980",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],
    PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",-93],
    PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],
    UNIT["metre",1],AXIS["Easting",EAST],AXIS["Northing",NORTH],AUTHORITY["EPSG","26915"]]"#;

fn info(wkt: &str) -> FileInfo {
    FileInfo {
        srs: Srs {
            wkt: Some(wkt.into()),
            ..Srs::default()
        },
        note: Some("a note".into()),
    }
}

fn write(info: FileInfo, batches: &[PointBatch]) -> Result<Bytes, ExportError> {
    let file = File::default();
    let empty = PointBatch::new(coordinates(&[])).unwrap();
    let mut sink = Box::new(ParquetSink::new(file.clone(), info, empty));
    for batch in batches {
        sink.write(Key::ROOT.into(), batch)?;
    }
    let points: usize = batches.iter().map(PointBatch::len).sum();
    assert_eq!(sink.finish()?, points as u64);
    Ok(file.contents().into())
}

fn read(file: &Bytes) -> (Arc<ParquetMetaData>, Vec<RecordBatch>) {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file.clone()).unwrap();
    let metadata = builder.metadata().clone();
    let rows = builder.with_batch_size(1 << 24).build().unwrap();
    (metadata, rows.map(Result::unwrap).collect())
}

fn key_value(metadata: &ParquetMetaData, key: &str) -> Option<String> {
    let pairs = metadata.file_metadata().key_value_metadata().unwrap();
    pairs.iter().find(|pair| pair.key == key)?.value.clone()
}

fn geo(metadata: &ParquetMetaData) -> Value {
    serde_json::from_str(&key_value(metadata, "geo").unwrap()).unwrap()
}

/// The values of X.
fn xs(rows: &[RecordBatch]) -> impl Iterator<Item = f64> {
    rows.iter().flat_map(|rows| {
        let column = rows.column_by_name("X").unwrap();
        column.as_primitive::<Float64Type>().values().to_vec()
    })
}

/// `count` points in a row from `start`.
fn line(start: i32, count: i32) -> PointBatch {
    let raw: Vec<[i32; 3]> = (start..start + count).map(|i| [i, 2 * i, -i]).collect();
    PointBatch::new(coordinates(&raw)).unwrap()
}

#[test]
fn columns_are_the_dimensions_with_geometry_and_box() {
    let points = every_type();
    let (_, rows) = read(&write(info(UTM), std::slice::from_ref(&points)).unwrap());
    let rows = &rows[0];
    let expected = record_batch(points.clone(), &FileInfo::default()).unwrap();
    for (field, column) in expected.schema().fields().iter().zip(expected.columns()) {
        assert_eq!(rows.column_by_name(field.name()), Some(column), "{field}");
    }
    let geometry = rows.column_by_name("geometry").unwrap().as_binary::<i32>();
    let bbox = rows.column_by_name("bbox").unwrap().as_struct();
    let side = |name: &str| {
        bbox.column_by_name(name)
            .unwrap()
            .as_primitive::<Float32Type>()
    };
    for at in 0..points.len() {
        let (x, y, z) = (
            points.x().unwrap()[at],
            points.y().unwrap()[at],
            points.z().unwrap()[at],
        );
        let mut wkb = vec![1, 0xe9, 3, 0, 0];
        wkb.extend([x, y, z].map(f64::to_le_bytes).concat());
        assert_eq!(geometry.value(at), wkb);
        for (value, low, high) in [(x, "xmin", "xmax"), (y, "ymin", "ymax")] {
            let (low, high) = (side(low).value(at), side(high).value(at));
            assert!(f64::from(low) <= value && value <= f64::from(high));
            assert!(high <= low.next_up());
        }
    }
}

#[test]
fn metadata_is_that_of_geoparquet() {
    let (metadata, _) = read(&write(info(UTM), &[line(0, 3), line(10, 2)]).unwrap());
    let geo = geo(&metadata);
    assert_eq!(geo["version"], "1.1.0");
    assert_eq!(geo["primary_column"], "geometry");
    let column = &geo["columns"]["geometry"];
    assert_eq!(column["encoding"], "WKB");
    assert_eq!(column["geometry_types"], json!(["Point Z"]));
    assert_eq!(
        column["crs"]["id"],
        json!({"authority": "EPSG", "code": 26915})
    );
    assert_eq!(column["covering"]["bbox"]["ymax"], json!(["bbox", "ymax"]));
    let bbox = json!([637_000.0, 851_000.0, -0.011, 637_000.11, 851_000.22, 0.0]);
    assert_eq!(column["bbox"], bbox);
    assert_eq!(key_value(&metadata, "ept:note").unwrap(), "a note");
    assert_eq!(key_value(&metadata, "ept:crs").unwrap(), UTM);
    assert_eq!(key_value(&metadata, "ept:scale"), None);

    let points = batch(None, vec![]);
    let (metadata, _) = read(&write(info("LOCAL_CS[\"here\"]"), &[points]).unwrap());
    let column = &self::geo(&metadata)["columns"]["geometry"];
    assert_eq!(column.get("crs"), Some(&Value::Null));
    assert_eq!(
        key_value(&metadata, "ept:scale").unwrap(),
        "[0.01,0.01,0.001]"
    );
    assert_eq!(
        key_value(&metadata, "ept:crs").unwrap(),
        "LOCAL_CS[\"here\"]"
    );
}

#[test]
fn small_nodes_share_a_row_group_and_large_ones_do_not() {
    let sizes = [40_000, 20_000, 10_000, 90_000, 5, 5];
    let mut start = 0;
    let batches = sizes.map(|size| {
        start += size;
        line(start - size, size)
    });
    let file = write(info(UTM), &batches).unwrap();
    let (metadata, rows) = read(&file);
    let groups = metadata.row_groups();
    let found: Vec<i64> = groups.iter().map(RowGroupMetaData::num_rows).collect();
    assert_eq!(found, [60_000, 10_000, 90_000, 10]);
    let whole = line(0, start);
    assert!(xs(&rows).eq(whole.x().unwrap().iter().copied()));
    let mut first = 0;
    for group in groups {
        let last = first + group.num_rows() as usize - 1;
        let Some(Statistics::Double(x)) = group.column(0).statistics() else {
            panic!("no statistics of X");
        };
        assert_eq!(x.min_opt(), Some(&whole.x().unwrap()[first]));
        assert_eq!(x.max_opt(), Some(&whole.x().unwrap()[last]));
        first = last + 1;
    }
    assert!(groups[0].column(3).statistics().is_none());
    assert_eq!(write(info(UTM), &batches).unwrap(), file);
}

#[test]
fn a_node_beyond_measure_is_cut() {
    let whole = line(0, 1_100_000);
    let (metadata, rows) = read(&write(info(UTM), std::slice::from_ref(&whole)).unwrap());
    let groups = metadata.row_groups().iter();
    let sizes: Vec<i64> = groups.map(RowGroupMetaData::num_rows).collect();
    assert_eq!(sizes, [1_048_576, 51_424]);
    assert!(xs(&rows).eq(whole.x().unwrap().iter().copied()));
}

#[test]
fn without_points_the_file_is_valid() {
    let (metadata, rows) = read(&write(info(UTM), &[]).unwrap());
    assert_eq!(metadata.file_metadata().num_rows(), 0);
    assert!(rows.is_empty());
    let schema = metadata.file_metadata().schema();
    let names: Vec<&str> = schema
        .get_fields()
        .iter()
        .map(|field| field.name())
        .collect();
    assert_eq!(names, ["X", "Y", "Z", "geometry", "bbox"]);
    assert!(geo(&metadata)["columns"]["geometry"].get("bbox").is_none());
}

#[test]
fn names_of_ours_give_way_to_dimensions() {
    let one = || Values::U8(vec![1]);
    let points = batch(
        None,
        vec![("Geometry", one()), ("bbox", one()), ("bbox_2", one())],
    );
    let (metadata, rows) = read(&write(info(UTM), &[points]).unwrap());
    assert!(rows[0].column_by_name("geometry_2").is_some());
    let geo = geo(&metadata);
    assert_eq!(geo["primary_column"], "geometry_2");
    let covering = &geo["columns"]["geometry_2"]["covering"];
    assert_eq!(covering["bbox"]["xmin"], json!(["bbox_3", "xmin"]));
}

#[test]
fn later_points_may_lack_a_dimension_but_no_coordinate() {
    let first = batch(None, vec![("A", Values::U8(vec![1]))]);
    let (_, rows) = read(&write(info(UTM), &[first.clone(), line(0, 2)]).unwrap());
    assert_eq!(rows[0].column_by_name("A").unwrap().null_count(), 2);
    let flat = PointBatch::new(vec![Column::new("X", Values::F64(vec![1.0]))]).unwrap();
    for batches in [vec![flat.clone()], vec![first, flat]] {
        let error = write(info(UTM), &batches).unwrap_err();
        assert!(matches!(error, ExportError::NoCoordinate("Y")), "{error}");
    }
}

#[test]
fn a_failing_output_is_an_error() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
    }
    let empty = PointBatch::new(coordinates(&[])).unwrap();
    let mut sink = Box::new(ParquetSink::new(Full, info(UTM), empty));
    let result = sink
        .write(Key::ROOT.into(), &line(0, 9))
        .and_then(|()| sink.finish());
    assert!(matches!(result, Err(ExportError::Io(_))), "{result:?}");
}
