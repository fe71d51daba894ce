//! Transforms points to another coordinate system.

use ept_format::Bounds;
use ept_points::{Column, PointBatch, Scaling, Values};

use crate::{Crs, Frame, SelectError, Transform};

/// Transforms points of a dataset to another coordinate system, with a scale that preserves their precision.
#[derive(Debug, Clone, PartialEq)]
pub struct Reprojection {
    transform: Transform,
    /// Scale and offset in the schema, for points without their own. On each axis `None` if coordinates are floats.
    stored: [Option<AxisStep>; 3],
    /// Metres per unit of the axes, in the dataset's system and in the target.
    units: [[f64; 3]; 2],
    /// Minimum and maximum coordinates of the dataset in the target.
    reach: [[f64; 3]; 2],
    bounds: Bounds,
}

/// Scale and offset of an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
struct AxisStep {
    scale: f64,
    offset: f64,
}

/// Places along each axis of the dataset that are transformed to find its bounds in the target.
const PLACES: u32 = 16;

/// Maximum number of steps from the minimum coordinate to the maximum, with a margin for what is between the places: 32
/// bits have 4.29e9.
const MOST_STEPS: f64 = 3.9e9;

/// Step of coordinates that are stored as floats, in metres.
const FINE: f64 = 0.001;

impl Reprojection {
    /// The reprojection from the system of a dataset to another.
    ///
    /// # Errors
    /// If the dataset's system is not known, the dataset can't be transformed, or the target has a vertical system that
    /// is not the dataset's.
    pub fn new(frame: &Frame, to: &Crs) -> Result<Reprojection, SelectError> {
        let from = frame.crs()?;
        to.check_heights(&frame.srs)?;
        let transform = from.to(to)?;
        let extent = frame.extent();
        let nowhere =
            || SelectError::Unrelated(format!("the dataset can't be transformed to {to}"));
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
            units: [[own[0], own[1], from.metres_per_height()], [x, y, 1.0]],
            reach: reach(&places),
            transform,
        })
    }

    /// Scale and offset in the target for points stored with `own` in the dataset or, if that is `None`, as in the
    /// schema: no coarser on the ground than their own, unless the dataset would then not fit in 32 bits.
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
                // Each axis of the target depends on all axes of the dataset.
                steps.into_iter().fold(f64::INFINITY, f64::min)
            } else {
                steps[axis]
            };
            let [least, most] = [self.reach[0][axis], self.reach[1][axis]];
            // No coarser than the points' own scale, unless the bounds with a margin would not fit in 32 bits.
            let fit = 10_f64.powf((step / there[axis]).log10().floor());
            let needed = 10_f64.powf(((most - least) / MOST_STEPS).log10().ceil());
            scaling.scale[axis] = f64::max(fit, needed);
            // A round number, at most 1e8 steps from the centre.
            let parts = (1e-8 / scaling.scale[axis]).max(1.0).round();
            scaling.offset[axis] = ((least + (most - least) / 2.0) * parts).floor() / parts;
        }
        scaling
    }

    /// Bounds in the target that contain the dataset, as far as it can be transformed. They have a margin, since edges
    /// can bulge between the places that were transformed.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// As [`Reprojection::bounds`], of a box of the dataset. Everything, if a part of it can't be transformed.
    #[must_use]
    pub fn bounds_of(&self, cell: &Bounds) -> Bounds {
        let is_finite = cell.min().iter().chain(&cell.max()).all(|c| c.is_finite());
        let places = grid(cell).map(|place| self.transform.apply(place));
        let places: Option<Vec<_>> = places.collect();
        let bounds = places.filter(|_| is_finite);
        let bounds = bounds.and_then(|places| around(places.into_iter()));
        bounds.unwrap_or(Bounds::EVERYTHING)
    }

    /// Whether points are not changed.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.transform.is_identity()
    }

    /// The target system.
    #[must_use]
    pub fn target(&self) -> &Crs {
        self.transform.target()
    }

    /// Transforms points, which must have X, Y and Z.
    ///
    /// # Errors
    /// If a point can't be transformed.
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
                SelectError::Unrelated(format!(
                    "the point {x} {y} {z} can't be transformed to {to}"
                ))
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

/// Minimum and maximum coordinates on each axis.
fn reach(places: &[[f64; 3]]) -> [[f64; 3]; 2] {
    let ends = |start: f64, choose: fn(f64, f64) -> f64| {
        [0, 1, 2].map(|axis| places.iter().map(|place| place[axis]).fold(start, choose))
    };
    [
        ends(f64::INFINITY, f64::min),
        ends(f64::NEG_INFINITY, f64::max),
    ]
}

/// A box around places, grown by a hundredth of its size on each side.
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

/// A grid of places in a box.
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
