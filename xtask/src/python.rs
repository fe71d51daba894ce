//! `cargo xtask python`: the Python package, its tests and its types.
//!
//! A wheel is built by maturin as a user would, installed in an environment of its own in the target folder, and tested there.
//! Versions of all tools and libraries are pinned in `crates/ept-python/requirements.txt`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::interop::tools::{once, run, target};

/// Checks the package: tests, examples, types, and whether the stub is that of the native module.
pub(crate) fn check() -> Result<()> {
    let python = environment()?;
    let wheels = target()?.join("python").join("wheels");
    // The profile of the other tests, so that little is built twice.
    let wheel = build(&python, &wheels, "dev")?;
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--force-reinstall",
    ];
    run(Command::new(&python).args(install).arg(&wheel))?;
    let package = package();
    let module = |arguments: &[&str]| {
        let mut command = Command::new(&python);
        // From elsewhere, `pyept` would be the folder of the sources.
        command.current_dir(&package).arg("-m").args(arguments);
        run(&mut command)
    };
    module(&["pytest", "--quiet", "-p", "no:cacheprovider"])?;
    let cache = target()?.join("python").join("mypy");
    let cache = cache.display().to_string();
    module(&["mypy", "--cache-dir", &cache, "-p", "pyept"])?;
    module(&["mypy", "--cache-dir", &cache, "examples"])?;
    module(&[
        "mypy.stubtest",
        "--mypy-config-file",
        "pyproject.toml",
        "pyept",
    ])?;
    let own = python.display().to_string();
    module(&["pyright", "--pythonpath", &own, "examples"])
}

/// Builds a wheel for users.
pub(crate) fn release() -> Result<()> {
    let wheels = crate::workspace().join("target").join("wheels");
    let wheel = build(&environment()?, &wheels, "release")?;
    println!("pip install {}", wheel.display());
    Ok(())
}

/// The Python of an environment with all tools, which is made if it does not exist or others are required.
fn environment() -> Result<PathBuf> {
    let mut version = Command::new("python3");
    version.args(["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]);
    let status = version.status();
    let status = status.context("python3 does not start: is it installed?")?;
    ensure!(status.success(), "python3 must be 3.11 or later");
    let folder = target()?.join("python").join("environment");
    let python = folder.join("bin").join("python");
    let requirements = package().join("requirements.txt");
    fs::create_dir_all(&folder)?;
    once(&requirements, &folder, || {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        let pip = ["-m", "pip", "install", "--quiet", "--requirement"];
        run(Command::new(&python).args(pip).arg(&requirements))
    })?;
    Ok(python)
}

fn package() -> PathBuf {
    crate::workspace().join("crates").join("ept-python")
}

/// Builds the only wheel in a folder.
fn build(python: &Path, wheels: &Path, profile: &str) -> Result<PathBuf> {
    let _ = fs::remove_dir_all(wheels);
    let mut command = Command::new(python);
    command
        .current_dir(package())
        .args([
            "-m",
            "maturin",
            "build",
            "--quiet",
            "--profile",
            profile,
            "--auditwheel",
            "skip",
        ])
        .arg("--interpreter")
        .arg(python)
        .arg("--out")
        .arg(wheels);
    run(&mut command)?;
    let wheel = wheels
        .read_dir()?
        .next()
        .context("maturin wrote no wheel")?;
    Ok(wheel?.path())
}
