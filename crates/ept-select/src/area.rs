//! Areas: what lies within is selected.

use ept_format::Bounds;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use crate::{Crs, Length, SelectError};

/// An area, in a coordinate system of its own or in the dataset's.
///
/// A polygon takes every z; a box takes those between its faces. Points on the edge are in, unless the selection is
/// [`Edge::HalfOpen`].
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    pub(crate) footprint: Footprint,
    /// Least and greatest z.
    pub(crate) heights: [f64; 2],
    pub(crate) crs: Option<Crs>,
    pub(crate) buffer: Option<Length>,
    /// Whether it has lines or points, of which only a buffer makes an area.
    pub(crate) is_thin: bool,
}

/// The area as seen from above.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Footprint {
    Box { min: [f64; 2], max: [f64; 2] },
    Polygons(MultiPolygon<f64>),
}

/// What becomes of points on the edge of an area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Edge {
    /// They are in, on all sides.
    #[default]
    Closed,
    /// They are in on the lower sides and out on the upper ones, so that areas side by side share no point and lose
    /// none. Points on the dataset's own outer edge count as just inside of it.
    HalfOpen,
}

impl Area {
    /// The polygons, united; a ring need not be closed. Rings that cross themselves or each other are read by the
    /// even-odd rule.
    ///
    /// # Errors
    /// If there is none, a number is not finite, or a ring has fewer than three places; the message gives the place.
    pub fn new(polygons: MultiPolygon<f64>) -> Result<Area, SelectError> {
        if polygons.0.is_empty() {
            return Err(SelectError::Geometry("it has no polygon".into()));
        }
        for (at, polygon) in polygons.0.iter().enumerate() {
            check_ring(polygon.exterior(), at, 0)?;
            for (hole, ring) in polygon.interiors().iter().enumerate() {
                check_ring(ring, at, hole + 1)?;
            }
        }
        Ok(Area {
            footprint: Footprint::Polygons(polygons),
            heights: [f64::NEG_INFINITY, f64::INFINITY],
            crs: None,
            buffer: None,
            is_thin: false,
        })
    }

    /// Polygons, some of them lines there and back or places, which a buffer makes an area of.
    pub(crate) fn thin(polygons: MultiPolygon<f64>) -> Result<Area, SelectError> {
        for (at, polygon) in polygons.0.iter().enumerate() {
            check_places(polygon.exterior(), at, 0)?;
        }
        Ok(Area {
            footprint: Footprint::Polygons(polygons),
            heights: [f64::NEG_INFINITY, f64::INFINITY],
            crs: None,
            buffer: None,
            is_thin: true,
        })
    }

    /// The box between two corners `[x, y, z]`, which may be infinite. Where `crs` is geographic, a minimum of
    /// longitude above the maximum means a box across the antimeridian.
    ///
    /// # Errors
    /// If a number is NaN, or another minimum exceeds its maximum.
    pub fn from_corners(
        min: [f64; 3],
        mut max: [f64; 3],
        crs: Option<Crs>,
    ) -> Result<Area, SelectError> {
        if crs.as_ref().is_some_and(Crs::is_geographic) && min[0] > max[0] {
            max[0] += 360.0;
        }
        let bounds =
            Bounds::new(min, max).map_err(|error| SelectError::Geometry(error.to_string()))?;
        Ok(Area {
            crs,
            ..Area::from(bounds)
        })
    }

    /// The same numbers in another coordinate system.
    #[must_use]
    pub fn in_crs(mut self, crs: Crs) -> Area {
        self.crs = Some(crs);
        self
    }

    /// The area and all that is nearer to it than a length on the ground; heights stay as they are.
    #[must_use]
    pub fn buffered(mut self, by: Length) -> Area {
        self.buffer = Some(by);
        self
    }

    /// Its coordinate system; `None` if it is the dataset's.
    #[must_use]
    pub fn crs(&self) -> Option<&Crs> {
        self.crs.as_ref()
    }

    /// The box in the dataset's coordinates that the area is; `None` if it is more than that.
    #[must_use]
    pub fn as_bounds(&self) -> Option<Bounds> {
        let Footprint::Box { min, max } = &self.footprint else {
            return None;
        };
        let is_plain = self.crs.is_none() && self.buffer.is_none();
        let [low, high] = self.heights;
        let bounds = Bounds::new([min[0], min[1], low], [max[0], max[1], high]);
        bounds.ok().filter(|_| is_plain)
    }

