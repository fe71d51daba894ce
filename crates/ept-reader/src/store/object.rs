//! The store for object stores: S3, Google Cloud Storage, Azure Blob Storage.

mod environment;
mod provider;
mod refusal;
mod rest;

use std::error::Error as StdError;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, TryFutureExt, TryStreamExt};
use object_store::client::{HttpError, HttpErrorKind};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, GetResult, ObjectStore};
use reqwest::StatusCode;
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::http::{chain, connect_error, past_end, status_error};
use super::secrets::without_secrets;
use super::{Answer, Body, Start, Store, StoreError, body};
use crate::{CloudOptions, Error, HttpOptions};
use environment::Environment;
use provider::{BucketUrl, Connection};
use refusal::Refusal;

/// The files of a dataset below a prefix of a bucket: `s3://bucket/prefix`, `gs://bucket/prefix`,
/// `az://container/prefix` or `abfss://container@account.dfs.core.windows.net/prefix`.
///
/// Credentials and endpoint are described at [`CloudOptions`]. If an S3 bucket is in another region than the configured
/// one, it is found there.
#[derive(Clone)]
pub struct CloudStore {
    /// Bucket and prefix, for messages.
    root: String,
    prefix: String,
    connection: Arc<Connection>,
    /// The same bucket in its real region, once a server has told it.
    moved: Arc<OnceCell<Arc<dyn ObjectStore>>>,
    stall: Duration,
}

impl CloudStore {
    /// The dataset whose `ept.json` is directly below `url`, with or without a trailing slash. Of `http`, the headers
    /// and the stall time are used.
    ///
    /// # Errors
    /// If `url` is not supported or has a query string, a header or the endpoint is malformed, or the environment
    /// contains only part of the credentials.
    pub fn new(url: &str, cloud: &CloudOptions, http: &HttpOptions) -> Result<CloudStore, Error> {
        let connected = BucketUrl::parse(url).and_then(|place| {
            let environment = Environment::of_process().with(&cloud.variables);
            let connection = provider::connect(&place, cloud, http, environment)?;
            Ok((place, connection))
        });
        let (place, connection) = connected.map_err(|problem| Error::Location {
            location: without_secrets(url),
            problem,
        })?;
        let root = format!("{}/{}", connection.name, place.prefix);
        Ok(CloudStore {
            root: root.trim_end_matches('/').to_owned(),
            prefix: place.prefix.to_owned(),
            connection: Arc::new(connection),
            moved: Arc::default(),
            stall: http.stall,
        })
    }

    async fn fetch(
        &self,
        path: &str,
        max_bytes: usize,
        stamp: Option<&str>,
    ) -> Result<Answer, StoreError> {
        let location = self.location(path);
        let found = match self.request(path, &options(stamp)).await? {
            Err(object_store::Error::NotModified { .. }) if stamp.is_some() => {
                return Ok(Answer::Same);
            }
            found => found.map_err(|error| self.explain(&location, &error))?,
        };
        let (size, stamp) = (found.meta.size, found.meta.e_tag.clone());
        let chunks = found.into_stream();
        let chunks = chunks.map_err(|error| self.explain(&location, &error));
        let bytes = body::collect(chunks, size, &location, max_bytes, self.stall).await?;
        Ok(Answer::File { bytes, stamp })
    }

    async fn fetch_range(
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
        let options = options(None).with_range(Some(GetRange::Bounded(range.clone())));
        let found = match self.request(path, &options).await? {
            Ok(found) => found,
            Err(error) => return self.explain_range(location, &error, &range),
        };
        // It was compared with the requested range and the size of the file.
        let (length, size) = (found.range.end - found.range.start, Some(found.meta.size));
        let stamp = found.meta.e_tag.clone();
        let chunks = found.into_stream();
        let chunks = chunks.map_err(|error| self.explain(&location, &error));
        let bytes = body::collect(chunks, length, &location, max_bytes, self.stall).await?;
        if bytes.len() as u64 == length {
            Ok(Start { bytes, size, stamp })
        } else {
            Err(StoreError::Failed {
                location,
                cause: format!(
                    "the server claims to send {length} bytes of a range and sends {}",
                    bytes.len()
                ),
            })
        }
    }

