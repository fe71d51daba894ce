//! `cargo xtask ci`: all that must hold before a change lands.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{conformance, fuzz, interop, testdata, tidy, workspace};

/// Seconds of each fuzz target: enough to see that it works and that no seed breaks a law.
const FUZZING: u32 = 5;

/// Runs every check, cheap ones first.
pub(crate) fn run() -> Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    tidy::check(&workspace())?;
    cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ])?;
    without_cloud()?;
    without_columns()?;
    fuzz::lint()?;
    document()?;
    // All of the workspace, as it is linted and built elsewhere: so nothing is built twice.
    cargo(&["test", "--workspace"])?;
    fixtures_are_up_to_date()?;
    conformance::run(&[])?;
    interop::run(&[])?;
    fuzz::run(None, FUZZING)
}

/// The library without its optional feature: what most who call it build.
fn without_cloud() -> Result<()> {
    let reader = ["-p", "ept-reader"];
    cargo(
        &[
            &["clippy"],
            &reader[..],
            &["--all-targets", "--", "-D", "warnings"],
        ]
        .concat(),
    )?;
    cargo(&[&["test"], &reader[..], &["--test", "locations"]].concat())
}

/// The sinks without Arrow and Parquet, and with Arrow alone.
fn without_columns() -> Result<()> {
    for features in ["", "arrow"] {
        let export = ["clippy", "-p", "ept-export", "--features", features];
        cargo(&[&export[..], &["--all-targets", "--", "-D", "warnings"]].concat())?;
    }
    Ok(())
}

fn cargo(arguments: &[&str]) -> Result<()> {
    run_command(Command::new(env!("CARGO")).args(arguments))
}

fn document() -> Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["doc", "--workspace", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings");
    run_command(&mut command)
}

fn run_command(command: &mut Command) -> Result<()> {
    println!("+ {command:?}");
    let status = command
        .current_dir(workspace())
        .status()
        .context("the command does not start")?;
    match status.success() {
        true => Ok(()),
        false => bail!("{command:?} failed"),
    }
}

/// The fixtures are what their generator writes.
fn fixtures_are_up_to_date() -> Result<()> {
    let folder = tempfile::tempdir()?;
    testdata::generate(folder.path())?;
    let committed = workspace().join("testdata");
    run_command(
        Command::new("diff")
            .arg("-rq")
            .arg(folder.path())
            .arg(committed),
    )
}
