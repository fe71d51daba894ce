//! Whole files on their way to a receiver, which may have a part of them already.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::StreamExt;
use tokio::time::{sleep, timeout_at};

use super::{Fetcher, Task, Wait};
use crate::StoreError;
use crate::store::Body;

/// Takes the bytes of a file in order. Its methods may block, and are called where that is allowed.
pub trait Receiver: Send + 'static {
    /// What it has.
    fn held(&self) -> Held;

    /// Told before the bytes of each answer: of which file they are, and that those from `at` on follow. What is held from
    /// there on is dropped; `at` is 0 or what is held.
    ///
    /// # Errors
    /// When bytes can't be taken.
    fn begin(&mut self, at: u64, contents: &Contents) -> io::Result<()>;

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When they can't be taken.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// What a receiver has of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// Bytes from the start of the file.
    pub bytes: u64,
    /// The contents that they are of.
    pub contents: Contents,
}

/// What a store says of the contents of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// What identifies them to the byte, such as an `ETag`. `None` if the store does not tell.
    pub stamp: Option<String>,
    /// Their size in bytes. `None` if the store does not tell.
    pub size: Option<u64>,
}

/// A file that did not come.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// It can't be fetched.
    #[error(transparent)]
    Fetch(#[from] StoreError),
    /// The receiver does not take it.
    #[error(transparent)]
    Receive(#[from] io::Error),
}

/// Bytes after which a transfer that is cut off counts as one that gets on, and is patiently gone on with.
const PROGRESS: u64 = 16 << 10;
/// Pieces that are written together, if so many are there.
const TOGETHER: usize = 64;

impl Fetcher {
    /// Gives a file to a receiver, in a task of its own: a request holds its permit as long as bytes come.
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
        let Some((deadline, timeout)) = self.engine.inner.deadline else {
            return work.await;
        };
        let done = timeout_at(deadline, work).await;
        done.unwrap_or_else(|_| {
            failed(format!(
                "not complete when the timeout of {timeout:?} for all was over"
            ))
        })
    }
}

/// A file under way to its receiver.
struct Transfer<R> {
    fetcher: Fetcher,
    path: Arc<str>,
    /// `None` while it is at work, and after it has failed.
    receiver: Option<R>,
    /// Whether the store is asked for what follows the bytes that are there.
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

    /// The stamp of the bytes after which it can go on. `None` if it must begin.
    fn stamp(&self) -> Option<String> {
        let held = self.held();
        let can_go_on = self.goes_on && held.bytes > 0;
        held.contents.stamp.filter(|_| can_go_on)
    }

    /// One request, as far as its answer comes.
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
            // The store gives a range of contents that it does not name: their size must do.
            (None, Some(_)) => body.start > 0 && is_alike(body.size, held.contents.size),
            (_, None) => false,
        };
        if body.start > 0 && !(is_same && body.start == from) {
            self.goes_on = false;
            return Err(self.transient("the file has changed while it was fetched".into()));
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

    /// Hands on the bytes of a body from a place in the file on.
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
                let cause = format!("more bytes came than the {size} that were announced");
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
                Err(self.transient(format!("the answer ended after {place} of {size} bytes")))
            }
            _ => Ok(()),
        }
    }

    /// Lets the receiver work where it may block.
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

/// Whether two sizes can be that of one file.
fn is_alike(a: Option<u64>, b: Option<u64>) -> bool {
    a.zip(b).is_none_or(|(a, b)| a == b)
}

fn at_work() -> TransferError {
    io::Error::other("internal fault: a receiver that is at work").into()
}
