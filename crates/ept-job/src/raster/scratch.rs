//! Rows of numbers in a scratch file.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::SpooledTempFile;

/// Maximum bytes kept in memory. Above that, everything goes to a scratch file.
const IN_MEMORY: usize = 32 << 20;

/// A number as it is in the file: the bytes of an `f64`, the lowest first.
pub(crate) type Number = [u8; 8];

const BYTES: u64 = size_of::<Number>() as u64;

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
    pub(crate) fn append(&self, numbers: &[Number]) -> io::Result<u64> {
        let bytes = numbers.as_flattened();
        let mut state = self.state();
        let start = state.end;
        state.file.seek(SeekFrom::Start(start))?;
        state.file.write_all(bytes)?;
        state.end += bytes.len() as u64;
        Ok(start / BYTES)
    }

    /// Reads as many numbers as there is room for, from a place on.
    ///
    /// # Errors
    /// That of the system.
    pub(crate) fn read(&self, start: u64, numbers: &mut [Number]) -> io::Result<()> {
        let mut state = self.state();
        state.file.seek(SeekFrom::Start(start * BYTES))?;
        state.file.read_exact(numbers.as_flattened_mut())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
