//! Chooses what a viewer draws of lidar points, without I/O.
//!
//! A [`View`] is a [`Camera`] with limits: a policy of the walk over an octree. [`Choice`] walks the loaded pages and
//! lists the nodes that the view wants and the pages that are missing. A [`CachedTile`] is a node ready to be drawn,
//! and [`pick`] finds the point under a pixel. `Scene` in `ept-reader` loads what a view wants.
//!
//! [`ColorBy`] is what the colour of a point says, and [`Paint`] gives each point its colour.
//!
//! A [`Drawing`] draws points on a [`Canvas`], without a GPU, and [`draw_view`] what a view shows. A [`Sheet`] puts a
//! [`Legend`], coordinates and a scale bar around such a [`Picture`].

mod cached_tile;
mod camera;
mod canvas;
mod channels;
mod choice;
mod class;
mod color_by;
mod coverage;
mod detail;
mod drawing;
mod holes;
mod legend;
mod limits;
mod map_window;
mod packed_tile;
mod paint;
mod palette;
mod pick;
mod picture;
mod ray;
mod shade;
mod sheet;
mod splat;
mod text;
mod ticks;
mod vector;
mod view;
mod viewpoint;

pub use cached_tile::CachedTile;
pub use camera::{Camera, CameraError};
pub use canvas::Canvas;
pub use choice::Choice;
pub use class::{CLASSES, Class, class_color, class_name};
pub use color_by::{ColorBy, ColorByError};
pub use coverage::{depth_color, draw_area, draw_cell, draw_loss};
pub use drawing::{Drawing, draw_view};
pub use legend::Legend;
pub use limits::{known_limits, robust_limits};
pub use map_window::MapWindow;
pub use packed_tile::PackedTile;
pub use paint::Paint;
pub use palette::{Color, NO_VALUE, PALETTE, RAMP, code_color};
pub use pick::{Picked, pick, pick_where};
pub use picture::Picture;
pub use ray::Ray;
pub use shade::shade;
pub use sheet::{Notes, PAPER, RED, Sheet};
pub use view::View;
pub use viewpoint::{Viewpoint, ViewpointError};
