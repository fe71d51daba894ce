//! Memory for files that are larger than usual for their kind: for one at a time.
//!
//! The memory for usual files is limited by the number of requests, and for tiles by that of their points. Larger files, above all
//! small ones that decompress to large ones, are rare unless they are malicious; many of them at once would fill the memory.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;

use super::{Engine, Fetcher, Retry};
use crate::store::StoreError;

/// The room for one large file, free for the next when this is dropped.
///
/// Its holder never waits for another room or for a consumer, only for the network and the cores.
#[derive(Debug)]
pub(crate) struct Room {
    _permit: Option<OwnedSemaphorePermit>,
}

/// Bytes that keep their room until the last of their clones is dropped.
struct Roomy {
    bytes: Bytes,
    _room: Room,
}

impl AsRef<[u8]> for Roomy {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Room {
    /// The bytes, which hold the room until they are dropped.
    fn with(self, bytes: Bytes) -> Bytes {
        Bytes::from_owner(Roomy { bytes, _room: self })
    }
}

impl Engine {
    /// Waits for the room for a large file.
    pub(crate) async fn room(&self) -> Room {
        let permit = Arc::clone(&self.inner.room).acquire_owned().await;
        // The semaphore is never closed.
        Room {
            _permit: permit.ok(),
        }
    }
}

impl Fetcher {
    /// As [`Fetcher::get_with`], for a file that usually has at most `usual` bytes. A larger one is fetched again once there is
    /// room for it.
    pub(crate) async fn get_roomy(
        &self,
        path: &str,
        usual: usize,
        most: usize,
        retry: &Retry,
    ) -> Result<Bytes, StoreError> {
        match self.get_with(path, usual.min(most), retry).await {
            Err(StoreError::TooLarge { .. }) if usual < most => {
                let room = self.engine().room().await;
                let bytes = self.get_with(path, most, retry).await?;
                Ok(room.with(bytes))
            }
            found => found,
        }
    }

    /// As [`Fetcher::range_with`], for a range that usually has at most `usual` bytes.
    pub(crate) async fn range_roomy(
        &self,
        path: &str,
        range: std::ops::Range<u64>,
        usual: u64,
        retry: &Retry,
    ) -> Result<Bytes, StoreError> {
        if range.end.saturating_sub(range.start) <= usual {
            return self.range_with(path, range, retry).await;
        }
        let room = self.engine().room().await;
        let bytes = self.range_with(path, range, retry).await?;
        Ok(room.with(bytes))
    }
}
