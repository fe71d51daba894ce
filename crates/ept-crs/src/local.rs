//! Local approximation of a transform: a polynomial with a bound on its error.

use ept_format::Bounds;

use crate::Transform;

/// Approximates a transform within a box by a polynomial of degree 2 for each axis of the target. It takes a few
/// nanoseconds where the transform takes hundreds.
///
/// The bound on the error is twice the greatest error at a grid of places other than those of the fit. This is valid
/// where the transform is smooth. Where it is not, for example on the antimeridian or at a pole, the error is so large
/// that there is no polynomial.
#[derive(Debug, Clone)]
pub struct Local {
    centre: [f64; 3],
    /// Half the extent of the box on each axis.
    half: [f64; 3],
    axes: [Quadratic; 3],
    /// Maximum difference from the transform, per axis of the target.
    error: [f64; 3],
}

/// A polynomial of degree 2 in u, v and w, each from -1 to 1 within the box.
#[derive(Debug, Clone, Copy, Default)]
struct Quadratic {
    constant: f64,
    linear: [f64; 3],
    square: [f64; 3],
    /// Coefficients of uv, uw and vw.
    mixed: [f64; 3],
}

/// Pairs of axes of the mixed terms.
const PAIRS: [[usize; 2]; 3] = [[0, 1], [0, 2], [1, 2]];

/// Places on each axis at which the polynomial is compared with the transform. Except for the ends, none is a place of
/// the fit.
const PROBES: [f64; 4] = [-1.0, -0.5, 0.5, 1.0];

/// Maximum error relative to the size of the image. Above it, the transform is not smooth within the box.
const MOST_ERROR: f64 = 0.05;

impl Local {
    /// Approximates a transform within a box. `None` if it is not smooth there. `turn` wraps longitudes into one turn.
    pub fn new(
        transform: &Transform,
        turn: impl Fn([f64; 3]) -> [f64; 3],
        cell: &Bounds,
    ) -> Option<Local> {
        let (min, max) = (cell.min(), cell.max());
        let mut local = Local {
            centre: [0, 1, 2].map(|i| min[i] + (max[i] - min[i]) / 2.0),
            half: [0, 1, 2].map(|i| (max[i] - min[i]) / 2.0),
            axes: [Quadratic::default(); 3],
            error: [0.0; 3],
        };
        let is_spatial = transform.is_spatial();
        if !is_spatial {
            (local.centre[2], local.half[2]) = (0.0, 1.0);
        }
        let exact = |place: [f64; 3]| transform.apply(local.place(place)).map(&turn);
        let axes = fit(exact, if is_spatial { 3 } else { 2 })?;
        let mut worst = [0.0_f64; 3];
        for place in probes(is_spatial) {
            let (found, expected) = (axes.map(|axis| axis.at(place)), exact(place)?);
            for i in 0..3 {
                worst[i] = worst[i].max((found[i] - expected[i]).abs());
            }
        }
        for i in 0..3 {
            let size = axes[i].reach();
            if worst[i] > size * MOST_ERROR {
                return None;
            }
            // The rounding error of the transform itself is about 1e-12 of the value.
            let rounding = 1e-11 * (axes[i].constant.abs() + size);
            local.error[i] = 2.0 * worst[i] + rounding;
        }
        if !is_spatial {
            local.error[2] = 0.0;
        }
        local.axes = axes;
        Some(local)
    }

    /// The place in the source system, given u, v and w.
    fn place(&self, at: [f64; 3]) -> [f64; 3] {
        [0, 1, 2].map(|i| self.centre[i] + self.half[i] * at[i])
    }

    /// A box that contains the image of the box, in the target system. Its z is infinite unless `is_spatial`, that is,
    /// unless coordinates are geocentric.
    pub fn image(&self, is_spatial: bool) -> [[f64; 3]; 2] {
        let reach = |i: usize| {
            if is_spatial || i < 2 {
                self.axes[i].reach() + self.error[i]
            } else {
                f64::INFINITY
            }
        };
        [-1.0, 1.0].map(|side| [0, 1, 2].map(|i| self.axes[i].constant + side * reach(i)))
    }

    /// The approximate image of a point, and its maximum error. `None` if the point is outside the box.
    pub fn apply(&self, point: [f64; 3]) -> Option<([f64; 3], [f64; 3])> {
        let at = [0, 1, 2].map(|i| match self.half[i] {
            0.0 => 0.0,
            half => (point[i] - self.centre[i]) / half,
        });
        let is_inside = |i: usize| at[i].abs() <= 1.0;
        (is_inside(0) && is_inside(1)).then(|| (self.axes.map(|axis| axis.at(at)), self.error))
    }
}

fn probes(is_spatial: bool) -> impl Iterator<Item = [f64; 3]> {
    let heights: &[f64] = if is_spatial { &PROBES } else { &[0.0] };
    let planes = PROBES
        .iter()
        .flat_map(|&u| PROBES.iter().map(move |&v| [u, v]));
    planes.flat_map(move |[u, v]| heights.iter().map(move |&w| [u, v, w]))
}

/// The polynomials through the centre, the ends of the axes, and the corners between pairs of axes.
fn fit(exact: impl Fn([f64; 3]) -> Option<[f64; 3]>, dimensions: usize) -> Option<[Quadratic; 3]> {
    let middle = exact([0.0; 3])?;
    let mut axes = middle.map(|constant| Quadratic {
        constant,
        ..Quadratic::default()
    });
    for i in 0..dimensions {
        let end = |sign: f64| {
            let mut place = [0.0; 3];
            place[i] = sign;
            exact(place)
        };
        let (low, high) = (end(-1.0)?, end(1.0)?);
        for (j, axis) in axes.iter_mut().enumerate() {
            axis.linear[i] = (high[j] - low[j]) / 2.0;
            axis.square[i] = (high[j] + low[j]) / 2.0 - middle[j];
        }
    }
    for (pair, [a, b]) in PAIRS.into_iter().enumerate() {
        if b >= dimensions {
            continue;
        }
        let corner = |p: f64, q: f64| {
            let mut place = [0.0; 3];
            (place[a], place[b]) = (p, q);
            exact(place)
        };
        let same = [corner(1.0, 1.0)?, corner(-1.0, -1.0)?];
        let other = [corner(1.0, -1.0)?, corner(-1.0, 1.0)?];
        for (j, axis) in axes.iter_mut().enumerate() {
            axis.mixed[pair] = (same[0][j] + same[1][j] - other[0][j] - other[1][j]) / 4.0;
        }
    }
    Some(axes)
}

impl Quadratic {
    fn at(&self, at: [f64; 3]) -> f64 {
        let mut value = self.constant;
        for i in 0..3 {
            let [a, b] = PAIRS[i];
            value += at[i] * (self.linear[i] + at[i] * self.square[i]);
            value += self.mixed[i] * at[a] * at[b];
        }
        value
    }

    /// Maximum distance of the value from the constant within the box.
    fn reach(&self) -> f64 {
        let terms = [self.linear, self.square, self.mixed];
        terms.iter().flatten().map(|term| term.abs()).sum()
    }
}
