//! Encoding of records to chunks.

use std::fmt;

use crate::error::Error;
use crate::item::Item;
use crate::style::Style;

/// Encodes records of the same kind, a chunk at a time. Its memory, about a megabyte, is reused for each chunk.
pub struct Encoder(Style);

impl Encoder {
    /// An encoder of records that consist of these items.
    ///
    /// # Errors
    /// As for [`Decoder::new`](crate::Decoder::new): all items that can be read can be written.
    pub fn new(items: &[Item]) -> Result<Encoder, Error> {
        Style::new(items).map(Encoder)
    }

    /// Length of a record in bytes.
    #[must_use]
    pub fn record_size(&self) -> usize {
        self.0.record_size()
    }

    /// Encodes whole records as one chunk, which is appended to `chunk`. It has the bytes that LASzip writes.
    ///
    /// # Errors
    /// [`Error::NotRecords`] if the bytes are not whole records, one or more. [`Error::TooLong`] if the chunk exceeds
    /// what LASzip can store. `chunk` may then have grown.
    pub fn encode(&mut self, records: &[u8], chunk: &mut Vec<u8>) -> Result<(), Error> {
        if records.is_empty() || !records.len().is_multiple_of(self.record_size()) {
            return Err(Error::NotRecords);
        }
        match &mut self.0 {
            Style::Sequential(sequential) => {
                sequential.write(records, chunk);
                Ok(())
            }
            Style::Layered(layered) => layered.write(records, chunk),
        }
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder")
            .field("record_size", &self.record_size())
            .finish_non_exhaustive()
    }
}
