//! Rays through a scene.

use ept_format::Bounds;

use crate::vector::{dot, minus, norm, scaled, times, unit};

/// A ray with the size of a pixel along it, see [`crate::Camera::ray`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ray {
    /// In lengths, as the direction.
    origin: [f64; 3],
    direction: [f64; 3],
    /// Size of a pixel at the origin, and its growth per unit of distance.
    pixel: [f64; 2],
    /// Length of a unit along each axis.
    scale: [f64; 3],
}

impl Ray {
    /// A ray from an origin in a direction, which need not have length 1. A pixel is one unit of the dataset.
    #[must_use]
    pub fn new(origin: [f64; 3], direction: [f64; 3]) -> Ray {
        Ray {
            origin,
            direction: unit(direction).unwrap_or([0.0, 0.0, -1.0]),
            pixel: [1.0, 0.0],
            scale: [1.0; 3],
        }
    }

    /// Sets the size of a pixel at the origin, in units, and its growth per unit of distance.
    #[must_use]
    pub fn with_pixels(mut self, size: f64, growth: f64) -> Ray {
        self.pixel = [size, growth];
        self
    }

    /// Sets the length of a unit along each axis, by which its origin and direction were measured.
    pub(crate) fn with_scale(mut self, scale: [f64; 3]) -> Ray {
        self.scale = scale;
        self
    }

    /// Its origin, in the dataset's coordinates.
    #[must_use]
    pub fn origin(&self) -> [f64; 3] {
        [0, 1, 2].map(|i| self.origin[i] / self.scale[i])
    }

    /// Its direction, of length 1, see [`crate::Camera::with_scale`].
    #[must_use]
    pub fn direction(&self) -> [f64; 3] {
        self.direction
    }

    /// Position of a point relative to the ray: distance along it in units (lengths, if these have a scale), distance from it in pixels. `None` if it is
    /// behind the origin.
    #[must_use]
    pub fn locate(&self, point: [f64; 3]) -> Option<[f64; 2]> {
        let way = minus(scaled(point, self.scale), self.origin);
        let along = dot(way, self.direction);
        let beside = norm(minus(way, times(self.direction, along)));
        let pixel = self.pixel[0] + self.pixel[1] * along;
        (along >= 0.0 && pixel > 0.0).then(|| [along, beside / pixel])
    }

    /// Whether a point in the box may be within this many pixels.
    pub(crate) fn can_meet(&self, cell: &Bounds, pixels: f64) -> bool {
        let [min, max] = [cell.min(), cell.max()].map(|corner| scaled(corner, self.scale));
        let middle = [0, 1, 2].map(|i| min[i] + (max[i] - min[i]) / 2.0);
        let radius = norm(minus(max, min)) / 2.0;
        let way = minus(middle, self.origin);
        let along = dot(way, self.direction);
        let beside = norm(minus(way, times(self.direction, along)));
        let reach = self.pixel[0] + self.pixel[1] * (along + radius).max(0.0);
        along + radius >= 0.0 && beside <= radius + reach * pixels
    }
}
