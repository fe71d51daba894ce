//! Answers that are not the file, with the reason in them.

use std::fmt;

use futures::future::BoxFuture;
use futures::{FutureExt, TryStreamExt};
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
    ReqwestConnector,
};
use object_store::{ClientOptions, GetOptions};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

/// Maximum bytes read from the body of such an answer.
const MAX_BODY: usize = 16 << 10;

/// An answer that is not the file. `object_store` keeps only a text of it, which quotes the body.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The reason, in the terms of the store, for example `AccessDenied`.
    pub(super) code: Option<String>,
    /// The region of the bucket, if the request was sent to another one.
    pub(super) region: Option<String>,
}

/// Makes clients that return a [`Refusal`] as the error of explained requests.
#[derive(Debug)]
pub(super) struct Connector;

#[derive(Debug)]
struct Client(HttpClient);

/// Marks requests for files. Others, such as those for credentials, are not changed.
#[derive(Debug, Clone, Copy)]
struct Explained;

/// Marks a request, so that refusals are explained.
pub(super) fn explained(mut options: GetOptions) -> GetOptions {
    options.extensions.insert(Explained);
    options
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = ReqwestConnector::default().connect(options)?;
        Ok(HttpClient::new(Client(client)))
    }
}

impl HttpService for Client {
    fn call<'a, 'b>(
        &'a self,
        request: HttpRequest,
    ) -> BoxFuture<'b, Result<HttpResponse, HttpError>>
    where
        'a: 'b,
        Self: 'b,
    {
        async move {
            let is_explained = request.extensions().get::<Explained>().is_some();
            let response = self.0.execute(request).await?;
            let status = response.status();
            if !is_explained || status.is_success() || status == StatusCode::NOT_MODIFIED {
                return Ok(response);
            }
            let refusal = Refusal::read(response).await;
            Err(HttpError::new(HttpErrorKind::Unknown, refusal))
        }
        .boxed()
    }
}

impl Refusal {
    async fn read(response: HttpResponse) -> Refusal {
        let (parts, body) = response.into_parts();
        let mut chunks = body.bytes_stream();
        let mut text = Vec::new();
        // If the body breaks off, it explains less.
        while let Ok(Some(chunk)) = chunks.try_next().await
            && text.len() < MAX_BODY
        {
            text.extend_from_slice(&chunk);
        }
        let text = String::from_utf8_lossy(&text);
        let code = element(&text, "Code");
        let header = parts.headers.get("x-amz-bucket-region");
        let header = header.and_then(|region| region.to_str().ok());
        let is_misdirected = parts.status == StatusCode::MOVED_PERMANENTLY
            || code == Some("AuthorizationHeaderMalformed");
        let region = header.or_else(|| element(&text, "Region"));
        let region = region.filter(|region| is_misdirected && is_word(region));
        Refusal {
            code: code.map(str::to_owned),
            region: region.map(str::to_owned),
            status: parts.status,
            headers: parts.headers,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server answers {}", self.status)
    }
}

impl std::error::Error for Refusal {}

/// The text of an XML element, if it is a single word.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (word, _) = rest.split_once('<')?;
    is_word(word).then_some(word)
}

fn is_word(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(is_part)
}
