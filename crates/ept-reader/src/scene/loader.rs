//! Loads the tiles and pages that a scene wants, best first, with limited concurrency.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use crate::scene::inbox::{Arrival, Inbox};
use crate::scene::tile_cache::{Name, Resident, TileCache, Wanted};
use crate::{Dataset, Error, Retry};

/// What a look wants to load.
#[derive(Debug, Default)]
pub(crate) struct Wants {
    /// Best first.
    pub(crate) order: Vec<Wanted>,
    /// Loads that are no longer wanted, but not for long enough to be cancelled.
    pub(crate) tolerated: HashSet<Name>,
}

/// Counts of a scene's loads.
#[derive(Debug, Default)]
pub(crate) struct LoadCounts {
    pub(crate) started: AtomicU64,
    pub(crate) arrived: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) cancelled: AtomicU64,
}

/// Loads what is wanted, until it is dropped.
#[derive(Debug)]
pub(crate) struct Loader {
    pub(crate) dataset: Dataset,
    pub(crate) cache: TileCache,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) counters: Arc<LoadCounts>,
    /// Maximum concurrent loads.
    pub(crate) most: usize,
    /// The first and the maximum wait after a failure.
    pub(crate) waits: [Duration; 2],
}

/// The loads in progress and those that failed.
struct Work {
    loader: Loader,
    running: JoinSet<(Name, Result<Resident, Error>)>,
    handles: HashMap<Name, AbortHandle>,
    /// What was delivered since the last look whose wants are known.
    delivered: HashSet<Name>,
    failures: HashMap<Name, Failure>,
}

struct Failure {
    attempts: u32,
    /// Time of the next attempt.
    until: Instant,
}

impl Loader {
    pub(crate) async fn run(self, mut wants: watch::Receiver<Arc<Wants>>) {
        let mut work = Work {
            loader: self,
            running: JoinSet::new(),
            handles: HashMap::new(),
            delivered: HashSet::new(),
            failures: HashMap::new(),
        };
        let mut wanted = Arc::default();
        loop {
            if wants.has_changed().unwrap_or(false) {
                wanted = Arc::clone(&wants.borrow_and_update());
                work.delivered.clear();
                work.cancel(&wanted);
            }
            work.start(&wanted);
            let again = work.next_try(&wanted);
            tokio::select! {
                changed = wants.changed() => match changed {
                    Ok(()) => wants.mark_changed(),
                    Err(_) => return,
                },
                Some(done) = work.running.join_next() => work.finish(done),
                () = sleep_until(again.unwrap_or_else(Instant::now)), if again.is_some() => {}
            }
        }
    }
}

impl Work {
    /// Cancels loads that nobody wants any more.
    fn cancel(&mut self, wants: &Wants) {
        let order = wants.order.iter().map(Wanted::name);
        let wanted: HashSet<Name> = order.chain(wants.tolerated.iter().copied()).collect();
        let counters = &self.loader.counters;
        self.handles.retain(|name, handle| {
            let is_wanted = wanted.contains(name);
            if !is_wanted {
                handle.abort();
                counters.cancelled.fetch_add(1, Ordering::Relaxed);
            }
            is_wanted
        });
        let now = Instant::now();
        self.failures
            .retain(|name, failure| wanted.contains(name) || failure.until > now);
    }

    /// Starts the best of the wanted loads, up to the limit.
    fn start(&mut self, wants: &Wants) {
        let now = Instant::now();
        for wanted in &wants.order {
            if self.handles.len() >= self.loader.most {
                return;
            }
            let name = wanted.name();
            let is_waiting = |failure: &Failure| failure.until > now;
            let is_out = self.handles.contains_key(&name)
                || self.delivered.contains(&name)
                || self.failures.get(&name).is_some_and(is_waiting);
            if !is_out {
                self.load(name, *wanted);
            }
        }
    }

    fn load(&mut self, name: Name, wanted: Wanted) {
        let Loader { cache, dataset, .. } = &self.loader;
        let load = cache.load(dataset, wanted, Retry::NEVER);
        let handle = self.running.spawn(async move { (name, load.await) });
        self.handles.insert(name, handle);
        let started = &self.loader.counters.started;
        started.fetch_add(1, Ordering::Relaxed);
    }

    /// Time of the first retry of a wanted load that failed.
    fn next_try(&self, wants: &Wants) -> Option<Instant> {
        if self.failures.is_empty() || self.handles.len() >= self.loader.most {
            return None;
        }
        let names = wants.order.iter().map(Wanted::name);
        let failures = names.filter(|name| !self.handles.contains_key(name));
        let failures = failures.filter_map(|name| self.failures.get(&name));
        failures.map(|failure| failure.until).min()
    }

    fn finish(&mut self, done: Result<(Name, Result<Resident, Error>), JoinError>) {
        // Only a cancelled load ends without a result.
        let Ok((name, result)) = done else { return };
        if self.handles.remove(&name).is_none() {
            return;
        }
        let counters = &self.loader.counters;
        let arrival = match result {
            Ok(part) => {
                counters.arrived.fetch_add(1, Ordering::Relaxed);
                self.failures.remove(&name);
                self.delivered.insert(name);
                Arrival::Resident(name, part)
            }
            Err(error) => {
                counters.failed.fetch_add(1, Ordering::Relaxed);
                self.fail(name, error)
            }
        };
        self.loader.inbox.put(arrival);
    }

    /// Records a failure. Each wait is twice the one before.
    fn fail(&mut self, name: Name, error: Error) -> Arrival {
        let [first, longest] = self.loader.waits;
        let attempts = self
            .failures
            .get(&name)
            .map_or(0, |failure| failure.attempts);
        let wait = first
            .saturating_mul(2_u32.saturating_pow(attempts))
            .min(longest);
        let failure = Failure {
            attempts: attempts.saturating_add(1),
            until: Instant::now() + wait,
        };
        self.failures.insert(name, failure);
        Arrival::Failure(name, error, wait)
    }
}
