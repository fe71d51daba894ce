//! Range requests, which a server may ignore.

use std::ops::Range;

use bytes::Bytes;
use reqwest::header::{ACCEPT_ENCODING, RANGE};
use reqwest::{Method, Response, StatusCode};

use super::answer::{length, stamp_of};
use super::encoding::is_gzip;
use super::{ContentRange, HttpStore, past_end, status_error};
use crate::store::{Start, Store, StoreError, part};

impl HttpStore {
    /// Fetches a range. If the server sends the whole file instead, the range is cut out of it.
    pub(super) async fn fetch_range(
        &self,
        path: &str,
        range: Range<u64>,
        max_bytes: usize,
    ) -> Result<Start, StoreError> {
        if range.is_empty() {
            return Ok(Start {
                bytes: Bytes::new(),
                size: None,
                stamp: None,
            });
        }
        let location = self.location(path);
        let bytes = format!("bytes={}-{}", range.start, range.end - 1);
        let headers = [(RANGE, &*bytes), (ACCEPT_ENCODING, "identity")];
        let response = self.send(Method::GET, path, &headers, &location).await?;
        if response.status().is_success() {
            self.check_unchanged(response.headers(), &location)?;
        }
        match response.status() {
            StatusCode::PARTIAL_CONTENT => {
                self.partial(response, location, &range, max_bytes).await
            }
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {
                let size = length(response.headers());
                let stamp = stamp_of(response.headers());
                let start = self.contents(response, location, range.end, max_bytes);
                let bytes = part(start.await?, &range);
                Ok(Start { bytes, size, stamp })
            }
            StatusCode::RANGE_NOT_SATISFIABLE => match past_end(response.headers(), &range) {
                Ok(size) => Ok(Start {
                    bytes: Bytes::new(),
                    size,
                    stamp: None,
                }),
                Err(cause) => Err(StoreError::Failed { location, cause }),
            },
            status => Err(status_error(location, status, response.headers())),
        }
    }

    /// The body of an answer to a range request, which must match its header.
    async fn partial(
        &self,
        response: Response,
        location: String,
        range: &Range<u64>,
        max_bytes: usize,
    ) -> Result<Start, StoreError> {
        let failed = |cause| StoreError::Failed {
            location: location.clone(),
            cause,
        };
        if is_gzip(response.headers()) {
            return Err(failed(
                "the server sends a range of a compressed file".into(),
            ));
        }
        let found = ContentRange::of(response.headers());
        let found = found.ok_or_else(|| failed("status 206 without a valid Content-Range".into()));
        let found = found?;
        let length = found.length(range).map_err(failed)?;
        if length > max_bytes as u64 {
            return Err(StoreError::too_large(location, max_bytes));
        }
        let stamp = stamp_of(response.headers());
        let is_cut_off = response.content_length().is_none();
        // One extra byte reveals a body that is longer than claimed.
        let body = self.contents(response, location.clone(), length + 1, usize::MAX);
        let body = body.await?;
        match body.len() as u64 {
            bytes if bytes == length => Ok(Start {
                bytes: body,
                size: found.size(),
                stamp,
            }),
            found if found < length && is_cut_off => Err(StoreError::Transient {
                location: location.clone(),
                cause: format!("the connection ended after {found} of {length} bytes"),
                retry_after: None,
            }),
            found => Err(failed(format!(
                "the body is {} than its Content-Range of {length} bytes",
                if found < length { "shorter" } else { "longer" }
            ))),
        }
    }
}
