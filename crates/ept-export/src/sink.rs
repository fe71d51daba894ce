//! The interface of all sinks.

use ept_format::NodeName;
use ept_points::PointBatch;

use crate::{ExportError, Rounding};

/// A file being written, batch by batch.
///
/// After an error the output is incomplete and stays so: every later call, including [`Sink::finish`], repeats the
/// error.
pub trait Sink: Send {
    /// Writes the selected points of a node, in order. Nodes must come in ascending order of names, one batch each. An
    /// empty batch has no effect. Formats without an octree write the same bytes whatever the nodes, unless they
    /// copy chunks ([`LasSink::with_chunks`](crate::LasSink::with_chunks)).
    ///
    /// # Errors
    /// If the output fails, or the format can't represent the points. After an error, the first error again.
    fn write(&mut self, node: NodeName, batch: &PointBatch) -> Result<(), ExportError>;

    /// Sets a note about the origin of the points, in formats with space for it at the end: LAS, LAZ and COPC have it
    /// in an extended VLR of user `ept` with number 1, GeoParquet and Arrow files under the key `ept:note`. May be
    /// called until the end; the last note counts.
    fn describe(&mut self, _note: String) {}

    /// The axes whose coordinates were rounded so far. LAS, LAZ and COPC store them as 32-bit integers.
    fn rounding(&self) -> Vec<Rounding> {
        Vec::new()
    }

    /// Completes the file, which is valid even without points, and returns the number of points in it.
    ///
    /// # Errors
    /// If the output fails. After an error, the first error again.
    fn finish(self: Box<Self>) -> Result<u64, ExportError>;
}
