//! Shaded relief.

use crate::neighbours::{self, Around};
use crate::{ByteRaster, Raster, RasterError, Window};

/// Where the light of a shaded relief comes from. Angles are in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Light {
    /// From one side.
    Single {
        /// Direction from the place, clockwise from north.
        azimuth: f64,
        /// Height above the horizon.
        altitude: f64,
    },
    /// From 225°, 270°, 315° and 360°, each where slopes are across it (USGS open-file report 92-422).
    Multidirectional {
        /// Height above the horizon.
        altitude: f64,
    },
}

impl Default for Light {
    /// From the north-west, half-way up: GDAL's default.
    fn default() -> Light {
        Light::Single {
            azimuth: 315.0,
            altitude: 45.0,
        }
    }
}

/// A shaded relief, equal to that of `gdaldem hillshade`.
///
/// GDAL computes with an approximate root, so that a value may differ by 1 where the exact one is near a half: in 1 of
/// 100,000 cells, or 1 of 1,000 if the light is multidirectional.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hillshade {
    /// The slope that a step of height makes in the sum of a gradient.
    slope: f64,
    shade: Shade,
}

/// Numerators of the shade, times 254, for level ground and by slope.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shade {
    Single {
        level: f64,
        east: f64,
        north: f64,
    },
    Multidirectional {
        level: f64,
        across: f64,
        diagonal: f64,
    },
}

impl Hillshade {
    /// A relief of cells with this edge length. Heights are multiplied by `factor`, to exaggerate them, or to bring them
    /// to units of the coordinate system.
    ///
    /// # Errors
    /// If a number is not finite, `cell` or `factor` not greater than 0, or the light not from 0 to 90° above the horizon.
    pub fn new(light: Light, cell: f64, factor: f64) -> Result<Hillshade, RasterError> {
        let slope = factor / (8.0 * cell);
        let is_possible = cell > 0.0 && factor > 0.0 && slope > 0.0 && slope.is_finite();
        if !is_possible {
            return Err(RasterError::Relief(format!(
                "cells of {cell} and heights times {factor}"
            )));
        }
        let (azimuth, altitude) = match light {
            Light::Single { azimuth, altitude } => (azimuth, altitude),
            Light::Multidirectional { altitude } => (0.0, altitude),
        };
        if !(azimuth.is_finite() && (0.0..=90.0).contains(&altitude)) {
            return Err(RasterError::Relief(format!(
                "light from {azimuth}°, {altitude}° above the horizon"
            )));
        }
        let (sin, cos) = altitude.to_radians().sin_cos();
        let shade = match light {
            Light::Single { .. } => {
                let (east, north) = azimuth.to_radians().sin_cos();
                Shade::Single {
                    level: 254.0 * sin,
                    east: 254.0 * cos * slope * east,
                    north: 254.0 * cos * slope * north,
                }
            }
            Light::Multidirectional { .. } => Shade::Multidirectional {
                level: 127.0 * sin,
                across: 127.0 * cos * slope,
                diagonal: 127.0 * cos * slope * 225_f64.to_radians().cos(),
            },
        };
        Ok(Hillshade { slope, shade })
    }

    /// Brightness of the cells of a window, from 1 to 255. 0 where one of the cells around or the cell itself has no
    /// height, so also along the edge of the raster: a window needs the heights of one more cell on each side.
    ///
    /// # Errors
    /// If the window has more than [`Window::MOST_CELLS`] cells.
    pub fn shaded(&self, heights: &Raster, window: Window) -> Result<ByteRaster, RasterError> {
        window.check()?;
        let values = neighbours::map(heights, window, |around| self.brightness(&around));
        Ok(ByteRaster::new(
            window,
            values.map(|value| value.unwrap_or(0)),
        ))
    }

    fn brightness(&self, around: &Around) -> u8 {
        let ([x, y], shade) = match self.shade {
            Shade::Single { level, east, north } => {
                let [x, y] = around.shade_gradient().map(f64::from);
                ([x, y], level + (x * east - y * north))
            }
            Shade::Multidirectional {
                level,
                across,
                diagonal,
            } => {
                let [x, y] = around.gradient().map(f64::from);
                ([x, y], weighted(level, across, diagonal, [x, y]))
            }
        };
        let shade = shade / (1.0 + self.slope * self.slope * (x * x + y * y)).sqrt();
        // Rounded like GDAL writes 32-bit numbers to bytes. NaN, of heights that are too large, becomes 0.
        let brightness = (1.0 + if shade <= 0.0 { 0.0 } else { shade }) as f32;
        (brightness + 0.5) as u8
    }
}

/// The shade of four lights, weighted by how much a slope is across each.
fn weighted(level: f64, across: f64, diagonal: f64, [x, y]: [f64; 2]) -> f64 {
    let square = x * x + y * y;
    if square == 0.0 {
        return 2.0 * level;
    }
    let south_west = square / 2.0 - x * y;
    let lights = [
        (south_west, level + (x - y) * diagonal),
        (x * x, level - x * across),
        (square - south_west, level + (x + y) * diagonal),
        (y * y, level - y * across),
    ];
    let sum: f64 = lights
        .iter()
        .map(|(weight, shade)| weight * shade.max(0.0))
        .sum();
    sum / square
}
