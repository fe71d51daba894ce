//! Puts GeoParquet files together without encoding their columns again.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::column::writer::{ColumnCloseResult, ColumnWriter};
use parquet::file::metadata::{KeyValue, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::ChunkReader;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};
use serde_json::{Value, json};

use crate::ExportError;
use crate::laz_part::part_error;
use crate::parquet_file::{GEO, NOTE};

/// Number of columns of geometry, the last of a file.
const GEOMETRIES: usize = 2;

/// Writes one file with the row groups of several files of this crate, one file after the other, and returns the number
/// of points. It has the columns of all; where a file lacks one, values are null. The files must have the same coordinate
/// system; scale and offset are those of the first, as they are in a file of points that are stored in different ways.
/// `open` opens the file with an index.
///
/// # Errors
/// If `parts` is 0, a column has different types, the files have different metadata, or reading or writing fails.
pub fn merge_parquet<R: ChunkReader>(
    parts: usize,
    mut open: impl FnMut(usize) -> io::Result<R>,
    note: Option<&str>,
    out: impl Write + Send,
) -> Result<u64, ExportError> {
    if parts == 0 {
        return Err(part_error("there is no part"));
    }
    let first = read(&open(0)?)?;
    let mut schema = root(&first);
    for index in 1..parts {
        schema = united(schema, &root(&read(&open(index)?)?), index)?;
    }
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(out, schema, properties)?;
    let mut geo = Vec::with_capacity(parts);
    let mut points = 0;
    for index in 0..parts {
        let file = open(index)?;
        let part = read(&file)?;
        if common(&part) != common(&first) {
            let problem = format!("part {index} has different metadata than the first");
            return Err(part_error(problem));
        }
        append(&file, &part, &mut writer)?;
        points += u64::try_from(part.file_metadata().num_rows()).unwrap_or(0);
        geo.push(value(&part, GEO).unwrap_or_default());
    }
    for pair in others(&first) {
        writer.append_key_value_metadata(pair);
    }
    let pairs = [(GEO, Some(joined(&geo)?)), (NOTE, note.map(str::to_owned))];
    for (key, text) in pairs {
        if let Some(text) = text {
            writer.append_key_value_metadata(KeyValue::new(key.to_owned(), text));
        }
    }
    writer.close()?;
    Ok(points)
}

/// The note of a GeoParquet file.
///
/// # Errors
/// If it can't be read.
pub fn parquet_note(file: &impl ChunkReader) -> Result<Option<String>, ExportError> {
    Ok(value(&read(file)?, NOTE))
}

fn read(file: &impl ChunkReader) -> Result<ParquetMetaData, ExportError> {
    let reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Optional);
    Ok(reader.parse_and_finish(file)?)
}

fn root(file: &ParquetMetaData) -> TypePtr {
    file.file_metadata().schema_descr().root_schema_ptr()
}

/// The columns of both. Those that the first lacks are behind its dimensions.
fn united(first: TypePtr, part: &Type, index: usize) -> Result<TypePtr, ExportError> {
    if *first == *part {
        return Ok(first);
    }
    let mut fields = first.get_fields().to_vec();
    for field in part.get_fields() {
        let known = fields.iter().find(|known| known.name() == field.name());
        match known {
            Some(known) if known == field => {}
            Some(_) => {
                return Err(part_error(format!(
                    "\"{}\" of part {index} has a different type than in others; divide the query again \
                     without it (--dims)",
                    field.name()
                )));
            }
            None => fields.insert(fields.len().saturating_sub(GEOMETRIES), Arc::clone(field)),
        }
    }
    let root = Type::group_type_builder(first.name()).with_fields(fields);
    Ok(Arc::new(root.build()?))
}

