//! Work units as files: each a part with a receipt, which are put together at the end.

mod division;
mod first_points;
mod merge;
mod part;
mod points_work;
mod raster_division;
mod raster_merge;
mod raster_part;
mod raster_work;
mod receipt;

pub use division::{units, write_units};
pub use merge::{Merge, Merged};
pub use part::{unit_pass, write_unit};
pub use raster_division::raster_units;
pub use receipt::Receipt;
