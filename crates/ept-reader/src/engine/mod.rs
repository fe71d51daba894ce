//! What all sources of a job share: limits on requests, cores and memory, retries, timeout, and the traffic count.

mod background;
mod cores;
mod fetch;
mod interest;
mod limits;
pub(crate) mod log;
mod memory;
mod options;
mod priority;
mod ranges;
mod retry;
mod room;
mod timeout;
mod traffic;
mod transfer;
mod wait;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ept_las::Decompressors;
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
pub(crate) use room::Room;
pub use timeout::parse_timeout;
pub use traffic::Traffic;
pub use transfer::{Contents, Held, Receiver, TransferError};
pub use wait::{Wait, WaitWatch};

use cores::Cores;
use timeout::Timeout;
use traffic::Counters;

/// What all datasets of a job share: limits on requests, decoding and memory, the timeout, the cache on disk, and the
/// traffic count. Cloning it is cheap; clones are the same engine.
///
/// A dataset opened with [`Options`] has its own engine. Datasets opened with one engine share its limits.
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
    /// For one file that is larger than usual.
    room: Arc<Semaphore>,
    /// Memory for decompression, which would grow with the number of sources if each had its own.
    decompressors: Arc<Decompressors>,
    traffic: Counters,
    start: Instant,
    timeout: Option<Timeout>,
    /// Whether any server has answered yet.
    has_answer: AtomicBool,
}

impl Engine {
    /// An engine with these options. A timeout starts now.
    #[must_use]
    pub fn new(options: &Options) -> Engine {
        let mut options = options.clone();
        options.limits = options.limits.within_reason();
        let limits = &options.limits;
        Engine {
            inner: Arc::new(Inner {
                requests: Arc::new(Semaphore::new(limits.requests.get())),
                cores: Arc::new(Cores::new(limits.threads.get())),
                memory: Memory::new(limits.memory.get()),
                room: Arc::new(Semaphore::new(1)),
                decompressors: Arc::default(),
                traffic: Counters::default(),
                start: Instant::now(),
                timeout: options.timeout.and_then(Timeout::new),
                has_answer: AtomicBool::new(false),
                options,
            }),
        }
    }

    /// Starts the timeout again, for another read of datasets that stay open. Reads that are under way have it too.
    pub fn restart_timeout(&self) {
        if let Some(timeout) = &self.inner.timeout {
            timeout.restart();
        }
    }

    /// The traffic so far, of all datasets of the engine.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.inner.traffic.now()
    }

    /// Time since the engine was created.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.inner.start.elapsed()
    }

    /// Limits on concurrency, memory and the size of files.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.inner.options.limits
    }

    /// How datasets are opened and read.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    /// From now on, computations run on threads of lower priority, where the system allows it: so that those which answer a
    /// viewer, or draw, don't wait for decoding while all cores are busy.
    pub fn give_way(&self) {
        self.inner.cores.give_way();
    }

    pub(crate) fn decompressors(&self) -> Arc<Decompressors> {
        Arc::clone(&self.inner.decompressors)
    }

    pub(crate) fn memory(&self) -> &Memory {
        &self.inner.memory
    }

    /// Runs a computation on one of the cores that decode tiles too. Of those that wait, the one with the lowest place runs
    /// first.
    ///
    /// # Errors
    /// If the computation panics.
    pub async fn compute<T: Send + 'static>(
        &self,
        place: u64,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        self.inner.cores.run(place, work).await
    }
}
