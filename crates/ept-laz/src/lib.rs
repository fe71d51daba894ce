//! Decodes LASzip chunks: point formats 0 to 3 in version 2 of their coding, and 6 to 8 in version 3.
//!
//! The points of a LAZ file are in chunks that do not depend on each other. A chunk is its first record as it is, then
//! the other records as an arithmetic code. Point formats 0 to 3 have one code, point after point. Point formats 6 to 8
//! have one for each field, a layer, so that fields nobody wants cost nothing ([`Decoder::select`]).
//!
//! A [`Decoder`] is made for the [`Item`]s that a file's records consist of. It takes one chunk after the other, and
//! gives the records as they are in a LAS file, in blocks of any length. It is up to the caller to find the chunks in
//! the file, and to know how many points each has.
//!
//! ```
//! use ept_laz::{Decoder, Error, Item};
//!
//! fn decode(chunk: &[u8], points: usize) -> Result<Vec<u8>, Error> {
//!     let mut decoder = Decoder::new(&[Item::Point10, Item::GpsTime])?;
//!     let mut records = vec![0; points * decoder.record_size()];
//!     decoder.begin(chunk)?.read(&mut records)?;
//!     Ok(records)
//! }
//! # assert_eq!(decode(&[0; 32], 1), Ok(vec![0; 28]));
//! # assert_eq!(decode(&[0; 31], 1), Err(Error::Truncated));
//! ```
//!
//! The records are those of the `laz` crate, in three fifths of its time: a model compares four entries of its
//! distribution at once, and memory is kept from chunk to chunk. Any bytes are safe to decode: if they are not a chunk,
//! the result is an error or meaningless records.

mod bit_model;
mod coder;
mod decoder;
mod error;
mod gps_time;
mod integer;
mod item;
mod layered;
mod median;
mod model;
mod rgb;
mod sequential;

pub use decoder::{Chunk, Decoder};
pub use error::Error;
pub use item::Item;
pub use layered::Layers;
