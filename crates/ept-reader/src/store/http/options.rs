//! How to talk to web servers.

use std::fmt;
use std::time::Duration;

/// How to talk to web servers.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpOptions {
    /// Headers that go along with every request: names and values. They are taken for secrets.
    pub headers: Vec<(String, String)>,
    /// A request that makes no progress for so long is given up, and made again: no answer, or a body of which
    /// less than 16 KiB come in that time. 30 seconds by default.
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

/// Names of headers only: values may be secrets.
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
