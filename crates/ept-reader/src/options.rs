//! How a dataset is opened and read.

use std::time::Duration;

use crate::{Cache, HttpOptions, Limits, Retry};

/// How to open and read a dataset. The defaults suit most.
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
    /// Where files of remote datasets are kept between runs; nowhere by default.
    pub cache: Option<Cache>,
    /// Time for all reading of the dataset, from its opening on; unlimited by default. A request that has not
    /// ended by then fails, whatever it waits for.
    pub timeout: Option<Duration>,
}
