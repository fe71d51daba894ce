//! The pages that look at a server's dataset.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ept_reader::{Arrivals, Error, Scene};

use crate::viewer::Viewer;

/// Maximum number of pages. The one that has been silent longest makes room for another.
const MOST: usize = 16;

/// Time without a word from a page after which it is taken to be closed.
const SILENCE: Duration = Duration::from_secs(60);

/// All pages, by the names that they gave themselves.
#[derive(Debug, Default)]
pub(crate) struct Viewers {
    seats: Mutex<HashMap<String, Arc<Seat>>>,
}

/// A page's place at the server.
#[derive(Debug)]
pub(crate) struct Seat {
    viewer: Mutex<Viewer>,
    pub(crate) arrivals: Arrivals,
    /// Number of looks.
    looks: AtomicU64,
    heard: Mutex<Instant>,
}

impl Viewers {
    /// The place of a page that is known, which is thereby heard of.
    pub(crate) fn find(&self, name: &str, now: Instant) -> Option<Arc<Seat>> {
        let seat = self.seats().get(name).cloned()?;
        *unpoisoned(&seat.heard) = now;
        Some(seat)
    }

    /// The place of a page, with a new scene if it is not known.
    pub(crate) fn find_or_add(
        &self,
        name: &str,
        now: Instant,
        scene: impl FnOnce() -> Result<Scene, Error>,
    ) -> Result<Arc<Seat>, Error> {
        if let Some(seat) = self.find(name, now) {
            return Ok(seat);
        }
        let scene = scene()?;
        let seat = Arc::new(Seat {
            arrivals: scene.arrivals(),
            viewer: Mutex::new(Viewer::new(scene)),
            looks: AtomicU64::new(0),
            heard: Mutex::new(now),
        });
        let mut seats = self.seats();
        let left = (seats.len() >= MOST).then(|| quietest(&seats)).flatten();
        let left = left.and_then(|name| seats.remove(&name));
        // Another request of the same page may have been faster.
        let seat = Arc::clone(seats.entry(name.to_owned()).or_insert(seat));
        drop(seats);
        // Scenes end after the lock is released.
        drop(left);
        Ok(seat)
    }

    /// Forgets pages that have been silent for long.
    pub(crate) fn sweep(&self, now: Instant) {
        let is_silent = |_: &String, seat: &mut Arc<Seat>| {
            now.saturating_duration_since(*unpoisoned(&seat.heard)) > SILENCE
        };
        let left: Vec<_> = self.seats().extract_if(is_silent).collect();
        drop(left);
    }

    pub(crate) fn count(&self) -> usize {
        self.seats().len()
    }

    fn seats(&self) -> MutexGuard<'_, HashMap<String, Arc<Seat>>> {
        unpoisoned(&self.seats)
    }
}

impl Seat {
    /// The page's scene. Never hold it while waiting.
    pub(crate) fn viewer(&self) -> MutexGuard<'_, Viewer> {
        unpoisoned(&self.viewer)
    }

    /// Number of looks so far.
    pub(crate) fn looks(&self) -> u64 {
        self.looks.load(Ordering::Acquire)
    }

    /// Counts a look, and returns its number, from 1.
    pub(crate) fn count_look(&self) -> u64 {
        self.looks.fetch_add(1, Ordering::AcqRel) + 1
    }
}

fn quietest(seats: &HashMap<String, Arc<Seat>>) -> Option<String> {
    let heard = seats
        .iter()
        .map(|(name, seat)| (*unpoisoned(&seat.heard), name));
    heard.min().map(|(_, name)| name.clone())
}

/// A lock whose value is whole whatever happened to its holder.
fn unpoisoned<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use ept_reader::{Dataset, Error, Scene, SceneOptions};

    use super::Viewers;

    #[tokio::test]
    async fn silent_pages_are_forgotten() -> Result<(), Error> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/terrain");
        let dataset = Dataset::open(path).await?;
        let scene = || Scene::new(dataset.clone(), SceneOptions::default());
        let viewers = Viewers::default();
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        viewers.find_or_add("a", start, scene)?;
        viewers.find_or_add("b", after(30), scene)?;
        viewers.sweep(after(60));
        assert_eq!(viewers.count(), 2);
        // A page that waits for arrivals is found by its name.
        assert!(viewers.find("a", after(60)).is_some());
        viewers.sweep(after(91));
        assert!(viewers.find("b", after(91)).is_none());
        assert_eq!(viewers.count(), 1);
        viewers.sweep(after(1000));
        assert_eq!(viewers.count(), 0);
        Ok(())
    }
}
