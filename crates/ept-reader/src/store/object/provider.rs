//! Connects to object stores, given URL, options and environment.

use std::str::FromStr;
use std::sync::Arc;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::path::Path;
use object_store::{ClientOptions, HeaderValue, ObjectStore, RetryConfig};
use reqwest::Url;

use super::environment::Environment;
use super::refusal::Connector;
use crate::store::http::headers;
use crate::{CloudOptions, HttpOptions};

/// The parts of a URL of a dataset.
pub(super) struct BucketUrl<'a> {
    pub(super) scheme: &'a str,
    /// Bucket or container.
    pub(super) bucket: &'a str,
    /// Prefix, without slashes around it.
    pub(super) prefix: &'a str,
}

/// A client of a bucket.
pub(super) struct Connection {
    pub(super) store: Arc<dyn ObjectStore>,
    /// The unique name of the bucket, for messages and the cache.
    pub(super) name: String,
    /// Note for denials if requests are sent without credentials.
    pub(super) anonymous: Option<String>,
    /// The builder of an S3 client.
    s3: Option<AmazonS3Builder>,
}

/// What a connection is built from.
struct Settings<'a> {
    place: &'a BucketUrl<'a>,
    cloud: &'a CloudOptions,
    http: &'a HttpOptions,
    environment: Environment,
}

const AWS_ENDPOINTS: [&str; 3] = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"];
const AWS_CREDENTIALS: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];
const GOOGLE_ENDPOINTS: [&str; 1] = ["GOOGLE_BASE_URL"];
const GOOGLE_CREDENTIALS: [&str; 5] = [
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_SERVICE_ACCOUNT",
    "GOOGLE_SERVICE_ACCOUNT_PATH",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
    "GOOGLE_BEARER_TOKEN",
];
const AZURE_ENDPOINTS: [&str; 2] = ["AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"];
const AZURE_CREDENTIALS: [&str; 12] = [
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_ACCESS_KEY",
    "AZURE_STORAGE_MASTER_KEY",
    "AZURE_STORAGE_SAS_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_TOKEN",
    "AZURE_STORAGE_CLIENT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_USE_AZURE_CLI",
    "AZURE_CREDENTIAL_TYPE",
    "AZURE_STORAGE_USE_EMULATOR",
];

/// Connects to the bucket.
pub(super) fn connect(
    place: &BucketUrl<'_>,
    cloud: &CloudOptions,
    http: &HttpOptions,
    environment: Environment,
) -> Result<Connection, String> {
    let settings = Settings {
        place,
        cloud,
        http,
        environment,
    };
    let scheme = place.scheme.to_ascii_lowercase();
    match scheme.as_str() {
        "s3" | "s3a" => settings.s3(),
        _ if cloud.requester_pays => Err("requester pays is for s3:// only".into()),
        "gs" | "gcs" => settings.google(),
        _ => settings.azure(),
    }
}

impl BucketUrl<'_> {
    pub(super) fn parse(url: &str) -> Result<BucketUrl<'_>, String> {
        if url.contains(['?', '#']) {
            return Err("has a query string; credentials come from the environment".into());
        }
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.trim_matches('/');
        // Azure allows the account in the name: container@account.
        let is_name = scheme.starts_with("abfs") || !bucket.contains('@');
        if bucket.is_empty() || bucket.contains(':') || !is_name {
            return Err("names no bucket".into());
        }
        Path::parse(prefix).map_err(|error| error.to_string())?;
        Ok(BucketUrl {
            scheme,
            bucket,
            prefix,
        })
    }
}

impl Connection {
    /// The same bucket in another S3 region.
    pub(super) fn in_region(&self, region: &str) -> Option<Arc<dyn ObjectStore>> {
        let builder = self.s3.clone()?.with_region(region);
        Some(Arc::new(builder.build().ok()?))
    }
}

