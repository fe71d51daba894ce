//! Points as COPC: LAZ whose chunks are the nodes of an octree.

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

/// What a COPC file is to be, apart from its points.
#[derive(Debug, Clone, PartialEq)]
pub struct CopcOptions {
    /// The coordinate system as WKT 1, if it is known.
    pub wkt: Option<String>,
    /// The cube of the octree, in units of the coordinate system: the cell of the root.
    pub bounds: Bounds,
    /// Spacing of the points of the root, in units of the coordinate system; it halves with each depth.
    pub spacing: f64,
    /// Threads that compress. Their number changes nothing in the file.
    pub threads: NonZeroUsize,
}

impl CopcOptions {
    /// Whether the bounds are a cube, but for rounding: then nodes of EPT are nodes of COPC, for [`CopcSink`].
    /// Otherwise there is [`OctreeSink`](crate::OctreeSink).
    #[must_use]
    pub fn has_cube(&self) -> bool {
        copc_info(&self.bounds, self.spacing).is_ok()
    }
}

/// Writes a cloud-optimised point cloud, [COPC 1.0](https://copc.io): each node that comes becomes a chunk
/// of the same key, and keeps its points in their order.
///
/// The first points settle the file as they do for [`LasSink`](crate::LasSink), but for the point format:
/// that is 6, or 7 with a colour, or 8 with `Infrared`. Points of formats 0 to 5 are turned into it as LAS 1.4 has it:
/// class 12 becomes the overlap flag and class 0 (as in PDAL), and whole degrees of the scan angle the
/// nearest step of 0.006 degrees.
///
/// Nodes without points that have descendants with points are entries without points, so that a reader finds
/// its way down. Two chunks for each thread are in memory, and 40 bytes for each node; some 150 while the
/// hierarchy is made at the end.
#[derive(Debug)]
pub struct CopcSink<W> {
    draft: Fused<Draft<W>>,
    note: Option<String>,
}

/// A file of which nothing is written before its first points.
#[derive(Debug)]
struct Draft<W> {
    out: W,
    options: CopcOptions,
    info: CopcInfo,
    file: Option<LasFile>,
    /// The nodes so far.
    keys: Vec<Key>,
    columns: Option<PointBatch>,
    /// The extent of the points, for coordinates that were not stored as integers.
    extent: Bounds,
}

impl<W: Write + Seek + Send> CopcSink<W> {
    /// A sink to `out`, which is empty: the file starts at its position 0.
    ///
    /// # Errors
    /// [`ExportError::NotACube`] when the sides of the bounds differ by more than rounding: the octree
    /// of COPC has cubes only.
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

    /// Settles the file, as [`LasSink::with_columns`](crate::LasSink::with_columns) does.
    #[must_use]
    pub fn with_columns(self, columns: PointBatch) -> CopcSink<W> {
        let draft = self.draft.changed(|draft| Draft {
            columns: Some(columns),
            ..draft
        });
        CopcSink { draft, ..self }
    }

    /// The extent of the points, where it is narrower than the cube. Decides over scale and offset of coordinates that were
    /// not stored as integers.
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

    /// Notes a node, which comes after all others.
    fn enter(&mut self, node: NodeName) -> Result<(), ExportError> {
        let Some(key) = node.key() else {
            return Err(ExportError::Node {
                node,
                problem: "is not a node of an octree, as COPC needs them",
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

/// The records of a COPC file, by the columns that settle it or else by its first points.
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

/// Writes what precedes the points of a COPC file.
pub(crate) fn start_copc(
    record: Record,
    options: &CopcOptions,
    info: &CopcInfo,
    out: &mut impl Write,
) -> Result<LasFile, ExportError> {
    let laz = LazChunks::variable(&record, options.threads)?;
    LasFile::start(record, options.wkt.as_deref(), Some(laz), Some(info), out)
}

/// Writes what follows the points, which are the nodes `keys` in the order in which they were written.
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
