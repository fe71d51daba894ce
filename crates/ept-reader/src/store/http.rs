//! A dataset on a web server.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use reqwest::{Client, StatusCode, Url};

use super::{Store, StoreError};
use crate::Error;

/// The files of a dataset below a URL. Its query string, if any, goes along with every request.
///
/// Connections are kept and shared, HTTP/2 is used where the server offers it, redirects are followed and
/// the usual proxy variables of the environment are obeyed.
#[derive(Debug, Clone)]
pub struct HttpStore {
    client: Client,
    root: Url,
}

/// A connection that is not there by then will not come.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// A body that stands still for so long will not go on.
const STALL_TIMEOUT: Duration = Duration::from_secs(60);

impl HttpStore {
    /// The dataset whose `ept.json` lies directly below `root`, an `http` or `https` URL with or without a
    /// trailing slash and query string.
    ///
    /// # Errors
    /// When `root` is not such a URL, or the system offers no TLS.
    pub fn new(root: &str) -> Result<HttpStore, Error> {
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
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(STALL_TIMEOUT)
            .build();
        Ok(HttpStore {
            client: client.map_err(|error| failed(chain(&error)))?,
            root: url,
        })
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.root.clone();
        let folder = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{folder}/{path}"));
        url
    }

    async fn fetch(&self, path: &str) -> Result<Bytes, StoreError> {
        let location = self.location(path);
        let failed = |error: reqwest::Error| StoreError::Failed {
            location: location.clone(),
            cause: chain(&error.without_url()),
        };
        let response = self
            .client
            .get(self.url(path))
            .send()
            .await
            .map_err(failed)?;
        match response.status() {
            StatusCode::OK => response.bytes().await.map_err(failed),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(StoreError::NotFound { location }),
            status @ (StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED) => {
                Err(StoreError::Denied {
                    location,
                    cause: format!("the server answers {status}"),
                })
            }
            status => Err(StoreError::Failed {
                location,
                cause: format!("the server answers {status}"),
            }),
        }
    }
}

impl Store for HttpStore {
    fn get<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        self.fetch(path).boxed()
    }

    fn location(&self, path: &str) -> String {
        without_secrets(self.url(path).as_str())
    }
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
fn chain(error: &reqwest::Error) -> String {
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
