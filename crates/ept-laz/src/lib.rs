//! Decodes LASzip chunks of point formats 0 to 3 (coding version 2) and 6 to 8 (version 3).
//!
//! A LAZ file stores its points in independent chunks. A chunk is its first record uncompressed, then the other records
//! as arithmetic code. Point formats 0 to 3 have one code, point by point. Point formats 6 to 8 have one for each
//! field, called a layer, so that fields nobody wants cost nothing ([`Decoder::select`]).
//!
//! A [`Decoder`] is made for the [`Item`]s of a file's records. It decodes one chunk after the other to records as they
//! are in a LAS file, in blocks of any length. Finding the chunks in the file, and knowing how many points each has, is
//! up to the caller.
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
//! The records are the same as those of the `laz` crate, in three fifths of its time: a model compares four entries of
//! its distribution at once, and memory is reused for each chunk. Any bytes are safe to decode: if they are not a
//! chunk, the result is an error or meaningless records.

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
