//! Cameras: what they see, and at what size.

use ept_format::Bounds;

use crate::Ray;
use crate::vector::{cross, dot, minus, norm, scaled, solve, times, unit};

/// A camera in the dataset's coordinates: the planes around its view, and pixels per unit.
///
/// ```
/// use ept_format::Bounds;
/// use ept_scene::Camera;
///
/// let camera = Camera::perspective([0.0, 0.0, 100.0], [0.0, 50.0, 0.0], 60_f64.to_radians(), [800.0, 600.0])?;
/// let ahead = Bounds::new([-5.0, 45.0, 0.0], [5.0, 55.0, 5.0])?;
/// let behind = Bounds::new([-5.0, -900.0, 0.0], [5.0, -800.0, 5.0])?;
/// assert!(camera.sees(&ahead) && !camera.sees(&behind));
/// // A metre there is about five pixels.
/// assert!((4.0..6.0).contains(&camera.pixels(1.0, &ahead)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// Rows of the matrix from coordinates to clip space.
    rows: [[f64; 4]; 4],
    /// Width and height of the image, in pixels.
    viewport: [f64; 2],
    /// Half-spaces `n * p + d >= 0` whose intersection is seen.
    planes: [[f64; 4]; 6],
    lens: Lens,
    /// Length of a unit along each axis. The lens measures in lengths.
    scale: [f64; 3],
}

/// A camera with invalid parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("invalid camera: {0}")]
pub struct CameraError(&'static str);

/// How sizes are converted to pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Lens {
    /// `pixels` is the size of a unit at distance 1.
    Perspective { eye: [f64; 3], pixels: f64 },
    /// `pixels` is the size of a unit, `depth` converts the depth to pixels.
    Orthographic { pixels: f64, depth: f64 },
}

impl Camera {
    /// A camera with a view-projection matrix and an image of `[width, height]` pixels.
    ///
    /// `matrix[row][column]` takes a column `[x, y, z, 1]` of the dataset's coordinates to clip space, where `-w <= x,
    /// y <= w` is seen and y points up. Depth may run from -1 to 1, from 0 to 1 or backwards, also to infinity:
    /// whatever is between `-w` and `w` is seen. The matrix is `f64`, since coordinates of real datasets are too large
    /// for `f32`.
    ///
    /// # Errors
    /// If a number is not finite, the viewport is empty, or the matrix is not a projection.
    pub fn from_matrix(matrix: [[f64; 4]; 4], viewport: [f64; 2]) -> Result<Camera, CameraError> {
        let is_size = |size: f64| size.is_finite() && size > 0.0;
        if !matrix
            .as_flattened()
            .iter()
            .all(|number| number.is_finite())
        {
            return Err(fault("a number of its matrix is not finite"));
        }
        if !viewport.into_iter().all(is_size) {
            return Err(fault("its viewport is empty"));
        }
        let lens = Lens::of(&matrix, viewport[1]).filter(Lens::is_sane);
        Ok(Camera {
            lens: lens.ok_or_else(|| fault("its matrix is not a projection"))?,
            planes: planes(&matrix),
            rows: matrix,
            viewport,
            scale: [1.0; 3],
        })
    }

    /// The same camera of coordinates whose units differ by axis, such as degrees and metres. `scale` is the length of a
    /// unit along each axis, by which distances are measured, so that sizes in the image are right.
    ///
    /// # Errors
    /// If a length is not greater than 0.
    pub fn with_scale(self, scale: [f64; 3]) -> Result<Camera, CameraError> {
        if !scale
            .iter()
            .all(|length| length.is_finite() && *length > 0.0)
        {
            return Err(fault("a unit of its coordinates has no length"));
        }
        let rows = scaled_rows(&self.rows, scale);
        let lens = Lens::of(&rows, self.viewport[1]).filter(Lens::is_sane);
        Ok(Camera {
            lens: lens.ok_or_else(|| fault("its matrix is not a projection"))?,
            scale,
            ..self
        })
    }

    /// A camera at `eye` that looks at `target`, with z up and `field_of_view` radians from the bottom to the top of an
    /// image of `[width, height]` pixels. Its view has no far end.
    ///
    /// # Errors
    /// If eye and target are the same, the field of view is not between 0 and pi, or a number is not finite.
    pub fn perspective(
        eye: [f64; 3],
        target: [f64; 3],
        field_of_view: f64,
        viewport: [f64; 2],
    ) -> Result<Camera, CameraError> {
        let [right, up, forward] = axes(eye, target)?;
        if !(field_of_view > 0.0 && field_of_view < std::f64::consts::PI) {
            return Err(fault("its field of view is not between 0 and pi"));
        }
        let scale = 1.0 / (field_of_view / 2.0).tan();
        let ahead = row(forward, eye);
        let rows = [
            row(times(right, scale * viewport[1] / viewport[0]), eye),
            row(times(up, scale), eye),
            ahead,
            ahead,
        ];
        let mut camera = Camera::from_matrix(rows, viewport)?;
        // The exact eye, rather than that computed from the matrix.
        if let Lens::Perspective { eye: found, .. } = &mut camera.lens {
            *found = eye;
        }
        Ok(camera)
    }

