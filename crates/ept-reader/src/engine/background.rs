//! Streams whose work runs in the background until they are dropped.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::{FutureExt, Stream};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle};

use crate::Error;

/// A task that is aborted when its handle is dropped.
#[derive(Debug)]
pub(crate) struct Task<T>(JoinHandle<T>);

impl<T: Send + 'static> Task<T> {
    pub(crate) fn spawn(future: impl Future<Output = T> + Send + 'static) -> Task<T> {
        Task(tokio::spawn(future))
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0
            .poll_unpin(context)
            .map_err(|error| task_failed(&error))
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The error if a task ended without a result.
pub(crate) fn task_failed(error: &JoinError) -> Error {
    Error::Internal(if error.is_panic() {
        format!("a task panicked: {error}")
    } else {
        "the runtime shut down while a query was running".into()
    })
}

/// Items sent by a task, until it ends or the stream is dropped.
#[derive(Debug)]
pub(crate) struct Background<T> {
    items: mpsc::Receiver<T>,
    task: Option<Task<()>>,
}

impl<T: Send + 'static> Background<T> {
    /// Runs `work`, which sends at most `ahead` items before they are taken.
    pub(crate) fn spawn<F>(ahead: usize, work: impl FnOnce(mpsc::Sender<T>) -> F) -> Background<T>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (sender, items) = mpsc::channel(ahead);
        Background {
            items,
            task: Some(Task::spawn(work(sender))),
        }
    }
}

impl<T> Stream for Background<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(item) = ready!(self.items.poll_recv(context)) {
            return Poll::Ready(Some(Ok(item)));
        }
        // The stream ends only if the task completed. If it died early, that is an error, not the end.
        let Some(task) = &mut self.task else {
            return Poll::Ready(None);
        };
        let end = ready!(task.poll_unpin(context));
        self.task = None;
        Poll::Ready(end.err().map(Err))
    }
}
