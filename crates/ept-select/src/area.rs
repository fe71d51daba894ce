//! Areas, which select the points inside.

use ept_format::Bounds;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use crate::{Crs, Length, SelectError};

/// An area, in its own coordinate system or the dataset's.
///
/// A polygon has no limits in z, a box is limited by its faces. Points on the edge are inside, unless the selection is
/// [`Edge::HalfOpen`].
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    pub(crate) footprint: Footprint,
    /// Minimum and maximum z.
    pub(crate) heights: [f64; 2],
    pub(crate) crs: Option<Crs>,
    pub(crate) buffer: Option<Length>,
    /// Whether it contains lines or points, which only a buffer makes an area.
    pub(crate) is_thin: bool,
}

/// The area seen from above.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Footprint {
    Box { min: [f64; 2], max: [f64; 2] },
    Polygons(MultiPolygon<f64>),
}

/// How to treat points on the edge of an area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Edge {
    /// They are inside, on all sides.
    #[default]
    Closed,
    /// They are inside on the lower sides and outside on the upper ones, so that adjacent areas neither share points
    /// nor lose any. Points on the dataset's own outer edge count as just inside it.
    HalfOpen,
}

impl Area {
    /// The union of polygons. Rings need not be closed. Rings that cross themselves or each other follow the even-odd
    /// rule.
    ///
    /// # Errors
    /// If there is no polygon, a number is not finite, or a ring has fewer than three different positions. The message
    /// says where.
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

    /// Polygons that may be degenerate, as lines there and back or single positions, which a buffer makes an area.
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

    /// The box between two corners `[x, y, z]`, which may be infinite. If `crs` is geographic, a minimum longitude
    /// above the maximum means that the box crosses the antimeridian.
    ///
    /// # Errors
    /// If a number is NaN, or any other minimum exceeds its maximum.
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

    /// The area with the same numbers in another coordinate system.
    #[must_use]
    pub fn in_crs(mut self, crs: Crs) -> Area {
        self.crs = Some(crs);
        self
    }

    /// Grows the area by a length on the ground. Heights are not changed.
    #[must_use]
    pub fn buffered(mut self, by: Length) -> Area {
        self.buffer = Some(by);
        self
    }

    /// Its coordinate system. `None` if it is the dataset's.
    #[must_use]
    pub fn crs(&self) -> Option<&Crs> {
        self.crs.as_ref()
    }

    /// The area as a box in the dataset's coordinates. `None` if it isn't one.
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

    /// The centre and corners of the area's extent in another coordinate system, clipped to `within` if the area is
    /// infinite. `None` if they can't be transformed.
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

    /// Extent in x and y, `[xmin, ymin, xmax, ymax]`, without the buffer.
    #[must_use]
    pub fn extent(&self) -> [f64; 4] {
        let (min, max) = self.corners();
        [min[0], min[1], max[0], max[1]]
    }

    /// The length by which it is grown on the ground.
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

    /// The footprint as polygons. `None` if it is an infinite box.
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

/// Error for a ring.
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
            return fault(polygon, ring_at, &format!("position {} is {x} {y}", at + 1));
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
            let problem = format!("the ring has {few} different positions, it needs three or more");
            fault(polygon, ring_at, &problem)
        }
        _ => Ok(()),
    }
}
