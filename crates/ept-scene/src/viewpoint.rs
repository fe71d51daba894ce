//! Where a picture is taken from.

use std::fmt;
use std::str::FromStr;

use ept_format::Bounds;

use crate::vector::{cross, dot};
use crate::{Camera, CameraError};

/// Where a picture is taken from, without perspective: distances in one direction are the same everywhere in it.
///
/// As text it is `top`, `3d`, or azimuth and altitude in degrees.
///
/// ```
/// use ept_scene::Viewpoint;
///
/// assert_eq!("3d".parse(), Ok(Viewpoint::Side { azimuth: 210.0, altitude: 35.0 }));
/// assert_eq!("90,20".parse(), Ok(Viewpoint::Side { azimuth: 90.0, altitude: 20.0 }));
/// assert!("90,-20".parse::<Viewpoint>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Viewpoint {
    /// From above, north up.
    #[default]
    Top,
    /// From the side.
    Side {
        /// The direction in which the eye is, in degrees clockwise from north.
        azimuth: f64,
        /// The height of the eye above the horizon in degrees, 0 to 90.
        altitude: f64,
    },
}

/// Not a [`Viewpoint`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not a viewpoint: use top, 3d, or the direction of the eye in degrees from north and its height above the \
     horizon in degrees from 0 to 90, such as 210,35"
)]
pub struct ViewpointError(String);

impl Viewpoint {
    /// A camera that shows a box, as large as an image of `[width, height]` pixels allows, and how many pixels a unit of
    /// `scale` has. `scale` is the length of a unit along x, y and z in any common unit, such as metres: they differ if
    /// coordinates are degrees.
    ///
    /// A box without extent is shown as if it had one unit.
    ///
    /// # Errors
    /// If the box is not finite, or the scale or image is not greater than 0.
    pub fn camera(
        self,
        shown: &Bounds,
        scale: [f64; 3],
        viewport: [f64; 2],
    ) -> Result<(Camera, f64), CameraError> {
        /// Far enough for any coordinates on Earth.
        const REACH: f64 = 1e9;
        let [right, up, forward] = self.axes();
        let (min, max) = (shown.min(), shown.max());
        let middle = [0, 1, 2].map(|i| (min[i] + (max[i] - min[i]) / 2.0) * scale[i]);
        let half = [0, 1, 2].map(|i| (max[i] - min[i]) / 2.0 * scale[i]);
        // The extent of a box around the origin along a direction.
        let reach = |axis: [f64; 3]| (0..3).map(|i| (axis[i] * half[i]).abs()).sum::<f64>();
        let fits = [reach(right), reach(up)];
        let fitting = [0, 1].map(|i| viewport[i] / (2.0 * fits[i]));
        let pixels = fitting[0].min(fitting[1]);
        let pixels = if fits == [0.0; 2] {
            viewport[0].min(viewport[1])
        } else {
            pixels
        };
        let row = |axis: [f64; 3], by: f64| {
            let [x, y, z] = [0, 1, 2].map(|i| axis[i] * scale[i] * by);
            [x, y, z, -dot(axis, middle) * by]
        };
        let rows = [
            row(right, 2.0 * pixels / viewport[0]),
            row(up, 2.0 * pixels / viewport[1]),
            row(forward, 1.0 / REACH),
            [0.0, 0.0, 0.0, 1.0],
        ];
        let camera = Camera::from_matrix(rows, viewport)?.with_scale(scale)?;
        Ok((camera.with_depth_scale(REACH * pixels), pixels))
    }

    /// Unit vectors to the right, up and forward in the image.
    fn axes(self) -> [[f64; 3]; 3] {
        let Viewpoint::Side { azimuth, altitude } = self else {
            return [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, -1.0]];
        };
        // Those of the standard library differ between systems.
        let (east, north) = libm::sincos(azimuth.to_radians());
        let (sine, cosine) = libm::sincos(altitude.to_radians());
        let right = [-north, east, 0.0];
        let forward = [-east * cosine, -north * cosine, -sine];
        [right, cross(right, forward), forward]
    }
}

impl fmt::Display for Viewpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Viewpoint::Top => f.write_str("top"),
            Viewpoint::Side { azimuth, altitude } => write!(f, "{azimuth},{altitude}"),
        }
    }
}

impl FromStr for Viewpoint {
    type Err = ViewpointError;

    fn from_str(text: &str) -> Result<Viewpoint, ViewpointError> {
        let parsed = |text: &str| {
            let (azimuth, altitude) = text.split_once(',')?;
            let azimuth: f64 = azimuth.trim().parse().ok()?;
            let altitude: f64 = altitude.trim().parse().ok()?;
            let is_sane = azimuth.abs() <= 360.0 && (0.0..=90.0).contains(&altitude);
            is_sane.then_some(Viewpoint::Side { azimuth, altitude })
        };
        match text.trim().to_ascii_lowercase().as_str() {
            "top" => Ok(Viewpoint::Top),
            "3d" => Ok(Viewpoint::Side {
                azimuth: 210.0,
                altitude: 35.0,
            }),
            other => parsed(other).ok_or_else(|| ViewpointError(text.to_owned())),
        }
    }
}
