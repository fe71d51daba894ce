//! What a COPC file says of its octree (COPC 1.0, "info VLR").

use ept_format::Bounds;

use crate::ExportError;

/// Difference of the sides of a cube that is only its writer's rounding, as part of the largest
/// coordinate: decimal numbers of 12 digits are in use. For a northing of 5,000 km it is 0.05 mm.
const ROUNDING: f64 = 1e-11;

/// The contents of the record that stands first in every COPC file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CopcInfo {
    center: [f64; 3],
    halfsize: f64,
    spacing: f64,
    /// Where the root page of the hierarchy is, and its bytes.
    pub(crate) root_page: (u64, u64),
    /// Least and greatest GPS time.
    pub(crate) times: (f64, f64),
}

impl CopcInfo {
    /// Bytes of the contents.
    pub(crate) const SIZE: usize = 160;

    /// The octree of a cube; `spacing` is that of the root. The rest is known at the end.
    pub(crate) fn new(cube: &Bounds, spacing: f64) -> Result<CopcInfo, ExportError> {
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
            root_page: (0, 0),
            times: (0.0, 0.0),
        })
    }

    /// The contents, little endian; the rest of their size is reserved and 0.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let [x, y, z] = self.center;
        let octree = [x, y, z, self.halfsize, self.spacing].map(f64::to_le_bytes);
        let page = [self.root_page.0, self.root_page.1].map(u64::to_le_bytes);
        let times = [self.times.0, self.times.1].map(f64::to_le_bytes);
        let mut bytes = [&octree[..], &page, &times].concat().concat();
        bytes.resize(CopcInfo::SIZE, 0);
        bytes
    }
}
