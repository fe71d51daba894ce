//! Computing on a limited number of threads.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::Error;

/// A queue of computations, run by threads of tokio's blocking pool.
///
/// A thread that has finished takes the next computation itself. If each one were handed to the pool, the cores would
/// idle about a tenth of the time, until the runtime gets its turn.
///
/// Computations early in their stream run first, whenever they are queued: the consumer waits for them, and results
/// behind them take memory until then.
#[derive(Debug)]
pub(crate) struct Cores {
    most: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By place in their stream, then in order of arrival.
    queue: BTreeMap<(u64, u64), Job>,
    came: u64,
    running: usize,
}

type Job = Box<dyn FnOnce() + Send>;

impl Cores {
    pub(crate) fn new(most: usize) -> Cores {
        Cores {
            most,
            state: Mutex::default(),
        }
    }

    /// Runs a computation with this place in its stream as soon as a thread is free. It is skipped if nobody waits for
    /// it by then.
    pub(crate) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        place: u64,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (sender, result) = oneshot::channel();
        let job = Box::new(move || {
            if !sender.is_closed() {
                // The result is not needed if nobody waits any more.
                let _ = sender.send(work());
            }
        });
        self.submit(place, job);
        let panicked = |_| Error::Internal("a computation panicked".into());
        result.await.map_err(panicked)
    }

    fn submit(self: &Arc<Self>, place: u64, job: Job) {
        let mut state = self.state();
        let came = state.came;
        state.came += 1;
        state.queue.insert((place, came), job);
        if state.running < self.most {
            state.running += 1;
            let cores = Arc::clone(self);
            tokio::task::spawn_blocking(move || cores.work_off());
        }
    }

    /// Runs queued computations until the queue is empty.
    fn work_off(&self) {
        while let Some(job) = self.next() {
            // A panic drops the sender of the result, which notifies the receiver.
            let _ = catch_unwind(AssertUnwindSafe(job));
        }
    }

    fn next(&self) -> Option<Job> {
        let mut state = self.state();
        let job = state.queue.pop_first().map(|(_, job)| job);
        if job.is_none() {
            state.running -= 1;
        }
        job
    }

    /// The lock can't be poisoned: no code that can panic runs under it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut state = f.debug_struct("State");
        state
            .field("queued", &self.queue.len())
            .field("running", &self.running)
            .finish()
    }
}
