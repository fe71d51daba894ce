//! What the fuzz targets share: what counts as a crash, and the laws of boxes, tile indexes, LAS files, chunks and tiles.

mod bounds;
mod chunk;
mod index;
mod input;
mod las;
mod schemas;
mod tile;
mod watch;

pub use bounds::check_bounds;
pub use chunk::check_chunk;
pub use index::{check_index, read_index};
pub use input::{Input, MOST_POINTS};
pub use las::check_las;
pub use schemas::{BINARY, LASZIP, ZSTANDARD};
pub use tile::check_tile;
pub use watch::forgive_laz;
