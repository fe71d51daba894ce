//! A dataset on a web server.

mod content_range;

use std::fmt;
use std::ops::Range;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, TryStreamExt, stream};
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
    HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RANGE, RETRY_AFTER,
};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use tokio::time::{Instant, timeout_at};

use super::{Answer, Store, StoreError, body, part};
use crate::Error;
pub(super) use content_range::{ContentRange, past_end};

/// How to talk to web servers.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpOptions {
    /// Headers that go along with every request: names and values. They are taken for secrets.
    pub headers: Vec<(String, String)>,
    /// A request that makes no progress for so long is given up, and made again: no answer, or a body of which
    /// less than 16 KiB come in that time. 30 seconds by default.
    pub stall: Duration,
}

impl Default for HttpOptions {
    fn default() -> HttpOptions {
        HttpOptions {
            headers: Vec::new(),
            stall: Duration::from_secs(30),
        }
    }
}

/// The files of a dataset below a URL. Its query string, if any, goes along with every request.
///
/// Connections are kept and shared, HTTP/2 is used where the server offers it, redirects are followed,
/// compressed answers decompressed, and the usual proxy variables of the environment are obeyed.
#[derive(Clone)]
pub struct HttpStore {
    client: Client,
    root: Url,
    stall: Duration,
}

impl HttpStore {
    /// The dataset whose `ept.json` lies directly below `root`, an `http` or `https` URL with or without a
    /// trailing slash and query string.
    ///
    /// # Errors
    /// When `root` is not such a URL, a header is not one, or the system offers no TLS.
    pub fn new(root: &str, options: &HttpOptions) -> Result<HttpStore, Error> {
        let failed = |problem: String| Error::Location {
            location: without_secrets(root),
            problem,
        };
        let url = Url::parse(root).map_err(|error| failed(format!("not a URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(failed("not an http or https URL".into()));
        }
        let client = Client::builder()
            .user_agent(concat!("ept/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers(&options.headers).map_err(failed)?)
            .connect_timeout(options.stall)
            .build();
        Ok(HttpStore {
            client: client.map_err(|error| failed(chain(&error)))?,
            root: url,
            stall: options.stall,
        })
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.root.clone();
        let folder = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{folder}/{path}"));
        url
    }

    async fn fetch(
        &self,
        path: &str,
        max_bytes: usize,
        stamp: Option<&str>,
    ) -> Result<Answer, StoreError> {
        let location = self.location(path);
        let mut request = self.client.get(self.url(path));
        if let Some(stamp) = stamp {
            // An ETag stands in quotes, a date of Last-Modified does not.
            let is_tag = stamp.ends_with('"');
            let condition = if is_tag {
                IF_NONE_MATCH
            } else {
                IF_MODIFIED_SINCE
            };
            request = request.header(condition, stamp);
        }
        let response = self.send(request, &location).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED if stamp.is_some() => return Ok(Answer::Same),
            status => return Err(status_error(location, status, response.headers())),
        }
        let stamp = stamp_of(response.headers());
        let bytes = self
            .contents(response, location, u64::MAX, max_bytes)
            .await?;
        Ok(Answer::File { bytes, stamp })
    }

    /// By a range, which a server may ignore.
    async fn fetch_range(
        &self,
        path: &str,
        range: Range<u64>,
        max_bytes: usize,
    ) -> Result<Bytes, StoreError> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let location = self.location(path);
        let request = self.client.get(self.url(path));
        let request = request
            .header(RANGE, format!("bytes={}-{}", range.start, range.end - 1))
            .header(ACCEPT_ENCODING, "identity");
        let response = self.send(request, &location).await?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT => {
                self.partial(response, location, &range, max_bytes).await
            }
            StatusCode::OK => {
                let start = self.contents(response, location, range.end, max_bytes);
                Ok(part(start.await?, &range))
            }
            StatusCode::RANGE_NOT_SATISFIABLE => match past_end(response.headers(), &range) {
                Ok(()) => Ok(Bytes::new()),
                Err(cause) => Err(StoreError::Failed { location, cause }),
            },
            status => Err(status_error(location, status, response.headers())),
        }
    }

    /// The body of an answer to a range, which must be what its header claims.
    async fn partial(
        &self,
        response: Response,
        location: String,
        range: &Range<u64>,
        max_bytes: usize,
    ) -> Result<Bytes, StoreError> {
        let failed = |cause| StoreError::Failed {
            location: location.clone(),
            cause,
        };
        let found = ContentRange::of(response.headers());
        let found = found.ok_or_else(|| failed("status 206 without a valid Content-Range".into()));
        let length = found?.length(range).map_err(failed)?;
        if length > max_bytes as u64 {
            return Err(StoreError::too_large(location, max_bytes));
        }
        let is_cut_off = response.content_length().is_none();
        // One byte more shows a body that is longer than claimed.
        let body = self.contents(response, location.clone(), length + 1, usize::MAX);
        let body = body.await?;
        match body.len() as u64 {
            found if found == length => Ok(body),
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
        match is_html && bytes.trim_ascii_start().starts_with(b"<") {
            true => Err(StoreError::Failed {
                location,
                cause: "the server answers with a web page (HTML) instead of the file".into(),
            }),
            false => Ok(bytes),
        }
    }

    /// By the header alone. Servers that do not know the method leave it unknown.
    async fn fetch_size(&self, path: &str) -> Result<Option<u64>, StoreError> {
        let location = self.location(path);
        let request = self.client.head(self.url(path));
        // The file's own size, not that of a compressed answer.
        let request = request.header(ACCEPT_ENCODING, "identity");
        let response = self.send(request, &location).await?;
        match response.status() {
            StatusCode::OK => Ok(length(response.headers())),
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => Ok(None),
            status => Err(status_error(location, status, response.headers())),
        }
    }

    async fn send(&self, request: RequestBuilder, location: &str) -> Result<Response, StoreError> {
        let sent = timeout_at(Instant::now() + self.stall, request.send()).await;
        let response = sent.map_err(|_| StoreError::Transient {
            location: location.to_owned(),
            cause: format!("no answer for {:?}", self.stall),
            retry_after: None,
        })?;
        response.map_err(|error| request_error(location, error))
    }

    async fn body(
        &self,
        response: Response,
        location: &str,
        wanted: u64,
        max_bytes: usize,
    ) -> Result<Bytes, StoreError> {
        let announced = response.content_length().unwrap_or(0).min(wanted);
        let chunks = stream::try_unfold((response, wanted), |(mut response, left)| async move {
            if left == 0 {
                return Ok(None);
            }
            let Some(mut chunk) = response.chunk().await? else {
                return Ok(None);
            };
            chunk.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            let left = left - chunk.len() as u64;
            Ok(Some((chunk, (response, left))))
        });
        let chunks = pin!(chunks.map_err(|error| request_error(location, error)));
        body::collect(chunks, announced, location, max_bytes, self.stall).await
    }
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
        self.fetch_range(path, range, max_bytes).boxed()
    }

    fn location(&self, path: &str) -> String {
        without_secrets(self.url(path).as_str())
    }
}

/// Names of headers only: values may be secrets.
impl fmt::Debug for HttpOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.headers.iter().map(|(name, _)| name).collect();
        let mut options = f.debug_struct("HttpOptions");
        options
            .field("headers", &names)
            .field("stall", &self.stall)
            .finish()
    }
}

