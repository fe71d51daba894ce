//! The part of an area that one of several readers is responsible for.

use ept_format::Bounds;
use ept_points::{Column, PointBatch, Values};

use crate::{Area, Cover, Edge, Frame, Relation, SelectError, ThinGrid};

/// The part of the points that one of several readers is responsible for, when each reads some of its neighbours' points
/// too. It is half-open, so cores side by side neither share points nor lose any.
///
/// If the query thins, whole cells of its grid are in a core or not, by their centres: the point of a cell depends on all
/// its points.
#[derive(Debug, Clone, PartialEq)]
pub struct Core {
    pub(crate) area: Area,
    /// The area with the points around it, and the dimension that flags those. `None` if they are dropped.
    pub(crate) halo: Option<(Area, String)>,
}

/// A core, prepared for a source.
#[derive(Debug)]
pub(crate) struct BoundCore {
    own: Cover,
    /// The core with its halo, and the dimension that flags the halo.
    halo: Option<(Cover, String)>,
    /// The grid of the thinning, whose cells are in the core or not as a whole.
    grid: Option<ThinGrid>,
}

impl Core {
    /// Only the points inside an area: others are dropped.
    #[must_use]
    pub fn new(area: Area) -> Core {
        Core { area, halo: None }
    }

    /// Keeps points outside too, if they are inside `around`, with the value 1 in the dimension `flag`, which is 0 inside.
    #[must_use]
    pub fn with_halo(self, around: Area, flag: &str) -> Core {
        Core {
            halo: Some((around, flag.to_owned())),
            ..self
        }
    }

    /// The same core, which drops points outside.
    #[must_use]
    pub fn without_halo(self) -> Core {
        Core { halo: None, ..self }
    }

    /// The area, without the halo.
    #[must_use]
    pub fn area(&self) -> &Area {
        &self.area
    }

    /// The dimension that flags points outside. `None` if they are dropped.
    #[must_use]
    pub fn flag(&self) -> Option<&str> {
        self.halo.as_ref().map(|(_, flag)| &**flag)
    }

    /// The same core with areas without a coordinate system of their own in `home`.
    pub(crate) fn in_terms_of(self, home: &crate::Crs) -> Core {
        let brought = |area: Area| match area.crs() {
            Some(_) => area,
            None => area.in_crs(home.clone()),
        };
        Core {
            area: brought(self.area),
            halo: self.halo.map(|(around, flag)| (brought(around), flag)),
        }
    }
}

impl BoundCore {
    pub(crate) fn new(
        core: &Core,
        frame: &Frame,
        grid: Option<ThinGrid>,
    ) -> Result<BoundCore, SelectError> {
        let cover = |area: &Area, edge: Edge| Cover::new(std::slice::from_ref(area), edge, frame);
        let halo = core.halo.as_ref().map(|(around, flag)| {
            let around = cover(around, Edge::Closed)?;
            Ok::<_, SelectError>((around, flag.clone()))
        });
        Ok(BoundCore {
            own: cover(&core.area, Edge::HalfOpen)?,
            halo: halo.transpose()?,
            grid,
        })
    }

    /// Whether the points of a cell of the source are kept, judging by its place.
    pub(crate) fn relation(&self, cell: &Bounds) -> Relation {
        self.reach().relation(&cell.grown(self.cell_size()))
    }

    /// Bounds that contain all points that matter.
    pub(crate) fn envelope(&self) -> Bounds {
        self.reach().envelope().grown(self.cell_size())
    }

    /// The core with its halo.
    fn reach(&self) -> &Cover {
        self.halo.as_ref().map_or(&self.own, |(around, _)| around)
    }

    /// How far a point can be from the centre of its cell of the grid, or more.
    fn cell_size(&self) -> [f64; 3] {
        let [x, y, _] = self.grid.map_or([0.0; 3], |grid| grid.size());
        [x, y, 0.0]
    }

    /// Drops or flags the points outside. The batch must have X, Y and Z.
    pub(crate) fn apply(
        &self,
        cell: &Bounds,
        mut points: PointBatch,
    ) -> Result<PointBatch, SelectError> {
        let cell = cell.grown(self.cell_size());
        let mut centres = self.grid.map(|grid| grid.centres(&points)).transpose()?;
        let Some((around, flag)) = &self.halo else {
            let mask = self.own.mask(&cell, centres.as_ref().unwrap_or(&points));
            if let Some(mask) = mask {
                points.retain(&mask);
            }
            return Ok(points);
        };
        let mask = around.mask(&cell, centres.as_ref().unwrap_or(&points));
        if let Some(mask) = mask {
            points.retain(&mask);
            if let Some(centres) = &mut centres {
                centres.retain(&mask);
            }
        }
        let mask = self.own.mask(&cell, centres.as_ref().unwrap_or(&points));
        let outside = match mask {
            Some(mask) => mask.iter().map(|is_inside| u8::from(!is_inside)).collect(),
            None => vec![0; points.len()],
        };
        let flagged = points.with_column(Column::new(&**flag, Values::U8(outside)));
        flagged.map_err(|error| SelectError::Query(error.to_string()))
    }

    pub(crate) fn flag(&self) -> Option<&String> {
        self.halo.as_ref().map(|(_, flag)| flag)
    }
}
