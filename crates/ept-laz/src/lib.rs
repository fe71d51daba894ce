//! Decodes and encodes LASzip chunks of all point formats: 0 to 5 (versions 1 and 2 of the coding) and 6 to 10 (versions
//! 3 and 4).
//!
//! A LAZ file stores its points in independent chunks. A chunk is its first record uncompressed, then the other records
//! as arithmetic code. Point formats 0 to 5 have one code, point by point. Point formats 6 to 10 have one for each
//! field, called a layer, so that fields nobody wants cost nothing ([`Decoder::select`]).
//!
//! A [`Decoder`] is made for the [`Item`]s of a file's records. It decodes one chunk after the other to records as they
//! are in a LAS file, in blocks of any length. Finding the chunks in the file, and knowing how many points each has, is
//! up to the caller. An [`Encoder`] makes a chunk of records.
//!
//! ```
//! use ept_laz::{Decoder, Encoder, Error, Kind};
//!
//! fn decode(chunk: &[u8], points: usize) -> Result<Vec<u8>, Error> {
//!     let mut decoder = Decoder::new(&[Kind::Point10.version(2), Kind::GpsTime.version(2)])?;
//!     let mut records = vec![0; points * decoder.record_size()];
//!     decoder.begin(chunk)?.read(&mut records)?;
//!     Ok(records)
//! }
//!
//! fn encode(records: &[u8]) -> Result<Vec<u8>, Error> {
//!     let mut encoder = Encoder::new(&[Kind::Point10.version(2), Kind::GpsTime.version(2)])?;
//!     let mut chunk = Vec::new();
//!     encoder.encode(records, &mut chunk)?;
//!     Ok(chunk)
//! }
//! # let records: Vec<u8> = (0..84).collect();
//! # assert_eq!(decode(&encode(&records)?, 3), Ok(records));
//! # assert_eq!(decode(&[0; 31], 1), Err(Error::Truncated));
//! # Ok::<_, Error>(())
//! ```
//!
//! The records are those that LASzip reads, the chunks those that it writes, byte by byte. Decoding takes three fifths of
//! the time of the `laz` crate, encoding half of it: a model compares four entries of its distribution at once, and memory
//! is reused for each chunk. Any bytes are safe to decode: if they are not a chunk, the result is an error or meaningless records. No bytes
//! make it recurse.
//!
//! Where LASzip loses something, the encoder does not: a GPS time of -0 after 0 in point formats 6 to 10, and the place
//! after a wave packet of 2 GiB or more.

mod bit_model;
mod coder;
mod decoder;
mod encoder;
mod error;
mod gps_time;
mod integer;
mod interval;
mod item;
mod layered;
mod median;
mod model;
mod place;
mod reader;
mod rgb;
mod sequential;
mod style;
mod time_action;
mod time_sequence;
mod wave_packet;
mod writer;

pub use decoder::{Chunk, Decoder};
pub use encoder::Encoder;
pub use error::Error;
pub use item::{Item, Kind};
pub use layered::Layers;
