//! The tests as one program, which is linked once: each module is a file beside this one. `cargo xtask tidy`
//! checks that all are named.

mod camera_scale;
mod colors;
mod packed_tiles;
mod pictures;
