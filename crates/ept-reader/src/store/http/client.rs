//! HTTP requests and redirects.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, Response, StatusCode, Url, redirect};
use tokio::time::{Instant, timeout_at};

use super::HttpOptions;
use super::failure::{chain, request_error};
use crate::StoreError;
use crate::store::without_secrets;

/// Maximum redirects that a request follows.
const MAX_REDIRECTS: usize = 10;

/// A request, but for the user's headers.
pub(super) struct Message {
    pub(super) method: Method,
    pub(super) url: Url,
    /// Headers for whichever server answers.
    pub(super) headers: HeaderMap,
    /// Headers for the server of the URL alone. The user's own replace them.
    pub(super) private: HeaderMap,
    /// For the server of the URL alone: a request with a body is not redirected to another.
    pub(super) body: Option<Bytes>,
}

/// A client that sends the user's headers only to the server for which they are meant.
#[derive(Clone)]
pub(super) struct Client {
    client: reqwest::Client,
    secrets: HeaderMap,
    pub(super) stall: Duration,
}

impl Client {
    pub(super) fn new(options: &HttpOptions) -> Result<Client, String> {
        let client = reqwest::Client::builder()
            .user_agent(concat!("ept/", env!("CARGO_PKG_VERSION")))
            // Redirects are followed here, since what is sent depends on the target.
            .redirect(redirect::Policy::none())
            // Bodies are decompressed here, up to the limit.
            .no_gzip()
            .connect_timeout(options.stall)
            .build();
        Ok(Client {
            client: client.map_err(|error| chain(&error))?,
            secrets: headers(&options.headers)?,
            stall: options.stall,
        })
    }

    /// The answer of the server, after redirects. `location` is for messages.
    pub(super) async fn send(
        &self,
        message: Message,
        location: &str,
    ) -> Result<Response, StoreError> {
        let deadline = Instant::now() + self.stall;
        let answer = timeout_at(deadline, self.follow(message, location)).await;
        answer.unwrap_or_else(|_| {
            Err(StoreError::Transient {
                location: location.to_owned(),
                cause: format!("no answer for {:?}", self.stall),
                retry_after: None,
            })
        })
    }

    async fn follow(&self, message: Message, location: &str) -> Result<Response, StoreError> {
        let origin = message.url.origin();
        let mut url = message.url;
        let failed = |cause: String| StoreError::Failed {
            location: location.to_owned(),
            cause,
        };
        for _ in 0..=MAX_REDIRECTS {
            let mut all = HeaderMap::new();
            if url.origin() == origin {
                all.clone_from(&message.private);
                all.extend(self.secrets.clone());
            }
            all.extend(message.headers.clone());
            let mut request = self.client.request(message.method.clone(), url.clone());
            if let Some(body) = &message.body {
                request = request.body(body.clone());
            }
            let response = request.headers(all).send().await;
            let response = response.map_err(|error| request_error(location, error))?;
            let Some(next) = redirect(&url, &response).map_err(failed)? else {
                return Ok(response);
            };
            if message.body.is_some() && !(keeps_method(&response) && next.origin() == origin) {
                let next = without_secrets(next.as_str());
                return Err(failed(format!(
                    "the server redirects a POST request to {next}; such requests are not sent to other servers, nor as GET \
                     requests"
                )));
            }
            url = next;
        }
        Err(failed(format!(
            "the server redirects more than {MAX_REDIRECTS} times"
        )))
    }
}

/// Whether a redirected request keeps its method and body (RFC 9110, 15.4).
fn keeps_method(response: &Response) -> bool {
    matches!(
        response.status(),
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
    )
}

/// The URL to which an answer redirects. `None` if it is not a redirect.
fn redirect(url: &Url, response: &Response) -> Result<Option<Url>, String> {
    let is_redirect = matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    let target = response.headers().get(LOCATION).filter(|_| is_redirect);
    target
        .map(|target| next(url, target.as_bytes()))
        .transpose()
}

/// The URL in `Location`, resolved against `url`. User and password are sent only to the same server.
fn next(url: &Url, target: &[u8]) -> Result<Url, String> {
    let target = String::from_utf8_lossy(target);
    let next = url.join(&target);
    let mut next =
        next.map_err(|error| format!("the server redirects to an invalid URL: {error}"))?;
    let shown = without_secrets(next.as_str());
    match next.scheme() {
        "https" => {}
        "http" if url.scheme() == "http" => {}
        "http" => {
            return Err(format!(
                "the server redirects from https to http, which is not secure: {shown}; give that URL itself if \
                 it is to be trusted"
            ));
        }
        _ => {
            return Err(format!(
                "the server redirects to {shown}, which is not on the web"
            ));
        }
    }
    if next.origin() == url.origin() && next.username().is_empty() {
        // Fails only for URLs without a host.
        let _ = next.set_username(url.username());
        let _ = next.set_password(url.password());
    }
    Ok(next)
}

/// Converts headers for reqwest. Error messages do not contain values.
pub(in crate::store) fn headers(pairs: &[(String, String)]) -> Result<HeaderMap, String> {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_redirect_from_https_to_http_is_refused() {
        let from = Url::parse("https://me:SECRET@example.com/set/ept.json?token=SECRET").unwrap();
        let error = next(&from, b"http://example.com/set/ept.json?token=SECRET").unwrap_err();
        assert!(error.contains("from https to http"), "{error}");
        assert!(error.contains("http://example.com/set/ept.json"), "{error}");
        assert!(!error.contains("SECRET"), "{error}");
        let error = next(&from, b"file:///etc/passwd").unwrap_err();
        assert!(error.contains("not on the web"), "{error}");
        let moved = next(&from, b"/new/ept.json").unwrap();
        assert_eq!(moved.as_str(), "https://me:SECRET@example.com/new/ept.json");
        let moved = next(&from, b"https://example.com:8443/ept.json").unwrap();
        assert_eq!(moved.as_str(), "https://example.com:8443/ept.json");
        let from = Url::parse("http://example.com/ept.json").unwrap();
        assert!(next(&from, b"https://example.com/ept.json").is_ok());
    }
}
