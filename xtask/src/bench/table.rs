//! The table of `BENCHMARKS.md`.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::row::Measured;

const BEGIN: &str = "<!-- Written by `cargo xtask bench --write`. -->\n";
const END: &str = "<!-- The end of what is written. -->\n";

/// A row as printed while others are still to be measured.
pub(crate) fn line(row: &Measured) -> String {
    let Measured { work, limit, .. } = row;
    let [limit_time, work_time] = row.times.map(time);
    let (ratio, spread, goal, memory) = cells(row);
    format!(
        "{work} / {limit}: {ratio} ({spread}), goal {goal}; {work_time} / {limit_time}, {memory}"
    )
}

/// Replaces the table in the file.
pub(crate) fn write(path: &Path, rows: &[Measured], notes: &str) -> Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let (before, rest) = text.split_once(BEGIN).context("no place for the table")?;
    let (_, after) = rest.split_once(END).context("no end of the table")?;
    std::fs::write(
        path,
        format!("{before}{BEGIN}{}{END}{after}", table(rows, notes)?),
    )?;
    Ok(())
}

fn table(rows: &[Measured], notes: &str) -> Result<String> {
    let mut text = format!("\n{}\n{notes}\n\n", circumstances()?);
    text += "| work | limit | ratio | spread | goal | time | limit's time | peak memory |\n";
    text += "|---|---|---|---|---|---|---|---|\n";
    for row in rows {
        let (ratio, spread, goal, memory) = cells(row);
        let [limit, work] = row.times.map(time);
        let _ = writeln!(
            text,
            "| {} | {} | {ratio} | {spread} | {goal} | {work} | {limit} | {memory} |",
            row.work, row.limit
        );
    }
    Ok(text + "\n")
}

fn cells(row: &Measured) -> (String, String, String, String) {
    let [least, most] = [row.ratios.first(), row.ratios.last()].map(|r| r.copied().unwrap_or(0.0));
    let goal = row.goal.map_or("-".into(), |goal| {
        let is_met = if row.ratio() <= goal { "" } else { ", not met" };
        format!("{goal:.2}{is_met}")
    });
    let memory = row
        .memory
        .map_or("-".into(), |kilobytes| format!("{} MB", kilobytes / 1000));
    (
        format!("{:.3}", row.ratio()),
        format!("{least:.3} to {most:.3}"),
        goal,
        memory,
    )
}

fn time(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 1.0 => format!("{:.1} ms", seconds * 1e3),
        seconds => format!("{seconds:.2} s"),
    }
}

/// Machine, versions and date.
fn circumstances() -> Result<String> {
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let mut lines = processors.lines();
    let model = lines.find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism()?;
    Ok(format!(
        "{}: {model}, {cores} threads; {}; commit {}; laz {}, zstd {}.",
        output("date", &["-u", "+%Y-%m-%d"])?,
        output("rustc", &["--version"])?,
        output("git", &["rev-parse", "--short", "HEAD"])?,
        version("laz")?,
        version("zstd")?,
    ))
}

fn output(command: &str, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(command);
    let output = command
        .args(arguments)
        .current_dir(crate::workspace())
        .output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// The version of a dependency: the newest, which is ours if others use an older one.
fn version(name: &str) -> Result<String> {
    let lock = std::fs::read_to_string(crate::workspace().join("Cargo.lock"))?;
    let (_, rest) = lock
        .rsplit_once(&format!("name = \"{name}\"\nversion = \""))
        .context("not a dependency")?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}
