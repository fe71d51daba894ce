//! What a process knows of a query.

use std::process;
use std::sync::{MutexGuard, PoisonError};

use arrow_schema::SchemaRef;

use super::Query;

/// What a process knows of a query.
#[derive(Default)]
pub(super) struct Known {
    pub(super) pid: u32,
    /// The dataset opened for its areas.
    pub(super) dataset: Option<ept_reader::Dataset>,
    pub(super) schema: Option<SchemaRef>,
}

impl Query {
    /// What this process knows. After a fork, that is nothing.
    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.pid != process::id() {
            let fresh = Known {
                pid: process::id(),
                ..Known::default()
            };
            // Its tasks don't exist in the child of a fork.
            std::mem::forget(std::mem::replace(&mut *known, fresh));
        }
        known
    }
}
