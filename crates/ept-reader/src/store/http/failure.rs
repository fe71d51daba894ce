//! What failed requests and answers that are not the file mean.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::StoreError;

/// A request that got no whole answer. All but faults of the request itself may pass.
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

/// A connection that did not come about. A certificate that is not trusted will not be later either.
pub(in crate::store) fn connect_error(location: String, cause: String) -> StoreError {
    if cause.to_ascii_lowercase().contains("certificate") {
        StoreError::Failed { location, cause }
    } else {
        StoreError::Unreachable { location, cause }
    }
}

/// An answer that is not the file.
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

/// `Retry-After` in seconds. As a date it depends on two clocks; the usual wait serves as well.
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

/// An error with all its causes: the last one tells what really happened.
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
