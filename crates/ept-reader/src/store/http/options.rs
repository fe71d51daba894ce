//! How to talk to web servers.

use std::fmt;
use std::time::Duration;

/// How to talk to web servers.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpOptions {
    /// Headers to send with every request, as names and values. Treated as secrets.
    pub headers: Vec<(String, String)>,
    /// Time after which a request without progress is cancelled and retried: without an answer, or with less than 16
    /// KiB of the body in that time. 30 seconds by default.
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

/// Shows only names of headers, since values may be secrets.
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
