//! Retries of failed requests.

use std::time::Duration;

use crate::StoreError;

/// When to retry a request that failed temporarily, see [`StoreError::may_pass`].
///
/// The wait before attempt n + 1 is random between 0 and `first * 2^n`, at most `most` ("full jitter", which keeps many
/// clients from retrying simultaneously). If the server asks for a longer wait (`Retry-After`), it is that, at most
/// `most`.
///
/// By default, as long as no request of the [`Engine`](crate::Engine) was answered, a server that can't be reached is
/// tried at most four times, within two seconds: a wrong name or port is permanent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Total number of attempts, 1 or more, 10 by default.
    pub attempts: u32,
    /// Maximum first wait, a quarter of a second by default.
    pub first: Duration,
    /// Maximum wait, 10 seconds by default.
    pub most: Duration,
    /// Whether to try a server that can't be reached only briefly as long as nothing was answered. True by default.
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
    /// Never retries.
    pub const NEVER: Retry = Retry {
        attempts: 1,
        first: Duration::ZERO,
        most: Duration::ZERO,
        is_brief_at_first: true,
    };

    /// The policy before the first answer: waits of at most 0.25, 0.5 and 0.5 seconds.
    fn of_first_contact(&self) -> Retry {
        Retry {
            attempts: self.attempts.min(4),
            first: self.first.min(Duration::from_millis(250)),
            most: self.most.min(Duration::from_millis(500)),
            ..*self
        }
    }

    /// How long to wait after `attempt` attempts, the last of which failed with `error`, and the maximum number of
    /// attempts. `None` to give up. `has_answer` is whether any server has answered yet.
    pub(crate) fn wait(
        &self,
        attempt: u32,
        error: &StoreError,
        has_answer: bool,
    ) -> Option<(Duration, u32)> {
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
        (attempt < retry.attempts).then_some((wait, retry.attempts))
    }
}
