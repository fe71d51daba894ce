//! What arrived for a scene since its last look.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::Error;
use crate::scene::tile_cache::{Name, Resident};

/// The result of a load.
#[derive(Debug)]
pub(crate) enum Arrival {
    Resident(Name, Resident),
    /// It failed, and is retried after this time.
    Failure(Name, Error, Duration),
}

/// Arrivals that wait for the next look.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    arrivals: Mutex<Vec<Arrival>>,
    async_bell: Notify,
    bell: Condvar,
}

impl Inbox {
    pub(crate) fn put(&self, arrival: Arrival) {
        self.arrivals().push(arrival);
        self.bell.notify_all();
        self.async_bell.notify_waiters();
    }

    pub(crate) fn take(&self) -> Vec<Arrival> {
        std::mem::take(&mut self.arrivals())
    }

    /// The lock can't be poisoned: no code that can panic runs under it.
    fn arrivals(&self) -> MutexGuard<'_, Vec<Arrival>> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells when something arrives for a scene, see [`crate::Scene::arrivals`].
#[derive(Debug, Clone)]
pub struct Arrivals(pub(crate) Arc<Inbox>);

impl Arrivals {
    /// Waits until the next look has something new.
    pub async fn next(&self) {
        loop {
            let bell = self.0.async_bell.notified();
            tokio::pin!(bell);
            // From here on no notification is missed.
            bell.as_mut().enable();
            if !self.0.arrivals().is_empty() {
                return;
            }
            bell.await;
        }
    }

    /// As [`Arrivals::next`], but blocks this thread, at most for `timeout`. Returns whether there is something new, as
    /// does another look. It needs no runtime.
    ///
    /// ```no_run
    /// # fn example(scene: &mut ept_reader::Scene, view: &ept_reader::View) {
    /// let arrivals = scene.arrivals();
    /// while !scene.look(view).is_settled() {
    ///     arrivals.wait(std::time::Duration::from_millis(16));
    /// }
    /// # }
    /// ```
    pub fn wait(&self, timeout: Duration) -> bool {
        let arrivals = self.0.arrivals();
        let is_empty = |arrivals: &mut Vec<Arrival>| arrivals.is_empty();
        let waited = self.0.bell.wait_timeout_while(arrivals, timeout, is_empty);
        let (arrivals, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !arrivals.is_empty()
    }
}
