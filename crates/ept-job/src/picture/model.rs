//! What a picture is to show.

use ept_scene::{ColorBy, Viewpoint};

use crate::PictureSize;

/// What a picture is to show, and how.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PictureModel {
    /// Its size.
    pub size: PictureSize,
    /// Where it is taken from.
    pub viewpoint: Viewpoint,
    /// What the colours say. `None` for measured colours if there are some, else intensity, else height.
    pub color: Option<ColorBy>,
    /// Whether it has a legend. Measured colours have none.
    pub has_legend: bool,
}
