//! Waits before failed requests are made again.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A wait before a request is made again. Its text is a line for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Path or URL of the file, without secrets.
    pub location: String,
    /// Why the last request failed.
    pub cause: String,
    /// How often the file was asked for.
    pub attempt: u32,
    /// How often it is asked for at most.
    pub attempts: u32,
    /// How long it takes until the next request.
    pub time: Duration,
}

/// Who is told of each [`Wait`].
#[derive(Clone)]
pub struct WaitWatch(Arc<dyn Fn(&Wait) + Send + Sync>);

impl WaitWatch {
    /// Calls `watch` when a wait begins, on the thread that waits: it should be brief.
    pub fn new(watch: impl Fn(&Wait) + Send + Sync + 'static) -> WaitWatch {
        WaitWatch(Arc::new(watch))
    }

    pub(crate) fn tell(&self, wait: &Wait) {
        (self.0)(wait);
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Wait {
            location,
            cause,
            attempt,
            attempts,
            time,
        } = self;
        let seconds = time.as_secs_f64();
        write!(
            f,
            "{location}: asked {attempt} of {attempts} times: {cause}, again in {seconds:.1} s"
        )
    }
}

impl fmt::Debug for WaitWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitWatch").finish_non_exhaustive()
    }
}
