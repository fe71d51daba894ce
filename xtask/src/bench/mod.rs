//! `cargo xtask bench`: how close reading comes to the limit of the decoder.
//!
//! Each row runs some work and its limit in turn, several times, and gives the ratio of the two within
//! one round: the machine may be slow, but it is as slow for both.

mod bare;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::bench::bare::Tiles;

/// Measures `ept stats` against the bare decoder, and `ept query` to LAZ and COPC against the bare decoder and encoder,
/// all on as many threads.
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
    let folder = tempfile::tempdir()?;
    let command = |arguments: &[&str], out: Option<&str>| {
        let mut command = Command::new(&ept);
        command.args(arguments).arg(&dataset).arg("--quiet");
        command.args(["--threads", &threads.to_string()]);
        if let Some(name) = out {
            command.arg("--output").arg(folder.path().join(name));
        }
        command
    };
    let decode = || tiles.decode(threads);
    let recode = || tiles.recode(threads);
    row("ept stats / bare decode", rounds, decode, || {
        command(&["stats"], None)
    })?;
    row(
        "EPT to LAZ / bare decode and encode",
        rounds,
        recode,
        || command(&["query"], Some("out.laz")),
    )?;
    // The bare encoder keeps the point format of the tiles; COPC has 6 to 8.
    row(
        "EPT to COPC / bare decode and encode",
        rounds,
        recode,
        || command(&["query"], Some("out.copc.laz")),
    )
}

/// Runs a command and its limit in turn, and prints the ratio and the most memory that the command took.
fn row(
    name: &str,
    rounds: usize,
    limit: impl Fn() -> Result<()>,
    work: impl Fn() -> Command,
) -> Result<()> {
    let mut ratios = Vec::with_capacity(rounds);
    let mut memory = None;
    // The first round warms the caches of both and does not count.
    for round in 0..=rounds {
        let limit = timed(&limit)?;
        let work = timed(|| {
            memory = memory.max(peak_memory(&mut work())?);
            Ok(())
        })?;
        if round > 0 {
            println!("  limit {limit:.2?}, ept {work:.2?}");
            ratios.push(work.as_secs_f64() / limit.as_secs_f64());
        }
    }
    ratios.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (ratios.first(), ratios.last()) else {
        bail!("no rounds");
    };
    let median = ratios[ratios.len() / 2];
    let memory = memory.map_or("unknown".into(), |kilobytes| {
        format!("{} MB", kilobytes / 1000)
    });
    println!("{name}: {median:.3} (from {least:.3} to {most:.3}), peak memory {memory}");
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
        .args(["build", "--quiet", "--release", "--workspace"])
        .current_dir(crate::workspace())
        .status()?;
    if !status.success() {
        bail!("the command does not build");
    }
    Ok(std::env::current_exe()?.with_file_name("ept"))
}

/// Runs a command to its end; the most memory that it had, in kB, where the system tells that.
fn peak_memory(command: &mut Command) -> Result<Option<u64>> {
    let mut child = command
        .stdout(Stdio::null())
        .spawn()
        .context("ept does not run")?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = None;
    loop {
        peak = peak.max(high_water(&status));
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "ept failed");
            return Ok(peak);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The line `VmHWM` of a process's status.
fn high_water(status: &Path) -> Option<u64> {
    let status = std::fs::read_to_string(status).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
