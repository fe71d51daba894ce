//! State that is lost at the first error.

use std::mem;

use crate::ExportError;

/// The state of a sink until its first error, then that error.
///
/// The error drops the state, so that nothing can continue a half-written file.
#[derive(Debug)]
pub(crate) struct Fused<T>(Result<T, ExportError>);

impl<T> Fused<T> {
    pub(crate) fn new(state: T) -> Fused<T> {
        Fused(Ok(state))
    }

    /// Runs a step on the state. After an error, repeats the error.
    pub(crate) fn step(
        &mut self,
        step: impl FnOnce(T) -> Result<T, ExportError>,
    ) -> Result<(), ExportError> {
        // Left behind if the step panics.
        let state = mem::replace(&mut self.0, Err(ExportError::Broken));
        self.0 = state.and_then(step);
        match &self.0 {
            Ok(_) => Ok(()),
            Err(error) => Err(error.clone()),
        }
    }

    /// The state. `None` after an error.
    pub(crate) fn state(&self) -> Option<&T> {
        self.0.as_ref().ok()
    }

    /// Changes the state before the first step.
    pub(crate) fn changed(self, change: impl FnOnce(T) -> T) -> Fused<T> {
        Fused(self.0.map(change))
    }

    /// Runs the last step. After an error, repeats the error.
    pub(crate) fn finish<R>(
        self,
        finish: impl FnOnce(T) -> Result<R, ExportError>,
    ) -> Result<R, ExportError> {
        self.0.and_then(finish)
    }
}