    /// Interprets a refused range: it is empty if it is past the end of the file.
    fn explain_range(
        &self,
        location: String,
        error: &object_store::Error,
        range: &Range<u64>,
    ) -> Result<Start, StoreError> {
        match find::<Refusal>(error) {
            Some(refusal) if refusal.status == StatusCode::RANGE_NOT_SATISFIABLE => {
                let size = past_end(&refusal.headers, range);
                let size = size.map_err(|cause| StoreError::Failed { location, cause })?;
                Ok(Start {
                    bytes: Bytes::new(),
                    size,
                    stamp: None,
                })
            }
            _ => Err(self.explain(&location, error)),
        }
    }

    async fn fetch_size(&self, path: &str) -> Result<Option<u64>, StoreError> {
        let found = self.request(path, &options(None).with_head(true)).await?;
        let found = found.map_err(|error| self.explain(&self.location(path), &error))?;
        Ok(Some(found.meta.size))
    }

    /// An answer or error within the stall time.
    async fn request(
        &self,
        path: &str,
        options: &GetOptions,
    ) -> Result<object_store::Result<GetResult>, StoreError> {
        let key = Path::parse(format!("{}/{path}", self.prefix));
        let key = key.map_err(|error| StoreError::Failed {
            location: self.location(path),
            cause: error.to_string(),
        })?;
        let asked = timeout(self.stall, self.ask(&key, options)).await;
        asked.map_err(|_| StoreError::Transient {
            location: self.location(path),
            cause: format!("no answer for {:?}", self.stall),
            retry_after: None,
        })
    }

    /// Sends a request, and again to another region if the first answer names it.
    async fn ask(&self, key: &Path, options: &GetOptions) -> object_store::Result<GetResult> {
        let moved = self.moved.get();
        let known = moved.unwrap_or(&self.connection.store);
        let found = known.get_opts(key, options.clone()).await;
        let Err(error) = &found else { return found };
        let region = find::<Refusal>(error).and_then(|refusal| refusal.region.as_deref());
        let elsewhere = region.and_then(|region| self.connection.in_region(region));
        match elsewhere {
            Some(elsewhere) if moved.is_none() => {
                let elsewhere = self.moved.get_or_init(async || elsewhere).await;
                elsewhere.get_opts(key, options.clone()).await
            }
            _ => found,
        }
    }

    fn explain(&self, location: &str, error: &object_store::Error) -> StoreError {
        let location = location.to_owned();
        match (find::<Refusal>(error), find::<HttpError>(error)) {
            (Some(refusal), _) => self.refused(location, refusal),
            (None, Some(error)) => {
                let cause = error.source().map_or_else(|| chain(error), chain);
                match error.kind() {
                    HttpErrorKind::Connect => connect_error(location, cause),
                    _ => StoreError::Transient {
                        location,
                        cause,
                        retry_after: None,
                    },
                }
            }
            (None, None) => StoreError::Failed {
                location,
                cause: error.to_string(),
            },
        }
    }

    fn refused(&self, location: String, refusal: &Refusal) -> StoreError {
        let code = refusal.code.as_deref();
        let mut error = status_error(location, refusal.status, &refusal.headers);
        match &mut error {
            StoreError::Denied { cause, .. } if refusal.status == StatusCode::FORBIDDEN => {
                *cause = denied(code);
            }
            StoreError::Denied { cause, .. }
            | StoreError::Transient { cause, .. }
            | StoreError::Unreachable { cause, .. }
            | StoreError::Failed { cause, .. } => {
                *cause += &code.map_or_else(String::new, |code| format!(" ({code})"));
            }
            StoreError::NotFound { .. }
            | StoreError::Changed { .. }
            | StoreError::TooLarge { .. } => {}
        }
        if let (StoreError::Denied { cause, .. }, Some(anonymous)) =
            (&mut error, &self.connection.anonymous)
        {
            *cause += &format!("; {anonymous}");
        }
        error
    }
}

impl Store for CloudStore {
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
        format!("{}/{path}", self.root)
    }
}

/// Shows only the root: the rest contains the credentials.
impl fmt::Debug for CloudStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloudStore")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

fn options(stamp: Option<&str>) -> GetOptions {
    refusal::explained(GetOptions::new().with_if_none_match(stamp))
}

/// The meaning of status 403. Without permission to list a bucket, missing files are denied too.
fn denied(code: Option<&str>) -> String {
    match code {
        None | Some("AccessDenied") => {
            "access denied, or no such file (this store does not tell the two apart)".to_owned()
        }
        Some(code) => format!("access denied ({code})"),
    }
}

/// The first error of this type among an error and its causes.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.find_map(|error| error.downcast_ref())
}
