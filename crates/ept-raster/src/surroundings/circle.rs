//! The circle through three places.

/// A circle that surely contains the one through three places, and is hardly larger.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Circle {
    pub(crate) centre: [f64; 2],
    /// Infinite if the places are on a line as far as can be told.
    pub(crate) radius: f64,
}

/// Half the distance of two numbers in the binade of 1: the largest relative error of an operation.
const ROUNDING: f64 = f64::EPSILON / 2.0;

impl Circle {
    /// The circle through three places that are not on a line.
    pub(crate) fn through([a, b, c]: [[f64; 2]; 3]) -> Circle {
        let (bx, by, cx, cy) = (b[0] - a[0], b[1] - a[1], c[0] - a[0], c[1] - a[1]);
        let products = (bx * cy).abs() + (by * cx).abs();
        let mut area = bx * cy - by * cx;
        // Differences, products and their difference: each rounds once.
        if area.abs() <= 4.0 * ROUNDING * products * 1e6 {
            area = precise_area([a, b, c]);
            if area.abs() <= 16.0 * ROUNDING * ROUNDING * products * 1e6 {
                return Circle {
                    centre: a,
                    radius: f64::INFINITY,
                };
            }
        }
        // From here on the area is right to a millionth.
        let (b2, c2) = (bx * bx + by * by, cx * cx + cy * cy);
        let half = 0.5 / area;
        let centre = |p: f64, q: f64| (p * b2 - q * c2) * half;
        let error =
            |p: f64, q: f64| 8.0 * ROUNDING * ((p * b2).abs() + (q * c2).abs()) * half.abs();
        let (x, y) = (centre(cy, by), -centre(cx, bx));
        let errors = error(cy, by) + error(cx, bx);
        let magnitude = a[0].abs() + a[1].abs() + x.abs() + y.abs();
        // Not `hypot`, which is slow: nothing here is so large or small that its square has no room.
        let radius = (x * x + y * y).sqrt() * (1.0 + 4e-6);
        let radius = radius + 2.0 * errors + 4.0 * ROUNDING * magnitude;
        Circle {
            centre: [a[0] + x, a[1] + y],
            radius,
        }
    }

    /// The box around it.
    pub(crate) fn bounds(&self) -> [f64; 4] {
        let ([x, y], r) = (self.centre, self.radius);
        [x - r, y - r, x + r, y + r]
    }

    /// Whether a box has a part inside.
    pub(crate) fn meets(&self, [min_x, min_y, max_x, max_y]: [f64; 4]) -> bool {
        let [x, y] = self.centre;
        let (dx, dy) = (x - x.clamp(min_x, max_x), y - y.clamp(min_y, max_y));
        // Far within what the radius is too large by.
        dx * dx + dy * dy <= self.radius * self.radius
    }
}

/// Twice the area of a triangle with about 100 bits.
fn precise_area([a, b, c]: [[f64; 2]; 3]) -> f64 {
    let (bx, by) = (difference(b[0], a[0]), difference(b[1], a[1]));
    let (cx, cy) = (difference(c[0], a[0]), difference(c[1], a[1]));
    let (left, right) = (product(bx, cy), product(by, cx));
    (left.0 - right.0) + (left.1 - right.1)
}

/// A difference and what its rounding took away (Knuth's `TwoDiff`).
fn difference(a: f64, b: f64) -> (f64, f64) {
    let rounded = a - b;
    let from_b = a - rounded;
    let from_a = rounded + from_b;
    (rounded, (a - from_a) + (from_b - b))
}

/// A product of two such, as such.
fn product(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let rounded = a.0 * b.0;
    let rest = a.0.mul_add(b.0, -rounded);
    (rounded, rest + (a.0 * b.1 + a.1 * b.0))
}
