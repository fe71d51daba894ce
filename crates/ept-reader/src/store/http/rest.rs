//! Files as they come, whole or from some place on.

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use reqwest::header::{ACCEPT_ENCODING, IF_RANGE, RANGE};
use reqwest::{Method, Response, StatusCode};

use super::answer::strong_stamp_of;
use super::encoding::is_gzip;
use super::{ContentRange, HttpStore, chunks, is_html, length, past_end, status_error};
use crate::store::{Body, Store, StoreError, body};

impl HttpStore {
    /// The bytes from some place on; all of them if the file is not the one of that stamp any more, or the server knows no
    /// ranges.
    pub(super) async fn fetch_rest<'a>(
        &'a self,
        path: &'a str,
        from: u64,
        stamp: Option<&str>,
    ) -> Result<Body<'a>, StoreError> {
        let Some(stamp) = stamp.filter(|_| from > 0) else {
            return self.fetch_all(path).await;
        };
        let location = self.location(path);
        let range = format!("bytes={from}-");
        let headers = [
            (ACCEPT_ENCODING, "identity"),
            (RANGE, &*range),
            (IF_RANGE, stamp),
        ];
        let response = self.send(Method::GET, path, &headers, &location).await?;
        let own = strong_stamp_of(response.headers());
        // A server may not know `If-Range` and answer with a range of another file.
        let is_other = own.as_deref().is_some_and(|own| own != stamp);
        match response.status() {
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {
                self.all(response, location).await
            }
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if is_other => {
                self.fetch_all(path).await
            }
            StatusCode::PARTIAL_CONTENT => match self.rest(response, &location, from, own) {
                Some(rest) => Ok(rest),
                None => self.fetch_all(path).await,
            },
            StatusCode::RANGE_NOT_SATISFIABLE => {
                // A server that tells no size refuses what is past the end.
                let size = past_end(response.headers(), &(from..u64::MAX));
                let size = match size {
                    Ok(size) if size.is_none_or(|size| size == from) => size,
                    _ => return self.fetch_all(path).await,
                };
                // Of other contents all would have come.
                Ok(Body {
                    start: from,
                    size,
                    stamp: Some(stamp.to_owned()),
                    pieces: stream::empty().boxed(),
                })
            }
            status => Err(status_error(location, status, response.headers())),
        }
    }

    async fn fetch_all(&self, path: &str) -> Result<Body<'static>, StoreError> {
        let location = self.location(path);
        let headers = [(ACCEPT_ENCODING, "identity")];
        let response = self.send(Method::GET, path, &headers, &location).await?;
        match response.status() {
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {
                self.all(response, location).await
            }
            status => Err(status_error(location, status, response.headers())),
        }
    }

    /// A whole file, unless it is a web page.
    async fn all(&self, response: Response, location: String) -> Result<Body<'static>, StoreError> {
        let headers = response.headers();
        let (is_html, size) = (is_html(headers), length(headers));
        // Ranges of what is compressed for the way are not those of the file.
        let stamp = strong_stamp_of(headers).filter(|_| !is_gzip(headers));
        let mut pieces = self.pieces(response, &location, u64::MAX);
        if is_html {
            let first = pieces.try_next().await?.unwrap_or_default();
            if first.trim_ascii_start().starts_with(b"<") {
                return Err(StoreError::web_page(location));
            }
            pieces = stream::once(async { Ok(first) }).chain(pieces).boxed();
        }
        Ok(Body {
            start: 0,
            size,
            stamp,
            pieces,
        })
    }

    /// The answer to a range. `None` if it is not what was asked for, or can't be what its header claims. Fewer bytes than
    /// claimed are of use.
    fn rest(
        &self,
        response: Response,
        location: &str,
        from: u64,
        stamp: Option<String>,
    ) -> Option<Body<'static>> {
        let found =
            ContentRange::of(response.headers()).filter(|_| !is_gzip(response.headers()))?;
        let claimed = found.length_from(from)?;
        let is_longer = response
            .content_length()
            .is_some_and(|length| length > claimed);
        (!is_longer).then(|| Body {
            start: from,
            size: found.size(),
            stamp,
            pieces: self.pieces(response, location, claimed),
        })
    }

    fn pieces(
        &self,
        response: Response,
        location: &str,
        most: u64,
    ) -> BoxStream<'static, Result<Bytes, StoreError>> {
        let chunks = chunks(response, location.to_owned(), most);
        body::paced(chunks, location.to_owned(), self.client.stall)
    }
}
