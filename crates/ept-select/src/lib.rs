//! Which points of an EPT dataset: areas in any coordinate system, filters by value, thinning.
//!
//! Pure computing, as everything before fetching and after decoding: a [`Cover`] says which cells of the octree an
//! [`Area`] meets and which points of a decoded tile lie in it.

mod area;
mod buffer;
mod cover;
mod crs;
mod error;
mod extent;
mod filter;
mod geometry;
mod length;
mod local;
mod reprojection;
mod rings;
mod swath;
mod thin;
mod transform;
mod wkt_text;

pub use area::{Area, Edge};
pub use cover::Cover;
pub use crs::Crs;
pub use error::SelectError;
pub use extent::Relation;
pub use filter::Filter;
pub use length::Length;
pub use reprojection::Reprojection;
pub use swath::{Line, Swath};
pub use thin::{Thin, Thinner};
pub use transform::Transform;
