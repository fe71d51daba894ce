//! Events of requests, for whoever listens to `tracing`.

use std::fmt::Display;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ept_format::Node;
use tracing::{debug, trace};

use crate::store::StoreError;

/// What a request comes to, told with its time from the first poll on: that is when it has a permit. `bytes` are those of
/// its answer.
pub(crate) async fn told<T>(
    what: impl Display,
    bytes: impl Fn(&T) -> usize,
    request: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let start = Instant::now();
    let result = request.await;
    let ms = start.elapsed().as_millis();
    match &result {
        Ok(answer) => debug!("{what}: {} bytes in {ms} ms", bytes(answer)),
        Err(error) => debug!("failed in {ms} ms: {error}"),
    }
    result
}

/// What files come to that are read together.
pub(crate) async fn together(files: impl Future<Output = Vec<Bytes>>) -> Vec<Bytes> {
    let start = Instant::now();
    let files = files.await;
    let ms = start.elapsed().as_millis();
    let bytes: usize = files.iter().map(Bytes::len).sum();
    debug!("{} files together: {bytes} bytes in {ms} ms", files.len());
    files
}

/// That a request is made again.
pub(crate) fn again(location: &str, attempt: u32, attempts: u32, wait: Duration) {
    let wait = wait.as_millis();
    debug!("{location}: asked {attempt} of {attempts} times, again in {wait} ms");
}

/// That no request is made, since a cache has the file.
pub(crate) fn cached(location: &str) {
    trace!("{location}: from the cache");
}

/// That the points of a node were decoded, selected and made something of.
pub(crate) fn decoded(node: &Node, start: Instant) {
    let Node { name, points, .. } = node;
    let ms = start.elapsed().as_millis();
    trace!("{name}: {points} points decoded in {ms} ms");
}
