//! Pictures of the documentation that the command makes.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// The pictures: name and flags.
const PICTURES: [(&str, &[&str]); 1] = [(
    "terrain.png",
    &["testdata/terrain", "--from", "3d", "--size", "600x340"],
)];

/// Writes all pictures to a folder, as `ept picture` makes them of the fixtures.
pub(crate) fn generate(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for (name, flags) in PICTURES {
        let status = Command::new("cargo")
            .args(["run", "-q", "-p", "ept-cli", "--", "picture", "-q", "-o"])
            .arg(folder.join(name))
            .args(flags)
            .current_dir(workspace())
            .status()
            .context("cargo does not start")?;
        if !status.success() {
            bail!("{name} could not be drawn");
        }
    }
    Ok(())
}

/// Checks that the pictures are what the command makes.
pub(crate) fn check(folder: &Path) -> Result<()> {
    let made = tempfile::tempdir()?;
    generate(made.path())?;
    for (name, _) in PICTURES {
        let [found, expected] =
            [folder, made.path()].map(|folder| std::fs::read(folder.join(name)));
        if found.with_context(|| name.to_owned())? != expected? {
            bail!("{name} is not what `ept picture` makes: run `cargo xtask gen-testdata`");
        }
    }
    Ok(())
}
