//! Where on the ground a dataset is.

use ept_reader::{Crs, Frame};

/// Parts of each side of an extent: its image has curved sides.
const PARTS: u32 = 16;

/// West, south, east and north end of the extent of a dataset, in degrees of WGS 84. `None` if its coordinate system is not
/// known, or a place of the extent has no longitude and latitude.
pub(crate) fn lon_lat(frame: &Frame) -> Option<[f64; 4]> {
    let transform = frame.crs().ok()?.to(&Crs::wgs84().ok()?).ok()?;
    let (min, max) = (frame.extent().min(), frame.extent().max());
    let along = |axis: usize, part: u32| {
        min[axis] + (max[axis] - min[axis]) * f64::from(part) / f64::from(PARTS)
    };
    let [mut west, mut south] = [f64::INFINITY; 2];
    let [mut east, mut north] = [f64::NEG_INFINITY; 2];
    for (x, y) in (0..=PARTS).flat_map(|x| (0..=PARTS).map(move |y| (x, y))) {
        let [lon, lat, _] = transform.apply([along(0, x), along(1, y), min[2]])?;
        (west, south) = (west.min(lon), south.min(lat));
        (east, north) = (east.max(lon), north.max(lat));
    }
    Some([west, south, east, north])
}
