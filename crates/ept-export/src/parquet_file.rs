//! A GeoParquet file being written.

use std::borrow::Cow;
use std::io::Write;
use std::num::NonZeroUsize;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use ept_points::PointBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;

use crate::arrow_batch::metadata;
use crate::arrow_sink::Table;
use crate::encoders::{Encoded, Encoders};
use crate::geometry::{Covering, Extent, Geometry};
use crate::row_group::{EncodedGroup, GroupEncoder, RowGroup, coordinates};
use crate::shape::Shape;
use crate::{ExportError, FileInfo};

/// The keys of the GeoParquet metadata and of the note.
pub(crate) const GEO: &str = "geo";
pub(crate) const NOTE: &str = "ept:note";
/// Rows up to which small nodes share a row group, at the start of a file.
const GROUP_ROWS: usize = 1 << 16;
/// Maximum rows of a row group, which limits memory. A larger node is divided.
const MAX_GROUP_ROWS: usize = 1 << 20;
/// Number of row groups after which the next may be twice as large: a file has at most 32,767.
const DOUBLING: usize = 1 << 13;
/// Maximum rows of all row groups that are being encoded, whatever the number of threads.
const MAX_ROWS_UNDER_WAY: usize = 2 * MAX_GROUP_ROWS;

/// A file with settled columns.
#[derive(Debug)]
pub(crate) struct ParquetFile<W: Write + Send> {
    table: Table,
    encoder: Arc<GroupEncoder>,
    encoders: Encoders<RowGroup, EncodedGroup>,
    /// Rows of the groups that are being encoded.
    rows_under_way: usize,
    /// The group that is being filled.
    group: RowGroup,
    writer: SerializedFileWriter<W>,
    extent: Extent,
    points: u64,
}

impl<W: Write + Send> ParquetFile<W> {
    /// Starts a file, whose row groups are encoded on up to `threads` threads.
    pub(crate) fn start(
        out: W,
        shape: Shape,
        info: &FileInfo,
        first: &PointBatch,
        threads: NonZeroUsize,
    ) -> Result<ParquetFile<W>, ExportError> {
        let names: Vec<&str> = shape.columns.iter().map(|(name, _)| &**name).collect();
        // The note is written last, when everything is known.
        let begun = FileInfo {
            note: None,
            ..info.clone()
        };
        let (geometry, covering) = (Geometry::beside(&names), Covering::beside(&names));
        let properties = properties(&geometry, &covering, metadata(&begun, first.scaling()))?;
        let table = Table::new(shape, &FileInfo::default(), None);
        let fields = table.schema.fields().iter().cloned();
        let ours = [geometry.field(), covering.field()].map(Arc::new);
        let schema = Arc::new(Schema::new(fields.chain(ours).collect::<Vec<_>>()));
        // The Arrow schema in the metadata would add nothing to Parquet's own types.
        let options = ArrowWriterOptions::new()
            .with_properties(properties)
            .with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(out, Arc::clone(&schema), options)?;
        let (writer, factory) = writer.into_serialized_writer()?;
        let encoder = Arc::new(GroupEncoder {
            factory,
            schema,
            geometry,
            covering,
        });
        let encode = Arc::clone(&encoder);
        Ok(ParquetFile {
            table,
            encoder,
            encoders: Encoders::new(threads, move |group, encoded| encode.encode(group, encoded)),
            rows_under_way: 0,
            group: RowGroup::default(),
            writer,
            extent: Extent::default(),
            points: 0,
        })
    }

    pub(crate) fn write(&mut self, batch: &PointBatch) -> Result<(), ExportError> {
        for part in parts(batch) {
            match self.rows(&part) {
                Ok(rows) => self.add(rows)?,
                Err(refusal) => {
                    // Whether the output can begin again must not depend on how fast row groups are encoded.
                    self.drain()?;
                    return Err(refusal);
                }
            }
        }
        self.points += batch.len() as u64;
        Ok(())
    }

    /// A copy of the points as rows, which have coordinates.
    fn rows(&self, points: &PointBatch) -> Result<RecordBatch, ExportError> {
        let rows = self.table.rows(points)?;
        coordinates(&rows)?;
        Ok(rows)
    }

