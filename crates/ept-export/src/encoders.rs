//! A pool of threads that encode points.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use crate::ExportError;

/// Encodes points as a chunk in the given one, which is empty.
type Encode<P, C> = dyn Fn(&P, C) -> Result<C, ExportError> + Send + Sync;

/// Chunks in progress for each thread: one being encoded, one queued.
const CHUNKS_PER_THREAD: usize = 2;

/// Encodes points, in any form `P`, on several threads, a chunk `C` each, and returns the chunks in the order in which
/// the points were submitted. Most chunks are bytes.
///
/// The number of chunks in progress, and so the memory, is limited. Dropping it ends the threads.
pub(crate) struct Encoders<P, C = Vec<u8>> {
    encode: Arc<Encode<P, C>>,
    /// Maximum number of threads to start.
    most: NonZeroUsize,
    /// `None` only while it is being dropped.
    queue: Option<Sender<Job<P, C>>>,
    jobs: Arc<Mutex<Receiver<Job<P, C>>>>,
    threads: Vec<JoinHandle<()>>,
    under_way: VecDeque<Receiver<Result<Encoded<P, C>, ExportError>>>,
    /// Buffers for reuse.
    spare: Vec<C>,
}

/// Points to encode, a buffer for the chunk, and where to send it.
struct Job<P, C> {
    points: P,
    chunk: C,
    answer: Sender<Result<Encoded<P, C>, ExportError>>,
}

/// A chunk, with its points.
pub(crate) struct Encoded<P, C = Vec<u8>> {
    pub(crate) points: P,
    pub(crate) chunk: C,
}

impl<P> Encoders<P> {
    /// Takes back a buffer.
    pub(crate) fn reuse(&mut self, mut buffer: Vec<u8>) {
        buffer.clear();
        self.spare.push(buffer);
    }
}

impl<P: Send + 'static, C: Default + Send + 'static> Encoders<P, C> {
    /// Encodes with `encode` on at most `most` threads, which are started as needed.
    pub(crate) fn new(
        threads: NonZeroUsize,
        encode: impl Fn(&P, C) -> Result<C, ExportError> + Send + Sync + 'static,
    ) -> Encoders<P, C> {
        let (queue, jobs) = mpsc::channel();
        Encoders {
            encode: Arc::new(encode),
            most: threads,
            queue: Some(queue),
            jobs: Arc::new(Mutex::new(jobs)),
            threads: Vec::new(),
            under_way: VecDeque::new(),
            spare: Vec::new(),
        }
    }

    /// An empty buffer, a used one if there is any.
    pub(crate) fn buffer(&mut self) -> C {
        self.spare.pop().unwrap_or_default()
    }

    /// Queues points for encoding.
    pub(crate) fn submit(&mut self, points: P) -> Result<(), ExportError> {
        if self.threads.len() < self.most.get() {
            // The system may allow no more threads: those that there are do, or this one.
            let _ = self.start();
        }
        let (answer, result) = mpsc::channel();
        let chunk = self.buffer();
        let job = Job {
            points,
            chunk,
            answer,
        };
        let queue = self.queue.as_ref();
        let sent = queue.is_some_and(|queue| queue.send(job).is_ok());
        self.under_way.push_back(result);
        if !sent {
            return Err(ended());
        }
        if self.threads.is_empty()
            && let Some(job) = take(&self.jobs)
        {
            job.run(&*self.encode);
        }
        Ok(())
    }

    /// The next chunk if it is done, or if the limit is reached and it has to be awaited.
    pub(crate) fn due(&mut self) -> Result<Option<Encoded<P, C>>, ExportError> {
        if self.under_way.len() >= self.most.get().saturating_mul(CHUNKS_PER_THREAD) {
            return self.next();
        }
        match self.under_way.front().map(Receiver::try_recv) {
            None | Some(Err(mpsc::TryRecvError::Empty)) => Ok(None),
            Some(Err(mpsc::TryRecvError::Disconnected)) => Err(ended()),
            Some(Ok(encoded)) => {
                self.under_way.pop_front();
                encoded.map(Some)
            }
        }
    }

    /// Waits for the next chunk. `None` if none is in progress.
    pub(crate) fn next(&mut self) -> Result<Option<Encoded<P, C>>, ExportError> {
        let Some(result) = self.under_way.pop_front() else {
            return Ok(None);
        };
        result.recv().map_err(|_| ended())?.map(Some)
    }