    /// A camera without perspective, from `eye` towards `target`, with z up. Its image of `[width, height]` pixels
    /// shows `height` units from bottom to top. It sees everything in front of it and behind it.
    ///
    /// # Errors
    /// If eye and target are the same, the height is not greater than 0, or a number is not finite.
    pub fn orthographic(
        eye: [f64; 3],
        target: [f64; 3],
        height: f64,
        viewport: [f64; 2],
    ) -> Result<Camera, CameraError> {
        let [right, up, forward] = axes(eye, target)?;
        if !(height.is_finite() && height > 0.0) {
            return Err(fault("its height is not greater than 0"));
        }
        let scale = 2.0 / height;
        // Far enough for any coordinates on Earth.
        const REACH: f64 = 1e9;
        let rows = [
            row(times(right, scale * viewport[1] / viewport[0]), eye),
            row(times(up, scale), eye),
            row(times(forward, 1.0 / REACH), eye),
            [0.0, 0.0, 0.0, 1.0],
        ];
        Camera::from_matrix(rows, viewport)
    }

    /// Whether part of the box may be seen. A box next to a corner of the view may pass by mistake.
    #[must_use]
    pub fn sees(&self, cell: &Bounds) -> bool {
        let (min, max) = (cell.min(), cell.max());
        self.planes.iter().all(|plane| {
            let corner = |i: usize| if plane[i] >= 0.0 { max[i] } else { min[i] };
            let [x, y, z] = [0, 1, 2].map(|i| plane[i] * corner(i));
            x + y + z + plane[3] >= 0.0
        })
    }

    /// Size in pixels of a length along x at the point of the box nearest to the eye. Infinite if the eye is in the box.
    /// Distance is measured from the eye, not along the viewing axis, so turning on the spot changes no size.
    #[must_use]
    pub fn pixels(&self, length: f64, cell: &Bounds) -> f64 {
        let length = length * self.scale[0];
        match self.lens {
            Lens::Perspective { eye, pixels } => {
                let ends = [cell.min(), cell.max()].map(|corner| scaled(corner, self.scale));
                length * pixels / distance(eye, ends)
            }
            Lens::Orthographic { pixels, .. } => length * pixels,
        }
    }

    /// Size in pixels of a length along x at a point.
    pub(crate) fn pixels_at(&self, length: f64, point: [f64; 3]) -> f64 {
        let length = length * self.scale[0];
        match self.lens {
            Lens::Perspective { eye, pixels } => {
                length * pixels / norm(minus(scaled(point, self.scale), eye))
            }
            Lens::Orthographic { pixels, .. } => length * pixels,
        }
    }

    /// Size in pixels of a unit at distance 1, or anywhere without perspective.
    pub(crate) fn pixels_at_one(&self) -> f64 {
        let (Lens::Perspective { pixels, .. } | Lens::Orthographic { pixels, .. }) = self.lens;
        pixels
    }

    /// What converts the depth of [`Camera::project`] to pixels, or leaves it alone if there is perspective.
    pub(crate) fn depth_scale(&self) -> f64 {
        match self.lens {
            Lens::Perspective { .. } => 1.0,
            Lens::Orthographic { depth, .. } => depth,
        }
    }

    /// Sets what converts the depth to pixels exactly. Does nothing if there is perspective.
    pub(crate) fn with_depth_scale(mut self, scale: f64) -> Camera {
        if let Lens::Orthographic { depth, .. } = &mut self.lens {
            *depth = scale;
        }
        self
    }

    /// The place of a point in the image, also beyond its edges, in pixels from the upper left corner. `None` if it is
    /// behind the eye.
    pub(crate) fn place(&self, point: [f64; 3]) -> Option<[f64; 2]> {
        let [x, y, _, w] = self.rows.map(|row| height(&row, point));
        (w > 0.0).then(|| self.pixel(x / w, y / w))
    }

    /// The pixel at a place from -1 to 1.
    #[inline]
    fn pixel(&self, x: f64, y: f64) -> [f64; 2] {
        let [width, height] = self.viewport;
        [(x + 1.0) / 2.0 * width, (1.0 - y) / 2.0 * height]
    }

    /// Position of the eye. `None` for a camera without perspective.
    #[must_use]
    pub fn eye(&self) -> Option<[f64; 3]> {
        match self.lens {
            Lens::Perspective { eye, .. } => Some([0, 1, 2].map(|i| eye[i] / self.scale[i])),
            Lens::Orthographic { .. } => None,
        }
    }

    /// Width and height of the image, in pixels.
    #[must_use]
    pub fn viewport(&self) -> [f64; 2] {
        self.viewport
    }

    /// The pixel of a point, from the upper left corner of the image, and its depth: smaller is nearer. `None` if it is
    /// not seen.
    #[must_use]
    #[inline]
    pub fn project(&self, point: [f64; 3]) -> Option<[f64; 3]> {
        let [x, y, z, w] = self.rows.map(|row| height(&row, point));
        let is_seen = w > 0.0 && x.abs() <= w && y.abs() <= w && z.abs() <= w;
        let depth = match self.lens {
            Lens::Perspective { .. } => w,
            Lens::Orthographic { .. } => z,
        };
        is_seen.then(|| {
            let [x, y] = self.pixel(x / w, y / w);
            [x, y, depth]
        })
    }

