//! What a viewer draws of lidar points, without I/O.
//!
//! A [`View`] is a [`Camera`] with limits: a policy of the walk over an octree. [`Choice`] walks the pages that are in memory
//! and says which nodes the view wants, and which pages are missing. A [`CachedTile`] is a node as it is drawn, and [`pick`]
//! finds the point under a pixel. `ept-reader` has the `Scene` that loads what a view wants.

mod cached_tile;
mod camera;
mod choice;
mod pick;
mod ray;
mod vector;
mod view;

pub use cached_tile::CachedTile;
pub use camera::{Camera, CameraError};
pub use choice::Choice;
pub use pick::{Picked, pick};
pub use ray::Ray;
pub use view::View;
