//! Chunks to records.

use std::fmt;

use crate::code::Code as LayeredCode;
use crate::error::Error;
use crate::item::Item;
use crate::layered::Layered;
use crate::layers::Layers;
use crate::layout::Layout;
use crate::layout14::Layout14;
use crate::sequential::{Code as SequentialCode, Sequential};

/// Decodes chunks of one kind of records, one after the other. Its memory, about a megabyte, is kept from chunk to chunk.
pub struct Decoder(Records);

enum Records {
    Sequential(Box<Sequential>),
    Layered(Box<Layered>),
}

/// A chunk that is being decoded.
pub struct Chunk<'d, 'c>(Reading<'d, 'c>);

enum Reading<'d, 'c> {
    Sequential(&'d mut Sequential, SequentialCode<'c>),
    Layered(&'d mut Layered, Box<LayeredCode<'c>>),
}

impl Decoder {
    /// A decoder of records that consist of these items.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the items are not those of point format 0 to 3 or 6 to 8, in its order, with extra
    /// bytes or without.
    pub fn new(items: &[Item]) -> Result<Decoder, Error> {
        Ok(Decoder(match items.first() {
            Some(Item::Point14) => {
                let layout = Layout14::new(items)?;
                Records::Layered(Box::new(Layered::new(layout)))
            }
            _ => {
                let layout = Layout::new(items)?;
                Records::Sequential(Box::new(Sequential::new(layout)))
            }
        }))
    }

    /// The length of a record in bytes.
    #[must_use]
    pub fn record_size(&self) -> usize {
        match &self.0 {
            Records::Sequential(sequential) => sequential.size(),
            Records::Layered(layered) => layered.size(),
        }
    }

    /// Leaves out all other layers of point formats 6 to 8 from the next chunk on: their fields stay as they are in a
    /// chunk's first record. The other point formats have no layers.
    pub fn select(&mut self, layers: Layers) {
        if let Records::Layered(layered) = &mut self.0 {
            layered.select(layers);
        }
    }

    /// Starts a chunk. More bytes may follow it: a chunk says itself where it ends.
    ///
    /// # Errors
    /// [`Error::Truncated`] when the bytes end before the code of the chunk's points does.
    pub fn begin<'c>(&mut self, chunk: &'c [u8]) -> Result<Chunk<'_, 'c>, Error> {
        Ok(Chunk(match &mut self.0 {
            Records::Sequential(sequential) => {
                let code = sequential.begin(chunk)?;
                Reading::Sequential(sequential, code)
            }
            Records::Layered(layered) => {
                let code = Box::new(layered.begin(chunk)?);
                Reading::Layered(layered, code)
            }
        }))
    }
}

impl Chunk<'_, '_> {
    /// Decodes the next records, as many as there is room for. Room for less than a record stays as it is.
    ///
    /// A chunk does not say how many points it has: one that is asked for more answers with an error, or with points
    /// that nobody put there. So does a damaged one.
    ///
    /// # Errors
    /// [`Error::Truncated`] when the chunk's bytes end before these records do. What the records then hold has no meaning.
    pub fn read(&mut self, records: &mut [u8]) -> Result<(), Error> {
        match &mut self.0 {
            Reading::Sequential(sequential, code) => sequential.read(code, records),
            Reading::Layered(layered, code) => layered.read(code, records),
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
