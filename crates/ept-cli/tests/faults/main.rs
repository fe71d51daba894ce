//! `ept` on datasets with one fault each: samples, where they are at hand, and others of the same kind.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod areas;
mod changes;
mod columns;
#[cfg(unix)]
mod machine;
#[cfg(target_os = "linux")]
mod memory;
mod names;
mod scaling;
mod systems;
mod tiles;
mod values;
