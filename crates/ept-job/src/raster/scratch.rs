//! Rows of numbers in a scratch file.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::SpooledTempFile;

/// Maximum bytes kept in memory. Above that, everything goes to a scratch file.
const IN_MEMORY: usize = 32 << 20;

/// Numbers in a scratch file, read back by their place. Shared between threads.
#[derive(Debug)]
pub(crate) struct Scratch {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: SpooledTempFile,
    /// Number of bytes in the file.
    end: u64,
}

impl Scratch {
    /// An empty file. It will be in `folder`.
    pub(crate) fn new(folder: &Path) -> Scratch {
        let file = tempfile::spooled_tempfile_in(IN_MEMORY, folder);
        Scratch {
            state: Mutex::new(State { file, end: 0 }),
        }
    }

    /// Appends numbers. Returns the place of the first.
    ///
    /// # Errors
    /// That of the system.
    pub(crate) fn append(&self, numbers: &[f64]) -> io::Result<u64> {
        let mut bytes = Vec::with_capacity(size_of_val(numbers));
        for number in numbers {
            bytes.extend(number.to_le_bytes());
        }
        self.append_bytes(&bytes)
    }

    /// Appends numbers as bytes, little-endian. Returns the place of the first.
    ///
    /// # Errors
    /// That of the system.
    pub(crate) fn append_bytes(&self, bytes: &[u8]) -> io::Result<u64> {
        let mut state = self.state();
        let start = state.end;
        state.file.seek(SeekFrom::Start(start))?;
        state.file.write_all(bytes)?;
        state.end += bytes.len() as u64;
        Ok(start / NUMBER)
    }

    /// Adds `count` numbers from a place on to `numbers`.
    ///
    /// # Errors
    /// That of the system.
    pub(crate) fn read(&self, start: u64, count: usize, numbers: &mut Vec<f64>) -> io::Result<()> {
        let mut bytes = Vec::new();
        self.read_bytes(start, count, &mut bytes)?;
        let (eights, _) = bytes.as_chunks();
        numbers.extend(eights.iter().map(|eight| f64::from_le_bytes(*eight)));
        Ok(())
    }

    /// Replaces `bytes` with `count` numbers from a place on, little-endian.
    ///
    /// # Errors
    /// That of the system.
    pub(crate) fn read_bytes(
        &self,
        start: u64,
        count: usize,
        bytes: &mut Vec<u8>,
    ) -> io::Result<()> {
        bytes.resize(count * NUMBER as usize, 0);
        let mut state = self.state();
        state.file.seek(SeekFrom::Start(start * NUMBER))?;
        state.file.read_exact(bytes)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes of a number.
pub(crate) const NUMBER: u64 = size_of::<f64>() as u64;
