//! The store for web servers.

mod answer;
mod client;
mod content_range;
mod dates;
mod encoding;
mod failure;
mod options;
mod page;
mod range;
mod rest;

use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt, TryFutureExt};
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Response, StatusCode, Url};

use super::secrets::without_secrets;
use super::watch::Watch;
use super::{Answer, Body, Start, Store, StoreError, body};
use crate::Error;
use answer::{condition, is_html, is_tag, length, stamp_of};
#[cfg(feature = "cloud")]
pub(super) use client::headers;
use client::{Client, Message};
use content_range::ContentRange;
pub(super) use content_range::past_end;
use dates::is_changed;
use encoding::{Decoder, is_gzip};
use failure::request_error;
pub(super) use failure::status_error;
#[cfg(feature = "cloud")]
pub(super) use failure::{chain, connect_error};
pub use options::HttpOptions;

/// The files of a dataset below a URL. A query string in it is sent with every request.
///
/// Connections are kept and shared, HTTP/2 is used if the server offers it, compressed answers are decompressed, and
/// the usual proxy variables of the environment are used. Redirects are followed, but not from `https` to `http`.
/// Neither the headers of [`HttpOptions`] nor the query string are sent to another scheme, host or port.
#[derive(Clone)]
pub struct HttpStore {
    client: Client,
    root: Url,
    watch: Watch,
}

impl HttpStore {
    /// The dataset whose `ept.json` is directly below `root`, an `http` or `https` URL with or without a trailing slash
    /// and query string.
    ///
    /// # Errors
    /// If `root` is not such a URL, a header is malformed, or the system has no TLS.
    pub fn new(root: &str, options: &HttpOptions) -> Result<HttpStore, Error> {
        let failed = |problem: String| Error::Location {
            location: without_secrets(root),
            problem,
        };
        let url = Url::parse(root).map_err(|error| failed(format!("not a URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(failed("not an http or https URL".into()));
        }
        Ok(HttpStore {
            client: Client::new(options).map_err(failed)?,
            root: url,
            watch: Watch::default(),
        })
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.root.clone();
        let folder = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{folder}/{path}"));
        url
    }

    /// Fetches a file unless it still has the stamp. A date must be equal, not just as recent: a server that compares
    /// dates by order answers 304 for an older file with different contents.
    async fn fetch(
        &self,
        path: &str,
        max_bytes: usize,
        stamp: Option<&str>,
    ) -> Result<Answer, StoreError> {
        let location = self.location(path);
        let accept = (ACCEPT_ENCODING, "gzip");
        let condition = stamp.map(condition);
        let headers: Vec<_> = condition.into_iter().chain([accept.clone()]).collect();
        let mut response = self.send(Method::GET, path, &headers, &location).await?;
        if let (Some(stamp), StatusCode::NOT_MODIFIED) = (stamp, response.status()) {
            if is_tag(stamp) || stamp_of(response.headers()).as_deref() == Some(stamp) {
                return Ok(Answer::Same);
            }
            response = self.send(Method::GET, path, &[accept], &location).await?;
        }
        match response.status() {
            // Without content: services answer so when nothing matches.
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION | StatusCode::NO_CONTENT => {
            }
            status => return Err(status_error(location, status, response.headers())),
        }
        self.check_unchanged(response.headers(), &location)?;
        let stamp = stamp_of(response.headers());
        let bytes = self
            .contents(response, location, u64::MAX, max_bytes)
            .await?;
        Ok(Answer::File { bytes, stamp })
    }

    /// Fails if the file was changed after the first answer, by the server's own clock.
    fn check_unchanged(&self, headers: &HeaderMap, location: &str) -> Result<(), StoreError> {
        if is_changed(headers, &self.watch) {
            let location = location.to_owned();
            return Err(StoreError::Changed { location });
        }
        Ok(())
    }

    /// The body, or its first `wanted` bytes, unless it is a web page.
    async fn contents(
        &self,
        response: Response,
        location: String,
        wanted: u64,
        max_bytes: usize,
    ) -> Result<Bytes, StoreError> {
        let is_html = is_html(response.headers());
        let bytes = self.body(response, &location, wanted, max_bytes).await?;
        if is_html && bytes.trim_ascii_start().starts_with(b"<") {
            Err(StoreError::web_page(location))
        } else {
            Ok(bytes)
        }
    }

    /// Asks for the size with a HEAD request. `None` if the server does not support it.
    async fn fetch_size(&self, path: &str) -> Result<Option<u64>, StoreError> {
        let location = self.location(path);
        // The size of the file itself, not of a compressed answer.
        let headers = [(ACCEPT_ENCODING, "identity")];
        let response = self.send(Method::HEAD, path, &headers, &location).await?;
        match response.status() {
            // A page for people is as long as it is, not as the file.
            StatusCode::OK if is_html(response.headers()) => Ok(None),
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {
                Ok(length(response.headers()))
            }
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => Ok(None),
            status => Err(status_error(location, status, response.headers())),
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(HeaderName, &str)],
        location: &str,
    ) -> Result<Response, StoreError> {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::try_from(*value).map_err(|error| StoreError::Failed {
                location: location.to_owned(),
                cause: format!("header {name}: {error}"),
            })?;
            all.insert(name, value);
        }
        let message = Message {
            method,
            url: self.url(path),
            headers: all,
            private: HeaderMap::new(),
            body: None,
        };
        self.client.send(message, location).await
    }

    /// The first `wanted` bytes of the body, decompressed.
    async fn body(
        &self,
        response: Response,
        location: &str,
        wanted: u64,
        max_bytes: usize,
    ) -> Result<Bytes, StoreError> {
        let announced = if is_gzip(response.headers()) {
            0
        } else {
            response.content_length().unwrap_or(0).min(wanted)
        };
        let most = wanted.min((max_bytes as u64).saturating_add(1));
        let chunks = chunks(response, location.to_owned(), most);
        body::collect(chunks, announced, location, max_bytes, self.client.stall).await
    }
}

/// The chunks of a body, decompressed, up to its first `most` bytes.
fn chunks(
    response: Response,
    location: String,
    most: u64,
) -> BoxStream<'static, Result<Bytes, StoreError>> {
    let decoder = Decoder::of(response.headers());
    let begin = (response, decoder, most, location);
    let chunks = stream::try_unfold(begin, |state| async move {
        let (mut response, mut decoder, left, location) = state;
        if left == 0 {
            return Ok(None);
        }
        let chunk = response.chunk().await;
        let chunk = chunk.map_err(|error| request_error(&location, error))?;
        let is_over = chunk.is_none();
        let chunk = match chunk {
            Some(chunk) => decoder.push(chunk, left),
            None => decoder.finish(),
        };
        let mut chunk = chunk.map_err(|error| StoreError::Transient {
            location: location.clone(),
            cause: format!("the compressed body is corrupt or truncated: {error}"),
            retry_after: None,
        })?;
        chunk.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        let left = left - chunk.len() as u64;
        let is_end = is_over && chunk.is_empty();
        Ok((!is_end).then_some((chunk, (response, decoder, left, location))))
    });
    chunks.boxed()
}

