//! Chooses what a viewer draws of lidar points, without I/O.
//!
//! A [`View`] is a [`Camera`] with limits: a policy of the walk over an octree. [`Choice`] walks the loaded pages and
//! lists the nodes that the view wants and the pages that are missing. A [`CachedTile`] is a node ready to be drawn,
//! and [`pick`] finds the point under a pixel. `Scene` in `ept-reader` loads what a view wants.
//!
//! [`ColorBy`] is what the colour of a point says, and [`Paint`] gives each point its colour.

mod cached_tile;
mod camera;
mod channels;
mod choice;
mod class;
mod color_by;
mod limits;
mod packed_tile;
mod paint;
mod palette;
mod pick;
mod ray;
mod vector;
mod view;

pub use cached_tile::CachedTile;
pub use camera::{Camera, CameraError};
pub use choice::Choice;
pub use class::{CLASSES, Class, class_color, class_name};
pub use color_by::{ColorBy, ColorByError};
pub use limits::{known_limits, robust_limits};
pub use packed_tile::PackedTile;
pub use paint::Paint;
pub use palette::{Color, NO_VALUE, PALETTE, RAMP, code_color};
pub use pick::{Picked, pick, pick_where};
pub use ray::Ray;
pub use view::View;
