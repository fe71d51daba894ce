//! The sink for COPC: LAZ whose chunks are the nodes of an octree.

use std::io::{Seek, Write};
use std::num::NonZeroUsize;

use ept_format::{Bounds, CopcInfo, Key, NodeName};
use ept_las::Vlr;
use ept_points::PointBatch;

use crate::copc_hierarchy::CopcHierarchy;
use crate::copc_info::copc_info;
use crate::fused::Fused;
use crate::las_file::LasFile;
use crate::laz_chunks::LazChunks;
use crate::record::Record;
use crate::{ExportError, Rounding, Sink, point_format};

/// Properties of a COPC file other than its points.
#[derive(Debug, Clone, PartialEq)]
pub struct CopcOptions {
    /// The coordinate system as WKT 1. `None` if it is not known.
    pub wkt: Option<String>,
    /// The octree's cube, which is the root's cell, in units of the coordinate system.
    pub bounds: Bounds,
    /// Spacing of the root's points, in units of the coordinate system. It halves with each depth.
    pub spacing: f64,
    /// Number of threads that compress. It does not affect the file.
    pub threads: NonZeroUsize,
}

impl CopcOptions {
    /// Whether the bounds are a cube, apart from rounding. If so, nodes of EPT are nodes of COPC and [`CopcSink`] can
    /// write them. Otherwise use [`OctreeSink`](crate::OctreeSink).
    #[must_use]
    pub fn has_cube(&self) -> bool {
        copc_info(&self.bounds, self.spacing).is_ok()
    }
}

/// Writes [COPC 1.0](https://copc.io), a cloud-optimised point cloud: each node is written as a chunk with the same key
/// and its points in the same order.
///
/// The first points settle the file as for [`LasSink`](crate::LasSink), except for the point format, which is 6, or 7
/// with colour, or 8 with `Infrared`. Points of formats 0 to 5 are converted according to LAS 1.4: class 12 becomes the
/// overlap flag with class 0 (as in PDAL), and whole degrees of the scan angle become the nearest step of 0.006
/// degrees.
///
/// Nodes without points that have descendants with points are written as empty entries, so that readers can traverse
/// the tree. Memory holds two chunks for each thread and 40 bytes for each node, about 150 while the hierarchy is
/// written at the end.
#[derive(Debug)]
pub struct CopcSink<W> {
    draft: Fused<Draft<W>>,
    note: Option<String>,
}

/// A file of which nothing has been written yet.
#[derive(Debug)]
struct Draft<W> {
    out: W,
    options: CopcOptions,
    info: CopcInfo,
    file: Option<LasFile>,
    /// The nodes written so far.
    keys: Vec<Key>,
    columns: Option<PointBatch>,
    /// The bounds of the points, for coordinates that were not stored as integers.
    extent: Bounds,
}

impl<W: Write + Seek + Send> CopcSink<W> {
    /// A sink that writes to `out`, which must be empty: the file starts at its position 0.
    ///
    /// # Errors
    /// [`ExportError::NotACube`] if the sides of the bounds differ by more than rounding: a COPC octree is always a
    /// cube.
    pub fn new(out: W, options: CopcOptions) -> Result<CopcSink<W>, ExportError> {
        Ok(CopcSink {
            draft: Fused::new(Draft {
                info: copc_info(&options.bounds, options.spacing)?,
                extent: options.bounds,
                out,
                options,
                file: None,
                keys: Vec::new(),
                columns: None,
            }),
            note: None,
        })
    }

    /// Settles the file in advance, as [`LasSink::with_columns`](crate::LasSink::with_columns) does.
    #[must_use]
    pub fn with_columns(self, columns: PointBatch) -> CopcSink<W> {
        let draft = self.draft.changed(|draft| Draft {
            columns: Some(columns),
            ..draft
        });
        CopcSink { draft, ..self }
    }

    /// Sets the bounds of the points if they are smaller than the cube. They determine scale and offset of coordinates
    /// that were not stored as integers.
    #[must_use]
    pub fn with_extent(self, extent: Bounds) -> CopcSink<W> {
        let draft = self.draft.changed(|draft| Draft { extent, ..draft });
        CopcSink { draft, ..self }
    }
}