impl Store for HttpStore {
    fn get<'a>(
        &'a self,
        path: &'a str,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        async move {
            let answer = self.fetch(path, max_bytes, None).await?;
            answer.into_file(|| self.location(path))
        }
        .boxed()
    }

    fn get_changed<'a>(
        &'a self,
        path: &'a str,
        max_bytes: usize,
        stamp: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Answer, StoreError>> {
        self.fetch(path, max_bytes, stamp).boxed()
    }

    fn size<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<u64>, StoreError>> {
        self.fetch_size(path).boxed()
    }

    fn range<'a>(
        &'a self,
        path: &'a str,
        range: Range<u64>,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        let found = self.fetch_range(path, range, max_bytes);
        found.map_ok(|found| found.bytes).boxed()
    }

    fn start<'a>(
        &'a self,
        path: &'a str,
        length: u64,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Start, StoreError>> {
        self.fetch_range(path, 0..length, max_bytes).boxed()
    }

    fn body<'a>(
        &'a self,
        path: &'a str,
        from: u64,
        stamp: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Body<'a>, StoreError>> {
        self.fetch_rest(path, from, stamp).boxed()
    }

    fn location(&self, path: &str) -> String {
        without_secrets(self.url(path).as_str())
    }

    /// Includes the query string, by which servers may distinguish datasets.
    fn identity(&self) -> String {
        self.url("").into()
    }
}

/// Shows only the root, as in messages.
impl fmt::Debug for HttpStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = without_secrets(self.root.as_str());
        f.debug_struct("HttpStore")
            .field("root", &root)
            .finish_non_exhaustive()
    }
}
