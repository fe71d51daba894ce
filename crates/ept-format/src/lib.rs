//! The Entwine Point Tile format, without I/O.
//!
//! An EPT dataset is an octree of point tiles, with JSON files that list the tiles. This crate reads that JSON and
//! walks the tree. It never reads a file, opens a socket or waits:
//!
//! - [`Metadata`] is `ept.json`: bounds, span, schema, coordinate system.
//! - [`Key`] names a node (`D-X-Y-Z`). [`Bounds`] is its cell, or any other box.
//! - [`Page`] is a file of `ept-hierarchy`, [`SourceFile`] an entry of `ept-sources`.
//! - [`Walk`] traverses the tree. It asks the caller for the pages that it needs. A [`Policy`] decides which cells to
//!   visit and in which order; [`Region`] is the policy of a query by bounds and depth.
//!
//! The specification is Entwine's [entwine-point-tile.md]. Known deviations of real datasets (`ticks` for `span`, no
//! `version`, codes as numbers, gzip under a `.json` name) are accepted. Anything else is a [`FormatError`] that names
//! the place.
//!
//! ```
//! use ept_format::{Bounds, Metadata, Page, Region, Step, Walk};
//!
//! let metadata = Metadata::from_json(br#"{
//!     "bounds": [0, 0, 0, 64, 64, 64], "span": 64, "dataType": "laszip", "points": 7,
//!     "schema": [{"name": "X", "type": "signed", "size": 4, "scale": 0.01, "offset": 32}]
//! }"#)?;
//! let mut walk = Walk::new(metadata.bounds(), Region::new(&metadata).with_depth(1));
//! let page = Page::from_json(br#"{"0-0-0-0": 4, "1-0-1-0": 3}"#)?;
//! let mut found = Vec::new();
//! loop {
//!     match walk.step()? {
//!         Step::Load(key) => walk.supply(key, &page)?,
//!         Step::Node(node) => found.push((node.name.to_string(), node.points)),
//!         Step::Wait => unreachable!("every page was supplied at once"),
//!         Step::Done => break,
//!     }
//! }
//! assert_eq!(found, [("0-0-0-0".to_string(), 4), ("1-0-1-0".to_string(), 3)]);
//! # Ok::<(), ept_format::FormatError>(())
//! ```
//!
//! [entwine-point-tile.md]: https://github.com/connormanning/entwine/blob/master/doc/source/entwine-point-tile.md

mod addon;
mod bounds;
mod copc_info;
mod copc_page;
mod dimension;
mod dimension_name;
mod encodings;
mod error;
mod geo_keys;
mod json;
mod key;
mod metadata;
mod node;
mod page;
mod region;
mod runs;
mod source_file;
mod spacing;
mod srs;
mod walk;

pub use addon::Addon;
pub use bounds::Bounds;
pub use copc_info::CopcInfo;
pub use copc_page::CopcPage;
pub use dimension::{Dimension, ScalarType, Statistics};
pub use dimension_name::{is_same_dimension, known_dimension, position_of_dimension};
pub use encodings::{DataType, HierarchyType};
pub use error::FormatError;
pub use geo_keys::{GeoKey, GeoKeys};
pub use key::Key;
pub use metadata::Metadata;
pub use node::{Node, NodeName};
pub use page::{Entry, Page};
pub use region::Region;
pub use source_file::{SourceDetail, SourceFile};
pub use spacing::{depth_for_resolution, spacing_at};
pub use srs::Srs;
pub use walk::{Policy, Step, Walk};
