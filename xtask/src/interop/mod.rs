//! `cargo xtask interop`: what `ept` writes, read by others.
//!
//! Each dataset is written as LAZ and COPC, whole and clipped, and read with laspy and copc.js; every point and
//! dimension is compared with the CSV of the same query. The versions of both are pinned in `xtask/interop`, and
//! they are installed into the target folder when that changes.

mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::conformance::{read_json, samples_folder};
use crate::interop::tools::Tools;

/// Checks the datasets, or the fixtures and the intact samples when none is named.
pub(crate) fn run(datasets: &[PathBuf]) -> Result<()> {
    let datasets = match datasets {
        [] => default_datasets()?,
        named => named.to_vec(),
    };
    let tools = Tools::install()?;
    let status = Command::new(&tools.python)
        .arg(crate::workspace().join("xtask/interop/check.py"))
        .arg(build_ept()?)
        .arg(&tools.walk)
        .args(datasets)
        .status()
        .context("Python does not start")?;
    ensure!(status.success(), "others do not read what ept writes");
    Ok(())
}

fn default_datasets() -> Result<Vec<PathBuf>> {
    let mut datasets = folders_of(&crate::workspace().join("testdata"))?;
    let samples = samples_folder();
    match samples.join("truth").is_dir() {
        true => datasets.extend(intact(&samples)?),
        false => println!("no samples at {}: skipped", samples.display()),
    }
    Ok(datasets)
}

/// The samples all of whose points can be read, which their truth files know.
fn intact(samples: &Path) -> Result<Vec<PathBuf>> {
    let mut datasets = Vec::new();
    for path in folders_of(&samples.join("ept"))? {
        let name = path.file_name().context("a folder without name")?;
        let truth = format!("{}.json", name.display());
        let truth = read_json(&samples.join("truth").join(truth))?;
        let is_empty = |list: &Value| list.as_array().is_some_and(Vec::is_empty);
        if is_empty(&truth["bad_tiles"]) && is_empty(&truth["count_mismatches"]) {
            datasets.push(path);
        }
    }
    Ok(datasets)
}

/// The datasets in a folder, in order.
fn folders_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in folder
        .read_dir()
        .with_context(|| folder.display().to_string())?
    {
        let path = entry?.path();
        if path.join("ept.json").is_file() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

/// Builds the command and returns its path: beside this program.
fn build_ept() -> Result<PathBuf> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--workspace"])
        .current_dir(crate::workspace())
        .status()?;
    match status.success() {
        true => Ok(tools::target()?.join("debug").join("ept")),
        false => bail!("the command does not build"),
    }
}
