//! What all sinks have in common.

use ept_format::NodeName;
use ept_points::PointBatch;

use crate::{ExportError, Rounding};

/// A file that is being written, batch by batch.
///
/// After an error the output is incomplete and stays so: every later call repeats the error, [`Sink::finish`] too.
pub trait Sink: Send {
    /// Writes the selected points of a node of the octree, in their order. Nodes come in ascending order of
    /// their names, one batch each; a batch without points changes nothing. Formats without an octree of
    /// their own write the same bytes whatever the keys.
    ///
    /// # Errors
    /// If the output fails, or the format cannot hold the points; the first error again after an error.
    fn write(&mut self, node: NodeName, batch: &PointBatch) -> Result<(), ExportError>;

    /// Has a note of where the points come from put into the file, in formats with a place for it at their end:
    /// LAS, LAZ and COPC have it in an extended variable length record of user `ept` with number 1, GeoParquet and
    /// Arrow files under the key `ept:note`. Can be called until the end; the last note counts.
    fn describe(&mut self, _note: String) {}

    /// The axes whose coordinates were rounded so far; LAS, LAZ and COPC store them as integers of 32 bits.
    fn rounding(&self) -> Vec<Rounding> {
        Vec::new()
    }

    /// Completes the file, which is valid even without a point, and returns the number of points in
    /// it.
    ///
    /// # Errors
    /// If the output fails; the first error again after an error.
    fn finish(self: Box<Self>) -> Result<u64, ExportError>;
}
