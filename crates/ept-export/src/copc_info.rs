//! The info record of a COPC file to be written.

use ept_format::{Bounds, CopcInfo};

use crate::ExportError;

/// Maximum difference between the sides of a cube that counts as rounding, relative to the largest coordinate. Decimal
/// numbers of 12 digits are in use. For a northing of 5,000 km it is 0.05 mm.
const ROUNDING: f64 = 1e-11;

/// The octree of a cube. `spacing` is that of the root. The other fields are set at the end.
pub(crate) fn copc_info(cube: &Bounds, spacing: f64) -> Result<CopcInfo, ExportError> {
    let (min, max) = (cube.min(), cube.max());
    let extent = [0, 1, 2].map(|axis| max[axis] - min[axis]);
    let largest = min.into_iter().chain(max).map(f64::abs);
    let slack = largest.fold(0.0, f64::max) * ROUNDING;
    let is_cube = extent
        .iter()
        .all(|side| side.is_finite() && *side > 0.0 && (side - extent[0]).abs() <= slack);
    if !is_cube {
        return Err(ExportError::NotACube(*cube));
    }
    Ok(CopcInfo {
        center: [0, 1, 2].map(|axis| min[axis] + extent[axis] / 2.0),
        halfsize: extent.into_iter().fold(0.0, f64::max) / 2.0,
        spacing,
        root_page: 0..0,
        times: (0.0, 0.0),
    })
}
