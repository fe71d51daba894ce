//! The body of an answer, with limits on stalls and size.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use tokio::time::{Instant, timeout_at};

use super::StoreError;

/// Minimum bytes of a body per stall time.
const PROGRESS: usize = 16 << 10;

/// Collects all chunks of a body that was announced with this many bytes.
pub(super) async fn collect(
    mut chunks: impl Stream<Item = Result<Bytes, StoreError>> + Unpin,
    announced: u64,
    location: &str,
    max_bytes: usize,
    stall: Duration,
) -> Result<Bytes, StoreError> {
    if announced > max_bytes as u64 {
        return Err(StoreError::too_large(location.to_owned(), max_bytes));
    }
    let mut body = BytesMut::new();
    let mut progress = (Instant::now() + stall, PROGRESS);
    loop {
        let chunk = timeout_at(progress.0, chunks.next()).await;
        let chunk = chunk.map_err(|_| StoreError::Transient {
            location: location.to_owned(),
            cause: format!("stalled for {stall:?} after {} bytes", body.len()),
            retry_after: None,
        })?;
        match chunk.transpose()? {
            None => return Ok(body.freeze()),
            Some(chunk) if body.len() + chunk.len() > max_bytes => {
                return Err(StoreError::too_large(location.to_owned(), max_bytes));
            }
            Some(chunk) => body.extend_from_slice(&chunk),
        }
        if body.len() >= progress.1 {
            progress = (Instant::now() + stall, body.len() + PROGRESS);
        }
    }
}
