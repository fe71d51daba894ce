//! Areas in longitude and latitude.

use ept_format::Bounds;

use crate::{Area, Crs, SelectError};

/// Number of places along each side of an area that are transformed.
const PLACES: u32 = 32;

impl Area {
    /// A box in longitude and latitude around the area and its buffer. An area without a coordinate system is assumed
    /// to be in longitude and latitude. The box continues beyond 180 degrees if the area crosses the antimeridian.
    ///
    /// It is wider than the area by 1/64, since the sides of an area can be curved in degrees.
    ///
    /// # Errors
    /// If the area is infinite, or can't be transformed to longitude and latitude.
    ///
    /// ```
    /// use ept_select::{Area, Crs};
    ///
    /// let area: Area = "POLYGON ((1770000 5864000, 1771000 5864000, 1771000 5865000, 1770000 5864000))".parse()?;
    /// let degrees = area.in_crs(Crs::parse("EPSG:2193")?).in_degrees()?;
    /// // By PROJ, its south-western corner is at 174.91950, -37.35515.
    /// assert!((degrees.min()[0] - 174.919).abs() < 0.001 && (degrees.min()[1] + 37.355).abs() < 0.001);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn in_degrees(&self) -> Result<Bounds, SelectError> {
        let degrees = Crs::wgs84()?;
        let own = self.crs().unwrap_or(&degrees);
        let transform = own.to(&degrees)?;
        let ([x0, y0], [x1, y1]) = self.corners();
        if ![x0, y0, x1, y1].iter().all(|number| number.is_finite()) {
            return Err(SelectError::Unrelated("the area is infinite".into()));
        }
        let nowhere = || {
            SelectError::Unrelated(format!(
                "the area can't be transformed from {own} to longitude and latitude"
            ))
        };
        let at = |share: f64, from: f64, to: f64| from + (to - from) * share;
        let middle = [at(0.5, x0, x1), at(0.5, y0, y1), 0.0];
        let [dx, dy] = match self.buffer() {
            Some(buffer) => {
                let scale = own.metres_per_unit(middle).ok_or_else(nowhere)?;
                scale.map(|metres| buffer.metres() / metres)
            }
            None => [0.0; 2],
        };
        let (x0, y0, x1, y1) = (x0 - dx, y0 - dy, x1 + dx, y1 + dy);
        let middle = transform.apply(middle).ok_or_else(nowhere)?;
        let shares = || (0..=PLACES).map(|i| f64::from(i) / f64::from(PLACES));
        let places = shares().flat_map(|u| shares().map(move |v| [u, v]));
        let images = places.filter_map(|[u, v]| {
            let [x, y, _] = transform.apply([at(u, x0, x1), at(v, y0, y1), 0.0])?;
            // On the same side of the antimeridian as the centre.
            Some([x - ((x - middle[0]) / 360.0).round() * 360.0, y])
        });
        let start = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        let (min, max) = images.fold(start, |(min, max), place| {
            let least = [0, 1].map(|i| f64::min(min[i], place[i]));
            (least, [0, 1].map(|i| f64::max(max[i], place[i])))
        });
        let margin = [0, 1].map(|i| {
            if transform.is_identity() {
                0.0
            } else {
                (max[i] - min[i]) / 64.0
            }
        });
        let south = (min[1] - margin[1]).max(-90.0);
        let north = (max[1] + margin[1]).min(90.0);
        let (west, east) = (min[0] - margin[0], max[0] + margin[0]);
        let turn = if west < -180.0 { 360.0 } else { 0.0 };
        let min = [west + turn, south, f64::NEG_INFINITY];
        Bounds::new(min, [east + turn, north, f64::INFINITY]).map_err(|_| nowhere())
    }
}
