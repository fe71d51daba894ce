//! Points as COPC, in an octree built for them.

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
use crate::{CopcOptions, ExportError, Rounding, Sink};

/// Points that are not divided any further.
const LEAF_POINTS: u64 = 50_000;
/// Depth at which a node takes all points that there are: there, as many are in one place.
const MAX_DEPTH: u32 = 24;
/// Points that a node of that depth may have, since they are in memory: as many as any other can.
const MAX_POINTS: u64 = (GRID * GRID * GRID) as u64;

/// Bytes of records that are divided in memory: a subtree of so many is read once, whatever its depth.
const MEMORY: u64 = 48 << 20;

/// Makes an empty file that can be read and written.
type Scratch<F> = Box<dyn FnMut() -> io::Result<F> + Send>;

/// Writes COPC like [`CopcSink`](crate::CopcSink), but in an octree of its own: for points whose nodes are not
/// those of cubes, or that were moved. The nodes of the batches and the spacing of the options mean nothing to it.
///
/// The cube is the smallest that holds the bounds of the options from their least corner on. A node with more than
/// 50,000 points keeps the first that comes to each of its 128 cells per axis and hands the others down. The same
/// points in the same order make the same bytes.
///
/// The points wait in scratch files until a subtree of them is small enough to be divided in memory (48 MB), so memory is
/// bounded by that, the points of a node (2^21 at most) and the chunks under way, whatever their number; the files take
/// as much space as the points do uncompressed, twice for a time.
pub struct OctreeSink<W, F: Write> {
    draft: Fused<Draft<W, F>>,
    note: Option<String>,
}

/// A file of which nothing is written before its first points.
struct Draft<W, F: Write> {
    out: W,
    options: CopcOptions,
    info: CopcInfo,
    scratch: Scratch<F>,
    /// Bytes of records that are divided in memory.
    memory: u64,
    file: Option<(LasFile, Spool<F>)>,
    keys: Vec<Key>,
    columns: Option<PointBatch>,
    /// The extent of the points, for coordinates that were not stored as integers.
    extent: Bounds,
}

impl<W: Write + Seek + Send, F: Read + Write + Seek + Send> OctreeSink<W, F> {
    /// A sink to `out`, which is empty; `scratch` makes an empty file each time, which is gone when dropped.
    ///
    /// # Errors
    /// [`ExportError::NotACube`] when the bounds have no volume or no end.
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

    /// Settles the file, as [`LasSink::with_columns`](crate::LasSink::with_columns) does.
    #[must_use]
    pub fn with_columns(self, columns: PointBatch) -> OctreeSink<W, F> {
        let draft = self.draft.changed(|draft| Draft {
            columns: Some(columns),
            ..draft
        });
        OctreeSink { draft, ..self }
    }

    /// How many bytes of records are divided in memory, 48 MiB if it is not said. It changes nothing in the file.
    #[must_use]
    pub fn with_memory(self, memory: u64) -> OctreeSink<W, F> {
        let draft = self.draft.changed(|draft| Draft { memory, ..draft });
        OctreeSink { draft, ..self }
    }

    /// The extent of the points, as [`CopcSink::with_extent`](crate::CopcSink::with_extent).
    #[must_use]
    pub fn with_extent(self, extent: Bounds) -> OctreeSink<W, F> {
        let draft = self.draft.changed(|draft| Draft { extent, ..draft });
        OctreeSink { draft, ..self }
    }
}

impl<W: Write + Seek, F: Read + Write + Seek> Draft<W, F> {
    /// Refuses points that no cell has, by more than the rounding to the file's scale.
    fn check(&self, batch: &PointBatch, scaling: &Scaling) -> Result<(), ExportError> {
        let cube = self.options.bounds.grown(scaling.scale.map(f64::abs));
        match batch.places().all(|place| cube.contains(place)) {
            true => Ok(()),
            false => Err(ExportError::Node {
                node: Key::ROOT.into(),
                problem: "a point lies outside of the octree's bounds",
            }),
        }
    }

    /// Writes the points of a spool as the node `key` and its descendants.
    fn divide(&mut self, file: &mut LasFile, key: Key, spool: Spool<F>) -> Result<(), ExportError> {
        let takes_all = spool.points <= LEAF_POINTS || key.depth() == MAX_DEPTH;
        if takes_all && spool.points > MAX_POINTS {
            return Err(too_many(key));
        }
        let size = file.record_size();
        if spool.points.saturating_mul(size as u64) <= self.memory {
            let mut records = Vec::with_capacity(spool.points as usize * size);
            let rows = (0..spool.points as u32).collect();
            spool.into_reader()?.read_to_end(&mut records)?;
            return self.divide_in_memory(file, key, &records, rows);
        }
        let mut cells = Cells::new(&self.options.bounds, key, *file.scaling());
        let mut records = Vec::new();
        let mut below: [Option<Spool<F>>; 8] = Default::default();
        let points = spool.points;
        let mut record = vec![0; size];
        let mut reader = spool.into_reader()?;
        for _ in 0..points {
            reader.read_exact(&mut record)?;
            if takes_all || cells.take(&record) {
                records.extend_from_slice(&record);
                continue;
            }
            let child = match &mut below[cells.octant(&record)] {
                Some(child) => child,
                none => none.insert(Spool::new((self.scratch)()?)),
            };
            child.push(&record, record.len())?;
        }
        drop(reader);
        self.keys.push(key);
        file.write_records(&records, &mut self.out)?;
        drop((records, cells));
        for (child, spool) in key.children().zip(below) {
            if let Some(spool) = spool {
                self.divide(file, child, spool)?;
            }
        }
        Ok(())
    }

    /// Writes some of the records in memory, by their numbers, as the node `key` and its descendants.
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
                if cells.take(record(row)) {
                    own.push(row);
                } else {
                    below[cells.octant(record(row))].push(row);
                }
            }
            own
        };
        self.keys.push(key);
        let mut node = Vec::with_capacity(own.len() * size);
        own.iter()
            .for_each(|row| node.extend_from_slice(record(*row)));
        file.write_records(&node, &mut self.out)?;
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
        let (mut file, mut spool) = match self.file.take() {
            Some(started) => started,
            None => {
                let columns = self.columns.take();
                let record = copc_record(columns.as_ref(), batch, &self.extent)?;
                let file = start_copc(record, &self.options, &self.info, &mut self.out)?;
                (file, Spool::new((self.scratch)()?))
            }
        };
        let size = file.record_size();
        self.check(batch, file.scaling())?;
        let records = file.pack(batch)?;
        spool.push(records, size)?;
        self.file = Some((file, spool));
        Ok(self)
    }

    fn finish(mut self, note: Option<&str>) -> Result<u64, ExportError> {
        let file = match self.file.take() {
            Some((mut file, spool)) => {
                self.divide(&mut file, Key::ROOT, spool)?;
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
        problem: "too many points are in one place for an octree",
    }
}

/// The smallest cube that holds a box from its least corner on.
fn cube_around(bounds: &Bounds) -> Result<Bounds, ExportError> {
    let (min, max) = (bounds.min(), bounds.max());
    let sides = [0, 1, 2].map(|axis| max[axis] - min[axis]);
    let side = sides.into_iter().fold(0.0, f64::max);
    let cube = Bounds::new(min, min.map(|least| least + side));
    cube.map_err(|_| ExportError::NotACube(*bounds))
}
