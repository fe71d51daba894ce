//! Events of the library to Python's `logging`.
//!
//! Threads that read never wait for the interpreter: their events are queued, and passed on by the thread that waits for them.

use std::collections::VecDeque;
use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;

use pyo3::prelude::*;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::{Layer, registry};

/// Events that nobody took yet. What does not fit is lost, from the oldest on.
static QUEUE: Mutex<VecDeque<(u8, String)>> = Mutex::new(VecDeque::new());
const MOST: usize = 10_000;

/// Python's level of the events that are wanted, at least. `u8::MAX` if none are.
static WANTED: AtomicU8 = AtomicU8::new(u8::MAX);

const DEBUG: u8 = 10;
/// Below `DEBUG`, for tiles and the cache.
const TRACE: u8 = 5;

/// Queues the events of this project's crates. Those of others are left out: what an HTTP library logs can have secrets in it.
struct Queue;

/// Starts to listen. If something else in this process listens already, that stays.
pub(crate) fn listen() {
    let _ = tracing::subscriber::set_global_default(registry().with(Queue));
}

/// Asks the logger `pyept` which events it wants.
pub(crate) fn ask(py: Python<'_>) {
    let wants = |level: u8| {
        let logger = logger(py).ok()?;
        logger
            .call_method1("isEnabledFor", (level,))
            .ok()?
            .is_truthy()
            .ok()
    };
    let wanted = [TRACE, DEBUG]
        .into_iter()
        .find(|level| wants(*level) == Some(true));
    let wanted = wanted.unwrap_or(u8::MAX);
    if WANTED.swap(wanted, Ordering::Relaxed) != wanted {
        tracing::callsite::rebuild_interest_cache();
    }
}

/// Passes queued events on to the logger. What a handler raises is printed by `logging` itself.
pub(crate) fn pass_on(py: Python<'_>) {
    if WANTED.load(Ordering::Relaxed) == u8::MAX {
        return;
    }
    let events: Vec<(u8, String)> = queue()
        .map(|mut queue| queue.drain(..).collect())
        .unwrap_or_default();
    if let Ok(logger) = logger(py) {
        for (level, text) in events {
            let _ = logger.call_method1("log", (level, "%s", text));
        }
    }
}

/// Tells the logger something that users should see.
pub(crate) fn warn(py: Python<'_>, text: &str) -> PyResult<()> {
    logger(py)?.call_method1("warning", ("%s", text))?;
    Ok(())
}

fn logger(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    py.import("logging")?.call_method1("getLogger", ("pyept",))
}

/// The queue. `None` if its lock is not to be had soon: in the child of a fork, the thread that holds it may not exist.
fn queue() -> Option<MutexGuard<'static, VecDeque<(u8, String)>>> {
    for _ in 0..1000 {
        match QUEUE.try_lock() {
            Ok(queue) => return Some(queue),
            Err(TryLockError::Poisoned(queue)) => return Some(queue.into_inner()),
            Err(TryLockError::WouldBlock) => thread::yield_now(),
        }
    }
    None
}

fn level(level: Level) -> u8 {
    match level {
        Level::ERROR => 40,
        Level::WARN => 30,
        Level::INFO => 20,
        Level::DEBUG => DEBUG,
        Level::TRACE => TRACE,
    }
}

impl<S: Subscriber> Layer<S> for Queue {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target().starts_with("ept")
            && level(*metadata.level()) >= WANTED.load(Ordering::Relaxed)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(match WANTED.load(Ordering::Relaxed) {
            TRACE => LevelFilter::TRACE,
            DEBUG => LevelFilter::DEBUG,
            _ => LevelFilter::OFF,
        })
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        if let Some(mut queue) = queue() {
            if queue.len() >= MOST {
                queue.pop_front();
            }
            queue.push_back((level(*event.metadata().level()), text.0));
        }
    }
}

/// The message of an event.
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            // Writing to a string does not fail.
            let _ = write!(self.0, "{value:?}");
        }
    }
}
