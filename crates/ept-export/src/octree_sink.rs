//! The sink for COPC with an octree of its own.

use std::fmt;
use std::io::{self, Read, Seek, Write};

use ept_format::{Bounds, CopcInfo, Key, NodeName};
use ept_points::{PointBatch, Scaling};

use crate::copc_info::copc_info;
use crate::copc_sink::{copc_record, finish_copc, start_copc};
use crate::fused::Fused;
use crate::las_file::LasFile;
use crate::octree_cells::{Cells, GRID};
use crate::record::Record;
use crate::spool::Spool;
use crate::subtree::{LEAF_POINTS, MAX_DEPTH, Points, Scratch, Site, Subtree};
use crate::{CopcOptions, ExportError, Rounding, Sink};

/// Maximum number of points of a node at that depth, which are in memory: as many as in any other.
const MAX_POINTS: u64 = (GRID * GRID * GRID) as u64;

/// Bytes of records that are divided in memory: a subtree of this size is read once, whatever its depth.
const MEMORY: u64 = 48 << 20;

/// Writes COPC like [`CopcSink`](crate::CopcSink), but builds its own octree, for points whose nodes are not cubes or
/// that were moved. The nodes of the batches and the spacing of the options are ignored.
///
/// The cube is the smallest that contains the bounds of the options and has the same minimum corner. A node with more
/// than 50,000 points keeps the first point in each cell of a grid of 128 cells per axis, and passes the others to its
/// children. The same points in the same order give the same bytes.
///
/// Points go down two levels of the octree as they come, and are kept in scratch files, at most 73, until all have come. A
/// subtree is then divided in memory if it is small enough (48 MB), else in the same way again, with as many more files. Memory is limited by that,
/// the points of a node (at most 2^21) and the chunks in progress, whatever the number of points. The files take as much
/// space as the uncompressed points, for a time twice as much.
pub struct OctreeSink<W, F: Write> {
    draft: Fused<Draft<W, F>>,
    note: Option<String>,
}

/// A file of which nothing has been written yet.
struct Draft<W, F: Write> {
    out: W,
    options: CopcOptions,
    info: CopcInfo,
    scratch: Scratch<F>,
    /// Maximum bytes of records that are divided in memory.
    memory: u64,
    file: Option<(LasFile, Subtree<F>)>,
    keys: Vec<Key>,
    columns: Option<PointBatch>,
    /// The bounds of the points, for coordinates that were not stored as integers.
    extent: Bounds,
}

impl<W: Write + Seek + Send, F: Read + Write + Seek + Send> OctreeSink<W, F> {
    /// A sink that writes to `out`, which must be empty. `scratch` creates empty files that are deleted when dropped.
    ///
    /// # Errors
    /// [`ExportError::NotACube`] if the bounds are empty or infinite.
    pub fn new(
        out: W,
        mut options: CopcOptions,
        scratch: impl FnMut() -> io::Result<F> + Send + 'static,
    ) -> Result<OctreeSink<W, F>, ExportError> {
        let extent = options.bounds;
        options.bounds = cube_around(&options.bounds)?;
        options.spacing = (options.bounds.max()[0] - options.bounds.min()[0]) / GRID as f64;
        Ok(OctreeSink {
            draft: Fused::new(Draft {
                info: copc_info(&options.bounds, options.spacing)?,
                out,
                options,
                scratch: Box::new(scratch),
                memory: MEMORY,
                file: None,
                keys: Vec::new(),
                columns: None,
                extent,
            }),
            note: None,
        })
    }

    /// Settles the file in advance, as [`LasSink::with_columns`](crate::LasSink::with_columns) does.
    #[must_use]
    pub fn with_columns(self, columns: PointBatch) -> OctreeSink<W, F> {
        let draft = self.draft.changed(|draft| Draft {
            columns: Some(columns),
            ..draft
        });
        OctreeSink { draft, ..self }
    }