/// Copies the row groups of a file. Columns that it lacks are null.
fn append<W: Write + Send>(
    file: &impl ChunkReader,
    part: &ParquetMetaData,
    writer: &mut SerializedFileWriter<W>,
) -> Result<(), ExportError> {
    let wanted = writer.schema_descr().columns().to_vec();
    for (number, group) in part.row_groups().iter().enumerate() {
        let mut copy = writer.next_row_group()?;
        let rows = usize::try_from(group.num_rows()).unwrap_or(0);
        for column in &wanted {
            let mut columns = group.columns().iter();
            let Some(at) = columns.position(|own| own.column_path() == column.path()) else {
                write_nulls(&mut copy, rows)?;
                continue;
            };
            let column = group.column(at);
            let column_index = part.column_index().and_then(|all| all.get(number)?.get(at));
            let offset_index = part.offset_index().and_then(|all| all.get(number)?.get(at));
            let result = ColumnCloseResult {
                bytes_written: u64::try_from(column.compressed_size()).unwrap_or(0),
                rows_written: u64::try_from(group.num_rows()).unwrap_or(0),
                metadata: column.clone(),
                bloom_filter: None,
                column_index: column_index.cloned(),
                offset_index: offset_index.cloned(),
            };
            copy.append_column(file, result)?;
        }
        copy.close()?;
    }
    Ok(())
}

/// Writes the next column of a row group, in which no row has a value.
fn write_nulls<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    rows: usize,
) -> Result<(), ExportError> {
    let levels = Some(vec![0; rows]);
    let levels = levels.as_deref();
    if let Some(mut column) = group.next_column()? {
        match column.untyped() {
            ColumnWriter::BoolColumnWriter(writer) => writer.write_batch(&[], levels, None),
            ColumnWriter::Int32ColumnWriter(writer) => writer.write_batch(&[], levels, None),
            ColumnWriter::Int64ColumnWriter(writer) => writer.write_batch(&[], levels, None),
            ColumnWriter::Int96ColumnWriter(writer) => writer.write_batch(&[], levels, None),
            ColumnWriter::FloatColumnWriter(writer) => writer.write_batch(&[], levels, None),
            ColumnWriter::DoubleColumnWriter(writer) => writer.write_batch(&[], levels, None),
            ColumnWriter::ByteArrayColumnWriter(writer) => writer.write_batch(&[], levels, None),
            ColumnWriter::FixedLenByteArrayColumnWriter(writer) => {
                writer.write_batch(&[], levels, None)
            }
        }?;
        column.close()?;
    }
    Ok(())
}

/// The metadata of a file that its parts must have in common, sorted.
fn common(part: &ParquetMetaData) -> Vec<KeyValue> {
    let is_common = |pair: &KeyValue| !matches!(&*pair.key, "ept:scale" | "ept:offset");
    others(part).into_iter().filter(is_common).collect()
}

/// The metadata of a file without what is made for all parts, sorted.
fn others(part: &ParquetMetaData) -> Vec<KeyValue> {
    let pairs = part.file_metadata().key_value_metadata();
    let pairs = pairs.into_iter().flatten();
    let mut pairs: Vec<KeyValue> = pairs
        .filter(|pair| pair.key != GEO && pair.key != NOTE)
        .cloned()
        .collect();
    pairs.sort_by(|a, b| a.key.cmp(&b.key));
    pairs
}

fn value(part: &ParquetMetaData, key: &str) -> Option<String> {
    let pairs = part.file_metadata().key_value_metadata()?;
    pairs.iter().find(|pair| pair.key == key)?.value.clone()
}

/// The value of `geo` of all parts: that of one, with the box around all.
fn joined(parts: &[String]) -> Result<String, ExportError> {
    let parts = parts.iter().map(|text| serde_json::from_str(text));
    let parts: Vec<Value> = parts.collect::<Result<_, _>>().map_err(part_error)?;
    let mut all = parts.first().cloned().unwrap_or_default();
    let Some(name) = all["primary_column"].as_str().map(str::to_owned) else {
        return Err(part_error("it is not GeoParquet"));
    };
    let mut bbox: Option<Vec<f64>> = None;
    for part in &parts {
        let own = part["columns"][&name]["bbox"].as_array();
        let own = own.map(|own| own.iter().filter_map(Value::as_f64).collect::<Vec<_>>());
        let Some(own) = own.filter(|own| own.len() == 6) else {
            continue;
        };
        bbox = Some(match bbox {
            None => own,
            Some(bbox) => (0..6)
                .map(|side| match side {
                    0..3 => bbox[side].min(own[side]),
                    _ => bbox[side].max(own[side]),
                })
                .collect(),
        });
    }
    if let Some(bbox) = bbox {
        all["columns"][&name]["bbox"] = json!(bbox);
    }
    Ok(all.to_string())
}
