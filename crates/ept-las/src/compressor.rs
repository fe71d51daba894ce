//! Compression of records to a chunk.

use laz::LasZipError;
use laz::record::{
    LayeredPointRecordCompressor, RecordCompressor, SequentialPointRecordCompressor,
};

use crate::{Compression, LasError, guard};

impl Compression {
    /// Compresses whole records, one or more, to a chunk, which is appended to `chunk`.
    ///
    /// # Errors
    /// If compression fails.
    pub fn compress(&self, records: &[u8], chunk: Vec<u8>) -> Result<Vec<u8>, LasError> {
        let mut compressor: Box<dyn RecordCompressor<Vec<u8>>> = if self.is_layered {
            Box::new(LayeredPointRecordCompressor::new(chunk))
        } else {
            Box::new(SequentialPointRecordCompressor::new(chunk))
        };
        guard::call("points to compress", || {
            compressor.set_fields_from(self.vlr.items())?;
            compressor.compress_many(records)?;
            Ok::<_, LasZipError>(compressor.done()?)
        })?;
        Ok(compressor.box_into_inner())
    }
}
