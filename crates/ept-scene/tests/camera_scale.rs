//! Cameras of coordinates whose units differ by axis.

#![allow(clippy::unwrap_used, reason = "tests")]

use ept_format::Bounds;
use ept_scene::Camera;
use proptest::prelude::*;

const IMAGE: [f64; 2] = [800.0, 600.0];

/// The matrix of a camera in lengths, for coordinates in units: a unit along an axis is `scale` long.
fn matrix(eye: [f64; 3], target: [f64; 3], scale: [f64; 3]) -> [[f64; 4]; 4] {
    let minus = |a: [f64; 3], b: [f64; 3]| [0, 1, 2].map(|i| a[i] - b[i]);
    let dot = |a: [f64; 3], b: [f64; 3]| (0..3).map(|i| a[i] * b[i]).sum::<f64>();
    let unit = |a: [f64; 3]| a.map(|number| number / dot(a, a).sqrt());
    let cross = |a: [f64; 3], b: [f64; 3]| {
        [
            a[1] * b[2] - a[2] * b[1],
            a[2] * b[0] - a[0] * b[2],
            a[0] * b[1] - a[1] * b[0],
        ]
    };
    let ahead = unit(minus(target, eye));
    let right = unit(cross(ahead, [0.0, 0.0, 1.0]));
    let up = cross(right, ahead);
    let row = |axis: [f64; 3]| {
        let [x, y, z] = [0, 1, 2].map(|i| axis[i] * scale[i]);
        [x, y, z, -dot(axis, eye)]
    };
    let narrow = right.map(|number| number * IMAGE[1] / IMAGE[0]);
    [row(narrow), row(up), row(ahead), row(ahead)]
}

fn place(reach: f64) -> impl Strategy<Value = [f64; 3]> {
    [-reach..reach, -reach..reach, -reach..reach]
}

proptest! {
    /// A camera with a scale is the camera of the coordinates in lengths.
    #[test]
    fn a_scale_measures_as_lengths_do(
        eye in place(500.0),
        target in place(500.0),
        scale in [50.0..150_000.0, 50.0..150_000.0, 0.3..2.0],
        low in place(300.0),
        size in [1.0..200.0, 1.0..200.0, 1.0..200.0],
        seen in place(300.0),
    ) {
        let far = (0..2).map(|i| (eye[i] - target[i]).abs()).fold(0.0, f64::max);
        prop_assume!(far > 1.0);
        let plain = Camera::from_matrix(matrix(eye, target, [1.0; 3]), IMAGE).unwrap();
        let matrix = matrix(eye, target, scale);
        let scaled = Camera::from_matrix(matrix, IMAGE).unwrap().with_scale(scale).unwrap();
        let units = |place: [f64; 3]| [0, 1, 2].map(|i| place[i] / scale[i]);
        let high = [0, 1, 2].map(|i| low[i] + size[i]);
        let cell = Bounds::new(low, high).unwrap();
        let cell_in_units = Bounds::new(units(low), units(high)).unwrap();
        let close = |a: f64, b: f64| a == b || (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0);
        prop_assert!(close(plain.pixels(7.0, &cell), scaled.pixels(7.0 / scale[0], &cell_in_units)));
        let found = scaled.eye().unwrap();
        prop_assert!((0..3).all(|i| close(found[i] * scale[i], eye[i])));
        if let Some([x, y, _]) = plain.project(seen) {
            let ray = scaled.ray([x, y]);
            let at = ray.locate(units(seen));
            let way = (0..3).map(|i| (seen[i] - eye[i]).powi(2)).sum::<f64>().sqrt();
            // The ray through a point's pixel meets the point at its distance.
            prop_assert!(at.is_some_and(|[along, beside]| close(along, way) && beside < 1e-3), "{at:?} {way}");
        }
    }
}

#[test]
fn units_have_a_length() {
    let camera = Camera::perspective([0.0; 3], [1.0, 1.0, 0.0], 1.0, IMAGE).unwrap();
    for length in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(camera.with_scale([1.0, length, 1.0]).is_err(), "{length}");
    }
}
