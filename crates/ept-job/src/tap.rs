//! A stream that can be opened again as long as nothing was written to it.

use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A stream, as one sink writes to it. Clones are the same stream.
#[derive(Clone)]
pub(crate) struct Tap {
    out: Arc<Mutex<Box<dyn Write + Send>>>,
    is_used: Arc<AtomicBool>,
    is_closed: Arc<AtomicBool>,
}

impl Tap {
    pub(crate) fn new(out: impl Write + Send + 'static) -> Tap {
        Tap {
            out: Arc::new(Mutex::new(Box::new(out))),
            is_used: Arc::default(),
            is_closed: Arc::default(),
        }
    }

    /// Opens the stream for another sink.
    pub(crate) fn opened(&self) -> Tap {
        Tap {
            is_closed: Arc::default(),
            ..self.clone()
        }
    }

    /// Whether anything was written to the stream.
    pub(crate) fn is_used(&self) -> bool {
        self.is_used.load(Ordering::Relaxed)
    }

    /// Drops whatever its sink writes from now on.
    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::Relaxed);
    }
}

impl Write for Tap {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() || self.is_closed.load(Ordering::Relaxed) {
            return Ok(bytes.len());
        }
        self.is_used.store(true, Ordering::Relaxed);
        self.out
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.is_used() {
            return Ok(());
        }
        self.out
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .flush()
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tap")
            .field("is_used", &self.is_used)
            .finish_non_exhaustive()
    }
}