/// The root only, as messages show it.
impl fmt::Debug for HttpStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = without_secrets(self.root.as_str());
        f.debug_struct("HttpStore")
            .field("root", &root)
            .finish_non_exhaustive()
    }
}

/// The headers as reqwest wants them; the message of a wrong one does not show its value.
pub(super) fn headers(pairs: &[(String, String)]) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let key = HeaderName::try_from(name.as_str());
        let key = key.map_err(|_| format!("\"{name}\" is not the name of a header"))?;
        let value = HeaderValue::try_from(value.as_str());
        let mut value = value.map_err(|_| format!("the value of header {name} is not text"))?;
        value.set_sensitive(true);
        headers.append(key, value);
    }
    Ok(headers)
}

/// A request that got no whole answer. All but faults of the request itself may pass.
fn request_error(location: &str, error: reqwest::Error) -> StoreError {
    let location = location.to_owned();
    let is_final = error.is_builder() || error.is_redirect();
    let cause = chain(&error.without_url());
    match is_final {
        true => StoreError::Failed { location, cause },
        false => StoreError::Transient {
            location,
            cause,
            retry_after: None,
        },
    }
}

/// An answer that is not the file.
pub(super) fn status_error(
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

/// What identifies the contents: the `ETag`, else the time of the last change.
fn stamp_of(headers: &HeaderMap) -> Option<String> {
    let stamp = headers.get(ETAG).or_else(|| headers.get(LAST_MODIFIED))?;
    stamp.to_str().ok().map(str::to_owned)
}

/// The length that a header announces, unless it is that of a compressed answer.
fn length(headers: &HeaderMap) -> Option<u64> {
    let length = headers.get(CONTENT_LENGTH)?.to_str().ok()?;
    match headers.contains_key(CONTENT_ENCODING) {
        true => None,
        false => length.trim().parse().ok(),
    }
}

fn is_html(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| {
        kind.trim_start()
            .to_ascii_lowercase()
            .starts_with("text/html")
    })
}

/// A URL without user, password, query string and fragment.
pub(crate) fn without_secrets(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut url) if url.has_host() => {
            // Fails only for URLs without a host.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.set_query(None);
            url.set_fragment(None);
            url.into()
        }
        _ => url.split(['?', '#']).next().unwrap_or_default().to_owned(),
    }
}

/// An error with all its causes: the last one tells what really happened.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
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
