//! How often and when a failed request is made again.

use std::time::Duration;

use crate::StoreError;

/// When to ask again for a file whose request failed in a way that may pass: see
/// [`StoreError::may_pass`].
///
/// The wait before attempt n + 1 is drawn evenly from 0 to `first * 2^n`, at most `most` ("full jitter",
/// which keeps many clients from coming back all at once); where the server names a later time (`Retry-After`), it
/// is that, at most `most`.
///
/// Unless told otherwise, a server that can't be reached is asked at most four times, within two seconds, as long as no
/// request of the [`Engine`](crate::Engine) was answered: a wrong name or port does not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// How often to ask in all, 1 or more; 10 by default.
    pub attempts: u32,
    /// The longest first wait; a quarter of a second by default.
    pub first: Duration,
    /// The longest wait of all; 10 seconds by default.
    pub most: Duration,
    /// Whether a server that can't be reached is given up early as long as nothing was answered; so by default.
    pub is_brief_at_first: bool,
}

impl Default for Retry {
    fn default() -> Retry {
        Retry {
            attempts: 10,
            first: Duration::from_millis(250),
            most: Duration::from_secs(10),
            is_brief_at_first: true,
        }
    }
}

impl Retry {
    /// Asks once only.
    pub const NEVER: Retry = Retry {
        attempts: 1,
        first: Duration::ZERO,
        most: Duration::ZERO,
        is_brief_at_first: true,
    };

    /// As long as nothing was answered: the waits are 0.25, 0.5 and 0.5 seconds at most.
    fn of_first_contact(&self) -> Retry {
        Retry {
            attempts: self.attempts.min(4),
            first: self.first.min(Duration::from_millis(250)),
            most: self.most.min(Duration::from_millis(500)),
            ..*self
        }
    }

    /// How long to wait after `attempt` requests ended with `error`. `None` if that is the end. `has_answer` is whether any
    /// server has answered before.
    pub(crate) fn wait(
        &self,
        attempt: u32,
        error: &StoreError,
        has_answer: bool,
    ) -> Option<Duration> {
        let (retry, named) = match error {
            StoreError::Transient { retry_after, .. } => (*self, *retry_after),
            StoreError::Unreachable { .. } if self.is_brief_at_first && !has_answer => {
                (self.of_first_contact(), None)
            }
            StoreError::Unreachable { .. } => (*self, None),
            _ => return None,
        };
        let longest = retry
            .first
            .saturating_mul(2_u32.saturating_pow(attempt - 1))
            .min(retry.most);
        let wait = longest.mul_f64(fastrand::f64());
        let wait = named.map_or(wait, |named| named.max(wait).min(retry.most));
        (attempt < retry.attempts).then_some(wait)
    }
}
