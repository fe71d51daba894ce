//! Chooses what a viewer draws of lidar points, without I/O.
//!
//! A [`View`] is a [`Camera`] with limits: a policy of the walk over an octree. [`Choice`] walks the loaded pages and
//! lists the nodes that the view wants and the pages that are missing. A [`CachedTile`] is a node ready to be drawn,
//! and [`pick`] finds the point under a pixel. `Scene` in `ept-reader` loads what a view wants.

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
