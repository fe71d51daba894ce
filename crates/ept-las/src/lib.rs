//! The structure of LAS and LAZ files, for reading and writing, without I/O.
//!
//! A file consists of a [`Header`] (LAS 1.0 to 1.5), variable length records ([`Vlr`]), and points of a [`PointFormat`]
//! in a [`Layout`] (where each dimension is in a record), possibly with [`ExtraDimension`]s, in LAZ also of
//! [`Compression`] and [`ChunkTable`]. Each type parses and writes the same bytes. Converting records to columns and
//! back is left to other crates.
//!
//! A file is never needed as a whole. The header and its VLRs are parsed from the first bytes of a file of known size,
//! the chunk table from its own bytes, and each chunk is decompressed on its own:
//!
//! ```
//! use ept_las::{ChunkTable, Compression, Decompressors, Header, LasError, Layers};
//!
//! fn first_records(size: u64, read: impl Fn(u64, u64) -> Vec<u8>) -> Result<Vec<u8>, LasError> {
//!     let length = Header::length_with_vlrs(&read(0, 100));
//!     let start = read(0, length.min(size));
//!     let header = Header::parse(&start, size)?;
//!     let compression = Compression::of_file(&header, &start)?;
//!     let place = read(header.points_at.into(), 8);
//!     let at = ChunkTable::place(&place, &header, size).ok_or(LasError::Empty)?;
//!     let table = ChunkTable::parse(&read(at, size - at), at, &header, &compression)?;
//!     let mut first = Vec::new();
//!     if let Some(chunk) = table.chunks().first() {
//!         let bytes = read(chunk.at, chunk.size);
//!         let pool = Decompressors::default();
//!         pool.decompress(&compression, &bytes, chunk.points, Layers::ALL, |records| {
//!             first.extend_from_slice(records);
//!         })?;
//!     }
//!     Ok(first)
//! }
//! # assert!(first_records(3, |_, _| b"no.".to_vec()).is_err());
//! ```
//!
//! Files are not trusted. Every length, count and offset in them is checked against the size of the file before it is
//! used, and an error is a [`LasError`], never a panic or an abort.

mod bytes;
mod chunk_table;
mod compression;
mod compressor;
mod decompressors;
mod encoding;
mod error;
mod extra_bytes;
mod field;
mod guard;
mod header;
mod lax;
mod layout;
mod point_format;
mod scaling;
mod srs;
mod vlr;

pub use chunk_table::{Chunk, ChunkTable};
pub use compression::{Chunking, Compression};
pub use decompressors::Decompressors;
pub use encoding::Encoding;
pub use ept_laz::Layers;
pub use error::LasError;
pub use extra_bytes::ExtraDimension;
pub use field::Field;
pub use header::Header;
pub use lax::Lax;
pub use layout::Layout;
pub use point_format::PointFormat;
pub use scaling::Scaling;
pub use srs::srs_of;
pub use vlr::{Vlr, VlrId, Vlrs};
