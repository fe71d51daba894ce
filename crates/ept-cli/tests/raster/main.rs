//! `ept dtm`, `dsm`, `chm` and `raster`: each cell has its value whatever is made with it, and says what it is.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod heights;
mod image;
mod losses;
mod outliers;
mod recorded;
mod refusals;
mod same;
mod units;
mod values;
mod work_units;
