//! The tests as one program, which is linked once: each module is a file beside this one. `cargo xtask tidy`
//! checks that all are named.

mod areas;
mod cloud;
mod columnar;
mod copc;
#[path = "each/main.rs"]
mod each;
#[path = "faults/main.rs"]
mod faults;
#[path = "fetch/main.rs"]
mod fetch;
mod files;
mod folding;
#[path = "hag/main.rs"]
mod hag;
mod json;
mod limit;
mod log;
mod manual;
mod messages;
mod override_crs;
mod picture;
mod plan;
mod profile;
mod pty;
mod query;
#[path = "raster/main.rs"]
mod raster;
mod remote;
mod samples;
mod show;
mod support;
mod terminal;
mod text;
mod tiles;
mod tutorial;
#[path = "units/main.rs"]
mod units;
mod validate;
mod view;
