//! What all sinks have in common.

use ept_points::PointBatch;

use crate::ExportError;

/// A file that is being written, batch by batch.
///
/// After an error the output is incomplete and the sink of no further use.
pub trait Sink: Send {
    /// Writes the points of a batch, in their order. A batch without points changes nothing.
    ///
    /// # Errors
    /// When the output fails, or the format cannot hold the points.
    fn write(&mut self, batch: &PointBatch) -> Result<(), ExportError>;

    /// Completes the file, which is valid even without a point, and returns the number of points in
    /// it.
    ///
    /// # Errors
    /// When the output fails.
    fn finish(self: Box<Self>) -> Result<u64, ExportError>;
}
