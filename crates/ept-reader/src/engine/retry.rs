//! How often and when a failed request is made again.

use std::time::Duration;

use crate::StoreError;

/// When to ask again for a file whose request failed in a way that may pass: see
/// [`StoreError::may_pass`].
///
/// The wait before attempt n + 1 is drawn evenly from 0 to `first * 2^n`, at most `most` ("full jitter",
/// which keeps many clients from coming back all at once); where the server names a time (`Retry-After`), it
/// is that, at most `most`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// How often to ask in all, 1 or more; 10 by default.
    pub attempts: u32,
    /// The longest first wait; a quarter of a second by default.
    pub first: Duration,
    /// The longest wait of all; 10 seconds by default.
    pub most: Duration,
}

impl Default for Retry {
    fn default() -> Retry {
        Retry {
            attempts: 10,
            first: Duration::from_millis(250),
            most: Duration::from_secs(10),
        }
    }
}

impl Retry {
    /// Asks once only.
    pub const NEVER: Retry = Retry {
        attempts: 1,
        first: Duration::ZERO,
        most: Duration::ZERO,
    };

    /// How long to wait after `attempt` requests ended with `error`; none when that is the end.
    pub(crate) fn wait(&self, attempt: u32, error: &StoreError) -> Option<Duration> {
        let StoreError::Transient { retry_after, .. } = error else {
            return None;
        };
        let longest = self
            .first
            .saturating_mul(2_u32.saturating_pow(attempt - 1))
            .min(self.most);
        let wait = match retry_after {
            Some(named) => (*named).min(self.most),
            None => longest.mul_f64(fastrand::f64()),
        };
        (attempt < self.attempts).then_some(wait)
    }
}
