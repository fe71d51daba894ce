//! `cargo xtask python`: the Python package, its tests and its types.
//!
//! A wheel is built by maturin as a user would, installed in an environment of its own in the target folder, and tested there.
//! Versions of all tools and libraries are pinned in files beside the package. Ray and Spark, of another 800 MB, are
//! only installed and tested with `--engines`; Spark needs Java.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::interop::tools::{build_ept, once, run, target};

/// Tests of engines. Those whose engine is not installed are skipped.
const ENGINES: [&str; 5] = [
    "tests/test_command.py",
    "tests/test_dask.py",
    "tests/test_ray.py",
    "tests/test_spark.py",
    "tests/test_engines.py",
];

/// Checks that work units run on Dask, Ray, Spark and by the command, and the recipes for these and other engines.
pub(crate) fn check_engines() -> Result<()> {
    let python = environment("engines", &["requirements.txt", "requirements-engines.txt"])?;
    install(&python)?;
    let mut pytest = Command::new(&python);
    pytest
        .current_dir(package())
        .env("EPT", build_ept()?)
        // What is skipped is said, such as Spark without Java.
        .args(["-m", "pytest", "-rs", "-p", "no:cacheprovider"])
        .args(ENGINES);
    run(&mut pytest)
}

/// Builds the package and installs it in an environment.
fn install(python: &Path) -> Result<()> {
    let wheels = target()?.join("python").join("wheels");
    // The profile of the other tests, so that little is built twice.
    let builder = environment("maturin", &["requirements-maturin.txt"])?;
    let wheel = build(
        &builder,
        &wheels,
        &["--profile", "dev", "--auditwheel", "skip"],
    )?;
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--force-reinstall",
    ];
    run(Command::new(python).args(install).arg(&wheel))
}

/// Checks the package: tests, examples, types, and whether the stub is that of the native module.
pub(crate) fn check() -> Result<()> {
    let python = environment("environment", &["requirements.txt"])?;
    install(&python)?;
    let (package, ept) = (package(), build_ept()?);
    let module = |arguments: &[&str]| {
        let mut command = Command::new(&python);
        // From elsewhere, `pyept` would be the folder of the sources.
        command.current_dir(&package).arg("-m").args(arguments);
        run(command.env("EPT", &ept))
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

/// Builds a wheel for users. On Linux, zig links it with the oldest glibc that Rust supports.
pub(crate) fn release() -> Result<()> {
    let wheels = crate::workspace().join("target").join("wheels");
    let (mut lists, mut kind) = (vec!["requirements-maturin.txt"], vec!["--release"]);
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        lists.push("requirements-zig.txt");
        kind.extend(["--zig", "--compatibility", "manylinux2014"]);
    }
    let wheel = build(&environment("wheel", &lists)?, &wheels, &kind)?;
    println!("pip install {}", wheel.display());
    Ok(())
}

/// The Python of an environment with what these lists require, which is made if it does not exist or others are required.
fn environment(name: &str, lists: &[&str]) -> Result<PathBuf> {
    let mut version = Command::new("python3");
    version.args(["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]);
    let status = version.status();
    let status = status.context("python3 does not start: is it installed?")?;
    ensure!(status.success(), "python3 must be 3.11 or later");
    let folder = target()?.join("python").join(name);
    let python = folder.join("bin").join("python");
    let lists: Vec<PathBuf> = lists.iter().map(|list| package().join(list)).collect();
    let lists: Vec<&Path> = lists.iter().map(PathBuf::as_path).collect();
    fs::create_dir_all(&folder)?;
    once(&lists, &folder, || {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        let mut install = Command::new(&python);
        install.args(["-m", "pip", "install", "--quiet"]);
        for list in &lists {
            install.arg("--requirement").arg(list);
        }
        run(&mut install)
    })?;
    Ok(python)
}

fn package() -> PathBuf {
    crate::workspace().join("crates").join("ept-python")
}

/// Builds the only wheel in a folder.
fn build(python: &Path, wheels: &Path, kind: &[&str]) -> Result<PathBuf> {
    let _ = fs::remove_dir_all(wheels);
    // Where maturin looks for zig.
    let programs = python.parent().map(Path::to_owned);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(programs.into_iter().chain(std::env::split_paths(&path)))?;
    let mut command = Command::new(python);
    command
        .current_dir(package())
        .env("PATH", path)
        .args(["-m", "maturin", "build", "--quiet"])
        .args(kind)
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
