//! A collection of samples: datasets, their truth files, and recorded PDAL queries.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Report, pdal, truth};

pub(crate) async fn check(samples: &Path) -> Result<Vec<Report>> {
    let mut files: Vec<_> = samples
        .join("truth")
        .read_dir()?
        .collect::<Result<_, _>>()?;
    files.sort_by_key(std::fs::DirEntry::path);
    let mut reports = Vec::new();
    for file in files {
        let truth = read_json(&file.path())?;
        let name = truth["name"].as_str().context("a truth file has no name")?;
        let dataset = samples.join("ept").join(name);
        reports.push(truth::check(&dataset.display().to_string(), &truth).await?);
    }
    let queries = samples.join("pdal-queries.json");
    if queries.is_file() {
        let root = samples.parent().unwrap_or(samples);
        reports.extend(pdal::check(root, &read_json(&queries)?).await?);
    }
    let queries = samples.join("file-queries.json");
    if queries.is_file() {
        reports.extend(pdal::check(samples, &read_json(&queries)?).await?);
    }
    Ok(reports)
}

/// Reads a truth file.
pub(crate) fn read_json(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    // Python writes infinities for the extremes of no points, which are not valid JSON.
    let text = text
        .replace(": -Infinity", ": null")
        .replace(": Infinity", ": null");
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}
