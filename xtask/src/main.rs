//! Chores of this workspace, run as `cargo xtask <command>`.

mod advisories;
mod bench;
mod ci;
mod conformance;
mod fuzz;
mod hierarchy;
mod interop;
mod packages;
mod page;
mod pictures;
mod python;
mod testdata;
mod tidy;

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

/// Chores of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run every check that a change must pass
    Ci,
    /// Run the checks that take seconds: rules for sources, dependencies, licences, advisories and duplicate packages
    Tidy,
    /// Write the datasets that the tests read, with the same bytes on every run, and the pictures of the documentation
    GenTestdata {
        /// Folder to write to; datasets that exist in it are replaced
        #[arg(default_value_os_t = workspace().join("testdata"))]
        directory: PathBuf,
    },
    /// Write ept.json and the hierarchy of a large imaginary dataset
    GenHierarchy {
        /// Folder to write to
        directory: PathBuf,
        /// Approximate number of nodes
        #[arg(long, default_value_t = 1_000_000)]
        nodes: usize,
    },
    /// Read datasets whole and with queries, and check the results
    Conformance {
        /// Folders or URLs: a dataset, a folder of datasets, or a folder of samples with truth files; by default, the
        /// fixtures and ../shared/samples (or the folder named by `EPT_SAMPLES`)
        targets: Vec<String>,
    },
    /// Write datasets as LAZ and COPC, and check what laspy and copc.js read; needs python3 and npm
    Interop {
        /// Folders of datasets; by default, the fixtures and the intact samples
        datasets: Vec<PathBuf>,
    },
    /// Check the types of the page of `ept view`, and what it does in Chromium; needs npm
    Page,
    /// Build the Python package, install it beside other libraries, and run its tests and type checkers; needs python3 of
    /// 3.11 or later
    Python {
        /// Instead, run work units on Ray and Spark, and the recipes for engines. These are downloaded, and Spark needs Java
        #[arg(long)]
        engines: bool,
    },
    /// Build a wheel of the Python package for users, in target/wheels
    Wheel,
    /// Measure reading relative to the limits of decoder, memory and network
    Bench(bench::Bench),
    /// Do a part of `bench` in a process of its own
    #[command(hide = true)]
    BenchPart(bench::Part),
    /// Feed mutated bytes to the parsers and decoders, and check the laws of their results
    Fuzz {
        /// A target of the package `fuzz`; by default, all of them
        target: Option<String>,
        /// Seconds for each target
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Ci => ci::run(),
        Command::Tidy => ci::tidy(),
        Command::GenTestdata { directory } => {
            testdata::generate(&directory)?;
            pictures::generate(&workspace().join("docs/pictures"))
        }
        Command::GenHierarchy { directory, nodes } => hierarchy::generate(&directory, nodes),
        Command::Conformance { targets } => conformance::run(&targets),
        Command::Interop { datasets } => interop::run(&datasets),
        Command::Page => page::check(),
        Command::Python { engines: false } => python::check(),
        Command::Python { engines: true } => python::check_engines(),
        Command::Wheel => python::release(),
        Command::Bench(bench) => bench.run(),
        Command::BenchPart(part) => part.run(),
        Command::Fuzz { target, seconds } => fuzz::run(target.as_deref(), seconds),
    }
}

/// Root of the workspace: that of the running `cargo`, since a program that several clones share may have been built in
/// another.
fn workspace() -> PathBuf {
    let built = env!("CARGO_MANIFEST_DIR");
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| built.into());
    let manifest = Path::new(&manifest);
    manifest.parent().unwrap_or(manifest).to_owned()
}
