//! Compression of records to a chunk.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ept_laz::{Encoder, Error, Item};

use crate::{Compression, LasError};

/// Encoders of a [`Compression`] that are not in use, at most as many as threads have compressed concurrently.
#[derive(Default)]
pub(crate) struct IdleEncoders(Mutex<Vec<Encoder>>);

impl Compression {
    /// Compresses whole records, one or more, to a chunk, which is appended to `chunk`. The chunk has the bytes that
    /// LASzip writes. Any number of threads can compress; each takes about a megabyte, which is reused for later chunks
    /// of this compression.
    ///
    /// # Errors
    /// If the bytes are not whole records, or the chunk exceeds what LASzip can store.
    pub fn compress(&self, records: &[u8], mut chunk: Vec<u8>) -> Result<Vec<u8>, LasError> {
        let mut encoder = self.encoders.take(&self.items).map_err(error)?;
        let result = encoder.encode(records, &mut chunk);
        self.encoders.idle().push(encoder);
        result.map_err(error)?;
        Ok(chunk)
    }
}

impl IdleEncoders {
    /// An encoder of these items.
    fn take(&self, items: &[Item]) -> Result<Encoder, Error> {
        let idle = self.idle().pop();
        idle.map_or_else(|| Encoder::new(items), Ok)
    }

    /// The lock can't be poisoned: no code that can panic runs under it.
    fn idle(&self) -> MutexGuard<'_, Vec<Encoder>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn error(error: Error) -> LasError {
    match error {
        Error::Unsupported(item) => LasError::Unsupported(format!("LAZ compression ({item})")),
        other => LasError::Unstorable {
            what: "a LAZ chunk",
            problem: other.to_string(),
        },
    }
}

impl fmt::Debug for IdleEncoders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IdleEncoders")
            .field(&self.idle().len())
            .finish()
    }
}
