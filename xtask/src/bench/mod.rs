//! `cargo xtask bench`: how close reading comes to the speed of the bare decoder.
//!
//! Each row runs some work and its limit alternately, several times, and reports the ratio of the two in each round: a
//! slow machine slows both.

mod bare;
mod child;
mod columns;
mod encode;
mod part;
mod row;
mod rows;
mod server;
mod survey;
mod table;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use clap::Args;

pub(crate) use self::part::Part;
use self::rows::Rows;
use crate::{hierarchy, testdata};

/// What is measured, and how often.
#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// A laszip dataset on disk; by default ../shared/bench/autzen-laz if it exists, otherwise a generated one
    dataset: Option<PathBuf>,
    /// How often to measure each row
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only rows whose text contains this
    #[arg(long)]
    only: Option<String>,
    /// Write the table to BENCHMARKS.md
    #[arg(long)]
    write: bool,
}

/// Number of nodes of the hierarchy to walk.
const NODES: usize = 1_000_000;

impl Bench {
    pub(crate) fn run(self) -> Result<()> {
        let made = crate::workspace().join("target/bench");
        std::fs::create_dir_all(&made)?;
        testdata::generate_large(&made)?;
        let hierarchy = made.join("hierarchy");
        if !hierarchy.is_dir() {
            hierarchy::generate(&hierarchy, NODES)?;
        }
        let laszip = self.dataset.unwrap_or_else(|| {
            let bench = crate::workspace().join("../shared/bench/autzen-laz");
            if bench.is_dir() {
                bench
            } else {
                made.join("large-laz-pf3")
            }
        });
        // Asked before building, which may replace this program.
        let xtask = std::env::current_exe()?;
        let rows = Rows {
            ept: build_ept(&xtask)?,
            xtask,
            threads: std::thread::available_parallelism()?,
            made,
            laszip: laszip.canonicalize()?,
            scratch: tempfile::tempdir()?,
        };
        let mut measured = Vec::new();
        rows.each(|row| {
            let only = self.only.as_deref().unwrap_or_default();
            if row.work.contains(only) || row.limit.contains(only) {
                let row = row.measure(self.rounds)?;
                println!("{}", table::line(&row));
                measured.push(row);
            }
            Ok(())
        })?;
        if self.write {
            let notes = format!("{} {} rounds.", rows.describe()?, self.rounds);
            table::write(&crate::workspace().join("BENCHMARKS.md"), &measured, &notes)?;
        }
        Ok(())
    }
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

/// The time of some work that threads share, from the start of the first to the end of the last.
fn on_threads(threads: usize, work: impl Fn() -> Result<()> + Sync) -> Result<Duration> {
    timed(|| {
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(&work)).collect();
            let mut results = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
            results.try_for_each(|result| result.map_err(|_| anyhow!("a thread panicked"))?)
        })
    })
}

/// Builds the command in release mode and returns its path, which is beside this program.
fn build_ept(xtask: &Path) -> Result<PathBuf> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--package", "ept-cli"])
        .current_dir(crate::workspace())
        .status()?;
    if !status.success() {
        bail!("the command does not build");
    }
    Ok(xtask.with_file_name("ept"))
}
