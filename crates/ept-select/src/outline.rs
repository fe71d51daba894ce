//! Outlines of areas, for pictures.

use geo_types::LineString;

use crate::buffer::Buffer;
use crate::{Area, Edge, Frame, Transform, buffer_outline};

/// Number of parts of a side that is curved in the dataset's coordinates.
const PARTS: u32 = 16;

/// Maximum number of positions of a ring whose sides are divided: shorter sides are nearly straight.
const MANY: usize = 1_000;

impl Area {
    /// Lines around the area in the coordinates of a dataset, for pictures: a curved side is approximated. Of polygons and boxes
    /// they are the rings, which end where they start; of an area that is grown by a buffer, pieces of its edge. `None` if the
    /// area is infinite, can't be transformed, or has a buffer around very many positions.
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
        if self.buffer.is_none() && self.is_thin {
            return None;
        }
        let transform = match &self.crs {
            Some(crs) => Some(crs.to(&frame.crs().ok()?).ok()?),
            None => None,
        };
        let transform = transform.filter(|transform| !transform.is_identity());
        let polygons = self.polygons()?;
        let transform = transform.as_ref();
        if let Some(reach) = self.buffer {
            let crs = match &self.crs {
                Some(crs) => crs.clone(),
                None => frame.crs().ok()?,
            };
            let buffer = Buffer::new(&polygons, reach, &crs, Edge::Closed).ok()?;
            let lines = buffer_outline::lines(&polygons, &buffer)?;
            let lines = lines.into_iter().map(|line| placed(line, 1, transform));
            return lines.collect();
        }
        let rings = polygons.iter().flat_map(|polygon| {
            let holes = polygon.interiors().iter();
            std::iter::once(polygon.exterior()).chain(holes)
        });
        let lines = rings.map(|ring| {
            let places = closed(ring);
            let parts = if places.len() > MANY { 1 } else { PARTS };
            placed(places, parts, transform)
        });
        lines.collect()
    }
}

/// The positions of a ring, which end where they start.
fn closed(ring: &LineString<f64>) -> Vec<[f64; 2]> {
    let mut places: Vec<[f64; 2]> = ring.coords().map(|place| [place.x, place.y]).collect();
    if places.first() != places.last() {
        places.extend(places.first().copied());
    }
    places
}

/// A line in the dataset's coordinates, with its sides in parts.
fn placed(
    places: Vec<[f64; 2]>,
    parts: u32,
    transform: Option<&Transform>,
) -> Option<Vec<[f64; 2]>> {
    let Some(transform) = transform else {
        return Some(places);
    };
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
