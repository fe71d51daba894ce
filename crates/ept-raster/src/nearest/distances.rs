//! How far cells are from points.

use super::Nearest;
use crate::surroundings::{EVERYWHERE, grow, is_box, overlap};
use crate::{Duplicates, Lattice, Neighbours, Raster, RasterError, Window};

/// Distance in the plane from the centre of each cell of a window to the nearest point, with X and Y multiplied by `scale`:
/// the units of the distance in a unit of X and Y. Cells have no value if there are no points at all.
///
/// `read` are the points that the source returned before, for example the
/// [places](crate::Triangulation::places) of a [`Tin`](crate::Tin). The source is asked for those of the others that could be
/// nearer, so the distances depend on the set of points alone.
///
/// # Errors
/// If points can't be read or used, or a scale is not positive and finite.
pub fn distances<N: Neighbours>(
    lattice: &Lattice,
    window: Window,
    scale: [f64; 2],
    read: &[[f64; 2]],
    source: &mut N,
) -> Result<Raster, N::Error> {
    if !scale.iter().all(|s| *s > 0.0 && s.is_finite()) {
        return Err(RasterError::Scale(scale).into());
    }
    let mut raster = Raster::void(window);
    let area = overlap(lattice.centres(&window), EVERYWHERE);
    if window.is_empty() || !is_box(area) {
        return Ok(raster);
    }
    let cells = (0..window.len()).map(|position| window.cell_at(position));
    let centres = cells.map(|[column, row]| lattice.centre(column, row));
    let mut nearest = Nearest::new(centres.collect(), scale, Duplicates::Lowest);
    nearest.extend(read.iter().map(|[x, y]| [*x, *y, 0.0]))?;
    grow(&mut nearest, area, source)?;
    for (value, found) in raster.values_mut().iter_mut().zip(nearest.found()) {
        *value = found.distance();
    }
    Ok(raster)
}
