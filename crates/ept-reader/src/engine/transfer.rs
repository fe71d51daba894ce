//! Transfers of whole files to receivers, which may have a part of them already.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::StreamExt;
use tokio::time::{sleep, timeout_at};

use super::{Fetcher, Task, Wait};
use crate::StoreError;
use crate::store::Body;

/// Receives the bytes of a file in order. Its methods may block.
pub trait Receiver: Send + 'static {
    /// The bytes that it has.
    fn held(&self) -> Held;

    /// Called before the bytes of each response: they belong to `contents` and start at `at`, which is 0 or the number of bytes
    /// held. Bytes held from there on are discarded.
    ///
    /// # Errors
    /// If it can't receive bytes.
    fn begin(&mut self, at: u64, contents: &Contents) -> io::Result<()>;

    /// Receives the next bytes.
    ///
    /// # Errors
    /// If it can't receive them.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// The bytes of a file that a receiver has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// Number of bytes, from the start of the file.
    pub bytes: u64,
    /// The contents they belong to.
    pub contents: Contents,
}

/// Contents of a file, according to the store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// Identifies them, for example an `ETag`. `None` if the store does not provide a stamp.
    pub stamp: Option<String>,
    /// Their size in bytes. `None` if the store can't tell sizes.
    pub size: Option<u64>,
}

