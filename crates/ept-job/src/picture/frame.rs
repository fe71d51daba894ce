//! The camera of a picture, and what is known of lengths in it.

use ept_crs::metres_per_height;
use ept_reader::{Bounds, Crs, Srs};
use ept_scene::{Camera, MapWindow, Viewpoint};

use crate::OutputError;

/// The camera of a picture.
#[derive(Debug, Clone)]
pub(crate) struct Framing {
    pub(crate) camera: Camera,
    pub(crate) viewpoint: Viewpoint,
    /// What is shown.
    pub(crate) shown: Bounds,
    window: [u32; 2],
    /// Size of a pixel along x and y, in units of the coordinate system.
    pixel: [f64; 2],
    ground: Ground,
}

/// Lengths on the ground.
#[derive(Debug, Clone, Copy)]
struct Ground {
    /// The length of a unit along x, y and z, by one measure.
    scale: [f64; 3],
    /// Metres of that measure. `None` if the coordinate system is not known.
    metres: Option<f64>,
    is_feet: bool,
}

impl Framing {
    /// A camera that shows a box in a window of `[width, height]` pixels.
    ///
    /// # Errors
    /// If the box is too large or not finite.
    pub(crate) fn new(
        shown: Bounds,
        viewpoint: Viewpoint,
        srs: &Srs,
        window: [u32; 2],
    ) -> Result<Framing, OutputError> {
        let ground = Ground::of(srs, &shown);
        let made = viewpoint.camera(&shown, ground.scale, window.map(f64::from));
        let (camera, pixels) = made.map_err(|_| {
            OutputError::Value(
                "a picture of this area is not possible: it has no finite size".into(),
            )
        })?;
        Ok(Framing {
            camera,
            viewpoint,
            shown,
            window,
            pixel: [0, 1].map(|i| 1.0 / (pixels * ground.scale[i])),
            ground,
        })
    }

    /// Size of a pixel in units of the coordinate system, the smaller one.
    pub(crate) fn pixel(&self) -> f64 {
        self.pixel[0].min(self.pixel[1])
    }

    /// The map that it shows. `None` if it is not taken from above.
    pub(crate) fn map(&self) -> Option<MapWindow> {
        let is_map = self.viewpoint == Viewpoint::Top;
        is_map.then(|| self.window())
    }

    /// The pixels as a map.
    pub(crate) fn window(&self) -> MapWindow {
        let (min, max) = (self.shown.min(), self.shown.max());
        MapWindow {
            size: self.window,
            middle: [0, 1].map(|i| min[i] + (max[i] - min[i]) / 2.0),
            pixel: self.pixel,
        }
    }

    /// The length of a pixel across, and its unit: feet if coordinates are, else metres, else units.
    pub(crate) fn ruler(&self) -> (f64, String) {
        const FOOT: f64 = 0.3048;
        let length = self.pixel[0] * self.ground.scale[0];
        match self.ground.metres {
            None => (length, "units".into()),
            Some(metres) if self.ground.is_feet => (length * metres / FOOT, "ft".into()),
            Some(metres) => (length * metres, "m".into()),
        }
    }
}

impl Ground {
    fn of(srs: &Srs, shown: &Bounds) -> Ground {
        let unknown = Ground {
            scale: [1.0; 3],
            metres: None,
            is_feet: false,
        };
        let Ok(crs) = Crs::of(srs) else {
            return unknown;
        };
        let is_feet = crs.unit().contains("foot");
        let height = metres_per_height(srs).unwrap_or(1.0);
        let (min, max) = (shown.min(), shown.max());
        let middle = [0, 1, 2].map(|i| min[i] + (max[i] - min[i]) / 2.0);
        let known = crs.metres_per_unit(middle);
        let unit = crs.metres_per_height();
        // The scale of a projection is left alone where it hardly matters.
        const NEARLY: f64 = 0.02;
        let is_true = |scale: f64| (scale / unit - 1.0).abs() < NEARLY;
        match known {
            Some([x, y]) if crs.is_geographic() || !is_true(x) || !is_true(y) => Ground {
                scale: [x, y, height],
                metres: Some(1.0),
                is_feet,
            },
            Some(_) => Ground {
                scale: [1.0, 1.0, height / unit],
                metres: Some(unit),
                is_feet,
            },
            None => unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ruler of a picture of 100 pixels that shows a square of 200 units around a place.
    fn ruler(text: &str, [x, y]: [f64; 2], half: f64) -> (f64, String) {
        let shown = Bounds::new([x - half, y - half, 0.0], [x + half, y + half, 1.0]).unwrap();
        let srs = Srs::from_text(text);
        let framing = Framing::new(shown, Viewpoint::Top, &srs, [100, 100]).unwrap();
        framing.ruler()
    }

    #[track_caller]
    fn is_about(found: f64, expected: f64) {
        assert!(
            (found / expected - 1.0).abs() < 2e-3,
            "{found}, not {expected}"
        );
    }

    #[test]
    fn lengths_are_those_on_the_ground_in_the_unit_of_the_system() {
        // UTM, and Oregon in international feet.
        assert_eq!(ruler("EPSG:26915", [5e5, 4.65e6], 100.0), (2.0, "m".into()));
        let (pixel, unit) = ruler("EPSG:2992", [637_000.0, 850_000.0], 100.0);
        assert_eq!(unit, "ft");
        is_about(pixel, 2.0);
        assert_eq!(ruler("", [0.0, 0.0], 100.0), (2.0, "units".into()));
        // Degrees: the series of WGS 84 for the length of a degree of longitude.
        let (pixel, unit) = ruler("EPSG:4326", [10.0, 60.0], 0.001);
        let degree = 111_412.84 * 0.5 + 93.5;
        assert_eq!(unit, "m");
        // The picture is as high as wide on the ground, so the box fills it from top to bottom.
        let high = 111_132.92 + 559.82 * 0.5 - 1.175 * 0.5;
        is_about(pixel, 0.002 * high / 100.0);
        assert!(degree < high);
        // Web Mercator doubles lengths at 60 degrees (the sphere's formula, on an ellipsoid).
        let (pixel, _) = ruler("EPSG:3857", [0.0, 8_399_737.89], 100.0);
        assert!((0.995..1.005).contains(&pixel), "{pixel}");
    }

    #[test]
    fn pixels_of_degrees_are_square_on_the_ground() {
        let shown = Bounds::new([9.999, 59.999, 0.0], [10.001, 60.001, 1.0]).unwrap();
        let srs = Srs::from_text("EPSG:4326");
        let framing = Framing::new(shown, Viewpoint::Top, &srs, [100, 100]).unwrap();
        let window = framing.window();
        let degrees = window.pixel[0] / window.pixel[1];
        let (longitude, latitude) = (111_412.84 * 0.5 + 93.5, 111_132.92 + 559.82 * 0.5);
        is_about(degrees, latitude / longitude);
        // Feet of height over metres.
        let srs = Srs::from_text("EPSG:26915+6360");
        let side: Viewpoint = "180,0".parse().unwrap();
        let shown = Bounds::new([5e5, 4e6, 0.0], [5e5 + 100.0, 4e6 + 1.0, 100.0]).unwrap();
        let camera = Framing::new(shown, side, &srs, [100, 100]).unwrap().camera;
        let [low, high] = [0.0, 100.0].map(|z| camera.project([5e5 + 50.0, 4e6, z]).unwrap()[1]);
        is_about(low - high, 30.48);
    }
}
