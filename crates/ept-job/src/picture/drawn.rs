//! A picture and what it shows.

use ept_reader::Bounds;
use ept_scene::{Paint, Picture};
use serde_json::{Value, json};

use crate::{Report, sorted_json};

/// A picture and what it shows.
#[derive(Debug, Clone)]
pub struct DrawnPicture {
    /// The picture, with everything around it.
    pub picture: Picture,
    /// The box that it was made to show, in the coordinates of the dataset.
    pub shown: Bounds,
    /// Number of selected points in the nodes that were read, whether they are seen or not.
    pub points: u64,
    /// Number of pixels that show a point.
    pub pixels: u64,
    /// What the colours say, and between which limits. `None` for a picture of nodes.
    pub paint: Option<Paint>,
}

impl DrawnPicture {
    /// The report of a pass that drew it, as a JSON object.
    #[must_use]
    pub fn report(&self, pass: &crate::Pass) -> Value {
        let mut json = Report::new(pass, Ok(self.points)).to_json();
        let [width, height] = self.picture.size();
        let limits = self.paint.filter(|paint| paint.by().is_continuous());
        let shown = [self.shown.min(), self.shown.max()].concat();
        json["picture"] = json!({
            "width": width,
            "height": height,
            "shown": shown,
            "depth": pass.found().deepest,
            "pixels": self.pixels,
            "color": self.paint.map(|paint| paint.by().name()),
            "limits": limits.map(|paint| paint.limits()),
        });
        sorted_json(json)
    }
}
