//! How datasets are opened and read.

use std::time::Duration;

use super::{Limits, Retry};
use crate::{Cache, HttpOptions, Services};

/// How to open and read datasets. The defaults suit most.
///
/// ```
/// use std::time::Duration;
/// use ept_reader::{Dataset, HttpOptions, Options};
///
/// # async fn example() -> Result<(), ept_reader::Error> {
/// let options = Options {
///     timeout: Some(Duration::from_secs(60)),
///     http: HttpOptions {
///         headers: vec![("Authorization".into(), "Bearer abc".into())],
///         ..HttpOptions::default()
///     },
///     ..Options::default()
/// };
/// let dataset = Dataset::open_with("https://example.com/autzen", &options).await?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How much is in flight at once, and how large things may be.
    pub limits: Limits,
    /// When failed requests are made again.
    pub retry: Retry,
    /// How to talk to web servers.
    pub http: HttpOptions,
    /// How to talk to object stores.
    pub cloud: CloudOptions,
    /// Where files of remote datasets are kept between runs; nowhere by default.
    pub cache: Option<Cache>,
    /// Time for all reading, from the making of the [`Engine`](crate::Engine) on; unlimited by default. A request that has not
    /// ended by then fails, whatever it waits for.
    pub timeout: Option<Duration>,
    /// Whether nothing is asked for over the network: what the cache has is used as it is, and all else is an error.
    pub is_offline: bool,
    /// Where the services are that short names stand for.
    pub services: Services,
}

/// How to talk to object stores. They need the feature `cloud`.
///
/// Credentials come from where the tools of each cloud find them. Where there are none, requests are anonymous,
/// which public buckets allow.
///
/// - **S3** (`s3://`): `AWS_ACCESS_KEY_ID` and the other variables of AWS, a web identity, the credentials of a
///   container, or the keys of `AWS_PROFILE` (`default` when unset) in `~/.aws/credentials`. The metadata of an
///   instance are asked when `AWS_SKIP_SIGNATURE` is `false`; when it is `true`, requests are anonymous.
/// - **Google** (`gs://`): `GOOGLE_APPLICATION_CREDENTIALS`, `GOOGLE_SERVICE_ACCOUNT` and their kin, or what
///   `gcloud auth application-default login` wrote.
/// - **Azure** (`az://`): the account in `AZURE_STORAGE_ACCOUNT`, with `AZURE_STORAGE_KEY`,
///   `AZURE_STORAGE_SAS_TOKEN`, or `AZURE_CLIENT_ID` and what belongs to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CloudOptions {
    /// Agree to pay for the requests, as some buckets of S3 demand. It needs credentials.
    pub requester_pays: bool,
    /// URL of the server to ask in place of the cloud's own, such as `http://localhost:9000`: without user and
    /// password. By default what the environment says in `AWS_ENDPOINT_URL` and its like.
    pub endpoint: Option<String>,
}