    /// Adds the rows of a node, or of a part of one, to the current group, or to the next if they are too many.
    fn add(&mut self, rows: RecordBatch) -> Result<(), ExportError> {
        let pending = self.group.rows();
        if pending > 0 && pending + rows.num_rows() > self.group_rows() {
            self.submit()?;
        }
        self.group.push(rows);
        // No node has space in it.
        if self.group.rows() >= self.group_rows() {
            self.submit()?;
        }
        Ok(())
    }

    /// Rows up to which nodes share the current group.
    fn group_rows(&self) -> usize {
        let doublings = self.group.index() / DOUBLING;
        (GROUP_ROWS << doublings.min(8)).min(MAX_GROUP_ROWS)
    }

    /// Queues the current group for encoding, and starts the next.
    fn submit(&mut self) -> Result<(), ExportError> {
        let group = self.group.take();
        while self.rows_under_way + group.rows() > MAX_ROWS_UNDER_WAY
            && let Some(encoded) = self.encoders.next()?
        {
            self.append(encoded)?;
        }
        self.rows_under_way += group.rows();
        self.encoders.submit(group)?;
        while let Some(encoded) = self.encoders.due()? {
            self.append(encoded)?;
        }
        Ok(())
    }

    fn append(&mut self, encoded: Encoded<RowGroup, EncodedGroup>) -> Result<(), ExportError> {
        self.rows_under_way -= encoded.points.rows();
        self.extent.join(&encoded.chunk.extent);
        encoded.chunk.write(&mut self.writer)
    }

    /// Waits for all submitted groups.
    fn drain(&mut self) -> Result<(), ExportError> {
        while let Some(encoded) = self.encoders.next()? {
            self.append(encoded)?;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self, info: &FileInfo) -> Result<u64, ExportError> {
        if self.group.rows() > 0 {
            self.submit()?;
        }
        self.drain()?;
        let GroupEncoder {
            geometry, covering, ..
        } = &*self.encoder;
        let geo = geometry.metadata(&info.srs, covering, &self.extent);
        let geo = KeyValue::new(GEO.to_owned(), geo.to_string());
        self.writer.append_key_value_metadata(geo);
        if let Some(note) = &info.note {
            let note = KeyValue::new(NOTE.to_owned(), note.clone());
            self.writer.append_key_value_metadata(note);
        }
        self.writer.finish()?;
        self.writer.flush()?;
        Ok(self.points)
    }
}

/// The points of a batch, divided if they are more than a row group may have. Parts are copied, so that a row group
/// does not keep the points of others in memory.
fn parts(batch: &PointBatch) -> impl Iterator<Item = Cow<'_, PointBatch>> {
    let len = batch.len();
    (0..len).step_by(MAX_GROUP_ROWS).map(move |start| {
        if len <= MAX_GROUP_ROWS {
            return Cow::Borrowed(batch);
        }
        let rows: Vec<usize> = (start..len.min(start + MAX_GROUP_ROWS)).collect();
        Cow::Owned(batch.gather(&rows))
    })
}

/// The properties of the columns.
fn properties(
    geometry: &Geometry,
    covering: &Covering,
    metadata: Vec<(&'static str, String)>,
) -> Result<WriterProperties, ExportError> {
    let metadata = metadata.into_iter();
    let metadata = metadata.map(|(key, text)| KeyValue::new(key.to_owned(), text));
    let geometry = ColumnPath::from(geometry.name.as_str());
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_max_row_group_row_count(Some(MAX_GROUP_ROWS))
        .set_key_value_metadata(Some(metadata.collect()))
        // Statistics of WKB bytes are meaningless, and no two points are equal, so a dictionary is useless.
        .set_column_statistics_enabled(geometry.clone(), EnabledStatistics::None)
        .set_column_dictionary_enabled(geometry, false);
    for column in covering.columns() {
        // Measured: 7 % smaller, and faster than a dictionary.
        properties = properties
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column, Encoding::BYTE_STREAM_SPLIT);
    }
    Ok(properties.build())
}
