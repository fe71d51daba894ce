//! The tests as one program, which is linked once: each module is a file beside this one. `cargo xtask tidy`
//! checks that all are named.

mod arrow;
mod broken;
mod common;
mod copc;
mod copied_chunks;
mod csv;
mod las_fields;
mod las_file;
mod merge;
mod merge_columns;
mod octree;
mod parquet;
mod parquet_threads;
mod ply;
mod point_format;
