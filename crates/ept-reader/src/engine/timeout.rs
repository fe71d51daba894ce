//! How long reading may take.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// When reading must be complete.
#[derive(Debug)]
pub(crate) struct Timeout {
    limit: Duration,
    end: Mutex<Instant>,
}

impl Timeout {
    /// A timeout that starts now. `None` if it is too long to ever end.
    pub(crate) fn new(limit: Duration) -> Option<Timeout> {
        let end = Instant::now().checked_add(limit)?;
        Some(Timeout {
            limit,
            end: Mutex::new(end),
        })
    }

    /// Starts again.
    pub(crate) fn restart(&self) {
        if let Some(end) = Instant::now().checked_add(self.limit) {
            *self.end.lock().unwrap_or_else(PoisonError::into_inner) = end;
        }
    }

    /// When it ends, as it is now.
    pub(crate) fn end(&self) -> Instant {
        *self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long it is.
    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }
}

/// The time of a text: seconds, or a number with `ms`, `s`, `m` or `h`.
///
/// ```
/// use std::time::Duration;
///
/// assert_eq!(ept_reader::parse_timeout("1.5m"), Ok(Duration::from_secs(90)));
/// assert!(ept_reader::parse_timeout("0").is_err());
/// ```
///
/// # Errors
/// If it is not a time, or not greater than 0.
pub fn parse_timeout(text: &str) -> Result<Duration, String> {
    let unit_at = text
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let seconds = match unit {
        "" | "s" => 1.0,
        "ms" => 0.001,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(format!("\"{unit}\" is not ms, s, m or h")),
    };
    let number: f64 = number
        .trim()
        .parse()
        .map_err(|_| format!("\"{text}\" is not a time"))?;
    let duration = Duration::try_from_secs_f64(number * seconds).ok();
    let is_useful = |duration: &Duration| !duration.is_zero();
    duration
        .filter(is_useful)
        .ok_or_else(|| "must be greater than 0".into())
}
