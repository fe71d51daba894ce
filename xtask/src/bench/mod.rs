//! `cargo xtask bench`: how close reading comes to the limit of the decoder.
//!
//! Each row runs some work and its limit in turn, several times, and gives the ratio of the two within
//! one round: the machine may be slow, but it is as slow for both.

mod bare;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::bench::bare::Tiles;

/// Measures `ept stats` against the bare decoder on as many threads.
pub(crate) fn run(dataset: Option<PathBuf>, rounds: usize) -> Result<()> {
    let dataset = dataset.unwrap_or_else(default_dataset);
    let threads = std::thread::available_parallelism()?.get();
    let ept = build_ept()?;
    let tiles = Tiles::load(&dataset)?;
    println!(
        "{}: {} tiles, {} points, {threads} threads, {rounds} rounds",
        dataset.display(),
        tiles.len(),
        tiles.points()
    );
    let mut ratios = Vec::with_capacity(rounds);
    // The first round warms the caches of both and does not count.
    for round in 0..=rounds {
        let limit = timed(|| tiles.decode(threads))?;
        let work = timed(|| stats(&ept, &dataset, threads))?;
        if round > 0 {
            println!("  bare decode {limit:.2?}, ept stats {work:.2?}");
            ratios.push(work.as_secs_f64() / limit.as_secs_f64());
        }
    }
    ratios.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (ratios.first(), ratios.last()) else {
        bail!("no rounds");
    };
    let median = ratios[ratios.len() / 2];
    println!("ept stats / bare decode: {median:.3} (from {least:.3} to {most:.3})");
    Ok(())
}

fn default_dataset() -> PathBuf {
    let bench = crate::workspace().join("../shared/bench/autzen-laz");
    match bench.is_dir() {
        true => bench,
        false => crate::workspace().join("testdata/terrain"),
    }
}

fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

/// Builds the command in release and returns its path: beside this program.
fn build_ept() -> Result<PathBuf> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--package", "ept-cli"])
        .current_dir(crate::workspace())
        .status()?;
    if !status.success() {
        bail!("the command does not build");
    }
    Ok(std::env::current_exe()?.with_file_name("ept"))
}

fn stats(ept: &Path, dataset: &Path, threads: usize) -> Result<()> {
    let status = Command::new(ept)
        .args(["stats", "--quiet", "--threads", &threads.to_string()])
        .arg(dataset)
        .stdout(Stdio::null())
        .status()
        .context("ept does not run")?;
    match status.success() {
        true => Ok(()),
        false => bail!("ept stats failed"),
    }
}
