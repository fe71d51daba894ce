//! Points in another coordinate system.

use ept_format::Bounds;
use ept_points::{Column, PointBatch, Scaling, Values};

use crate::{Crs, Frame, SelectError, Transform};

/// Brings points of a dataset to another coordinate system, with a scale that loses nothing of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Reprojection {
    transform: Transform,
    /// How the dataset stores its points by the schema, for points that do not say; on each axis `None` if as floats.
    stored: [Option<AxisStep>; 3],
    /// Metres of a unit of the dataset's axes, and of those there.
    units: [[f64; 3]; 2],
    /// Least and greatest coordinate of the dataset there.
    reach: [[f64; 3]; 2],
    bounds: Bounds,
}

/// Step and offset of coordinates on an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
struct AxisStep {
    scale: f64,
    offset: f64,
}

/// Places along each axis of the dataset that tell how far it reaches in the other system.
const PLACES: u32 = 16;

/// Steps from the least coordinate to the greatest, with room for what lies between the places: 32 bits have 4.29e9.
const MOST_STEPS: f64 = 3.9e9;

/// Step of coordinates that are stored as floats, in metres.
const FINE: f64 = 0.001;

impl Reprojection {
    /// From the system of a dataset to another.
    ///
    /// # Errors
    /// If the dataset's system is not known, when the dataset has no place in the other, or when that names a vertical
    /// system that is not the dataset's.
    pub fn new(frame: &Frame, to: &Crs) -> Result<Reprojection, SelectError> {
        let from = frame.crs()?;
        to.check_heights(&frame.srs)?;
        let transform = from.to(to)?;
        let extent = frame.extent();
        let nowhere = || SelectError::Unrelated(format!("the dataset has no place in {to}"));
        let places: Vec<[f64; 3]> = grid(extent)
            .filter_map(|place| transform.apply(place))
            .collect();
        let middle = places.get(places.len() / 2).ok_or_else(nowhere)?;
        let [x, y] = to.metres_per_unit(*middle).ok_or_else(nowhere)?;
        let own = from
            .metres_per_unit([0, 1, 2].map(|i| extent.min()[i]))
            .unwrap_or([1.0; 2]);
        let stored = ["X", "Y", "Z"].map(|name| {
            let dimension = frame.dimension(name).filter(|d| d.scalar.is_integer())?;
            Some(AxisStep {
                scale: dimension.scale,
                offset: dimension.offset,
            })
        });
        Ok(Reprojection {
            bounds: around(grid(&frame.bounds).filter_map(|place| transform.apply(place)))
                .ok_or_else(nowhere)?,
            stored,
            units: [[own[0], own[0], from.metres_per_height()], [x, y, 1.0]],
            reach: reach(&places),
            transform,
        })
    }

    /// Scale and offset there for points that are stored so in the dataset, or as the schema says: no coarser than their
    /// own step on the ground, unless 32 bits do not hold the dataset then.
    #[must_use]
    pub fn scaling(&self, own: Option<&Scaling>) -> Scaling {
        let stored = match own {
            None => self.stored,
            Some(Scaling { scale, offset }) => [0, 1, 2].map(|axis| {
                Some(AxisStep {
                    scale: scale[axis],
                    offset: offset[axis],
                })
            }),
        };
        let [own, there] = self.units;
        let steps = [0, 1, 2]
            .map(|axis| stored[axis].map_or(FINE, |stored| stored.scale.abs() * own[axis]));
        let mut scaling = Scaling {
            scale: [FINE; 3],
            offset: [0.0; 3],
        };
        for axis in 0..3 {
            if axis == 2 && !self.transform.is_spatial() {
                if let Some(stored) = stored[2] {
                    scaling.scale[2] = stored.scale.abs();
                    scaling.offset[2] = stored.offset;
                }
                continue;
            }
            let step = if self.transform.is_spatial() {
                // Each axis there depends on all of the dataset's.
                steps.into_iter().fold(f64::INFINITY, f64::min)
            } else {
                steps[axis]
            };
            let [least, most] = [self.reach[0][axis], self.reach[1][axis]];
            // No coarser than the points' own step, and so coarse that 32 bits hold what is around too.
            let fit = 10_f64.powf((step / there[axis]).log10().floor());
            let needed = 10_f64.powf(((most - least) / MOST_STEPS).log10().ceil());
            scaling.scale[axis] = f64::max(fit, needed);
            // A round number, at most 1e8 steps from the middle.
            let parts = (1e-8 / scaling.scale[axis]).max(1.0).round();
            scaling.offset[axis] = ((least + (most - least) / 2.0) * parts).floor() / parts;
        }
        scaling
    }

