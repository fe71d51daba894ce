//! Outlines of areas, for pictures.

use geo_types::LineString;

use crate::{Area, Frame, Transform};

/// Number of parts of a side that is curved in the dataset's coordinates.
const PARTS: u32 = 16;

/// Maximum number of positions of a ring whose sides are divided: shorter sides are nearly straight.
const MANY: usize = 1_000;

impl Area {
    /// The rings of the area in the coordinates of a dataset, for pictures: a curved side is approximated. Each ends where
    /// it starts. `None` if the area is infinite or grown by a buffer, or can't be transformed.
    ///
    /// ```
    /// use ept_format::Metadata;
    /// use ept_select::{Area, Frame};
    ///
    /// let metadata = Metadata::from_json(br#"{
    ///     "bounds": [0, 0, 0, 64, 64, 64], "span": 64, "dataType": "laszip",
    ///     "schema": [{"name": "X", "type": "signed", "size": 4, "scale": 0.01, "offset": 32}]
    /// }"#)?;
    /// let area = Area::from_text("POLYGON ((1 2, 3 4, 5 0, 1 2))", None)?;
    /// let outline = area.outline(&Frame::from(&metadata)).unwrap();
    /// assert_eq!(outline, [[[1.0, 2.0], [3.0, 4.0], [5.0, 0.0], [1.0, 2.0]]]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn outline(&self, frame: &Frame) -> Option<Vec<Vec<[f64; 2]>>> {
        if self.buffer.is_some() || self.is_thin {
            return None;
        }
        let transform = match &self.crs {
            Some(crs) => Some(crs.to(&frame.crs().ok()?).ok()?),
            None => None,
        };
        let transform = transform.filter(|transform| !transform.is_identity());
        let polygons = self.polygons()?;
        let rings = polygons.iter().flat_map(|polygon| {
            let holes = polygon.interiors().iter();
            std::iter::once(polygon.exterior()).chain(holes)
        });
        rings.map(|ring| placed(ring, transform.as_ref())).collect()
    }
}

/// A ring in the dataset's coordinates.
fn placed(ring: &LineString<f64>, transform: Option<&Transform>) -> Option<Vec<[f64; 2]>> {
    let mut places: Vec<[f64; 2]> = ring.coords().map(|place| [place.x, place.y]).collect();
    if places.first() != places.last() {
        places.extend(places.first().copied());
    }
    let Some(transform) = transform else {
        return Some(places);
    };
    let parts = if places.len() > MANY { 1 } else { PARTS };
    let sides = places.windows(2).flat_map(|side| {
        let [a, b] = [side[0], side[1]];
        (0..parts).map(move |part| {
            let share = f64::from(part) / f64::from(parts);
            [0, 1].map(|i| a[i] + (b[i] - a[i]) * share)
        })
    });
    let moved = sides.chain(places.last().copied()).map(|[x, y]| {
        let [x, y, _] = transform.apply([x, y, 0.0])?;
        Some([x, y])
    });
    moved.collect()
}
