//! Points of many areas, kept in a scratch file.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ept_points::{Column, PointBatch, Values};
use ept_reader::NodeName;
use tempfile::SpooledTempFile;

/// Maximum bytes kept in memory. Above that, everything goes to a scratch file.
const IN_MEMORY: usize = 64 << 20;

/// Number of shapes with which a new one is compared.
const NEAR: usize = 16;

/// Batches of points in a scratch file, read back by their records. Shared between threads.
#[derive(Debug)]
pub(crate) struct Spool {
    scratch: Mutex<Scratch>,
}

#[derive(Debug)]
struct Scratch {
    file: SpooledTempFile,
    /// Number of bytes in the file.
    end: u64,
    /// Empty batches with the columns and storage of the records.
    shapes: Vec<Arc<PointBatch>>,
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
    /// The node of the points.
    pub(crate) fn node(&self) -> NodeName {
        self.node
    }

    /// Columns and storage of the points, as an empty batch.
    pub(crate) fn shape(&self) -> &PointBatch {
        &self.shape
    }

    /// Number of points.
    pub(crate) fn len(&self) -> usize {
        self.points
    }
}

impl Spool {
    /// An empty spool. Its scratch file will be in `folder`.
    pub(crate) fn new(folder: &Path) -> Spool {
        Spool {
            scratch: Mutex::new(Scratch {
                file: tempfile::spooled_tempfile_in(IN_MEMORY, folder),
                end: 0,
                shapes: Vec::new(),
            }),
        }
    }

    /// Writes points of a node to the file.
    pub(crate) fn store(&self, node: NodeName, batch: &PointBatch) -> io::Result<Record> {
        let mut bytes = Vec::new();
        for column in batch.columns() {
            column.values.extend_le_bytes(&mut bytes);
        }
        let empty = batch.emptied();
        let mut scratch = self.scratch();
        let start = scratch.append(&bytes)?;
        Ok(Record {
            node,
            start,
            points: batch.len(),
            shape: scratch.shape(empty),
        })
    }

    /// Reads the points of a record.
    pub(crate) fn read(&self, record: &Record) -> io::Result<PointBatch> {
        let columns = record.shape.columns();
        if columns.is_empty() {
            // Points without dimensions are only a count.
            return Ok(record.shape.gather(&vec![0; record.points]));
        }
        let mut scratch = self.scratch();
        scratch.file.seek(SeekFrom::Start(record.start))?;
        let mut bytes = Vec::new();
        let mut read = Vec::with_capacity(columns.len());
        for column in columns {
            let scalar = column.values.scalar();
            bytes.resize(record.points * scalar.size(), 0);
            scratch.file.read_exact(&mut bytes)?;
            let values = Values::from_le_bytes(scalar, &bytes, record.points as u64);
            let values = values.map_err(io::Error::other)?;
            read.push(Column::new(Arc::clone(&column.name), values));
        }
        let batch = PointBatch::new(read).map_err(io::Error::other)?;
        Ok(batch.stored_as(&record.shape))
    }

    fn scratch(&self) -> MutexGuard<'_, Scratch> {
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Scratch {
    /// Appends bytes. Returns their offset.
    fn append(&mut self, bytes: &[u8]) -> io::Result<u64> {
        let start = self.end;
        self.file.seek(SeekFrom::Start(start))?;
        self.file.write_all(bytes)?;
        self.end += bytes.len() as u64;
        Ok(start)
    }

    /// The shape of points, stored once for all that are equal.
    fn shape(&mut self, empty: PointBatch) -> Arc<PointBatch> {
        // Records of the same source are consecutive.
        let mut near = self.shapes.iter().rev().take(NEAR);
        if let Some(known) = near.find(|shape| ***shape == empty) {
            return Arc::clone(known);
        }
        let shape = Arc::new(empty);
        self.shapes.push(Arc::clone(&shape));
        shape
    }
}

#[cfg(test)]
mod tests {
    use super::{IN_MEMORY, Record, Spool};
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
        // Exceeds the limit for memory.
        let large = batch(Values::F64(vec![2.5; IN_MEMORY / 8]));
        batches.push(large);
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path());
        let stored = batches
            .iter()
            .map(|batch| spool.store(NodeName::WHOLE, batch));
        let records: Vec<Record> = stored.map(Result::unwrap).collect();
        for _ in 0..2 {
            let mut both = records.iter().zip(&batches).rev();
            assert!(both.all(|(record, batch)| spool.read(record).unwrap() == *batch));
        }
    }
}
