//! Headers of answers.

use reqwest::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED,
};

/// Identifies the contents: the `ETag` or, failing that, the time of the last modification.
pub(super) fn stamp_of(headers: &HeaderMap) -> Option<String> {
    let stamp = headers.get(ETAG).or_else(|| headers.get(LAST_MODIFIED))?;
    stamp.to_str().ok().map(str::to_owned)
}

/// What identifies the contents to the byte, by which a range may be asked for: the `ETag` unless it is weak, else the time
/// of the last change (RFC 9110, section 13.1.5).
pub(super) fn strong_stamp_of(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let tag = text(ETAG).filter(|tag| is_tag(tag) && !tag.starts_with("W/"));
    tag.or_else(|| text(LAST_MODIFIED)).map(str::to_owned)
}

/// Whether a stamp is an `ETag`, which is quoted, rather than a date.
pub(super) fn is_tag(stamp: &str) -> bool {
    stamp.ends_with('"')
}

/// The header for a request conditional on a changed stamp.
pub(super) fn condition(stamp: &str) -> (HeaderName, &str) {
    if is_tag(stamp) {
        (IF_NONE_MATCH, stamp)
    } else {
        (IF_MODIFIED_SINCE, stamp)
    }
}

/// The length announced in a header. `None` if it is that of a compressed answer.
pub(super) fn length(headers: &HeaderMap) -> Option<u64> {
    let length = headers.get(CONTENT_LENGTH)?.to_str().ok()?;
    if headers.contains_key(CONTENT_ENCODING) {
        None
    } else {
        length.trim().parse().ok()
    }
}

pub(super) fn is_html(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| {
        kind.trim_start()
            .to_ascii_lowercase()
            .starts_with("text/html")
    })
}
