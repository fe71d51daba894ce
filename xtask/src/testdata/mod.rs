//! The datasets of `testdata`: synthetic, small, and the same bytes on every run.

mod attributes;
mod cube;
mod dataset;
mod dimension;
mod fixture;
mod fixtures;
mod hierarchy;
mod key;
mod las_record;
mod las_tile;
mod metadata;
mod noise;
mod number;
mod octree;
mod point;
mod query;
mod random;
mod readme;
mod scaling;
mod sources;
mod srs;
mod summary;
mod survey;
mod terrain;
mod tile;
mod truth;
mod value;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Writes all fixtures and their README to `directory`.
pub(crate) fn generate(directory: &Path) -> Result<()> {
    let mut rows = Vec::new();
    for fixture in fixtures::fixtures() {
        let dataset = fixture.dataset().context(fixture.name)?;
        let written = fixture.write(&dataset, directory).context(fixture.name)?;
        rows.push((fixture, dataset, written));
    }
    let readme = directory.join("README.md");
    fs::write(&readme, readme::readme(&rows))
        .with_context(|| format!("writing {}", readme.display()))
}

/// Writes the datasets for measuring, unless they exist. A folder that exists is complete.
pub(crate) fn generate_large(directory: &Path) -> Result<()> {
    for fixture in fixtures::large() {
        if !directory.join(fixture.name).is_dir() {
            let made = tempfile::tempdir_in(directory)?;
            fixture.write(&fixture.dataset()?, made.path())?;
            fs::rename(made.path().join(fixture.name), directory.join(fixture.name))?;
        }
    }
    Ok(())
}
