//! Vectors of three numbers.

pub(crate) type Vector = [f64; 3];

pub(crate) fn minus(a: Vector, b: Vector) -> Vector {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(crate) fn times(a: Vector, by: f64) -> Vector {
    a.map(|number| number * by)
}

/// Each number times that of `by`.
pub(crate) fn scaled(a: Vector, by: Vector) -> Vector {
    [a[0] * by[0], a[1] * by[1], a[2] * by[2]]
}

pub(crate) fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(crate) fn cross(a: Vector, b: Vector) -> Vector {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

pub(crate) fn norm(a: Vector) -> f64 {
    dot(a, a).sqrt()
}

/// The vector of length 1 in the same direction. `None` if it is zero or not finite.
pub(crate) fn unit(a: Vector) -> Option<Vector> {
    let length = norm(a);
    (length.is_finite() && length > 0.0).then(|| times(a, 1.0 / length))
}

/// Solves `rows[i] * x = right[i]` for x (the first three numbers of each row). `None` if there isn't exactly one
/// solution.
pub(crate) fn solve(rows: [[f64; 4]; 3], right: Vector) -> Option<Vector> {
    let [a, b, c] = rows.map(|[x, y, z, _]| [x, y, z]);
    let parts = [cross(b, c), cross(c, a), cross(a, b)];
    let determinant = dot(a, parts[0]);
    let sum = |i: usize| (0..3).map(|j| right[j] * parts[j][i]).sum::<f64>();
    let found = [0, 1, 2].map(|i| sum(i) / determinant);
    found
        .iter()
        .all(|number| number.is_finite())
        .then_some(found)
}
