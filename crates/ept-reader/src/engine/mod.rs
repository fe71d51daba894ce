//! What all sources of a job share: requests, cores, memory, patience, the account of traffic.

mod background;
mod cores;
mod fetch;
mod interest;
mod limits;
mod memory;
mod options;
mod ranges;
mod retry;
mod traffic;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::Error;

pub(crate) use background::{Background, Task, task_failed};
pub(crate) use fetch::Fetcher;
pub(crate) use interest::{Interest, Interested};
pub use limits::Limits;
pub(crate) use memory::{Memory, Share, Taken};
pub use options::{CloudOptions, Options};
pub use retry::Retry;
pub use traffic::Traffic;

use cores::Cores;
use traffic::Counters;

/// What all datasets of a job share: the limits of requests, decoding and memory, the time for all, the cache on disk
/// and the account of traffic. Cloning it is cheap; clones are one engine.
///
/// Datasets that are opened with [`Options`] have an engine of their own each; those that are opened with one engine keep
/// to its limits together.
///
/// ```
/// use ept_reader::{Dataset, Engine, Options};
///
/// # async fn example() -> Result<(), ept_reader::Error> {
/// let engine = Engine::new(&Options::default());
/// let north = Dataset::open_in("https://example.com/north", &engine).await?;
/// let south = Dataset::open_in("https://example.com/south", &engine).await?;
/// println!("{} requests for both", engine.traffic().requests);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    options: Options,
    requests: Arc<Semaphore>,
    cores: Arc<Cores>,
    memory: Memory,
    traffic: Counters,
    start: Instant,
    deadline: Option<(Instant, Duration)>,
    /// Whether a server has answered anything.
    has_answer: AtomicBool,
}

impl Engine {
    /// An engine with these limits. Its time, if that is limited, begins now.
    #[must_use]
    pub fn new(options: &Options) -> Engine {
        let mut options = options.clone();
        options.limits = options.limits.within_reason();
        let limits = &options.limits;
        let start = Instant::now();
        let deadline = options.timeout.map(|timeout| (start + timeout, timeout));
        Engine {
            inner: Arc::new(Inner {
                requests: Arc::new(Semaphore::new(limits.requests.get())),
                cores: Arc::new(Cores::new(limits.threads.get())),
                memory: Memory::new(limits.memory.get()),
                traffic: Counters::default(),
                start,
                deadline,
                has_answer: AtomicBool::new(false),
                options,
            }),
        }
    }

    /// What was fetched so far, for all datasets of the engine.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.inner.traffic.now()
    }

    /// Time since the engine was made.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.inner.start.elapsed()
    }

    /// How much may be in flight at the same time, and how large things may be.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.inner.options.limits
    }

    /// How datasets are opened and read.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    pub(crate) fn memory(&self) -> &Memory {
        &self.inner.memory
    }

    /// Runs a computation on one of the cores. What has a lower place in its stream goes first.
    pub(crate) async fn compute<T: Send + 'static>(
        &self,
        place: u64,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        self.inner.cores.run(place, work).await
    }
}
