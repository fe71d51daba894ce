//! The tests as one program, which is linked once: each module is a file beside this one. `cargo xtask tidy`
//! checks that all are named.

mod batch;
mod clip;
mod common;
mod dimensions;
mod extra_records;
mod fixtures;
#[path = "hostile/main.rs"]
mod hostile;
#[path = "laz_files/main.rs"]
mod laz_files;
mod samples;
mod tile_header;
mod tiles;
