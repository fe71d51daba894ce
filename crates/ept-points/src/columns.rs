//! Conversion of point records to columns, shared by all encodings.

use ept_format::Bounds;
use ept_las::{Field, Layout, PointFormat};

use crate::axis::Clip;
use crate::field::append;
use crate::{Column, DecodeError, PointBatch, Values};

/// Maximum bytes that all columns together reserve in advance. More is reserved only as points are decoded, since the
/// count in a tile is only a claim.
const MAX_RESERVED_BYTES: usize = 1 << 26;

/// Bytes of records passed on at a time: they stay in the cache of a core.
pub(crate) const BLOCK_BYTES: usize = 1 << 16;

/// Gathers records into columns.
#[derive(Debug)]
pub(crate) struct ColumnBuilder<'a> {
    layout: &'a Layout,
    clip: Option<Clip>,
    fields: Vec<Field>,
    values: Vec<Values>,
    /// Offsets in the current block of the records that pass, reused for each block.
    passing: Vec<usize>,
    len: usize,
}

impl<'a> ColumnBuilder<'a> {
    /// A builder for the `wanted` fields of about `points` records.
    pub(crate) fn new(
        layout: &'a Layout,
        wanted: Vec<Field>,
        bounds: &Bounds,
        points: u64,
    ) -> ColumnBuilder<'a> {
        let clip = Clip::new(layout, bounds);
        let width: usize = wanted.iter().map(|field| field.scalar().size()).sum();
        let most = MAX_RESERVED_BYTES / width.max(1);
        let capacity = match clip {
            Some(_) => 0,
            None => usize::try_from(points).map_or(most, |points| points.min(most)),
        };
        let values = wanted
            .iter()
            .map(|f| Values::with_capacity(f.scalar(), capacity));
        ColumnBuilder {
            layout,
            clip,
            values: values.collect(),
            fields: wanted,
            passing: Vec::new(),
            len: 0,
        }
    }

    /// Adds whole records.
    pub(crate) fn push(&mut self, records: &[u8]) {
        let size = self.layout.size();
        let columns = self.fields.iter().zip(&mut self.values);
        match &self.clip {
            None => {
                self.len += records.len() / size;
                for (field, values) in columns {
                    append(field, records.chunks_exact(size), values);
                }
            }
            Some(clip) => {
                self.passing.clear();
                let each = records.chunks_exact(size).enumerate();
                let passing = each.filter(|(_, record)| clip.passes(record));
                self.passing.extend(passing.map(|(at, _)| at * size));
                self.len += self.passing.len();
                for (field, values) in columns {
                    let rows = self.passing.iter().map(|&at| &records[at..at + size]);
                    append(field, rows, values);
                }
            }
        }
    }

    /// The columns of all records added.
    pub(crate) fn finish(self) -> Result<PointBatch, DecodeError> {
        let columns = self.fields.into_iter().zip(self.values);
        let columns = columns.map(|(field, values)| Column::new(field.name, values));
        let batch = PointBatch::new(columns.collect())?.with_len(self.len);
        let point_format = self.layout.point_format().map(PointFormat::number);
        Ok(batch.with_storage(self.layout.scaling(), point_format))
    }
}
