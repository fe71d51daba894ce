//! `cargo xtask fuzz`: builds the fuzz targets on the stable toolchain and runs them.

mod index;
mod seeds;
mod target;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::workspace;
use target::{End, TARGETS};

/// The flags of cargo-fuzz without the sanitizers, which need a nightly toolchain.
const FLAGS: [&str; 7] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
];

/// Runs one target or all, each for `seconds` seconds.
pub(crate) fn run(only: Option<&str>, seconds: u32) -> Result<()> {
    let is_wanted = |name: &str| only.is_none_or(|only| only == name);
    let wanted: Vec<_> = TARGETS.iter().filter(|t| is_wanted(t.name)).collect();
    let names = TARGETS.map(|target| target.name).join(", ");
    ensure!(
        !wanted.is_empty(),
        "no such target; the targets are {names}"
    );

    let (folder, host) = (folder()?, host()?);
    cargo("build", &folder, &host)?;
    let binaries = folder.join(&host).join("release");
    seeds::write(&workspace().join("testdata"), &folder.join("seeds"))?;
    let mut crashes = Vec::new();
    for target in wanted {
        let end = target.run(&binaries, &folder, seconds)?;
        println!("{:<10} {end}", target.name);
        if let End::Crash { input, .. } = end {
            crashes.push(input);
        }
    }
    match crashes.as_slice() {
        [] => Ok(()),
        crashes => bail!("these inputs crash:\n{}", crashes.join("\n")),
    }
}

/// Checks formatting and lints of the package, which is not part of the workspace.
pub(crate) fn lint() -> Result<()> {
    let mut format = Command::new(env!("CARGO"));
    format.args(["fmt", "--check", "--manifest-path"]);
    succeed(format.arg(manifest()))?;
    cargo("clippy", &folder()?, &host()?)
}

/// Runs cargo with the instrumentation. `--target` keeps build scripts free of it.
fn cargo(command: &str, folder: &Path, host: &str) -> Result<()> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([command, "--release", "--target", host, "--manifest-path"]);
    cargo.arg(manifest());
    if command == "clippy" {
        cargo.args(["--", "-D", "warnings"]);
    }
    cargo
        .env("CARGO_TARGET_DIR", folder)
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\x1f"));
    succeed(&mut cargo)
}

fn manifest() -> PathBuf {
    workspace().join("fuzz/Cargo.toml")
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().context("cargo does not start")?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}

/// The folder for everything that is kept between runs: builds, seeds, corpora, crashes.
fn folder() -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| workspace().join("target"), PathBuf::from);
    Ok(std::path::absolute(target)?.join("fuzz"))
}

/// The platform that the compiler runs on.
fn host() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output()?;
    let text = String::from_utf8(output.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not name its host")?.to_owned())
}
