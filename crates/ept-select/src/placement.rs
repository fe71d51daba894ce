//! The way from a dataset's coordinates to those of an area.

use ept_crs::Local;
use ept_format::Bounds;

use crate::extent::Extent;
use crate::{Area, Crs, Frame, SelectError, Transform};

/// The way from a dataset's coordinates to those of an area.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Placement {
    /// `None` if the area is in the dataset's coordinates.
    pub(crate) transform: Option<Transform>,
    /// The longitude at the centre of the turn into which longitudes are wrapped.
    pub(crate) turn: Option<f64>,
}

/// A cell of the dataset in the coordinates of an area.
#[derive(Debug)]
pub(crate) struct View {
    /// The transform near the cell, if it could be approximated.
    pub(crate) local: Option<Local>,
    /// Minimum and maximum coordinates of a box around the images of the cell's points. `None` if it can't be bounded.
    pub(crate) image: Option<[[f64; 3]; 2]>,
}

impl Placement {
    /// The placement of an area. `transform` leads to its coordinate system, if it has its own.
    pub(crate) fn of(area: &Area, transform: Option<Transform>) -> Placement {
        let (min, max) = area.corners();
        // Longitudes beyond one turn mean places across the antimeridian, in any system.
        let is_beyond = |crs: &Crs| crs.is_geographic() && (min[0] < -180.0 || max[0] > 180.0);
        let transform =
            transform.filter(|transform| !transform.is_identity() || is_beyond(transform.target()));
        let middle = min[0] + (max[0] - min[0]) / 2.0;
        let is_turning = transform
            .as_ref()
            .is_some_and(|transform| transform.target().is_geographic());
        Placement {
            turn: is_turning.then_some(if middle.is_finite() { middle } else { 0.0 }),
            transform,
        }
    }

    /// The transform from a dataset to an area's own coordinate system. `None` if the area has none.
    pub(crate) fn transform_to(
        area: &Area,
        frame: &Frame,
    ) -> Result<Option<Transform>, SelectError> {
        match &area.crs {
            Some(crs) => Ok(Some(source_crs(frame, crs)?.to(crs)?)),
            None => Ok(None),
        }
    }

    /// Transforms a point of the dataset exactly.
    pub(crate) fn exact(&self, point: [f64; 3]) -> Option<[f64; 3]> {
        match &self.transform {
            None => Some(point),
            Some(transform) => transform.apply(point).map(|place| self.turned(place)),
        }
    }

    /// The place with its longitude in the turn around the centre of the area.
    fn turned(&self, mut place: [f64; 3]) -> [f64; 3] {
        if let Some(middle) = self.turn {
            place[0] = longitude_around(middle, place[0]);
        }
        place
    }

    /// The view of a cell of the dataset.
    pub(crate) fn view(&self, cell: &Bounds) -> View {
        let Some(transform) = &self.transform else {
            return View {
                local: None,
                image: Some([cell.min(), cell.max()]),
            };
        };
        let local = Local::new(transform, |place| self.turned(place), cell);
        let image = local.as_ref().map(|local| {
            let mut image = local.image(transform.is_spatial());
            if !transform.is_spatial() {
                (image[0][2], image[1][2]) = (cell.min()[2], cell.max()[2]);
            }
            image
        });
        View { local, image }
    }

    /// Whether the transform changes heights too.
    pub(crate) fn is_spatial(&self) -> bool {
        self.transform.as_ref().is_some_and(Transform::is_spatial)
    }
}

impl View {
    /// The box around the cell's image, seen from above. `None` if it can't be bounded.
    pub(crate) fn extent(&self) -> Option<Extent> {
        self.image.map(|[min, max]| Extent {
            min: [min[0], min[1]],
            max: [max[0], max[1]],
        })
    }
}

/// The longitude between `middle - 180` (inclusive) and `middle + 180` that differs from the given one by whole turns.
/// The longitude comes from data and may be any number, so it is not approached turn by turn.
fn longitude_around(middle: f64, longitude: f64) -> f64 {
    let west = middle - 180.0;
    let turns = ((longitude - west) / 360.0).floor();
    if turns == 0.0 {
        return longitude;
    }
    let turned = longitude - turns * 360.0;
    // Rounding may leave it just outside.
    if turned < west {
        turned + 360.0
    } else if turned >= west + 360.0 {
        turned - 360.0
    } else {
        turned
    }
}

fn source_crs(frame: &Frame, wanted: &Crs) -> Result<Crs, SelectError> {
    frame.crs().map_err(|error| {
        SelectError::Unrelated(format!(
            "the area is in {wanted}, which can't be transformed to the dataset's coordinates: {error}"
        ))
    })
}
