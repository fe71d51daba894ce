//! The part of an area that one of several readers is responsible for.

use ept_format::Bounds;
use ept_points::{Column, PointBatch, Values};

use crate::{Area, Cover, Edge, Frame, SelectError};

/// The part of the points that one of several readers is responsible for, when each reads some of its neighbours' points
/// too. It is half-open, so cores side by side neither share points nor lose any.
#[derive(Debug, Clone, PartialEq)]
pub struct Core {
    pub(crate) area: Area,
    /// The dimension that flags points outside. `None` if they are dropped.
    pub(crate) flag: Option<String>,
}

/// A core, prepared for a source.
#[derive(Debug)]
pub(crate) struct BoundCore {
    cover: Cover,
    flag: Option<String>,
}

impl Core {
    /// Only the points inside an area: others are dropped.
    #[must_use]
    pub fn new(area: Area) -> Core {
        Core { area, flag: None }
    }

    /// Keeps points outside, with the value 1 in the dimension `name`, which is 0 inside.
    #[must_use]
    pub fn flagged(self, name: &str) -> Core {
        Core {
            flag: Some(name.to_owned()),
            ..self
        }
    }

    /// The area.
    #[must_use]
    pub fn area(&self) -> &Area {
        &self.area
    }

    /// The dimension that flags points outside. `None` if they are dropped.
    #[must_use]
    pub fn flag(&self) -> Option<&str> {
        self.flag.as_deref()
    }
}

impl BoundCore {
    pub(crate) fn new(core: &Core, frame: &Frame) -> Result<BoundCore, SelectError> {
        let areas = std::slice::from_ref(&core.area);
        Ok(BoundCore {
            cover: Cover::new(areas, Edge::HalfOpen, frame)?,
            flag: core.flag.clone(),
        })
    }

    /// Drops or flags the points outside. The batch must have X, Y and Z.
    pub(crate) fn apply(
        &self,
        cell: &Bounds,
        mut points: PointBatch,
    ) -> Result<PointBatch, SelectError> {
        let mask = self.cover.mask(cell, &points);
        let Some(name) = &self.flag else {
            if let Some(mask) = mask {
                points.retain(&mask);
            }
            return Ok(points);
        };
        let outside = match mask {
            Some(mask) => mask.iter().map(|is_inside| u8::from(!is_inside)).collect(),
            None => vec![0; points.len()],
        };
        let flagged = points.with_column(Column::new(&**name, Values::U8(outside)));
        flagged.map_err(|error| SelectError::Query(error.to_string()))
    }

    pub(crate) fn flag(&self) -> Option<&String> {
        self.flag.as_ref()
    }
}
