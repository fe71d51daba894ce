//! Coordinate systems: EPSG codes, WKT 1 and 2, PROJ strings, PROJJSON, and transforms between them.
//!
//! A [`Crs`] is parsed from a text or from the [`Srs`](ept_format::Srs) of a dataset. [`Crs::to`] returns the
//! [`Transform`] to another, which names the [`Operation`] between the datums and its accuracy. [`Local`] approximates
//! a transform in a small box, with a bound on its error. [`FileSrs`] converts the codes and texts of datasets to the
//! texts that output files need, [`srs_projjson`] and [`projjson`] to the JSON that GeoParquet needs, [`geo_keys`] to
//! the keys that rasters need. A [`Length`] is a
//! length on the ground with its unit.
//!
//! This crate opens files only for grids of datum shifts, in the folder set by [`set_grids`]. Without it no grid is
//! used, whatever the environment says.

mod code;
mod crs;
mod engine;
mod error;
mod file_srs;
mod geo_keys;
mod geo_method;
mod heights;
mod identity;
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
pub use geo_keys::{geo_keys, pam_xml};
pub use identity::{horizontal_unit, metres_per_height, srs_codes, vertical_unit};
pub use length::Length;
pub use local::Local;
pub use operation::{Operation, Warning};
pub use projjson::projjson;
pub use transform::Transform;
pub use vertical::vertical_system;