    /// Sets how many bytes of records are divided in memory, 48 MiB by default. It does not affect the file.
    #[must_use]
    pub fn with_memory(self, memory: u64) -> OctreeSink<W, F> {
        let draft = self.draft.changed(|draft| Draft { memory, ..draft });
        OctreeSink { draft, ..self }
    }

    /// Sets the bounds of the points, as [`CopcSink::with_extent`](crate::CopcSink::with_extent).
    #[must_use]
    pub fn with_extent(self, extent: Bounds) -> OctreeSink<W, F> {
        let draft = self.draft.changed(|draft| Draft { extent, ..draft });
        OctreeSink { draft, ..self }
    }
}

impl<W: Write + Seek, F: Read + Write + Seek> Draft<W, F> {
    /// Refuses points outside the cube, by more than the rounding to the file's scale.
    fn check(&self, batch: &PointBatch, scaling: &Scaling) -> Result<(), ExportError> {
        let cube = self.options.bounds.grown(scaling.scale.map(f64::abs));
        if batch.places().all(|place| cube.contains(place)) {
            Ok(())
        } else {
            Err(ExportError::Node {
                node: Key::ROOT.into(),
                problem: "has a point outside the octree's bounds",
            })
        }
    }

    /// Adds records to a subtree.
    fn push(&mut self, file: &LasFile, subtree: &mut Subtree<F>, records: &[u8]) -> io::Result<()> {
        let mut site = Site {
            cube: &self.options.bounds,
            scaling: *file.scaling(),
            size: file.record_size(),
            scratch: &mut self.scratch,
        };
        subtree.push(records, &mut site)
    }

    /// Writes a subtree: a node, then its descendants.
    fn put(&mut self, file: &mut LasFile, subtree: Subtree<F>) -> Result<(), ExportError> {
        match subtree.points {
            Points::Few(records) => self.put_node(file, subtree.key, &records),
            Points::Later(spool) => self.divide(file, subtree.key, spool),
            Points::Divided(divided) => {
                let records = divided.own.into_records()?;
                self.put_node(file, subtree.key, &records)?;
                drop(records);
                let mut below = divided.below.into_iter().flatten();
                below.try_for_each(|below| self.put(file, below))
            }
        }
    }

    fn put_node(
        &mut self,
        file: &mut LasFile,
        key: Key,
        records: &[u8],
    ) -> Result<(), ExportError> {
        self.keys.push(key);
        file.write_records(records, &mut self.out)
    }

    /// Writes the points of a spool as the node `key` and its descendants.
    fn divide(&mut self, file: &mut LasFile, key: Key, spool: Spool<F>) -> Result<(), ExportError> {
        let takes_all = spool.points <= LEAF_POINTS || key.depth() == MAX_DEPTH;
        if takes_all && spool.points > MAX_POINTS {
            return Err(too_many(key));
        }
        let size = file.record_size();
        if takes_all {
            let records = spool.into_records()?;
            return self.put_node(file, key, &records);
        }
        if spool.points.saturating_mul(size as u64) <= self.memory {
            let rows = (0..spool.points as u32).collect();
            let records = spool.into_records()?;
            return self.divide_in_memory(file, key, &records, rows);
        }
        let mut subtree = Subtree::new(key);
        let mut left = spool.points.saturating_mul(size as u64);
        let mut reader = spool.into_reader()?;
        let mut records = vec![0; (1 << 16) / size.max(1) * size + size];
        while left > 0 {
            let now = usize::try_from(left).map_or(records.len(), |left| left.min(records.len()));
            reader.read_exact(&mut records[..now])?;
            self.push(file, &mut subtree, &records[..now])?;
            left -= now as u64;
        }
        drop(reader);
        self.put(file, subtree)
    }

