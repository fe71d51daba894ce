//! Dates in headers.

use std::time::{Duration, SystemTime};

use reqwest::header::{AGE, DATE, HeaderMap, HeaderName, LAST_MODIFIED};

use crate::store::watch::Watch;

/// Whether the file of an answer was changed after the first answer. Not if the server does not date its files.
pub(super) fn is_changed(headers: &HeaderMap, watch: &Watch) -> bool {
    let changed = date(headers, LAST_MODIFIED).zip(now(headers));
    changed.is_some_and(|(changed, now)| watch.is_changed(changed, now))
}

/// The date of a header. `None` if it is not there or not a date (RFC 9110, section 5.6.7).
fn date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()
}

/// The time of an answer by the server's clock: when it was made, and how long a cache on the way has had it (RFC 9111,
/// section 5.1).
fn now(headers: &HeaderMap) -> Option<SystemTime> {
    let made = date(headers, DATE)?;
    let age = headers.get(AGE).and_then(|age| age.to_str().ok());
    let age = age.and_then(|age| age.trim().parse().ok()).unwrap_or(0);
    made.checked_add(Duration::from_secs(age))
}