    /// The ray through a pixel, `[x, y]` from the upper left corner of the image.
    #[must_use]
    pub fn ray(&self, pixel: [f64; 2]) -> Ray {
        let x = pixel[0] / self.viewport[0] * 2.0 - 1.0;
        let y = 1.0 - pixel[1] / self.viewport[1] * 2.0;
        let [across, up, depth, ahead] = scaled_rows(&self.rows, self.scale);
        let ray = match self.lens {
            Lens::Perspective { eye, pixels } => {
                let direction = solve([across, up, ahead], [x, y, 1.0]);
                Ray::new(eye, direction.unwrap_or([0.0, 0.0, -1.0])).with_pixels(0.0, 1.0 / pixels)
            }
            Lens::Orthographic { pixels, .. } => {
                let near = [x - across[3], y - up[3], -1.0 - depth[3]];
                let origin = solve([across, up, depth], near).unwrap_or_default();
                let direction = solve([across, up, depth], [0.0, 0.0, 1.0]);
                let ray = Ray::new(origin, direction.unwrap_or([0.0, 0.0, -1.0]));
                ray.with_pixels(1.0 / pixels, 0.0)
            }
        };
        ray.with_scale(self.scale)
    }
}

impl Lens {
    /// The lens of a matrix. The viewing direction is that in which w grows, unless w is constant.
    fn of(rows: &[[f64; 4]; 4], height: f64) -> Option<Lens> {
        let [across, up, away, ahead] = rows;
        let [sight, upward] = [ahead, up].map(|row| [row[0], row[1], row[2]]);
        let length = norm(sight);
        if length <= 1e-12 * norm(upward) {
            let pixels = norm(upward) / ahead[3] * height / 2.0;
            let depth = pixels / norm([away[0], away[1], away[2]]);
            return Some(Lens::Orthographic {
                pixels,
                depth: if depth.is_finite() { depth } else { 1.0 },
            });
        }
        // In an off-axis projection, these rows contain part of the viewing axis.
        let sight = times(sight, 1.0 / length);
        let upward = minus(upward, times(sight, dot(upward, sight)));
        Some(Lens::Perspective {
            eye: solve([*across, *up, *ahead], [-across[3], -up[3], -ahead[3]])?,
            pixels: norm(upward) / length * height / 2.0,
        })
    }

    fn is_sane(&self) -> bool {
        let (Lens::Perspective { pixels, .. } | Lens::Orthographic { pixels, .. }) = self;
        pixels.is_finite() && *pixels > 0.0
    }
}

/// The planes around the view: left, right, bottom, top, and the two of depth.
fn planes(rows: &[[f64; 4]; 4]) -> [[f64; 4]; 6] {
    let ahead = rows[3];
    let side = |row: usize, sign: f64| [0, 1, 2, 3].map(|i| ahead[i] + sign * rows[row][i]);
    [
        side(0, 1.0),
        side(0, -1.0),
        side(1, 1.0),
        side(1, -1.0),
        side(2, 1.0),
        side(2, -1.0),
    ]
}

/// Unit vectors to the right, up and forward. When looking straight down or up, y is up.
fn axes(eye: [f64; 3], target: [f64; 3]) -> Result<[[f64; 3]; 3], CameraError> {
    let forward = unit(minus(target, eye)).ok_or_else(|| fault("its eye is at its target"))?;
    let is_steep = forward[2].abs() > 1.0 - 1e-9;
    let up = if is_steep {
        [0.0, 1.0, 0.0]
    } else {
        [0.0, 0.0, 1.0]
    };
    let right =
        unit(cross(forward, up)).ok_or_else(|| fault("its viewing direction is not finite"))?;
    Ok([right, cross(right, forward), forward])
}

/// The row of a matrix for the coordinate along `direction` from `origin`.
fn row(direction: [f64; 3], origin: [f64; 3]) -> [f64; 4] {
    let [x, y, z] = direction;
    [x, y, z, -dot(direction, origin)]
}

#[inline]
fn height(row: &[f64; 4], point: [f64; 3]) -> f64 {
    dot([row[0], row[1], row[2]], point) + row[3]
}

/// The rows of the matrix for coordinates in lengths.
fn scaled_rows(rows: &[[f64; 4]; 4], [x, y, z]: [f64; 3]) -> [[f64; 4]; 4] {
    rows.map(|[a, b, c, d]| [a / x, b / y, c / z, d])
}

/// Distance from a point to a box between two corners, 0 inside.
fn distance(point: [f64; 3], [min, max]: [[f64; 3]; 2]) -> f64 {
    norm([0, 1, 2].map(|i| f64::max(min[i] - point[i], point[i] - max[i]).max(0.0)))
}

fn fault(problem: &'static str) -> CameraError {
    CameraError(problem)
}
