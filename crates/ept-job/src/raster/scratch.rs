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
        let bytes: Vec<_> = numbers.iter().map(|number| number.to_le_bytes()).collect();
        let bytes = bytes.as_flattened();
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
        let mut bytes = vec![0; count * NUMBER as usize];
        let mut state = self.state();
        state.file.seek(SeekFrom::Start(start * NUMBER))?;
        state.file.read_exact(&mut bytes)?;
        drop(state);
        let (eights, _) = bytes.as_chunks();
        numbers.extend(eights.iter().map(|eight| f64::from_le_bytes(*eight)));
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes of a number.
const NUMBER: u64 = size_of::<f64>() as u64;
