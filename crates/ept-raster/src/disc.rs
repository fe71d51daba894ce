//! The places around the centre of a cell.

use crate::Lattice;

/// Added to distances in cells, so that no point is missed whose cell is off by rounding.
const MARGIN: f64 = 1e-3;

/// Number of whole cells that a distance from the centre of a cell reaches beyond it.
pub(crate) fn cells_beyond(distance: f64) -> u32 {
    (distance - 0.5 + MARGIN).ceil().max(0.0) as u32
}

/// The places that are nearer to the centre of a cell than a radius.
pub(crate) struct Disc {
    /// Radius, in cells.
    radius: f64,
    /// Least square of a distance whose square root is not less than the radius. Saves a root for each point, and is exact.
    limit: f64,
    /// How many cells left and right of the central one are reached, by distance of their row.
    pub(crate) widths: Vec<u32>,
}

impl Disc {
    pub(crate) fn new(radius: f64, lattice: &Lattice) -> Disc {
        let cells = radius / lattice.cell();
        let width = |row: u32| {
            let distance = (f64::from(row) - 0.5 - MARGIN).max(0.0);
            cells_beyond((cells * cells - distance * distance).max(0.0).sqrt())
        };
        Disc {
            radius: cells,
            limit: square_limit(radius),
            widths: (0..=cells_beyond(cells)).map(width).collect(),
        }
    }

    /// Area, in cells.
    pub(crate) fn area(&self) -> f64 {
        std::f64::consts::PI * self.radius * self.radius
    }

    /// Whether a point is inside whose squared distance from the centre is this.
    pub(crate) fn contains(&self, square: f64) -> bool {
        square < self.limit
    }

    /// How many cells around the central one there can be points inside.
    pub(crate) fn halo(&self) -> usize {
        self.widths.len() - 1
    }
}

/// The least number whose square root is not less than `root`.
fn square_limit(root: f64) -> f64 {
    let mut square = root * root;
    while square > 0.0 && square.next_down().sqrt() >= root {
        square = square.next_down();
    }
    while square.sqrt() < root {
        square = square.next_up();
    }
    square
}

/// Square of the length of a vector.
pub(crate) fn squared([east, north]: [f64; 2]) -> f64 {
    east * east + north * north
}
