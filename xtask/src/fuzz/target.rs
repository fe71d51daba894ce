//! A fuzz target, and how its runs end.

use std::fmt;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// A binary of the package `fuzz`.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: &'static str,
    /// Maximum length of an input in bytes.
    longest: u32,
}

/// All targets.
pub(crate) const TARGETS: [Target; 23] = [
    Target::new("key", 64),
    Target::new("metadata", 16_384),
    Target::new("page", 4_096),
    Target::new("sources", 8_192),
    Target::new("addon", 4_096),
    Target::new("area", 8_192),
    Target::new("condition", 4_096),
    Target::new("crs", 8_192),
    Target::new("shapefile", 4_096),
    Target::new("zip", 8_192),
    Target::new("geojson", 8_192),
    Target::new("pages", 8_192),
    Target::new("csv", 4_096),
    Target::new("catalog", 8_192),
    Target::new("geotiff", 4_096),
    Target::new("chunk", 4_096),
    Target::new("encode", 8_192),
    Target::new("copc", 4_096),
    Target::new("las", 4_096),
    Target::new("lax", 4_096),
    Target::new("laszip", 4_096),
    Target::new("binary", 8_192),
    Target::new("zstandard", 8_192),
];

/// How a run ended.
#[derive(Debug)]
pub(crate) enum End {
    /// The time is up.
    Clean { executions: u64 },
    /// An input violated a law, or took too much memory or time.
    Crash {
        executions: u64,
        input: String,
        log: String,
    },
}

impl Target {
    const fn new(name: &'static str, longest: u32) -> Target {
        Target { name, longest }
    }

    /// Runs the target. New corpus entries are kept in `folder`, for the next run to start from.
    pub(crate) fn run(&self, binaries: &Path, folder: &Path, seconds: u32) -> Result<End> {
        let corpus = folder.join("corpus").join(self.name);
        let crashes = folder.join("crashes");
        fs::create_dir_all(&corpus)?;
        fs::create_dir_all(&crashes)?;
        let log = folder.join(format!("{}.log", self.name));
        let status = Command::new(binaries.join(self.name))
            .args([&corpus, &folder.join("seeds").join(self.name)])
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-max_len={}", self.longest))
            .arg(format!(
                "-artifact_prefix={}/{}-",
                crashes.display(),
                self.name
            ))
            .args(["-rss_limit_mb=1024", "-timeout=10", "-print_final_stats=1"])
            .stderr(File::create(&log)?)
            .status()
            .context("the target does not start")?;
        let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        let executions = after(&text, "stat::number_of_executed_units:");
        let executions = executions.and_then(|count| count.parse().ok()).unwrap_or(0);
        if status.success() {
            return Ok(End::Clean { executions });
        }
        let input = after(&text, "Test unit written to ");
        let log = log.display().to_string();
        Ok(End::Crash {
            executions,
            input: input.with_context(|| format!("{status}, see {log}"))?,
            log,
        })
    }
}

/// The rest of the line after the mark.
fn after(text: &str, mark: &str) -> Option<String> {
    let (_, rest) = text.rsplit_once(mark)?;
    Some(rest.lines().next()?.trim().to_owned())
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Clean { executions } => write!(f, "{executions:>9} executions, no crash"),
            End::Crash {
                executions,
                input,
                log,
            } => write!(f, "{executions:>9} executions, CRASH: {input}, see {log}"),
        }
    }
}
