//! Work that ends at its first error.

use std::mem;

use crate::ExportError;

/// The state of a sink until its first error, from then on that error.
///
/// The state is dropped with the error, so nothing can go on with a file that is half written.
#[derive(Debug)]
pub(crate) struct Fused<T>(Result<T, ExportError>);

impl<T> Fused<T> {
    pub(crate) fn new(state: T) -> Fused<T> {
        Fused(Ok(state))
    }

    /// Takes the state one step further; after an error, repeats it.
    pub(crate) fn step(
        &mut self,
        step: impl FnOnce(T) -> Result<T, ExportError>,
    ) -> Result<(), ExportError> {
        // What stays if the step panics.
        let state = mem::replace(&mut self.0, Err(ExportError::Broken));
        self.0 = state.and_then(step);
        match &self.0 {
            Ok(_) => Ok(()),
            Err(error) => Err(error.clone()),
        }
    }

    /// The state; `None` after an error.
    pub(crate) fn state(&self) -> Option<&T> {
        self.0.as_ref().ok()
    }

    /// The state before the first step.
    pub(crate) fn changed(self, change: impl FnOnce(T) -> T) -> Fused<T> {
        Fused(self.0.map(change))
    }

    /// Takes the last step; after an error, repeats it.
    pub(crate) fn finish<R>(
        self,
        finish: impl FnOnce(T) -> Result<R, ExportError>,
    ) -> Result<R, ExportError> {
        self.0.and_then(finish)
    }
}
