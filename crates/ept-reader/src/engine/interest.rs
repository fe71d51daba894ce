//! Tells tasks whether anybody still wants their results.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Interest in the results of some tasks, until it is dropped.
///
/// Aborting many tasks takes time, during which an aborted request frees its permit for another that is about to be
/// aborted and would be sent for nobody. So a request checks the interest once it has a permit.
#[derive(Debug, Default)]
pub(crate) struct Interest(Arc<AtomicBool>);

tokio::task_local! {
    static CURRENT: Interested;
}

/// Tells whether an interest has ended.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interested(Arc<AtomicBool>);

impl Interest {
    /// A handle that tells whether this interest has ended.
    pub(crate) fn interested(&self) -> Interested {
        Interested(Arc::clone(&self.0))
    }
}

impl Interested {
    /// The handle of the current task. Outside of [`Interested::in_work`], the interest never ends.
    pub(crate) fn of_current_task() -> Interested {
        CURRENT.try_with(Interested::clone).unwrap_or_default()
    }

    /// Runs a future as work of this interest.
    pub(crate) fn in_work<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        CURRENT.scope(self.clone(), work)
    }

    /// Whether the interest has ended.
    pub(crate) fn is_over(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl Drop for Interest {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}