impl Settings<'_> {
    fn s3(mut self) -> Result<Connection, String> {
        let problem = self.environment.read_aws_profile();
        let endpoint = self.endpoint(&AWS_ENDPOINTS)?;
        let is_anonymous = self.is_anonymous("AWS_SKIP_SIGNATURE", &AWS_CREDENTIALS);
        if self.cloud.requester_pays && is_anonymous {
            let problem = problem.as_deref().unwrap_or("there are none");
            return Err(format!("requester pays needs credentials: {problem}"));
        }
        let builder = AmazonS3Builder::new()
            .with_client_options(self.client(endpoint)?)
            .with_retry(no_retry())
            .with_http_connector(Connector);
        let mut builder = self
            .fold("AWS_", builder, |builder, key, value| {
                builder.with_config(key, value)
            })
            .with_bucket_name(self.place.bucket)
            .with_skip_signature(is_anonymous);
        if self.cloud.requester_pays {
            builder = builder.with_request_payer(true);
        }
        if let Some(endpoint) = endpoint {
            let key = object_store::aws::AmazonS3ConfigKey::S3Endpoint;
            builder = builder.with_config(key, endpoint);
        }
        Ok(Connection {
            name: self.name("s3", endpoint),
            store: Arc::new(builder.clone().build().map_err(reason)?),
            anonymous: anonymous(is_anonymous, problem),
            s3: Some(builder),
        })
    }

    fn google(self) -> Result<Connection, String> {
        let endpoint = self.endpoint(&GOOGLE_ENDPOINTS)?;
        let found = self.environment.gcloud_credentials();
        let file = found.filter(|_| self.environment.first(&GOOGLE_CREDENTIALS).is_none());
        let is_anonymous =
            file.is_none() && self.is_anonymous("GOOGLE_SKIP_SIGNATURE", &GOOGLE_CREDENTIALS);
        let builder = GoogleCloudStorageBuilder::new()
            .with_client_options(self.client(endpoint)?)
            .with_retry(no_retry())
            .with_http_connector(Connector);
        let mut builder = self
            .fold("GOOGLE_", builder, |builder, key, value| {
                builder.with_config(key, value)
            })
            .with_bucket_name(self.place.bucket)
            .with_skip_signature(is_anonymous);
        if let Some(file) = file {
            builder = builder.with_application_credentials(file.display().to_string());
        }
        if let Some(endpoint) = endpoint {
            builder = builder.with_base_url(endpoint);
        }
        Ok(Connection {
            name: self.name("gs", endpoint),
            store: Arc::new(builder.build().map_err(reason)?),
            anonymous: anonymous(is_anonymous, None),
            s3: None,
        })
    }

    fn azure(mut self) -> Result<Connection, String> {
        // Under the names of the command `az`.
        let environment = &mut self.environment;
        environment.alias("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT");
        environment.alias("AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_KEY");
        let endpoint = self.endpoint(&AZURE_ENDPOINTS)?;
        let is_anonymous = self.is_anonymous("AZURE_SKIP_SIGNATURE", &AZURE_CREDENTIALS);
        let builder = MicrosoftAzureBuilder::new()
            .with_client_options(self.client(endpoint)?)
            .with_retry(no_retry())
            .with_http_connector(Connector);
        let mut builder = self
            .fold("AZURE_", builder, |builder, key, value| {
                builder.with_config(key, value)
            })
            .with_url(format!("abfss://{}/", self.place.bucket))
            .with_skip_signature(is_anonymous);
        if let Some(endpoint) = endpoint {
            builder = builder.with_endpoint(endpoint.to_owned());
        }
        Ok(Connection {
            name: self.name("abfss", endpoint),
            store: Arc::new(builder.build().map_err(reason)?),
            anonymous: anonymous(is_anonymous, None),
            s3: None,
        })
    }

    /// With an endpoint, this is the URL there, since buckets of the same name on two servers are different.
    fn name(&self, scheme: &str, endpoint: Option<&str>) -> String {
        let bucket = self.place.bucket;
        let account = self.environment.get("AZURE_STORAGE_ACCOUNT_NAME");
        match (endpoint, account) {
            (Some(endpoint), _) => format!("{endpoint}/{bucket}"),
            (None, Some(account)) if scheme == "abfss" && !bucket.contains('@') => {
                format!("{scheme}://{bucket}@{account}.dfs.core.windows.net")
            }
            _ => format!("{scheme}://{bucket}"),
        }
    }

    /// The server to use instead of the cloud's own.
    fn endpoint<'a>(&'a self, names: &[&str]) -> Result<Option<&'a str>, String> {
        let options = self.cloud.endpoint.as_deref();
        let Some(endpoint) = options.or_else(|| self.environment.first(names)) else {
            return Ok(None);
        };
        let is_endpoint = Url::parse(endpoint).is_ok_and(|url| {
            let is_bare = url.username().is_empty() && url.password().is_none();
            matches!(url.scheme(), "http" | "https") && is_bare && url.query().is_none()
        });
        if is_endpoint {
            Ok(Some(endpoint.trim_end_matches('/')))
        } else {
            Err("the endpoint is not an http or https URL without user and query".into())
        }
    }

    /// Whether to send requests without credentials: according to the setting or, failing that, if there are none.
    fn is_anonymous(&self, setting: &str, credentials: &[&str]) -> bool {
        let setting = self.environment.flag(setting);
        setting.unwrap_or_else(|| self.environment.first(credentials).is_none())
    }

    /// Client options. Stalls are detected by this crate: a timeout for whole requests would fail large files.
    fn client(&self, endpoint: Option<&str>) -> Result<ClientOptions, String> {
        let is_plain = endpoint.is_some_and(|endpoint| endpoint.starts_with("http://"));
        let agent = concat!("ept/", env!("CARGO_PKG_VERSION"));
        Ok(ClientOptions::new()
            .with_user_agent(HeaderValue::from_static(agent))
            .with_default_headers(headers(&self.http.headers)?)
            .with_timeout_disabled()
            .with_connect_timeout(self.http.stall)
            .with_allow_http(is_plain))
    }

    /// Passes all variables supported by `object_store` to a builder.
    fn fold<B, K: FromStr>(&self, prefix: &str, builder: B, set: fn(B, K, &str) -> B) -> B {
        let variables = self.environment.with_prefix(prefix);
        let known = variables
            .filter_map(|(name, value)| Some((name.to_ascii_lowercase().parse().ok()?, value)));
        known.fold(builder, |builder, (key, value)| set(builder, key, value))
    }
}

fn anonymous(is_anonymous: bool, problem: Option<String>) -> Option<String> {
    let problem = problem.map(|problem| format!(": {problem}"));
    is_anonymous.then(|| {
        format!(
            "requested without credentials{}",
            problem.unwrap_or_default()
        )
    })
}

/// Datasets retry by themselves.
fn no_retry() -> RetryConfig {
    RetryConfig {
        max_retries: 0,
        ..RetryConfig::default()
    }
}

/// Why a client can't be built.
fn reason(error: object_store::Error) -> String {
    match error {
        object_store::Error::Generic { source, .. } => source.to_string(),
        error => error.to_string(),
    }
}