    /// Places in and around the area in another coordinate system: the middle and the corners of its extent, as far as
    /// `within` reaches where the area has no end. `None` if they have no place there.
    #[must_use]
    pub fn places_in(&self, crs: &Crs, within: &Bounds) -> Vec<[f64; 3]> {
        let (mut min, mut max) = self.corners();
        if self.crs.is_none() {
            min = [0, 1].map(|i| f64::max(min[i], within.min()[i]));
            max = [0, 1].map(|i| f64::min(max[i], within.max()[i]));
        }
        let Ok(transform) = self.crs.as_ref().map(|own| own.to(crs)).transpose() else {
            return Vec::new();
        };
        let middle = [0, 1].map(|i| min[i] + (max[i] - min[i]) / 2.0);
        let places = [middle, min, max, [min[0], max[1]], [max[0], min[1]]];
        let height = within.min()[2] + (within.max()[2] - within.min()[2]) / 2.0;
        let places = places.into_iter().filter_map(|[x, y]| match &transform {
            Some(transform) => transform.apply([x, y, 0.0]),
            None => Some([x, y, height]),
        });
        places
            .filter(|place| place.iter().all(|number| number.is_finite()))
            .collect()
    }

    /// Least and greatest x and y, `[xmin, ymin, xmax, ymax]`, without the buffer.
    #[must_use]
    pub fn extent(&self) -> [f64; 4] {
        let (min, max) = self.corners();
        [min[0], min[1], max[0], max[1]]
    }

    /// By how much it is grown on the ground.
    #[must_use]
    pub fn buffer(&self) -> Option<Length> {
        self.buffer
    }

    /// The corners of the extent, without the buffer.
    pub(crate) fn corners(&self) -> ([f64; 2], [f64; 2]) {
        match &self.footprint {
            Footprint::Box { min, max } => (*min, *max),
            Footprint::Polygons(polygons) => {
                let places = polygons.iter().flat_map(Polygon::exterior);
                let start = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
                places.fold(start, |(min, max), place| {
                    (
                        [min[0].min(place.x), min[1].min(place.y)],
                        [max[0].max(place.x), max[1].max(place.y)],
                    )
                })
            }
        }
    }

    /// The footprint as polygons; none for a box without end.
    pub(crate) fn polygons(&self) -> Option<MultiPolygon<f64>> {
        match &self.footprint {
            Footprint::Polygons(polygons) => Some(polygons.clone()),
            Footprint::Box { min, max } => {
                let is_finite = min.iter().chain(max).all(|number| number.is_finite());
                let ring = [
                    (min[0], min[1]),
                    (max[0], min[1]),
                    (max[0], max[1]),
                    (min[0], max[1]),
                ];
                let polygon = Polygon::new(LineString::from(ring.to_vec()), Vec::new());
                is_finite.then(|| MultiPolygon::new(vec![polygon]))
            }
        }
    }
}

impl From<Bounds> for Area {
    fn from(bounds: Bounds) -> Area {
        let (min, max) = (bounds.min(), bounds.max());
        Area {
            footprint: Footprint::Box {
                min: [min[0], min[1]],
                max: [max[0], max[1]],
            },
            heights: [min[2], max[2]],
            crs: None,
            buffer: None,
            is_thin: false,
        }
    }
}

/// What is wrong with a ring.
fn fault(polygon: usize, ring: usize, problem: &str) -> Result<(), SelectError> {
    let place = match ring {
        0 => format!("polygon {}", polygon + 1),
        hole => format!("polygon {}, hole {hole}", polygon + 1),
    };
    Err(SelectError::Geometry(format!("{place}: {problem}")))
}

fn check_places(ring: &LineString<f64>, polygon: usize, ring_at: usize) -> Result<(), SelectError> {
    for (at, Coord { x, y }) in ring.coords().enumerate() {
        if !(x.is_finite() && y.is_finite()) {
            return fault(polygon, ring_at, &format!("place {} is {x} {y}", at + 1));
        }
    }
    Ok(())
}

fn check_ring(ring: &LineString<f64>, polygon: usize, ring_at: usize) -> Result<(), SelectError> {
    check_places(ring, polygon, ring_at)?;
    let mut places: Vec<&Coord<f64>> = ring.coords().collect();
    places.dedup();
    if places.len() > 1 && places.first() == places.last() {
        places.pop();
    }
    match places.len() {
        few @ 0..=2 => {
            let problem = format!("the ring has {few} different places, not three or more");
            fault(polygon, ring_at, &problem)
        }
        _ => Ok(()),
    }
}