/// Why a transfer failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The file can't be fetched.
    #[error(transparent)]
    Fetch(#[from] StoreError),
    /// The receiver failed.
    #[error(transparent)]
    Receive(#[from] io::Error),
}

/// Number of bytes after which an interrupted transfer has made progress, so that its retries are counted anew.
const PROGRESS: u64 = 16 << 10;
/// Maximum number of available pieces that are written together.
const TOGETHER: usize = 64;

impl Fetcher {
    /// Passes a file to a receiver, in a task of its own: the request holds its permit until the last byte.
    pub(crate) async fn transfer<R: Receiver>(
        &self,
        path: &str,
        receiver: R,
    ) -> Result<R, TransferError> {
        self.check_online(path)?;
        let transfer = Transfer {
            fetcher: self.clone(),
            path: path.into(),
            receiver: Some(receiver),
            goes_on: true,
        };
        let work = Task::spawn(transfer.run());
        let failed = |cause| {
            let location = self.location(path);
            Err(StoreError::Failed { location, cause }.into())
        };
        let work = async {
            let done = work.await;
            done.unwrap_or_else(|error| failed(error.to_string()))
        };
        let Some(timeout) = &self.engine.inner.timeout else {
            return work.await;
        };
        let done = timeout_at(timeout.end(), work).await;
        done.unwrap_or_else(|_| {
            failed(format!(
                "not complete within the total timeout of {:?}",
                timeout.limit()
            ))
        })
    }
}

/// A transfer of a file to its receiver.
struct Transfer<R> {
    fetcher: Fetcher,
    path: Arc<str>,
    /// `None` while it is in use, and after it has panicked.
    receiver: Option<R>,
    /// Whether the transfer may continue after the bytes held.
    goes_on: bool,
}

impl<R: Receiver> Transfer<R> {
    async fn run(mut self) -> Result<R, TransferError> {
        let engine = self.fetcher.engine.clone();
        let (retry, has_answer) = (engine.options().retry, &engine.inner.has_answer);
        let (mut best, mut attempt, mut is_retry) = (self.held().bytes, 0, false);
        loop {
            attempt += 1;
            let error = match self.attempt(is_retry).await {
                Ok(()) => return self.receiver.ok_or_else(at_work),
                Err(TransferError::Fetch(error)) => error,
                Err(error) => return Err(error),
            };
            is_retry = true;
            let is_reached = !matches!(error, StoreError::Unreachable { .. });
            has_answer.fetch_or(is_reached && self.fetcher.is_remote(), Ordering::Relaxed);
            let held = self.held().bytes;
            if held >= best + PROGRESS {
                (best, attempt) = (held, 1);
            }
            match retry.wait(attempt, &error, has_answer.load(Ordering::Relaxed)) {
                Some((time, attempts)) => {
                    if let Some(watch) = &engine.options().waits {
                        watch.tell(&Wait {
                            location: error.location().to_owned(),
                            cause: error.cause().to_owned(),
                            attempt,
                            attempts,
                            time,
                        });
                    }
                    sleep(time).await;
                }
                None => return Err(error.after(attempt).into()),
            }
        }
    }

    fn held(&self) -> Held {
        self.receiver
            .as_ref()
            .map_or_else(Held::default, Receiver::held)
    }

    /// The stamp of the bytes after which the transfer can continue. `None` if it must restart.
    fn stamp(&self) -> Option<String> {
        let held = self.held();
        let can_go_on = self.goes_on && held.bytes > 0;
        held.contents.stamp.filter(|_| can_go_on)
    }

    /// Sends one request and receives its response.
    async fn attempt(&mut self, is_retry: bool) -> Result<(), TransferError> {
        let engine = self.fetcher.engine.clone();
        let (store, path) = (Arc::clone(&self.fetcher.store), Arc::clone(&self.path));
        let (held, stamp) = (self.held(), self.stamp());
        let from = if stamp.is_some() { held.bytes } else { 0 };
        // The semaphore is never closed; without a permit the limit is all that would be missed.
        let _permit = engine.inner.requests.acquire().await.ok();
        let body = store.body(&path, from, stamp.as_deref()).await;
        engine.inner.traffic.count(0, is_retry);
        let body = body?;
        let is_same = match (&body.stamp, &stamp) {
            (Some(own), Some(stamp)) => own == stamp,
            // A range of contents without a stamp is compared by size.
            (None, Some(_)) => body.start > 0 && is_alike(body.size, held.contents.size),
            (_, None) => false,
        };
        if body.start > 0 && !(is_same && body.start == from) {
            self.goes_on = false;
            return Err(self.transient("the file changed while it was fetched".into()));
        }
        let at = if is_same { from } else { 0 };
        let contents = Contents {
            size: body.size.or(held.contents.size.filter(|_| is_same)),
            stamp: body.stamp.clone().or(stamp.clone().filter(|_| is_same)),
        };
        self.with(move |receiver| receiver.begin(at, &contents))
            .await?;
        self.take(body, at).await
    }

    /// Passes on the bytes of a body, starting at a position in the file.
    async fn take(&mut self, body: Body<'_>, from: u64) -> Result<(), TransferError> {
        let traffic = Arc::clone(&self.fetcher.engine.inner);
        let Body {
            start,
            size,
            pieces,
            ..
        } = body;
        let (mut skip, mut place) = (from - start, from);
        let mut pieces = pieces.ready_chunks(TOGETHER);
        while let Some(some) = pieces.next().await {
            let (mut bytes, mut failure) = (Vec::new(), None);
            for piece in some {
                match piece {
                    Ok(mut piece) => {
                        traffic.traffic.count_more(piece.len() as u64);
                        let passed = skip.min(piece.len() as u64);
                        skip -= passed;
                        // At most the length of the piece.
                        bytes.push(piece.split_off(passed as usize));
                    }
                    Err(error) => failure = failure.or(Some(error)),
                }
            }
            place += bytes.iter().map(|piece| piece.len() as u64).sum::<u64>();
            if let Some(size) = size.filter(|size| place > *size) {
                self.goes_on = false;
                let cause = format!("the response has more than the {size} bytes announced");
                return Err(self.transient(cause));
            }
            self.with(move |receiver| bytes.iter().try_for_each(|piece| receiver.write(piece)))
                .await?;
            if let Some(error) = failure {
                return Err(error.into());
            }
        }
        match size {
            Some(size) if place < size => {
                Err(self.transient(format!("the response ended after {place} of {size} bytes")))
            }
            _ => Ok(()),
        }
    }

    /// Runs the receiver where it may block.
    async fn with(
        &mut self,
        work: impl FnOnce(&mut R) -> io::Result<()> + Send + 'static,
    ) -> Result<(), TransferError> {
        let mut receiver = self.receiver.take().ok_or_else(at_work)?;
        let work = tokio::task::spawn_blocking(move || (work(&mut receiver), receiver));
        let (done, receiver) = work.await.map_err(io::Error::from)?;
        self.receiver = Some(receiver);
        Ok(done?)
    }

    fn transient(&self, cause: String) -> TransferError {
        let location = self.fetcher.location(&self.path);
        let retry_after = None;
        let error = StoreError::Transient {
            location,
            cause,
            retry_after,
        };
        error.into()
    }
}

/// Whether two sizes can be those of the same file.
fn is_alike(a: Option<u64>, b: Option<u64>) -> bool {
    a.zip(b).is_none_or(|(a, b)| a == b)
}

fn at_work() -> TransferError {
    io::Error::other("internal error: the receiver is in use").into()
}
