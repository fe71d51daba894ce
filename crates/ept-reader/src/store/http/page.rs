//! Requests for pages of an index that are more than a URL.

use bytes::Bytes;
use ept_index::NextPage;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, EXPECT, HOST, HeaderMap, HeaderName,
    HeaderValue, RANGE, TE, TRAILER, UPGRADE,
};
use reqwest::{Method, StatusCode};

use super::client::{Message, headers};
use super::{HttpStore, status_error};
use crate::store::{Store, StoreError};

/// Headers that say how the request itself is sent, which is not for an index to decide.
const OWN: [HeaderName; 9] = [
    ACCEPT_ENCODING,
    CONTENT_ENCODING,
    CONTENT_TYPE,
    EXPECT,
    HOST,
    RANGE,
    TE,
    TRAILER,
    UPGRADE,
];
/// Such headers by how they start: about connections, proxies and lengths.
const OF_WAY: [&str; 5] = [
    "connection",
    "proxy-",
    "transfer-",
    "content-length",
    "keep-",
];

impl HttpStore {
    /// The answer to a request with headers or a body. Both are sent to the server of the file alone.
    pub(crate) async fn fetch_page(
        &self,
        path: &str,
        page: &NextPage,
        max_bytes: usize,
    ) -> Result<Bytes, StoreError> {
        let location = self.location(path);
        let gzip = (ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let mut message = Message {
            method: Method::GET,
            url: self.url(path),
            headers: HeaderMap::from_iter([gzip]),
            private: private(page).map_err(|cause| StoreError::Failed {
                location: location.clone(),
                cause,
            })?,
            body: None,
        };
        if let Some(body) = &page.body {
            let json = HeaderValue::from_static("application/json");
            message.method = Method::POST;
            message.headers.insert(CONTENT_TYPE, json);
            message.body = Some(Bytes::from(body.clone()));
        }
        let response = self.client.send(message, &location).await?;
        match response.status() {
            // Without content: services answer so when nothing matches.
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION | StatusCode::NO_CONTENT => {
                self.contents(response, location, u64::MAX, max_bytes).await
            }
            status => Err(status_error(location, status, response.headers())),
        }
    }
}

/// The headers of the page, without those that the request has itself.
fn private(page: &NextPage) -> Result<HeaderMap, String> {
    let mut pairs = page.headers.clone();
    pairs.retain(|(name, _)| !is_own(&name.to_ascii_lowercase()));
    headers(&pairs).map_err(|problem| format!("the index asks for headers: {problem}"))
}

fn is_own(name: &str) -> bool {
    OWN.iter().any(|own| own == name) || OF_WAY.iter().any(|start| name.starts_with(start))
}
