//! Whether somebody still wants what a task does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The interest in the work of some tasks, which ends when it is dropped.
///
/// Aborting tasks takes a moment for each. In that moment a request that is aborted frees its permit for one that is
/// about to be, and which would be made for nobody: so a request asks after its interest once it has a permit.
#[derive(Debug, Default)]
pub(crate) struct Interest(Arc<AtomicBool>);

tokio::task_local! {
    static CURRENT: Interested;
}

/// Knows whether an interest has ended.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interested(Arc<AtomicBool>);

impl Interest {
    /// What work of this interest knows of it.
    pub(crate) fn interested(&self) -> Interested {
        Interested(Arc::clone(&self.0))
    }
}

impl Interested {
    /// Of the task that calls; of others, whose interest never ends.
    pub(crate) fn of_current_task() -> Interested {
        CURRENT.try_with(Interested::clone).unwrap_or_default()
    }

    /// The future as work of this interest.
    pub(crate) fn in_work<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        CURRENT.scope(self.clone(), work)
    }

    /// Whether nobody is interested any more.
    pub(crate) fn is_over(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl Drop for Interest {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}
