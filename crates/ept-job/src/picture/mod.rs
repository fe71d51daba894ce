//! Pictures of points and of nodes.

mod canvases;
mod drawn;
mod extent;
mod file;
mod frame;
mod model;
mod nodes;
mod notes;
mod points;
mod size;
mod surveys;

pub use drawn::DrawnPicture;
pub use file::save_picture;
pub use model::PictureModel;
pub use nodes::{draw_nodes, draw_plan};
pub use points::draw_picture;
pub use size::PictureSize;
pub use surveys::surveys_map;
