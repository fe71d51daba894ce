//! From records to a compressed chunk.

use laz::record::{
    LayeredPointRecordCompressor, RecordCompressor, SequentialPointRecordCompressor,
};

use crate::{Compression, LasError};

impl Compression {
    /// Compresses whole records, one or more, to one chunk, which is appended to `chunk`.
    ///
    /// # Errors
    /// If the compressor refuses.
    pub fn compress(&self, records: &[u8], chunk: Vec<u8>) -> Result<Vec<u8>, LasError> {
        let mut compressor: Box<dyn RecordCompressor<Vec<u8>>> = if self.is_layered {
            Box::new(LayeredPointRecordCompressor::new(chunk))
        } else {
            Box::new(SequentialPointRecordCompressor::new(chunk))
        };
        let result = compressor.set_fields_from(self.vlr.items());
        result.map_err(|error| LasError::compression(&error))?;
        let compressed = compressor.compress_many(records);
        let done = compressed.and_then(|()| compressor.done());
        done.map_err(|error| LasError::compression(&error.into()))?;
        Ok(compressor.box_into_inner())
    }
}
