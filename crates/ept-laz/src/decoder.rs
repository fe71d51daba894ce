//! Decoding of chunks to records.

use std::fmt;

use crate::error::Error;
use crate::item::Item;
use crate::layered::{self, Layered, Layers};
use crate::sequential::{self, Sequential};
use crate::style::Style;

/// Decodes chunks of records of the same kind, one after the other. Its memory, about a megabyte, is reused for each
/// chunk.
pub struct Decoder(Style);

/// A chunk being decoded.
pub struct Chunk<'d, 'c>(Reading<'d, 'c>);

enum Reading<'d, 'c> {
    Sequential(&'d mut Sequential, sequential::Chunk<'c>),
    Layered(&'d mut Layered, Box<layered::Chunk<'c>>),
}

impl Decoder {
    /// A decoder of records that consist of these items.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the items are not those of a point format, in its order, with or without extra bytes;
    /// if a version is unknown; and if items of point formats 6 to 10 have different versions, which LASzip does not
    /// write.
    pub fn new(items: &[Item]) -> Result<Decoder, Error> {
        Style::new(items).map(Decoder)
    }

    /// Length of a record in bytes.
    #[must_use]
    pub fn record_size(&self) -> usize {
        self.0.record_size()
    }

    /// Decodes only these layers of point formats 6 to 10, from the next chunk on. In the other fields, all points of a
    /// chunk have the values of its first record. Point formats 0 to 5 have no layers and are decoded whole.
    pub fn select(&mut self, layers: Layers) {
        if let Style::Layered(layered) = &mut self.0 {
            layered.select(layers);
        }
    }

    /// Starts a chunk. Bytes after the chunk are ignored.
    ///
    /// # Errors
    /// [`Error::Truncated`] if the bytes end before the code of the points starts, or within a layer.
    /// [`Error::Damaged`] if a code starts as none does.
    pub fn begin<'c>(&mut self, chunk: &'c [u8]) -> Result<Chunk<'_, 'c>, Error> {
        Ok(Chunk(match &mut self.0 {
            Style::Sequential(sequential) => {
                let chunk = sequential.begin(chunk)?;
                Reading::Sequential(sequential, chunk)
            }
            Style::Layered(layered) => {
                let chunk = Box::new(layered.begin(chunk)?);
                Reading::Layered(layered, chunk)
            }
        }))
    }
}

impl Chunk<'_, '_> {
    /// Decodes the next records, as many whole ones as fit. The bytes left at the end are not changed.
    ///
    /// A chunk does not say how many points it has. Asking for more yields an error or meaningless records, as with a
    /// damaged chunk.
    ///
    /// # Errors
    /// [`Error::Truncated`] if the chunk's bytes end before these records do. [`Error::Damaged`] if they are none that
    /// an encoder writes. The records are then meaningless.
    pub fn read(&mut self, records: &mut [u8]) -> Result<(), Error> {
        match &mut self.0 {
            Reading::Sequential(sequential, chunk) => sequential.read(chunk, records),
            Reading::Layered(layered, chunk) => layered.read(chunk, records),
        }
    }

    /// Number of bytes that follow the chunk, once all of its records were read: 0 if the bytes are what an encoder writes
    /// for them. Readers that follow a file from chunk to chunk need that.
    #[must_use]
    pub fn bytes_left(&self) -> usize {
        match &self.0 {
            Reading::Sequential(_, chunk) => chunk.bytes_left(),
            Reading::Layered(_, chunk) => chunk.bytes_left,
        }
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("record_size", &self.record_size())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Chunk<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunk").finish_non_exhaustive()
    }
}
