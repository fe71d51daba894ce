//! What the fuzz targets share: what counts as a crash, and the laws of boxes and of tiles.

mod bounds;
mod input;
mod schemas;
mod tile;
mod watch;

pub use bounds::check_bounds;
pub use input::{Input, MOST_POINTS};
pub use schemas::{BINARY, LASZIP, ZSTANDARD};
pub use tile::check_tile;
pub use watch::forgive_laz;
