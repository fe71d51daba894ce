//! `cargo xtask interop`: reads what `ept` writes with other libraries.
//!
//! Each dataset is written as LAZ and COPC, whole and clipped, and read with laspy and copc.js; as GeoParquet, Arrow
//! and PLY, and read with pyarrow, GeoPandas, DuckDB and plyfile. Every point and dimension is compared with the CSV of
//! the same query. Tile indexes are exchanged in both directions: GeoPandas reads ours, and `ept tiles` reads those of
//! GeoPandas. GDAL reads our rasters. Versions are pinned in `xtask/interop`, and installed in the target folder when they change.

mod index;
mod raster;
pub(crate) mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::conformance::{read_json, samples_folder};
use crate::interop::tools::{Tools, build_ept};

/// Checks the datasets. By default, these are the fixtures and the intact samples.
pub(crate) fn run(datasets: &[PathBuf]) -> Result<()> {
    let datasets = match datasets {
        [] => default_datasets()?,
        named => named.to_vec(),
    };
    let tools = Tools::install()?;
    let ept = build_ept()?;
    index::check(&tools.python, &ept)?;
    raster::check(&tools.python, &ept)?;
    let status = Command::new(&tools.python)
        .arg(crate::workspace().join("xtask/interop/check.py"))
        .arg(&ept)
        .arg(&tools.walk)
        .args(&datasets)
        .status()
        .context("Python does not start")?;
    ensure!(
        status.success(),
        "other libraries can't read what ept writes"
    );
    datasets
        .iter()
        .try_for_each(|dataset| check_columns(&tools, &ept, dataset))
}

/// Compares CSV, GeoParquet, Arrow and PLY of a dataset. If PLY lacks a type, only the others are compared.
fn check_columns(tools: &Tools, ept: &Path, dataset: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut files = Vec::new();
    for extension in ["csv", "parquet", "arrow", "ply"] {
        let file = folder.path().join(format!("points.{extension}"));
        let query = Command::new(ept)
            .arg("query")
            .arg(dataset)
            .args(["--quiet", "--output"])
            .arg(&file)
            .output()?;
        let message = String::from_utf8_lossy(&query.stderr);
        // PLY has neither bytes nor integers of more than 53 bits.
        let refusals = ["which PLY does not have", "does not fit its field"];
        let is_refused = refusals.iter().any(|refusal| message.contains(refusal));
        let has_no_type = extension == "ply" && is_refused;
        ensure!(
            query.status.success() || has_no_type,
            "{}: {message}",
            dataset.display()
        );
        files.extend(query.status.success().then_some(file));
    }
    println!("columns of {}", dataset.display());
    let script = crate::workspace().join("xtask/interop/columnar.py");
    let status = Command::new(&tools.python)
        .arg(script)
        .args(files)
        .status()?;
    ensure!(status.success(), "{}: columns differ", dataset.display());
    Ok(())
}

fn default_datasets() -> Result<Vec<PathBuf>> {
    let mut datasets = folders_of(&crate::workspace().join("testdata"))?;
    let samples = samples_folder();
    if samples.join("truth").is_dir() {
        datasets.extend(intact(&samples)?);
    } else {
        println!("no samples at {}: skipped", samples.display());
    }
    Ok(datasets)
}

/// The samples of which all points can be read according to their truth files.
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

/// The datasets in a folder, sorted.
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
