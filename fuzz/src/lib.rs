//! What the fuzz targets share: what counts as a crash, and the laws of boxes, tile indexes, LAS and COPC files, chunks and tiles.

mod bounds;
mod chunk;
mod copc;
mod index;
mod input;
mod las;
mod lax;
mod pages;
mod records;
mod schemas;
mod tile;
mod watch;

pub use bounds::check_bounds;
pub use chunk::check_chunk;
pub use copc::check_copc;
pub use index::{check_index, read_index};
pub use input::{Input, MOST_POINTS};
pub use las::check_las;
pub use lax::check_lax;
pub use pages::{check_pages, check_requests};
pub use records::check_records;
pub use schemas::{BINARY, LASZIP, ZSTANDARD};
pub use tile::check_tile;
pub use watch::forgive_laz;
