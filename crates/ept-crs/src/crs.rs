//! Coordinate systems.

use std::fmt;
use std::sync::Arc;

use ept_format::Srs;
use proj4rs::Proj;

use crate::{CrsError, Transform, wkt_text};

/// A horizontal coordinate system, or the geocentric one.
///
/// Coordinates are x (easting or longitude), y (northing or latitude), whatever axis order an authority has for
/// it; longitude and latitude are in degrees. Heights are never changed but from and to geocentric coordinates.
///
/// Transforms are those of PROJ.4: datums are shifted by up to seven parameters, where the definition has them,
/// without grids. Between NAD83 and WGS84 no shift is made, as between all realisations of a datum, which differ by
/// up to two metres; NAD27 without its grids is off by up to a hundred.
///
/// ```
/// use ept_crs::Crs;
///
/// let utm = Crs::parse("EPSG:26912")?;
/// let degrees = Crs::parse("EPSG:4326")?;
/// let [x, y, z] = degrees.to(&utm).apply([-111.0, 0.0, 7.0]).unwrap();
/// assert!((x - 500_000.0).abs() < 1e-6 && y.abs() < 1e-6 && z == 7.0);
/// # Ok::<(), ept_crs::CrsError>(())
/// ```
#[derive(Clone)]
pub struct Crs {
    name: Arc<str>,
    /// As PROJ writes it.
    definition: Arc<str>,
    /// As WKT 1, where that is known.
    wkt: Option<Arc<str>>,
    proj: Arc<Proj>,
}

/// WGS84 longitude and latitude, what GeoJSON is in.
const WGS84: &str = "EPSG:4326";

impl Crs {
    /// The system that a text names: an EPSG code (`EPSG:26912`, `26912`, `urn:ogc:def:crs:EPSG::26912`; of
    /// `EPSG:26912+5703` the horizontal part), `OGC:CRS84`, WKT 1 or 2, or a PROJ string.
    ///
    /// # Errors
    /// When it is none of these, or a projection that is not supported.
    pub fn parse(text: &str) -> Result<Crs, CrsError> {
        let text = text.trim();
        if text.starts_with('+') {
            return Crs::from_definition(text, text);
        }
        if text.contains('[') {
            return Crs::from_wkt(text);
        }
        if text.to_ascii_uppercase().ends_with("CRS84") {
            return Crs::parse(WGS84);
        }
        let code = text.rsplit([':', '/']).next().unwrap_or(text);
        let code = code.split('+').next().unwrap_or(code);
        Crs::from_epsg(text, code)
    }

    /// WGS84 longitude and latitude in degrees (EPSG:4326).
    ///
    /// # Errors
    /// None in practice.
    pub fn wgs84() -> Result<Crs, CrsError> {
        Crs::parse(WGS84)
    }

    /// The system of a dataset: by its EPSG code, else by its texts.
    ///
    /// # Errors
    /// When the dataset does not name it, or in no way that is understood.
    pub fn of(srs: &Srs) -> Result<Crs, CrsError> {
        let is_epsg = srs
            .authority
            .as_deref()
            .is_none_or(|authority| authority.eq_ignore_ascii_case("EPSG"));
        let code = srs.horizontal.as_deref().filter(|_| is_epsg);
        let texts = [code, srs.wkt.as_deref(), srs.wkt2.as_deref()];
        let mut found = texts.into_iter().flatten().map(Crs::parse);
        let first = found.next();
        match first {
            Some(Err(error)) => found.find_map(Result::ok).ok_or(error),
            Some(crs) => crs,
            None => {
                let named = srs.codes().map(|codes| format!(" but as {codes}"));
                Err(CrsError::Unnamed {
                    named: named.unwrap_or_default(),
                })
            }
        }
    }

    fn from_epsg(text: &str, code: &str) -> Result<Crs, CrsError> {
        let code: u32 = code
            .parse()
            .map_err(|_| CrsError::unknown(text, "it is no EPSG code"))?;
        let known = u16::try_from(code)
            .ok()
            .and_then(crs_definitions::from_code);
        let known = known.ok_or_else(|| CrsError::unknown(text, "the code is not in the table"))?;
        let crs = Crs::from_definition(&format!("EPSG:{code}"), known.proj4)?;
        Ok(crs.with_wkt(known.wkt))
    }

    fn with_wkt(mut self, text: &str) -> Crs {
        self.wkt = Some(text.into());
        self
    }

