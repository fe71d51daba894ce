//! Selects points of a dataset: areas in any coordinate system, conditions on values, thinning.
//!
//! This is pure computing. A [`Cover`] decides which cells of the octree intersect an [`Area`] before anything is
//! fetched, and which points are inside after a tile is decoded.

mod any_of;
mod area;
mod budget;
mod buffer;
mod buffer_outline;
mod core_area;
mod corners;
mod cover;
mod cut;
mod degrees;
mod error;
mod extent;
mod filter;
mod frame;
mod frame_text;
mod geojson_area;
mod geometry;
mod ground;
mod index_rows;
mod line;
mod miss;
mod named_area;
mod named_dimensions;
mod origin;
mod outline;

mod placed_area;
mod placement;
mod plan;
mod query;
mod query_text;
mod reprojection;
mod rings;
mod selection;
mod shape;
mod spacing;
mod surveys;
mod swath;
mod thin;
mod wkt_area;

pub use area::{Area, Edge};
pub use core_area::Core;
pub use corners::Corners;
pub use cover::Cover;
pub use cut::{Cut, CutKind, PlaneBox, node_runs, plane_boxes};
pub use ept_crs::{Crs, CrsError, FileSrs, Length, Operation, Transform};
pub use error::SelectError;
pub use extent::Relation;
pub use filter::Filter;
pub use frame::Frame;
pub use geo_types;
pub use index_rows::rows_in_areas;
pub use line::Line;
pub use miss::{Hint, Miss};
pub use named_area::NamedArea;
pub use origin::Origin;
pub use plan::{DepthPlan, Plan};
pub use query::{Detail, Query};
pub use reprojection::Reprojection;
pub use selection::Selection;
pub use spacing::Spacing;
pub use surveys::surveys_in_areas;
pub use swath::Swath;
pub use thin::{Thin, ThinGrid, Thinner};