impl<W: Write + Seek> Draft<W> {
    fn start(&mut self, record: Record) -> Result<LasFile, ExportError> {
        start_copc(record, &self.options, &self.info, &mut self.out)
    }

    /// Registers a node, which must come after all others.
    fn enter(&mut self, node: NodeName) -> Result<(), ExportError> {
        let Some(key) = node.key() else {
            return Err(ExportError::Node {
                node,
                problem: "is not a node of an octree, as COPC requires",
            });
        };
        if self.keys.last().is_some_and(|last| *last >= key) {
            return Err(ExportError::Node {
                node,
                problem: "COPC takes each node once, in ascending order",
            });
        }
        self.keys.push(key);
        Ok(())
    }

    fn write(mut self, node: NodeName, batch: &PointBatch) -> Result<Draft<W>, ExportError> {
        if batch.is_empty() {
            return Ok(self);
        }
        self.enter(node)?;
        let file = match self.file.take() {
            Some(file) => file,
            None => {
                let columns = self.columns.take();
                let record = copc_record(columns.as_ref(), batch, &self.extent)?;
                self.start(record)?
            }
        };
        self.file.insert(file).write(batch, &mut self.out)?;
        Ok(self)
    }

    fn finish(mut self, note: Option<&str>) -> Result<u64, ExportError> {
        let file = match self.file.take() {
            Some(file) => file,
            None => self.start(Record::unknown(&self.options.bounds))?,
        };
        finish_copc(file, &self.keys, self.info, note, &mut self.out)
    }
}

impl<W: Write + Seek + Send> Sink for CopcSink<W> {
    fn write(&mut self, node: NodeName, batch: &PointBatch) -> Result<(), ExportError> {
        self.draft.step(|draft| draft.write(node, batch))
    }

    fn describe(&mut self, note: String) {
        self.note = Some(note);
    }

    fn rounding(&self) -> Vec<Rounding> {
        let file = self.draft.state().and_then(|draft| draft.file.as_ref());
        file.map(LasFile::rounding).unwrap_or_default()
    }

    fn finish(self: Box<Self>) -> Result<u64, ExportError> {
        let note = self.note.as_deref();
        self.draft.finish(|draft| draft.finish(note))
    }
}

/// The records of a COPC file, from the settled columns or, failing that, its first points.
pub(crate) fn copc_record(
    columns: Option<&PointBatch>,
    first: &PointBatch,
    extent: &Bounds,
) -> Result<Record, ExportError> {
    let like = columns.unwrap_or(first);
    let names: Vec<&str> = like.columns().iter().map(|c| &*c.name).collect();
    // COPC has the formats of points that were never stored in an older one.
    let record = Record::of(like, point_format(None, &names), extent)?;
    Ok(if columns.is_some() {
        record.settled()
    } else {
        record
    })
}

/// Writes everything before the points of a COPC file.
pub(crate) fn start_copc(
    record: Record,
    options: &CopcOptions,
    info: &CopcInfo,
    out: &mut impl Write,
) -> Result<LasFile, ExportError> {
    let laz = LazChunks::variable(&record, options.threads)?;
    LasFile::start(record, options.wkt.as_deref(), Some(laz), Some(info), out)
}

/// Writes everything after the points. `keys` are the nodes in the order in which they were written.
pub(crate) fn finish_copc(
    mut file: LasFile,
    keys: &[Key],
    mut info: CopcInfo,
    note: Option<&str>,
    out: &mut (impl Write + Seek),
) -> Result<u64, ExportError> {
    let chunks = file.end_points(out)?;
    let hierarchy = CopcHierarchy::new(keys, chunks.chunks())?;
    let page_at = out.stream_position()? + Vlr::EXTENDED_HEADER_SIZE;
    let (pages, root_size) = hierarchy.to_bytes(page_at);
    info.root_page = page_at..page_at + root_size;
    info.times = file.times();
    file.header_mut().set_copc(&info, &pages);
    file.finish(note, out)
}
