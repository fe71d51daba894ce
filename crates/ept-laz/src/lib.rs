//! Decodes LASzip chunks of point formats 0 to 3, in the second version of their coding, and 6 to 8, in the third.
//!
//! A LAZ file holds its points in chunks that do not depend on each other: a first record as it is, then an arithmetic
//! code of the others; in point formats 6 to 8 one for each field, a layer, so that fields that nobody wants
//! ([`Decoder::select`]) cost nothing. A [`Decoder`] is made for the [`Item`]s that the records of a file consist of, and takes one chunk
//! after the other; each gives its records, as they stand in a LAS file, in blocks of any length. Finding the chunks in a
//! file, and how many points each has, is up to the caller.
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
//! It takes three fifths of the time that the `laz` crate does, and gives the same records: a model finds a symbol by
//! comparing four entries of its distribution at once, and its memory is kept from chunk to chunk. Any bytes may be given
//! to it: those that are no chunk give an error, or records without meaning.

mod bit_model;
mod block;
mod bytes;
mod bytes14;
mod code;
mod coder;
mod contexts;
mod decoder;
mod error;
mod field14;
mod gps_time;
mod gps_time14;
mod integer;
mod integers14;
mod item;
mod layered;
mod layers;
mod layout;
mod layout14;
mod median;
mod model;
mod nir14;
mod point10;
mod point14;
mod record14;
mod return14;
mod rgb12;
mod rgb14;
mod sequential;
mod symbols14;

pub use decoder::{Chunk, Decoder};
pub use error::Error;
pub use item::Item;
pub use layers::Layers;
