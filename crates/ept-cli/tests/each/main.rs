//! `--each`: the features of a file, each for itself, in one pass.

#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test may panic, and each module uses what the others have"
)]

mod files;
mod index;
mod plots;
mod statistics;
