//! Eye-dome lighting: shadows at the edges of what is nearer.

use crate::{Camera, Canvas, Picture};

/// Places around a pixel, at about the same distance.
const AROUND: [[i64; 2]; 8] = [
    [2, 0],
    [1, 1],
    [0, 2],
    [-1, 1],
    [-2, 0],
    [-1, -1],
    [0, -2],
    [1, -1],
];
/// Difference in depth that gives half of the darkest shadow, in pixels.
const HALF: f64 = 8.0;
/// How much of its light a pixel loses at most.
const DARKEST: f64 = 0.75;

/// Darkens the pixels of a picture that are farther from the eye than those around them, which makes shapes visible without
/// a direction of light (Boucheny 2009). It uses only operations that are exact everywhere, so the picture is the same on
/// any machine.
pub fn shade(picture: &mut Picture, canvas: &Canvas, camera: &Camera) {
    let [width, height] = canvas.size();
    if picture.size() != [width, height] {
        return;
    }
    // The size of a pixel grows with the distance, if there is perspective.
    let perspective = camera.eye().map(|_| camera.pixels_at_one());
    for y in 0..height {
        for x in 0..width {
            let (column, row) = (i64::from(x), i64::from(y));
            let depth = canvas.depth(column, row);
            if depth == f64::INFINITY {
                continue;
            }
            let scale = perspective.map_or(1.0, |pixels| pixels / depth);
            let shadow = AROUND.map(|[dx, dy]| {
                let nearer = (depth - canvas.depth(column + dx, row + dy)) * scale;
                if nearer > 0.0 {
                    nearer / (nearer + HALF)
                } else {
                    0.0
                }
            });
            let light = 1.0 - DARKEST * shadow.iter().sum::<f64>() / AROUND.len() as f64;
            picture.dim([x, y], light);
        }
    }
}
