//! Tiles made to do harm: whatever their bytes are, decoding ends in a result, soon and in little memory.
//!
//! Each test runs in a process of its own whose address space is limited, so that an allocation sized
//! by a lie ends it, as do an abort and a signal.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chunks;
mod counts;
mod headers;
mod mutations;
mod zstandard;

use crate::common;

use std::process::Command;

use ept_format::Metadata;
use ept_points::{DecodeError, Decoder};

use common::laszip;

/// Address space of a test, in KiB: room for the program and the window of a Zstandard frame.
const LIMIT: usize = 512 * 1024;

const CONFINED: &str = "EPT_TEST_IS_CONFINED";

/// Runs a test, named by its path below this module, with its address space limited, where the system can do that.
fn confined(test: &str, body: fn()) {
    if !cfg!(target_os = "linux") || std::env::var_os(CONFINED).is_some() {
        return body();
    }
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -v {LIMIT} && exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("hostile::{test}")])
        .args(["--nocapture", "--test-threads=1"])
        .env(CONFINED, "1")
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let end = errors.len().saturating_sub(3000);
    let end = errors.get(end..).unwrap_or(&errors);
    assert!(output.status.success(), "{}\n{text}\n{end}", output.status);
    assert!(text.contains("1 passed"), "no test is named {test}: {text}");
}

#[test]
fn the_limit_holds() {
    confined("the_limit_holds", || {
        let mut huge: Vec<u8> = Vec::new();
        let is_limited = cfg!(target_os = "linux");
        assert_eq!(huge.try_reserve_exact(LIMIT * 1024).is_err(), is_limited);
    });
}

fn decode(metadata: &Metadata, points: u64, tile: &[u8]) -> Result<usize, DecodeError> {
    let batch = Decoder::new(metadata).decode(points, tile)?;
    assert_eq!(batch.len() as u64, points);
    assert!(
        batch
            .columns()
            .iter()
            .all(|column| column.values.len() == batch.len())
    );
    Ok(batch.len())
}

fn refused(metadata: &Metadata, points: u64, tile: &[u8]) -> DecodeError {
    match decode(metadata, points, tile) {
        Err(error) => error,
        Ok(points) => panic!("{points} points were read"),
    }
}

fn is_corrupt(points: u64, tile: &[u8], what: &str) {
    let error = refused(&laszip(), points, tile);
    assert!(
        matches!(error, DecodeError::Corrupt { .. }),
        "{what}: {error}"
    );
}

fn u32_at(tile: &[u8], at: usize) -> usize {
    u32::from_le_bytes(tile[at..at + 4].try_into().unwrap()) as usize
}

/// Where the points of a LAZ file start, and its chunk table.
fn places(tile: &[u8]) -> (usize, usize) {
    let start = u32_at(tile, 96);
    (start, u32_at(tile, start))
}
