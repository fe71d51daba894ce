//! Computing on a limited number of threads.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::oneshot;

use super::priority;
use crate::Error;

/// A queue of computations, run by threads of its own.
///
/// A thread that has finished takes the next computation itself, and waits if there is none. If each one were handed to
/// tokio's blocking pool, the cores would idle about a tenth of the time, until the runtime gets its turn, and the
/// computations would be done by all threads of the pool in turn, of which each keeps memory that it has freed.
///
/// Computations early in their stream run first, whenever they are queued: the consumer waits for them, and results
/// behind them take memory until then.
#[derive(Debug)]
pub(crate) struct Cores {
    most: usize,
    state: Mutex<State>,
    came: Condvar,
}

/// How long a thread waits for the next computation before it ends: as long as those of tokio's pool.
const PATIENCE: Duration = Duration::from_secs(10);

/// The same for a thread of tokio's pool, where files or the end of the runtime may wait for it.
const BRIEFLY: Duration = Duration::from_millis(5);

#[derive(Default)]
struct State {
    /// By place in their stream, then in order of arrival.
    queue: BTreeMap<(u64, u64), Job>,
    came: u64,
    /// Number of threads.
    running: usize,
    /// Number of those that wait for a computation.
    waiting: usize,
    gives_way: bool,
}

type Job = Box<dyn FnOnce() + Send>;

impl Cores {
    pub(crate) fn new(most: usize) -> Cores {
        Cores {
            most,
            state: Mutex::default(),
            came: Condvar::new(),
        }
    }

    /// From now on, the threads have a lower priority.
    pub(crate) fn give_way(&self) {
        self.state().gives_way = true;
    }

    /// Runs a computation with this place in its stream as soon as a thread is free. It is skipped if nobody waits for
    /// it by then.
    pub(crate) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        place: u64,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (sender, result) = oneshot::channel();
        let runtime = Handle::current();
        let job = Box::new(move || {
            // It may use the runtime of whoever waits for it.
            let _entered = runtime.enter();
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
        if state.queue.len() <= state.waiting {
            self.came.notify_one();
        } else if state.running < self.most {
            state.running += 1;
            drop(state);
            self.start();
        }
    }

    /// Starts a thread that works off the queue, which is counted already.
    fn start(self: &Arc<Self>) {
        let cores = Arc::clone(self);
        let thread = thread::Builder::new().name("ept-compute".into());
        if may_start_threads() && thread.spawn(move || cores.work_off(Thread::Own)).is_ok() {
            return;
        }
        let cores = Arc::clone(self);
        tokio::task::spawn_blocking(move || cores.work_off(Thread::OfPool));
    }

    /// Runs queued computations until none comes any more.
    fn work_off(&self, thread: Thread) {
        let mut is_lower = false;
        while let Some(mut state) = self.wait(thread) {
            let job = state.queue.pop_first();
            let gives_way = state.gives_way;
            drop(state);
            // A thread of the pool would keep the priority for other work.
            if gives_way && !is_lower && thread == Thread::Own {
                priority::lower();
                is_lower = true;
            }
            if let Some((_, job)) = job {
                // A panic drops the sender of the result, which notifies the receiver.
                let _ = catch_unwind(AssertUnwindSafe(job));
            }
        }
    }

    /// Waits until something is queued. `None` if nothing comes in time: the thread then no longer counts.
    fn wait(&self, thread: Thread) -> Option<MutexGuard<'_, State>> {
        let patience = match thread {
            Thread::Own => PATIENCE,
            Thread::OfPool => BRIEFLY,
        };
        let mut state = self.state();
        state.waiting += 1;
        let waited = self
            .came
            .wait_timeout_while(state, patience, |state| state.queue.is_empty());
        (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        if state.queue.is_empty() {
            state.running -= 1;
            return None;
        }
        Some(state)
    }

    /// The lock can't be poisoned: no code that can panic runs under it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a thread comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thread {
    Own,
    OfPool,
}

/// Whether there are threads enough. Who has a runtime on one thread may be allowed no more than a few: the pool, which
/// reads files, must get them.
fn may_start_threads() -> bool {
    Handle::current().runtime_flavor() != RuntimeFlavor::CurrentThread
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
