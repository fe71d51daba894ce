//! Coordinate systems: EPSG codes, WKT 1 and 2, PROJ strings, PROJJSON, and transforms between them.
//!
//! A [`Crs`] is read from a text or from the [`Srs`](ept_format::Srs) of a dataset. [`Crs::to`] gives the [`Transform`] to
//! another, which names the [`Operation`] between the datums and its accuracy. [`Local`] stands in for a transform within
//! a small box, with a bound of its error. [`FileSrs`] makes the texts that files want of codes and of what other texts
//! datasets have, [`srs_projjson`] and [`projjson`] the JSON that GeoParquet wants, and [`Length`] is a length on the ground with its unit.
//!
//! Nothing here opens a file but one: a grid of a datum shift in the folder that [`set_grids`] names. Without it no grid
//! is used, whatever the environment says.

mod code;
mod crs;
mod engine;
mod error;
mod file_srs;
mod heights;
mod length;
mod local;
mod operation;
mod projection;
mod projjson;
mod projjson_crs;
mod transform;
mod vertical;
mod wkt;
mod wkt2;

pub use crs::Crs;
pub use engine::set_grids;
pub use error::CrsError;
pub use file_srs::{FileSrs, srs_projjson};
pub use length::Length;
pub use local::Local;
pub use operation::{Operation, Warning};
pub use projjson::projjson;
pub use transform::Transform;
pub use vertical::vertical_system;
