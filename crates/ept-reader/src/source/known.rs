//! What a reader of some nodes needs to know, so that it asks for their bytes only.

use bytes::Bytes;
use ept_las::Chunk;

use super::las_file::Head;

/// What a reader of some nodes of a source needs to know, so that it asks for their bytes only.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Known {
    /// Of an EPT dataset: the text of `ept.json`.
    Ept(Bytes),
    /// Of a LAS, LAZ or COPC file: what precedes the points, and the chunks of each node.
    File(Head, Vec<Vec<Chunk>>),
}