    /// Writes some of the records in memory, by index, as the node `key` and its descendants.
    fn divide_in_memory(
        &mut self,
        file: &mut LasFile,
        key: Key,
        records: &[u8],
        rows: Vec<u32>,
    ) -> Result<(), ExportError> {
        let size = file.record_size();
        let record = |row: u32| &records[row as usize * size..][..size];
        let takes_all = rows.len() as u64 <= LEAF_POINTS || key.depth() == MAX_DEPTH;
        if takes_all && rows.len() as u64 > MAX_POINTS {
            return Err(too_many(key));
        }
        let mut below: [Vec<u32>; 8] = Default::default();
        let own = if takes_all {
            rows
        } else {
            let mut cells = Cells::new(&self.options.bounds, key, *file.scaling());
            let mut own = Vec::new();
            for row in rows {
                let place = cells.place(record(row));
                if cells.take(place) {
                    own.push(row);
                } else {
                    below[cells.octant(place)].push(row);
                }
            }
            own
        };
        let mut node = Vec::with_capacity(own.len() * size);
        own.iter()
            .for_each(|row| node.extend_from_slice(record(*row)));
        self.put_node(file, key, &node)?;
        drop((own, node));
        for (child, rows) in key.children().zip(below) {
            if !rows.is_empty() {
                self.divide_in_memory(file, child, records, rows)?;
            }
        }
        Ok(())
    }

    fn write(mut self, batch: &PointBatch) -> Result<Draft<W, F>, ExportError> {
        if batch.is_empty() {
            return Ok(self);
        }
        let (mut file, mut subtree) = match self.file.take() {
            Some(started) => started,
            None => {
                let columns = self.columns.take();
                let record = copc_record(columns.as_ref(), batch, &self.extent)?;
                let file = start_copc(record, &self.options, &self.info, &mut self.out)?;
                (file, Subtree::new(Key::ROOT))
            }
        };
        self.check(batch, file.scaling())?;
        let records = file.pack(batch)?;
        self.push(&file, &mut subtree, &records)?;
        file.reuse(records);
        self.file = Some((file, subtree));
        Ok(self)
    }

    fn finish(mut self, note: Option<&str>) -> Result<u64, ExportError> {
        let file = match self.file.take() {
            Some((mut file, subtree)) => {
                self.put(&mut file, subtree)?;
                file
            }
            None => {
                let record = Record::unknown(&self.options.bounds);
                start_copc(record, &self.options, &self.info, &mut self.out)?
            }
        };
        finish_copc(file, &self.keys, self.info, note, &mut self.out)
    }
}

impl<W: Write + Seek + Send, F: Read + Write + Seek + Send> Sink for OctreeSink<W, F> {
    fn write(&mut self, _node: NodeName, batch: &PointBatch) -> Result<(), ExportError> {
        self.draft.step(|draft| draft.write(batch))
    }

    fn describe(&mut self, note: String) {
        self.note = Some(note);
    }

    fn rounding(&self) -> Vec<Rounding> {
        let file = self.draft.state().and_then(|draft| draft.file.as_ref());
        file.map(|(file, _)| file.rounding()).unwrap_or_default()
    }

    fn finish(self: Box<Self>) -> Result<u64, ExportError> {
        let note = self.note.as_deref();
        self.draft.finish(|draft| draft.finish(note))
    }
}

impl<W, F: Write> fmt::Debug for OctreeSink<W, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OctreeSink")
            .field("note", &self.note)
            .finish_non_exhaustive()
    }
}

fn too_many(key: Key) -> ExportError {
    ExportError::Node {
        node: key.into(),
        problem: "has too many points in one place for an octree",
    }
}

/// The smallest cube that contains a box and has the same minimum corner.
fn cube_around(bounds: &Bounds) -> Result<Bounds, ExportError> {
    let (min, max) = (bounds.min(), bounds.max());
    let sides = [0, 1, 2].map(|axis| max[axis] - min[axis]);
    let side = sides.into_iter().fold(0.0, f64::max);
    let cube = Bounds::new(min, min.map(|least| least + side));
    cube.map_err(|_| ExportError::NotACube(*bounds))
}
