//! Python and JavaScript libraries, installed in their own folders.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Tools for reading files.
#[derive(Debug)]
pub(crate) struct Tools {
    /// Python with laspy.
    pub(crate) python: PathBuf,
    /// The script that walks a COPC file, beside copc.js.
    pub(crate) walk: PathBuf,
}

impl Tools {
    /// Installs whatever is missing or has a different version from `xtask/interop`.
    pub(crate) fn install() -> Result<Tools> {
        let source = crate::workspace().join("xtask/interop");
        let folder = target()?.join("interop");
        let (python, node) = (folder.join("python"), folder.join("node"));
        fs::create_dir_all(&node)?;
        for name in ["package.json", "walk.mjs"] {
            fs::copy(source.join(name), node.join(name))?;
        }
        let requirements = source.join("requirements.txt");
        once(&[&requirements], &python, || {
            run(Command::new("python3").args(["-m", "venv"]).arg(&python))?;
            let pip = ["-m", "pip", "install", "--quiet", "--requirement"];
            run(Command::new(python.join("bin/python"))
                .args(pip)
                .arg(&requirements))
        })?;
        once(&[&source.join("package.json")], &node, || {
            let install = ["install", "--silent", "--no-audit", "--no-fund"];
            run(Command::new("npm").args(install).current_dir(&node))
        })?;
        run(Command::new("node").arg("--version"))?;
        Ok(Tools {
            python: python.join("bin/python"),
            walk: node.join("walk.mjs"),
        })
    }
}

/// Cargo's target folder, in a subfolder of which this program is.
pub(crate) fn target() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(2);
    Ok(target.context("this program is in no folder")?.to_owned())
}

/// Builds the command and returns its path, which is beside this program.
pub(crate) fn build_ept() -> Result<PathBuf> {
    // Features as in a build of the whole workspace, so that nothing is built twice.
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--workspace", "--bin", "ept"])
        .current_dir(crate::workspace())
        .status()?;
    ensure!(status.success(), "the command does not build");
    Ok(target()?.join("debug").join("ept"))
}

/// Does the work unless it was already done for the same lists, of which a copy is kept in the folder.
pub(crate) fn once(
    lists: &[&Path],
    folder: &Path,
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let wanted = lists.iter().map(fs::read).collect::<io::Result<Vec<_>>>()?;
    let (wanted, stamp) = (wanted.concat(), folder.join("installed"));
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    work()?;
    Ok(fs::write(stamp, wanted)?)
}

pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("+ {command:?}");
    let name = command.get_program().display().to_string();
    let status = command
        .status()
        .with_context(|| format!("{name} does not start: is it installed?"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}
