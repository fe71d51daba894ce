//! The memory for decoded points that wait for their consumers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Bytes per permit, since semaphores count in 32 bits.
const UNIT: usize = 1024;

/// A number of bytes shared by streams. Each stream uses its bytes in the order of its nodes.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    free: Arc<Semaphore>,
    most: u32,
}

/// The share of a node, returned when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    /// `None` for the next node of a stream if there was no memory for it.
    _permit: Option<OwnedSemaphorePermit>,
}

/// How many nodes the consumer of a stream has taken.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    count: AtomicU64,
    changed: Notify,
}

impl Memory {
    pub(crate) fn new(bytes: usize) -> Memory {
        let units = (bytes / UNIT).clamp(1, Semaphore::MAX_PERMITS);
        Memory {
            free: Arc::new(Semaphore::new(units)),
            most: u32::try_from(units).unwrap_or(u32::MAX),
        }
    }

    /// Waits for memory for the node at a place of a stream. The node that the consumer waits for proceeds without:
    /// other streams may hold all memory until this one proceeds, so waiting could deadlock. The memory used is
    /// therefore at most the limit plus one node per stream.
    pub(crate) async fn share(&self, bytes: u64, place: u64, taken: &Taken) -> Share {
        let units = u32::try_from(bytes / UNIT as u64).unwrap_or(self.most);
        let permit = Arc::clone(&self.free).acquire_many_owned(units.clamp(1, self.most));
        tokio::select! {
            biased;
            // The semaphore is never closed.
            permit = permit => Share { _permit: permit.ok() },
            () = taken.reaches(place) => Share { _permit: None },
        }
    }
}

impl Taken {
    /// Counts one more node as taken.
    pub(crate) fn add(&self) {
        self.count.fetch_add(1, Ordering::Release);
        self.changed.notify_waiters();
    }

    /// Waits until this many nodes were taken.
    async fn reaches(&self, count: u64) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // From here on no notification is missed.
            changed.as_mut().enable();
            if self.count.load(Ordering::Acquire) >= count {
                return;
            }
            changed.await;
        }
    }
}
