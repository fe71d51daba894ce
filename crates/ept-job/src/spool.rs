//! Points of many areas, put aside until their turn comes.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use ept_points::{Column, PointBatch, Values};
use ept_reader::NodeName;
use tempfile::SpooledTempFile;

/// Bytes that are kept in memory; above, all go to a scratch file.
const IN_MEMORY: usize = 64 << 20;

/// Shapes that a new one is compared with.
const NEAR: usize = 16;

/// Batches of points for each of many areas, in one scratch file however many areas there are. They come back area by
/// area, as they were, in the order in which they came.
#[derive(Debug)]
pub(crate) struct Spool {
    file: SpooledTempFile,
    /// Bytes in the file.
    end: u64,
    records: Vec<Vec<Record>>,
    /// Batches without points, of the columns and storage of the records.
    shapes: Vec<Arc<PointBatch>>,
    bytes: Vec<u8>,
}

/// A batch in the file.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    node: NodeName,
    start: u64,
    points: usize,
    shape: Arc<PointBatch>,
}

impl Record {
    /// The node that the points are of.
    pub(crate) fn node(&self) -> NodeName {
        self.node
    }

    /// Columns and storage of the points, without them.
    pub(crate) fn shape(&self) -> &PointBatch {
        &self.shape
    }

    /// Number of points.
    pub(crate) fn len(&self) -> usize {
        self.points
    }
}

impl Spool {
    /// No points, for areas of the numbers from 0 to `areas` - 1. The scratch file is in `folder`.
    pub(crate) fn new(areas: usize, folder: &Path) -> Spool {
        Spool {
            file: tempfile::spooled_tempfile_in(IN_MEMORY, folder),
            end: 0,
            records: vec![Vec::new(); areas],
            shapes: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// Adds points of a node to those of an area.
    pub(crate) fn push(
        &mut self,
        area: usize,
        node: NodeName,
        batch: &PointBatch,
    ) -> io::Result<()> {
        self.bytes.clear();
        for column in batch.columns() {
            column.values.extend_le_bytes(&mut self.bytes);
        }
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(&self.bytes)?;
        let record = Record {
            node,
            start: self.end,
            points: batch.len(),
            shape: self.shape(batch),
        };
        self.end += self.bytes.len() as u64;
        self.records[area].push(record);
        Ok(())
    }

    /// What is known of points without them, kept once for all that are alike.
    fn shape(&mut self, batch: &PointBatch) -> Arc<PointBatch> {
        let empty = batch.emptied();
        // Those of a source come together.
        if let Some(known) = self
            .shapes
            .iter()
            .rev()
            .take(NEAR)
            .find(|shape| ***shape == empty)
        {
            return Arc::clone(known);
        }
        let shape = Arc::new(empty);
        self.shapes.push(Arc::clone(&shape));
        shape
    }

    /// The batches of an area.
    pub(crate) fn records(&self, area: usize) -> &[Record] {
        &self.records[area]
    }

    /// The points of a batch.
    pub(crate) fn read(&mut self, record: &Record) -> io::Result<PointBatch> {
        let columns = record.shape.columns();
        if columns.is_empty() {
            // Points without dimensions are just a number of them.
            return Ok(record.shape.gather(&vec![0; record.points]));
        }
        self.file.seek(SeekFrom::Start(record.start))?;
        let mut read = Vec::with_capacity(columns.len());
        for column in columns {
            let scalar = column.values.scalar();
            self.bytes.resize(record.points * scalar.size(), 0);
            self.file.read_exact(&mut self.bytes)?;
            let values = Values::from_le_bytes(scalar, &self.bytes, record.points as u64);
            let values = values.map_err(io::Error::other)?;
            read.push(Column::new(Arc::clone(&column.name), values));
        }
        let batch = PointBatch::new(read).map_err(io::Error::other)?;
        Ok(batch.stored_as(&record.shape))
    }
}

#[cfg(test)]
mod tests {
    use super::{IN_MEMORY, Spool};
    use ept_points::{Column, PointBatch, Scaling, Values};
    use ept_reader::NodeName;

    fn batch(values: Values) -> PointBatch {
        let x = Values::F64(vec![0.1; values.len()]);
        PointBatch::new(vec![Column::new("X", x), Column::new("Own", values)]).unwrap()
    }

    #[test]
    fn points_come_back_as_they_were_from_memory_and_from_a_file() {
        let scaling = Scaling {
            scale: [0.01; 3],
            offset: [7.0; 3],
        };
        let mut batches = vec![
            batch(Values::I8(vec![-1, 2])),
            batch(Values::I16(vec![-300])),
            batch(Values::I32(vec![1 << 30])),
            batch(Values::I64(vec![i64::MIN, i64::MAX])),
            batch(Values::U8(vec![255])),
            batch(Values::U16(vec![65535])),
            batch(Values::U32(vec![u32::MAX])),
            batch(Values::U64(vec![u64::MAX])),
            batch(Values::F32(vec![-0.5, f32::MAX])),
            batch(Values::F64(vec![1e300, -0.0])),
            batch(Values::Bytes {
                width: 3,
                data: b"abcdef".to_vec(),
            }),
            batch(Values::U8(Vec::new())),
            batch(Values::U8(vec![9])).with_storage(Some(scaling), Some(7)),
            batch(Values::U8(vec![9])).with_standard_time(Some(true)),
        ];
        batches.push(batches[0].clone().with_dimensions(&[]));
        // More than memory holds.
        let large = batch(Values::F64(vec![2.5; IN_MEMORY / 8]));
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(2, folder.path());
        for (at, batch) in batches.iter().enumerate() {
            spool.push(at % 2, NodeName::WHOLE, batch).unwrap();
        }
        for last in [None, Some(&large)] {
            if let Some(large) = last {
                spool.push(1, NodeName::WHOLE, large).unwrap();
            }
            for area in 0..2 {
                let records = spool.records(area).to_vec();
                let own = batches.iter().skip(area).step_by(2);
                let expected = own.chain(last.filter(|_| area == 1));
                let found: Vec<_> = records.iter().map(|r| spool.read(r).unwrap()).collect();
                assert!(found.iter().eq(expected), "area {area}");
            }
        }
    }
}