    /// A box there that holds the dataset's, where that has a place: between the places that were tried, edges can
    /// bulge, so there is room around them.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Whether points stay where they are.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.transform.is_identity()
    }

    /// The system that it leads to.
    #[must_use]
    pub fn target(&self) -> &Crs {
        self.transform.target()
    }

    /// The points there. X, Y and Z are among the dimensions.
    ///
    /// # Errors
    /// If a point has no place there.
    pub fn apply(&self, batch: PointBatch) -> Result<PointBatch, SelectError> {
        if self.transform.is_identity() {
            return Ok(batch);
        }
        let scaling = self.scaling(batch.scaling());
        let format = batch.point_format();
        let times = batch.has_standard_time();
        let mut axes = [Vec::new(), Vec::new(), Vec::new()];
        for [x, y, z] in batch.places() {
            let place = self.transform.apply([x, y, z]).ok_or_else(|| {
                let to = self.target();
                SelectError::Unrelated(format!("the point {x} {y} {z} has no place in {to}"))
            })?;
            for (axis, value) in axes.iter_mut().zip(place) {
                axis.push(value);
            }
        }
        let [x, y, z] = axes.map(|axis| Some(Values::F64(axis)));
        let mut moved = [("X", x), ("Y", y), ("Z", z)];
        let columns = batch.into_columns().into_iter().map(|column| {
            let axis = moved.iter_mut().find(|(name, _)| *name == &*column.name);
            match axis.and_then(|(_, values)| values.take()) {
                Some(values) => Column::new(column.name, values),
                None => column,
            }
        });
        let batch = PointBatch::new(columns.collect());
        let batch = batch.map_err(|error| SelectError::Unrelated(error.to_string()))?;
        let batch = batch.with_storage(Some(scaling), format);
        Ok(batch.with_standard_time(times))
    }
}

/// Least and greatest coordinate of places on each axis.
fn reach(places: &[[f64; 3]]) -> [[f64; 3]; 2] {
    let ends = |start: f64, choose: fn(f64, f64) -> f64| {
        [0, 1, 2].map(|axis| places.iter().map(|place| place[axis]).fold(start, choose))
    };
    [
        ends(f64::INFINITY, f64::min),
        ends(f64::NEG_INFINITY, f64::max),
    ]
}

/// A box around places, a hundredth of its size larger on each side.
fn around(places: impl Iterator<Item = [f64; 3]>) -> Option<Bounds> {
    let (mut min, mut max) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
    for place in places {
        for axis in 0..3 {
            min[axis] = min[axis].min(place[axis]);
            max[axis] = max[axis].max(place[axis]);
        }
    }
    let room = [0, 1, 2].map(|axis| (max[axis] - min[axis]) / 100.0);
    Some(Bounds::new(min, max).ok()?.grown(room))
}

/// Places all over a box.
fn grid(extent: &Bounds) -> impl Iterator<Item = [f64; 3]> {
    let (min, max) = (extent.min(), extent.max());
    let count = PLACES + 1;
    (0..count * count * 3).map(move |at| {
        let shares = [
            at % count,
            at / count % count,
            at / (count * count) * PLACES / 2,
        ];
        [0, 1, 2].map(|i| min[i] + (max[i] - min[i]) * f64::from(shares[i]) / f64::from(PLACES))
    })
}
