//! `cargo xtask conformance`: reads datasets whole and with queries, and checks the results.
//!
//! A folder with a subfolder `truth` is a collection of samples: each dataset is compared with its truth file, down to
//! the hashes, and recorded PDAL queries are repeated. Any other folder or URL is checked for consistency: counts,
//! cells, and queries against brute force.

mod alone;
mod digest;
mod pdal;
mod report;
mod samples;
mod truth;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

pub(crate) use report::Report;
pub(crate) use samples::read_json;

/// Environment variable with the folder of samples.
const SAMPLES_VARIABLE: &str = "EPT_SAMPLES";

/// Checks the targets. By default, these are the fixtures and the samples.
pub(crate) fn run(targets: &[String]) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let targets = match targets {
        [] => default_targets(),
        named => named.to_vec(),
    };
    let mut missed = 0;
    for target in &targets {
        for report in runtime.block_on(check(target))? {
            missed += u32::from(!report.passed());
            println!("{report}");
        }
    }
    if missed > 0 {
        bail!("{missed} datasets are not read as they must be");
    }
    Ok(())
}

fn default_targets() -> Vec<String> {
    let samples = samples_folder();
    let mut targets = vec![crate::workspace().join("testdata").display().to_string()];
    if samples.is_dir() {
        targets.push(samples.display().to_string());
    } else {
        println!("no samples at {}: skipped", samples.display());
    }
    targets
}

/// The folder of samples, which may not exist.
pub(crate) fn samples_folder() -> PathBuf {
    match std::env::var_os(SAMPLES_VARIABLE) {
        Some(folder) => folder.into(),
        None => crate::workspace().join("../shared/samples"),
    }
}

async fn check(target: &str) -> Result<Vec<Report>> {
    let folder = Path::new(target);
    if folder.join("truth").is_dir() {
        return samples::check(folder).await;
    }
    if folder.is_dir() && !folder.join("ept.json").is_file() {
        let mut reports = Vec::new();
        for folder in report::folders_with(folder, "ept.json")? {
            reports.push(alone::check(&folder.display().to_string()).await?);
        }
        return Ok(reports);
    }
    Ok(vec![alone::check(target).await?])
}
