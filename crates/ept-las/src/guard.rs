//! Calls of the `laz` crate, with errors and panics as [`LasError`].

use std::panic::{AssertUnwindSafe, catch_unwind};

use laz::LasZipError;

use crate::LasError;

/// Calls `laz`, which panics on some damaged chunks and tables. `what` is the part of the file that it reads.
pub(crate) fn call<T, E: Into<LasZipError>>(
    what: &'static str,
    call: impl FnOnce() -> Result<T, E>,
) -> Result<T, LasError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(match error.into() {
            LasZipError::IoError(_) => LasError::corrupt(what, "it is truncated"),
            other => unsupported(&other),
        }),
        Err(_) => Err(LasError::corrupt(what, "it can't be decompressed")),
    }
}

pub(crate) fn unsupported(error: &LasZipError) -> LasError {
    LasError::Unsupported(format!("LAZ compression ({error})"))
}
