//! `cargo xtask ci`: all checks that must pass before a change lands.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{
    advisories, conformance, fuzz, interop, packages, page, pictures, python, testdata, tidy,
    workspace,
};

/// Seconds for each fuzz target: enough to see that it works and that no seed violates a law.
const FUZZING: u32 = 5;

/// Runs every check, cheap ones first.
pub(crate) fn run() -> Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    tidy()?;
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
    without_features()?;
    on_wasm()?;
    fuzz::lint()?;
    document()?;
    // The whole workspace, as it is linted and built elsewhere, so that nothing is built twice.
    cargo(&["test", "--workspace"])?;
    fixtures_are_up_to_date()?;
    pictures::check(&workspace().join("docs/pictures"))?;
    conformance::run(&[])?;
    interop::run(&[])?;
    page::check()?;
    python::check()?;
    fuzz::run(None, FUZZING)
}

/// Checks that need no build.
pub(crate) fn tidy() -> Result<()> {
    tidy::check(&workspace())?;
    packages::check(&workspace())?;
    advisories::check(&workspace())
}

/// The library without its optional feature, as most users build it.
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
    cargo(&[&["test"], &reader[..], &["--test", "it", "locations::"]].concat())
}

/// The sinks without Arrow and Parquet, and with Arrow alone.
fn without_columns() -> Result<()> {
    for features in ["", "arrow"] {
        let export = ["clippy", "-p", "ept-export", "--features", features];
        cargo(&[&export[..], &["--all-targets", "--", "-D", "warnings"]].concat())?;
    }
    Ok(())
}

/// The command without its features: EPT from disk and web to text, LAS and PLY.
fn without_features() -> Result<()> {
    cargo(&["check", "-p", "ept-cli", "--no-default-features"])
}

/// The crates without I/O, for the web: all except those that compile C.
fn on_wasm() -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    if !has_target(TARGET)? {
        println!("skipped: the target {TARGET} is not installed (rustup target add {TARGET})");
        return Ok(());
    }
    let packages = [
        "ept-format",
        "ept-laz",
        "ept-las",
        "ept-crs",
        "ept-index",
        "ept-raster",
    ];
    let packages = packages.iter().flat_map(|name| ["-p", name]);
    let arguments = ["check", "--target", TARGET].into_iter().chain(packages);
    cargo(&arguments.collect::<Vec<_>>())
}

/// Whether the standard library of a target is installed.
fn has_target(target: &str) -> Result<bool> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let arguments = ["--print", "target-libdir", "--target", target];
    let output = Command::new(rustc).args(arguments).output()?;
    let folder = String::from_utf8(output.stdout)?;
    Ok(output.status.success() && std::path::Path::new(folder.trim()).is_dir())
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
    if status.success() {
        Ok(())
    } else {
        bail!("{command:?} failed")
    }
}

/// Checks that the fixtures are what their generator writes.
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
