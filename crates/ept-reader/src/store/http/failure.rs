//! Errors for failed requests and for answers that are not the file.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::StoreError;

/// The error for a request without a complete answer, which is temporary unless the request itself is at fault.
pub(super) fn request_error(location: &str, error: reqwest::Error) -> StoreError {
    let location = location.to_owned();
    let (is_final, is_connect) = (error.is_builder(), error.is_connect());
    let cause = chain(&error.without_url());
    match (is_final, is_connect) {
        (true, _) => StoreError::Failed { location, cause },
        (false, true) => connect_error(location, cause),
        (false, false) => StoreError::Transient {
            location,
            cause,
            retry_after: None,
        },
    }
}

/// The error for a connection that could not be established. A certificate that is not trusted is permanent.
pub(in crate::store) fn connect_error(location: String, cause: String) -> StoreError {
    if cause.to_ascii_lowercase().contains("certificate") {
        StoreError::Failed { location, cause }
    } else {
        StoreError::Unreachable { location, cause }
    }
}

/// The error for an answer that is not the file.
pub(in crate::store) fn status_error(
    location: String,
    status: StatusCode,
    headers: &HeaderMap,
) -> StoreError {
    let cause = format!("the server answers {status}");
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => StoreError::NotFound { location },
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => StoreError::Denied { location, cause },
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => StoreError::Transient {
            location,
            cause,
            retry_after: retry_after(headers),
        },
        status if status.is_server_error() => StoreError::Transient {
            location,
            cause,
            retry_after: retry_after(headers),
        },
        _ => StoreError::Failed { location, cause },
    }
}

/// `Retry-After` in seconds. A date is ignored: it depends on two clocks, and the usual wait is as good.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}

/// An error with all its causes, the last of which tells what really happened.
pub(in crate::store) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
