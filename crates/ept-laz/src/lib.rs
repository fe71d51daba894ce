//! Decodes LASzip chunks of all point formats: 0 to 5 (versions 1 and 2 of the coding) and 6 to 10 (versions 3 and 4).
//!
//! A LAZ file stores its points in independent chunks. A chunk is its first record uncompressed, then the other records
//! as arithmetic code. Point formats 0 to 5 have one code, point by point. Point formats 6 to 10 have one for each
//! field, called a layer, so that fields nobody wants cost nothing ([`Decoder::select`]).
//!
//! A [`Decoder`] is made for the [`Item`]s of a file's records. It decodes one chunk after the other to records as they
//! are in a LAS file, in blocks of any length. Finding the chunks in the file, and knowing how many points each has, is
//! up to the caller.
//!
//! ```
//! use ept_laz::{Decoder, Error, Kind};
//!
//! fn decode(chunk: &[u8], points: usize) -> Result<Vec<u8>, Error> {
//!     let mut decoder = Decoder::new(&[Kind::Point10.version(2), Kind::GpsTime.version(2)])?;
//!     let mut records = vec![0; points * decoder.record_size()];
//!     decoder.begin(chunk)?.read(&mut records)?;
//!     Ok(records)
//! }
//! # assert_eq!(decode(&[0; 32], 1), Ok(vec![0; 28]));
//! # assert_eq!(decode(&[0; 31], 1), Err(Error::Truncated));
//! ```
//!
//! The records are those that LASzip reads. Decoding takes three fifths of the time of the `laz` crate: a model compares
//! four entries of its distribution at once, and memory is reused for each chunk. Any bytes are safe to decode: if they
//! are not a chunk, the result is an error or meaningless records. No bytes make it recurse.

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
mod wave_packet;

pub use decoder::{Chunk, Decoder};
pub use error::Error;
pub use item::{Item, Kind};
pub use layered::Layers;