    /// The code decides before the text: converters of WKT know fewer projections than the table.
    fn from_wkt(text: &str) -> Result<Crs, CrsError> {
        let horizontal = wkt_text::horizontal(text);
        let name = wkt_text::name(horizontal).unwrap_or(horizontal);
        if let Some(code) = wkt_text::epsg_code(horizontal)
            && let Ok(crs) = Crs::from_epsg(text, code)
        {
            return Ok(crs);
        }
        if let Some(definition) = wkt_text::proj4_extension(horizontal) {
            return Ok(Crs::from_definition(name, definition)?.with_wkt(text));
        }
        if let Some(definition) = wkt_text::geocentric(horizontal) {
            return Ok(Crs::from_definition(name, &definition)?.with_wkt(text));
        }
        let definition = proj4wkt::wkt_to_projstring(horizontal)
            .map_err(|error| CrsError::unknown(text, error.to_string()))?;
        Ok(Crs::from_definition(name, &definition)?.with_wkt(text))
    }

    fn from_definition(name: &str, definition: &str) -> Result<Crs, CrsError> {
        let proj = Proj::from_proj_string(definition)
            .map_err(|error| CrsError::unknown(name, error.to_string()))?;
        Ok(Crs {
            name: name.into(),
            definition: definition.into(),
            wkt: None,
            proj: Arc::new(proj),
        })
    }

    /// The code, or the name that the text gives itself.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The system as well-known text: that of the code, or the text that was given; none for a PROJ string.
    #[must_use]
    pub fn well_known_text(&self) -> Option<&str> {
        self.wkt.as_deref()
    }

    /// Whether coordinates are longitude and latitude in degrees.
    #[must_use]
    pub fn is_geographic(&self) -> bool {
        self.proj.is_latlong()
    }

    /// Whether coordinates are x, y and z from the centre of the Earth.
    #[must_use]
    pub fn is_geocentric(&self) -> bool {
        self.proj.is_geocent()
    }

    /// The transform from this system to another.
    #[must_use]
    pub fn to(&self, other: &Crs) -> Transform {
        Transform::new(self, other)
    }

    /// Metres on the ground of one unit along x and along y at a place in this system: the unit itself for most
    /// projections, where the scale differs little from 1; for others, such as web mercator, what the projection makes
    /// of it. None where the place has no longitude and latitude.
    #[must_use]
    pub fn metres_per_unit(&self, at: [f64; 3]) -> Option<[f64; 2]> {
        if self.is_geocentric() {
            return Some([self.proj.to_meter(); 2]);
        }
        let to_degrees = self.to(&Crs::wgs84().ok()?);
        let [lon, lat, _] = to_degrees.apply(at)?;
        if self.is_geographic() {
            return Some(degree(lat));
        }
        // By differences over about a hundred metres.
        let step = 100.0 / self.proj.to_meter();
        let ground = |x: f64, y: f64| {
            let [lon2, lat2, _] = to_degrees.apply([at[0] + x, at[1] + y, at[2]])?;
            let [kx, ky] = degree(lat);
            let turn = (lon2 - lon + 540.0).rem_euclid(360.0) - 180.0;
            Some((turn * kx).hypot((lat2 - lat) * ky) / step)
        };
        let (x, y) = (ground(step, 0.0)?, ground(0.0, step)?);
        let is_sane = |scale: f64| scale.is_finite() && scale > 0.0;
        (is_sane(x) && is_sane(y)).then_some([x, y])
    }

    /// Metres of a unit of height, as far as a horizontal system tells: its own unit, or a metre beside degrees.
    #[must_use]
    pub fn metres_per_height(&self) -> f64 {
        match self.is_geographic() {
            true => 1.0,
            false => self.proj.to_meter(),
        }
    }

    /// As PROJ writes it.
    #[must_use]
    pub fn definition(&self) -> &str {
        &self.definition
    }

    pub(crate) fn proj(&self) -> &Proj {
        &self.proj
    }
}

/// Metres of a degree of longitude and of latitude on the WGS84 ellipsoid, by the usual series (to 0.01 %).
fn degree(latitude: f64) -> [f64; 2] {
    let angle = latitude.to_radians();
    let east = 111_412.84 * angle.cos() - 93.5 * (3.0 * angle).cos() + 0.118 * (5.0 * angle).cos();
    let north = 111_132.92 - 559.82 * (2.0 * angle).cos() + 1.175 * (4.0 * angle).cos()
        - 0.0023 * (6.0 * angle).cos();
    [east, north]
}

/// Systems are equal when their definitions are.
impl PartialEq for Crs {
    fn eq(&self, other: &Crs) -> bool {
        self.definition == other.definition
    }
}

impl fmt::Debug for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crs")
            .field("name", &self.name)
            .field("definition", &self.definition)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