    fn start(&mut self) -> io::Result<()> {
        let (encode, jobs) = (Arc::clone(&self.encode), Arc::clone(&self.jobs));
        let thread = thread::Builder::new().name("ept-encode".into());
        self.threads
            .push(thread.spawn(move || work(&*encode, &jobs))?);
        Ok(())
    }
}

/// Encodes queued points until the queue is closed.
fn work<P, C>(encode: &Encode<P, C>, jobs: &Mutex<Receiver<Job<P, C>>>) {
    while let Some(job) = take(jobs) {
        job.run(encode);
    }
}

impl<P, C> Job<P, C> {
    fn run(self, encode: &Encode<P, C>) {
        let encoded = encode(&self.points, self.chunk).map(|chunk| Encoded {
            points: self.points,
            chunk,
        });
        // Nobody waits for it if the sink was dropped.
        let _ = self.answer.send(encoded);
    }
}

/// Takes a job. Only the thread that waits for the queue holds the lock, never while encoding.
fn take<P, C>(jobs: &Mutex<Receiver<Job<P, C>>>) -> Option<Job<P, C>> {
    jobs.lock().ok()?.recv().ok()
}

/// The error if a thread ended without an answer, which happens only if it panicked.
fn ended() -> ExportError {
    ExportError::Thread
}

impl<P, C> Drop for Encoders<P, C> {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            // If a thread panicked, the missing answer was already reported as an error.
            let _ = thread.join();
        }
    }
}

impl<P, C> fmt::Debug for Encoders<P, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoders")
            .field("threads", &self.threads.len())
            .field("under_way", &self.under_way.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    fn threads(number: usize) -> NonZeroUsize {
        NonZeroUsize::new(number).unwrap()
    }

    #[test]
    fn chunks_come_in_order_and_few_are_under_way() {
        let busy = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&busy);
        let mut encoders =
            Encoders::new(threads(3), move |records: &Vec<u8>, mut chunk: Vec<u8>| {
                seen.fetch_add(1, Ordering::SeqCst);
                // Later chunks overtake earlier ones.
                thread::sleep(Duration::from_millis(u64::from(5 - records[0] % 5)));
                chunk.push(records[0]);
                Ok(chunk)
            });
        let mut chunks = Vec::new();
        for number in 0..60 {
            let mut records = encoders.buffer();
            assert!(records.is_empty());
            records.push(number);
            encoders.submit(records).unwrap();
            while let Some(encoded) = encoders.due().unwrap() {
                chunks.push(encoded.chunk[0]);
                encoders.reuse(encoded.points);
                encoders.reuse(encoded.chunk);
            }
            assert!(usize::from(number) + 1 - chunks.len() < 6);
        }
        while let Some(encoded) = encoders.next().unwrap() {
            chunks.push(encoded.chunk[0]);
        }
        assert!(chunks.into_iter().eq(0..60));
        assert_eq!(busy.load(Ordering::SeqCst), 60);
        assert!(encoders.spare.len() <= 14, "{}", encoders.spare.len());
    }

    #[test]
    fn what_goes_wrong_in_a_thread_is_an_error() {
        for most in [1, 4] {
            let mut encoders =
                Encoders::new(threads(most), |number, chunk: Vec<u8>| match number {
                    3 => panic!("on purpose"),
                    2 => Err(ExportError::Compression("no".into())),
                    _ => Ok(chunk),
                });
            for number in 0..4 {
                encoders.submit(number).unwrap();
            }
            assert!(encoders.next().is_ok_and(|encoded| encoded.is_some()));
            assert!(encoders.next().is_ok_and(|encoded| encoded.is_some()));
            let refusal = encoders.next().err().unwrap();
            assert_eq!(refusal.to_string(), "LAZ compression: no");
            let refusal = encoders.next().err().unwrap();
            assert!(refusal.to_string().contains("ended early"), "{refusal}");
            assert!(encoders.next().unwrap().is_none());
        }
    }

    #[test]
    fn dropping_ends_the_threads() {
        let alive = Arc::new(());
        let held = Arc::clone(&alive);
        let mut encoders = Encoders::new(threads(4), move |_, chunk: Vec<u8>| {
            let _held = &held;
            thread::sleep(Duration::from_millis(2));
            Ok(chunk)
        });
        for _ in 0..8 {
            encoders.submit(()).unwrap();
        }
        assert_eq!(encoders.threads.len(), 4);
        drop(encoders);
        assert_eq!(Arc::strong_count(&alive), 1);
    }
}
