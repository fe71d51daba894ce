//! Areas outside a dataset.

use std::fmt;

use ept_format::Bounds;

use crate::{Area, Crs};

/// How areas miss a box, formatted as a sentence: where they are in its coordinates, and what was probably meant.
///
/// ```
/// use ept_format::Bounds;
/// use ept_select::{Corners, Crs, Miss};
///
/// let extent = Bounds::new([500_000.0, 4_650_000.0, 0.0], [500_510.0, 4_650_510.0, 90.0])?;
/// let area = "42.0025,-92.9985,42.0041,-92.9965".parse::<Corners>()?.to_area(None)?;
/// let miss = Miss::new(&[area], &extent, Some(&Crs::parse("EPSG:26915")?));
/// assert!(miss.to_string().contains("longitude comes first"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Miss {
    /// A box around those areas that are in another coordinate system, in that of the extent: minimum x and y, maximum
    /// x and y. `None` if there is none, or it can't be transformed.
    pub place: Option<[f64; 4]>,
    /// What was probably meant. `None` if there is no guess.
    pub hint: Option<Hint>,
}

/// What was probably meant by an area outside the dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// The area with x and y swapped, which intersects the extent.
    Swapped,
    /// Longitude and latitude.
    Degrees,
    /// Latitude and longitude, in this order.
    SwappedDegrees,
}

impl Miss {
    /// How areas miss a box with coordinate system `crs`, if that is known. Areas without one of their own are in the
    /// same coordinates.
    #[must_use]
    pub fn new(areas: &[Area], extent: &Bounds, crs: Option<&Crs>) -> Miss {
        let foreign = areas.iter().filter(|area| area.crs().is_some());
        let boxes = foreign.filter_map(|area| place(area, extent, crs));
        Miss {
            place: boxes.reduce(joined),
            hint: areas.iter().find_map(|area| hint(area, extent, crs)),
        }
    }
}

/// The box of an area in the coordinates of the extent, as computed from its corners.
fn place(area: &Area, extent: &Bounds, crs: Option<&Crs>) -> Option<[f64; 4]> {
    if area.crs().is_none() {
        return Some(area.extent());
    }
    let places = area.places_in(crs?, extent).into_iter();
    places.map(|[x, y, _]| [x, y, x, y]).reduce(joined)
}

fn joined(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    let least = |i: usize| a[i].min(b[i]);
    let most = |i: usize| a[i].max(b[i]);
    [least(0), least(1), most(2), most(3)]
}

fn hint(area: &Area, extent: &Bounds, crs: Option<&Crs>) -> Option<Hint> {
    let [x0, y0, x1, y1] = area.extent();
    let degrees = Crs::wgs84().ok();
    let as_box = |[x0, y0, x1, y1]: [f64; 4], own: Option<&Crs>| {
        let (min, max) = ([x0, y0, f64::NEG_INFINITY], [x1, y1, f64::INFINITY]);
        Area::from_corners(min, max, own.cloned()).ok()
    };
    let meets = |corners, own: Option<&Crs>| {
        let place = as_box(corners, own).and_then(|area| place(&area, extent, crs));
        let (min, max) = (extent.min(), extent.max());
        place.is_some_and(|[x0, y0, x1, y1]| {
            x0 <= max[0] && x1 >= min[0] && y0 <= max[1] && y1 >= min[1]
        })
    };
    let swapped = [y0, x0, y1, x1];
    if meets(swapped, area.crs()) {
        return Some(Hint::Swapped);
    }
    let is_plain = area.crs().is_none() && area.buffer().is_none();
    if !is_plain
        || is_degrees([
            extent.min()[0],
            extent.min()[1],
            extent.max()[0],
            extent.max()[1],
        ])
    {
        return None;
    }
    let (is_straight, is_swapped) = (is_degrees(area.extent()), is_degrees(swapped));
    if is_straight && meets(area.extent(), degrees.as_ref()) {
        return Some(Hint::Degrees);
    }
    match (is_straight, is_swapped) {
        (_, true) if meets(swapped, degrees.as_ref()) || !is_straight => Some(Hint::SwappedDegrees),
        (true, _) => Some(Hint::Degrees),
        _ => None,
    }
}

/// Whether all numbers could be longitudes and latitudes.
fn is_degrees([x0, y0, x1, y1]: [f64; 4]) -> bool {
    let is_within = |number: f64, most: f64| number.abs() <= most;
    [x0, x1].into_iter().all(|x| is_within(x, 180.0))
        && [y0, y1].into_iter().all(|y| is_within(y, 90.0))
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some([x0, y0, x1, y1]) = self.place {
            // Small differences matter only in degrees.
            let decimals = if is_degrees([x0, y0, x1, y1]) { 6 } else { 1 };
            write!(
                f,
                "; in these coordinates the area is about {x0:.decimals$},{y0:.decimals$},{x1:.decimals$},{y1:.decimals$}"
            )?;
        }
        f.write_str(match self.hint {
            Some(Hint::Swapped) => {
                "; with x and y swapped it would meet them: x or longitude comes first"
            }
            Some(Hint::Degrees) => {
                "; the area looks like longitude and latitude, the coordinate system EPSG:4326"
            }
            Some(Hint::SwappedDegrees) => {
                "; the area looks like latitude and longitude: swap them, since longitude comes first in EPSG:4326"
            }
            None => "",
        })
    }
}
