//! The body of an answer, with limits on stalls and size.

use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream::{BoxStream, try_unfold};
use futures::{Stream, StreamExt, TryStreamExt};
use tokio::time::{Instant, timeout_at};

use super::{Store, StoreError};

/// Minimum bytes of a body per stall time.
const PROGRESS: usize = 16 << 10;
/// Bytes of a range, if a body is made of ranges.
const PIECE: u64 = 4 << 20;

/// The bytes of a file as they come, in pieces of any size.
pub struct Body<'a> {
    /// Where in the file the pieces begin: the place that was asked for, or 0.
    pub start: u64,
    /// The size of the whole file. `None` if the store does not tell.
    pub size: Option<u64>,
    /// What identifies these contents to the byte, such as an `ETag` that is not weak. `None` if the store did not tell.
    pub stamp: Option<String>,
    /// The pieces.
    pub pieces: BoxStream<'a, Result<Bytes, StoreError>>,
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("start", &self.start)
            .field("size", &self.size)
            .field("stamp", &self.stamp)
            .finish_non_exhaustive()
    }
}

/// The bytes of a file from some place on, by one range after another.
pub(super) fn by_ranges<'a, S: Store + ?Sized>(
    store: &'a S,
    path: &'a str,
    from: u64,
) -> BoxStream<'a, Result<Bytes, StoreError>> {
    let pieces = try_unfold(from, move |at| async move {
        let end = at.saturating_add(PIECE);
        let piece = store.range(path, at..end, PIECE as usize).await?;
        let next = at + piece.len() as u64;
        Ok((!piece.is_empty()).then_some((piece, next)))
    });
    pieces.boxed()
}

/// Collects all chunks of a body that was announced with this many bytes.
pub(super) async fn collect(
    chunks: impl Stream<Item = Result<Bytes, StoreError>> + Send + Unpin,
    announced: u64,
    location: &str,
    max_bytes: usize,
    stall: Duration,
) -> Result<Bytes, StoreError> {
    if announced > max_bytes as u64 {
        return Err(StoreError::too_large(location.to_owned(), max_bytes));
    }
    let mut body = BytesMut::new();
    let mut chunks = paced(chunks, location.to_owned(), stall);
    while let Some(chunk) = chunks.try_next().await? {
        if body.len() + chunk.len() > max_bytes {
            return Err(StoreError::too_large(location.to_owned(), max_bytes));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// The chunks of a body as long as it makes progress.
pub(super) fn paced<'a>(
    chunks: impl Stream<Item = Result<Bytes, StoreError>> + Send + Unpin + 'a,
    location: String,
    stall: Duration,
) -> BoxStream<'a, Result<Bytes, StoreError>> {
    let begin = (chunks, 0, (Instant::now() + stall, PROGRESS), location);
    let paced = try_unfold(begin, move |state| async move {
        let (mut chunks, mut done, mut progress, location) = state;
        let chunk = timeout_at(progress.0, chunks.next()).await;
        let chunk = chunk.map_err(|_| StoreError::Transient {
            location: location.clone(),
            cause: format!("stalled for {stall:?} after {done} bytes"),
            retry_after: None,
        })?;
        let Some(chunk) = chunk.transpose()? else {
            return Ok(None);
        };
        done += chunk.len();
        if done >= progress.1 {
            progress = (Instant::now() + stall, done + PROGRESS);
        }
        Ok(Some((chunk, (chunks, done, progress, location))))
    });
    paced.boxed()
}
