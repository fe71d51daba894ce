//! Openings of surfaces: what remains of them where a disc of cells fits beneath.

/// The surface of a raster with rows of `columns` cells, eroded further and further.
///
/// The disc of radius `r` has all cells that are at most `r` steps along rows and columns away, as in PDAL's `filters.smrf`.
/// Cells beyond the edge don't count.
pub(super) struct Erosion {
    columns: usize,
    eroded: Vec<f64>,
    radius: u32,
    spare: Vec<f64>,
}

impl Erosion {
    /// A surface that is not eroded yet. Each cell has a value.
    pub(super) fn new(surface: Vec<f64>, columns: usize) -> Erosion {
        Erosion {
            columns,
            spare: surface.clone(),
            eroded: surface,
            radius: 0,
        }
    }

    /// The opening of the surface by a disc whose radius is one cell larger than before.
    pub(super) fn next_opening(&mut self) -> Vec<f64> {
        let less = |a: f64, b: f64| if b < a { b } else { a };
        let more = |a: f64, b: f64| if b > a { b } else { a };
        step(&self.eroded, &mut self.spare, self.columns, less);
        std::mem::swap(&mut self.eroded, &mut self.spare);
        self.radius += 1;
        let mut opening = self.eroded.clone();
        for _ in 0..self.radius {
            step(&opening, &mut self.spare, self.columns, more);
            std::mem::swap(&mut opening, &mut self.spare);
        }
        opening
    }
}

/// Gives each cell the extreme of itself and its four neighbours.
fn step(from: &[f64], to: &mut [f64], columns: usize, pick: impl Fn(f64, f64) -> f64 + Copy) {
    let rows = from.len() / columns.max(1);
    for row in 0..rows {
        let line = |row: usize| &from[row * columns..(row + 1) * columns];
        let own = line(row);
        let north = line(row.saturating_sub(1));
        let south = line((row + 1).min(rows - 1));
        let to = &mut to[row * columns..(row + 1) * columns];
        for (((to, own), north), south) in to.iter_mut().zip(own).zip(north).zip(south) {
            *to = pick(*own, pick(*north, *south));
        }
        let inner = columns - 1;
        for (to, west) in to[1..].iter_mut().zip(&own[..inner]) {
            *to = pick(*to, *west);
        }
        for (to, east) in to[..inner].iter_mut().zip(&own[1..]) {
            *to = pick(*to, *east);
        }
    }
}
