//! Processes to be measured.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// The cost of a process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// As the process reports it, or else from start to end.
    pub(crate) time: Duration,
    /// Time of all processors, if the system reports it.
    pub(crate) processor: Option<Duration>,
    /// Peak memory in kB, if the system reports it.
    pub(crate) memory: Option<u64>,
}

impl Cost {
    /// The cost of work of which only the time is known.
    pub(crate) fn of(time: Duration) -> Cost {
        Cost {
            time,
            processor: None,
            memory: None,
        }
    }
}

/// Runs a command to its end. If the first word of its output is a number, that is its time in seconds.
pub(crate) fn run(command: &mut Command) -> Result<Cost> {
    let start = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = child.spawn().context("it does not start")?;
    let process = PathBuf::from(format!("/proc/{}", child.id()));
    let (mut memory, mut processor) = (None, None);
    while child.try_wait()?.is_none() {
        memory = memory.max(high_water(&process));
        processor = processor.max(processor_time(&process));
        // Polls rarely, so that the measured process has the cores for itself.
        std::thread::sleep(Duration::from_millis(3));
    }
    let elapsed = start.elapsed();
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "{command:?} failed");
    let output = String::from_utf8_lossy(&output.stdout);
    let own = output.split_whitespace().next();
    let own = own.and_then(|seconds| seconds.parse().ok());
    Ok(Cost {
        time: own.map_or(elapsed, Duration::from_secs_f64),
        processor,
        memory,
    })
}

/// The line `VmHWM` of a process's status.
fn high_water(process: &Path) -> Option<u64> {
    let status = std::fs::read_to_string(process.join("status")).ok()?;
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Fields 14 and 15 of a process's `stat`, in steps of 10 ms (`proc_pid_stat(5)`).
fn processor_time(process: &Path) -> Option<Duration> {
    let stat = std::fs::read_to_string(process.join("stat")).ok()?;
    // The second field is a name in parentheses, which may contain anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks: Option<Vec<u64>> = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse().ok())
        .collect();
    Some(Duration::from_millis(ticks?.iter().sum::<u64>() * 10))
}
