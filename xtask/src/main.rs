//! Chores of this workspace, run as `cargo xtask <command>`.

mod advisories;
mod bench;
mod ci;
mod conformance;
mod fuzz;
mod hierarchy;
mod interop;
mod packages;
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
    /// Check what takes seconds: rules for the sources, directions, licences, advisories and duplicates of packages
    Tidy,
    /// Write the datasets that the tests read; the same bytes on every run.
    GenTestdata {
        /// Folder to write to; each dataset in it is replaced.
        #[arg(default_value_os_t = workspace().join("testdata"))]
        directory: PathBuf,
    },
    /// Write ept.json and the hierarchy of a large dataset that does not exist
    GenHierarchy {
        /// Folder to write to
        directory: PathBuf,
        /// About how many nodes it has
        #[arg(long, default_value_t = 1_000_000)]
        nodes: usize,
    },
    /// Read datasets whole and through queries, and compare with what they must be
    Conformance {
        /// Folders or URLs: a dataset, a folder of datasets, or a folder of samples with truth files;
        /// the fixtures and ../shared/samples (or the folder that `EPT_SAMPLES` names) when absent
        targets: Vec<String>,
    },
    /// Write datasets as LAZ and COPC, and compare what laspy and copc.js read of them; needs python3 and npm
    Interop {
        /// Folders of datasets; the fixtures and the intact ones of the samples when absent
        datasets: Vec<PathBuf>,
    },
    /// Measure reading against the limits of decoder, memory and network, as ratios
    Bench(bench::Bench),
    /// What `bench` runs in processes of their own
    #[command(hide = true)]
    BenchPart(bench::Part),
    /// Feed mutated bytes to the parsers and decoders, and check the laws of what they return
    Fuzz {
        /// One target of the package `fuzz`; all of them when absent
        target: Option<String>,
        /// How long each runs
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Ci => ci::run(),
        Command::Tidy => ci::tidy(),
        Command::GenTestdata { directory } => testdata::generate(&directory),
        Command::GenHierarchy { directory, nodes } => hierarchy::generate(&directory, nodes),
        Command::Conformance { targets } => conformance::run(&targets),
        Command::Interop { datasets } => interop::run(&datasets),
        Command::Bench(bench) => bench.run(),
        Command::BenchPart(part) => part.run(),
        Command::Fuzz { target, seconds } => fuzz::run(target.as_deref(), seconds),
    }
}

/// Root of the workspace.
fn workspace() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}
