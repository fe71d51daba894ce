//! From the bytes of a tile to columns of points, without I/O.
//!
//! The principal type is [`Decoder`]: made once for a dataset and a query, it turns each tile
//! (laszip, binary or zstandard) into a [`PointBatch`]. A batch is a structure of arrays: a typed
//! `Vec` for each dimension, named as PDAL and EPT name them. [`Summary`] folds batches into
//! count, minimum, maximum and mean.
//!
//! Only the points within the decoder's bounds become columns, and only the wanted dimensions; LAZ point
//! formats 6 to 10 do not even decompress the others. Coordinates are `raw * scale + offset` with
//! two roundings, as every LAS reader computes them, and a point is within the bounds exactly when its
//! coordinates so computed are.
//!
//! Tiles come from strangers. Every length, count and offset in them is compared with the bytes in
//! hand before it sizes or bounds anything, and a fault is a [`DecodeError`], never a panic or an
//! abort.

mod axis;
mod batch;
mod columns;
mod decoder;
mod error;
mod field;
mod file_decoder;
mod guard;
mod laszip;
mod schema;
mod summary;
mod tile_header;
mod values;
mod wanted;
mod wish;
mod zstandard;

pub use batch::{Column, PointBatch};
pub use decoder::Decoder;
pub use ept_las::Scaling;
pub use error::DecodeError;
pub use file_decoder::FileDecoder;
pub use summary::{DimensionSummary, Scalar, Summary};
pub use tile_header::TileHeader;
pub use values::Values;
pub use wish::Wish;
