//! The tests as one program, which is linked once: each module is a file beside this one. `cargo xtask tidy`
//! checks that all are named.

mod bombs;
mod cache;
mod cache_faults;
mod cloud;
mod engine;
mod failures;
#[path = "files/main.rs"]
mod files;
mod fixtures;
mod http;
mod index;
mod index_pages;
mod locations;
mod losses;
mod plan;
mod redirects;
mod remote_files;
#[path = "scene/main.rs"]
mod scene;
#[path = "selection/main.rs"]
mod selection;
mod sizes;
mod stores;
mod support;
mod unit_law;
mod units;
#[path = "validate/main.rs"]
mod validate;
