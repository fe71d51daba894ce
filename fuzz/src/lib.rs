//! What the fuzz targets share: what counts as a crash, and the laws of boxes, LAS files, chunks and tiles.

mod bounds;
mod chunk;
mod input;
mod las;
mod schemas;
mod tile;
mod watch;

pub use bounds::check_bounds;
pub use chunk::check_chunk;
pub use input::{Input, MOST_POINTS};
pub use las::check_las;
pub use schemas::{BINARY, LASZIP, ZSTANDARD};
pub use tile::check_tile;
pub use watch::forgive_laz;
