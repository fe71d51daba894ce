//! Decodes tiles to columns of points, without I/O.
//!
//! The main type is [`Decoder`]. It is made once for a dataset and a query, and decodes each tile (laszip, binary or
//! zstandard) to a [`PointBatch`], a structure of arrays: a typed `Vec` for each dimension, with the names of PDAL and
//! EPT. [`Summary`] reduces batches to count, minimum, maximum and mean.
//!
//! Only the points within the decoder's bounds become columns, and only the requested dimensions; in LAZ point formats
//! 6 to 10 the others are not even decompressed. Coordinates are `raw * scale + offset` with two roundings, as every LAS
//! reader computes them, and a point is within the bounds exactly if these coordinates are.
//!
//! Tiles are not trusted. Every length, count and offset in them is checked against the bytes of the tile before it is
//! used, and an error is a [`DecodeError`], never a panic or an abort.

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
mod stored_chunks;
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
pub use stored_chunks::StoredChunks;
pub use summary::{DimensionSummary, Scalar, Summary};
pub use tile_header::TileHeader;
pub use values::Values;
pub use wish::Wish;
