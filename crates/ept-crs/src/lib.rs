//! Coordinate systems: EPSG codes, WKT 1 and 2, PROJ strings, PROJJSON, and transforms between them.
//!
//! A [`Crs`] is read from a text or from the [`Srs`](ept_format::Srs) of a dataset. [`Crs::to`] gives the [`Transform`] to
//! another. [`Local`] stands in for a transform within a small box, with a bound of its error. [`projjson`] writes a
//! WKT text as the JSON that GeoParquet wants, and [`Length`] is a length on the ground with its unit.

mod crs;
mod error;
mod length;
mod local;
mod projection;
mod projjson;
mod transform;
mod wkt;
mod wkt2;
mod wkt_text;

pub use crs::Crs;
pub use error::CrsError;
pub use length::Length;
pub use local::Local;
pub use projjson::projjson;
pub use transform::Transform;
