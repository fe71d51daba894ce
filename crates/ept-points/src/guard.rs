//! Panics of decoders as errors.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::DecodeError;

/// Runs a decoder, turning a panic into an error.
pub(crate) fn guarded<T>(
    decode: impl FnOnce() -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(DecodeError::Panicked(text.unwrap_or_default()))
    })
}
