//! How datasets are opened and read.

use std::fmt;
use std::time::Duration;

use ept_format::Srs;

use super::{Limits, Retry, WaitWatch};
use crate::{Cache, HttpOptions, Services};

/// How to open and read datasets. The defaults suit most uses.
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
    /// Limits on concurrency, memory and the size of files.
    pub limits: Limits,
    /// When to retry failed requests.
    pub retry: Retry,
    /// Who is told when a request waits to be made again; nobody by default.
    pub waits: Option<WaitWatch>,
    /// How to talk to web servers.
    pub http: HttpOptions,
    /// How to talk to object stores.
    pub cloud: CloudOptions,
    /// Cache for files of remote datasets. There is none by default.
    pub cache: Option<Cache>,
    /// Time limit for all reading, from the creation of the [`Engine`](crate::Engine) on, unlimited by default.
    /// Requests that have not ended by then fail.
    pub timeout: Option<Duration>,
    /// Whether to use only the cache, as it is, without the network. Anything else is an error.
    pub is_offline: bool,
    /// Where the services are that short names stand for.
    pub services: Services,
    /// The coordinate system of all datasets, whatever they say; what each says by default. Coordinates stay as they are.
    pub srs: Option<Srs>,
}

/// How to talk to object stores. Requires the feature `cloud`.
///
/// Credentials are found where the tools of each cloud find them. Without credentials, requests are anonymous, which
/// public buckets allow.
///
/// - **S3** (`s3://`): `AWS_ACCESS_KEY_ID` and the other variables of AWS, a web identity, the credentials of a
///   container, or the keys of `AWS_PROFILE` (`default` if unset) in `~/.aws/credentials`. Instance metadata are used
///   if `AWS_SKIP_SIGNATURE` is `false`; if it is `true`, requests are anonymous.
/// - **Google** (`gs://`): `GOOGLE_APPLICATION_CREDENTIALS`, `GOOGLE_SERVICE_ACCOUNT` and similar variables, or what
///   `gcloud auth application-default login` wrote.
/// - **Azure** (`az://`): the account in `AZURE_STORAGE_ACCOUNT`, with `AZURE_STORAGE_KEY`, `AZURE_STORAGE_SAS_TOKEN`,
///   or `AZURE_CLIENT_ID` and related variables.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CloudOptions {
    /// Agree to pay for requests, as some S3 buckets require. Needs credentials.
    pub requester_pays: bool,
    /// URL of the server to use instead of the cloud's own, for example `http://localhost:9000`, without user and
    /// password. By default that in `AWS_ENDPOINT_URL` or similar variables.
    pub endpoint: Option<String>,
    /// Values that take precedence over those of environment variables, by the name of the variable.
    pub variables: Vec<(String, String)>,
}

impl fmt::Debug for CloudOptions {
    /// Leaves out the values of variables, which may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.variables.iter().map(|(name, _)| name).collect();
        f.debug_struct("CloudOptions")
            .field("requester_pays", &self.requester_pays)
            .field("endpoint", &self.endpoint)
            .field("variables", &names)
            .finish()
    }
}
