//! Tile indexes, which list the files of a survey with their locations and bounds, and catalogues of surveys.
//!
//! [`Reading`] parses an [`Index`] from the bytes of a file, whatever its name: a zipped or plain shapefile, GeoJSON, a
//! STAC Item or `ItemCollection`, a VPC, CSV, or a plain list of URLs or paths. [`Index::to_vpc`],
//! [`Index::to_geojson`] and [`Index::to_shapefile`] write one.
//!
//! ```
//! use ept_index::{IndexFile, Reading};
//!
//! let text = br#"{"type": "FeatureCollection", "features": [{
//!     "type": "Feature",
//!     "properties": {"URL": "tiles/north 1.laz", "count": 1000},
//!     "geometry": {"type": "Polygon", "coordinates": [[[5, 52], [6, 52], [6, 53], [5, 53], [5, 52]]]}
//! }]}"#;
//! let index = Reading::new().read(&IndexFile::new("https://example.com/survey.geojson", text))?;
//! let row = &index.rows[0];
//! assert_eq!(row.location, "https://example.com/tiles/north%201.laz");
//! assert_eq!(row.points, Some(1000));
//! assert_eq!(row.bounds.unwrap().max()[0], 6.0);
//! # Ok::<(), ept_index::IndexError>(())
//! ```
//!
//! A [`Catalog`] lists surveys, in the forms of OpenTopography, USGS 3DEP and STAC.
//!
//! This crate does no I/O. A plain shapefile consists of several files: [`companions`] names those to read as well.

mod attribute;
mod bytes;
mod catalog;
mod columns;
mod csv;
mod dbf;
mod error;
mod form;
mod geojson;
mod geojson_writer;
mod geometry;
mod index;
mod list;
mod location;
mod next_page;
mod outline;
mod reading;
mod record;
mod row;
mod shapefile;
mod shapefile_writer;
mod shp;
mod stac;
mod survey;
mod template;
mod vpc_writer;
mod zip;
mod zip_writer;

pub use attribute::Attribute;
pub use catalog::Catalog;
pub use error::IndexError;
pub use form::companions;
pub use index::Index;
pub use next_page::NextPage;
pub use reading::{IndexFile, Reading};
pub use row::Row;
pub use survey::{Credit, Offer, OfferKind, Survey};
