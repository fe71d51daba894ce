//! Coordinate systems.

use std::fmt;
use std::sync::{Arc, OnceLock};

use ept_format::Srs;
use terrio_crs::{SpatialRef, Transformer};

use crate::code::Code;
use crate::projjson_crs::from_projjson;
use crate::vertical::Vertical;
use crate::wkt::{Node, Part};
use crate::{CrsError, Transform, engine};

/// A horizontal coordinate system, or the geocentric one.
///
/// Coordinates are x (easting or longitude), y (northing or latitude), whatever axis order an authority has for
/// it; longitude and latitude are in degrees. Heights are never changed but from and to geocentric coordinates.
///
/// Transforms are those that PROJ chooses: between two datums the most accurate operation of EPSG at the place. Without
/// the grids of [`set_grids`](crate::set_grids) the best operation that needs none is used, and
/// [`Transform::operation_at`] tells how accurate it is.
///
/// ```
/// use ept_crs::Crs;
///
/// let utm = Crs::parse("EPSG:26912")?;
/// let degrees = Crs::parse("EPSG:4326")?;
/// let [x, y, z] = degrees.to(&utm)?.apply([-111.0, 0.0, 7.0]).unwrap();
/// assert!((x - 500_000.0).abs() < 1e-6 && y.abs() < 1e-6 && z == 7.0);
/// # Ok::<(), ept_crs::CrsError>(())
/// ```
#[derive(Clone)]
pub struct Crs {
    name: Arc<str>,
    /// Read back as the same system.
    definition: Arc<str>,
    /// As WKT, if that is known.
    wkt: Option<Arc<str>>,
    system: Arc<SpatialRef>,
    /// The vertical system beside this one, if the definition names one.
    vertical: Option<Arc<Vertical>>,
    kind: Kind,
    /// Metres of the unit of a system that is not geographic.
    metres: f64,
    to_degrees: Arc<OnceLock<Option<Transform>>>,
}

/// What coordinates are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Geographic,
    Geocentric,
    Projected,
}

/// WGS84 longitude and latitude, what GeoJSON is in.
const WGS84: &str = "EPSG:4326";

/// Elements of WKT that describe a horizontal or geocentric system (WKT 1, then WKT 2).
const SYSTEMS: [&str; 11] = [
    "PROJCS",
    "GEOGCS",
    "GEOCCS",
    "PROJCRS",
    "PROJECTEDCRS",
    "GEOGCRS",
    "GEOGRAPHICCRS",
    "GEODCRS",
    "GEODETICCRS",
    "BOUNDCRS",
    "DERIVEDPROJCRS",
];

/// Elements that join a horizontal and a vertical system.
const COMPOUNDS: [&str; 2] = ["COMPD_CS", "COMPOUNDCRS"];

impl Crs {
    /// The system that a text names: an EPSG code (`EPSG:26912`, `26912`, `urn:ogc:def:crs:EPSG::26912`; of
    /// `EPSG:26912+5703` the horizontal part), `OGC:CRS84`, WKT 1 or 2, a PROJ string, or PROJJSON. WKT has at most 100 kB
    /// and 16 levels.
    ///
    /// The text is never the name of a file, and grids in it are names without a folder.
    ///
    /// # Errors
    /// If it is none of these, names another authority, or a projection that is not supported.
    pub fn parse(text: &str) -> Result<Crs, CrsError> {
        engine::prepare();
        let text = text.trim();
        if text.starts_with('+') {
            return Crs::from_proj(text);
        }
        if text.starts_with('{') {
            return from_projjson(text);
        }
        if text.contains(['[', '(']) {
            return Crs::from_wkt(text);
        }
        Crs::from_code(text)
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
    /// If the dataset does not name it, or in no way that is understood.
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

    pub(crate) fn from_code(text: &str) -> Result<Crs, CrsError> {
        let unknown = |problem: String| CrsError::unknown(text, problem);
        let code = Code::parse(text).map_err(unknown)?;
        let known = |code: u32| {
            let system = SpatialRef::from_epsg(code).ok();
            // The library takes a few codes of another authority for those of EPSG.
            system
                .filter(|system| system.epsg == Some(code))
                .ok_or_else(|| unknown("the code is not in the table".into()))
        };
        let mut system = known(code.horizontal)?;
        let vertical = code.vertical.or_else(|| Some(system.compound_parts()?.1));
        if let Some((horizontal, _)) = system.compound_parts() {
            system = known(horizontal)?;
        }
        let vertical = vertical.map(|code| Vertical::from_code(&code.to_string()));
        let vertical = vertical.transpose()?.map(Arc::new);
        let name = format!("EPSG:{}", system.epsg.unwrap_or(code.horizontal));
        let wkt = system.wkt.clone();
        let crs = Crs::new(&name, &name, wkt.as_deref(), system)?;
        Ok(Crs { vertical, ..crs })
    }

    fn from_proj(text: &str) -> Result<Crs, CrsError> {
        let unknown = |problem: String| CrsError::unknown(text, problem);
        if names_a_path(text) {
            return Err(unknown("it names a file by its path".into()));
        }
        let system = SpatialRef::from_proj4(text).map_err(|error| unknown(error.to_string()))?;
        match system.epsg {
            Some(code) => Crs::from_code(&code.to_string()),
            None => Crs::new(text, text, None, system),
        }
    }

    fn from_wkt(text: &str) -> Result<Crs, CrsError> {
        let unknown = |problem: &str| CrsError::unknown(text, problem);
        let (node, rest) = Node::first(text)
            .ok_or_else(|| unknown("it is not well-formed WKT of at most 100 kB and 16 levels"))?;
        // Esri writes the vertical system of a compound one behind the horizontal one.
        if !(rest.is_empty()
            || rest
                .trim_start_matches(',')
                .trim_start()
                .starts_with("VERTCS"))
        {
            return Err(unknown("something comes after the WKT"));
        }
        let is_compound = COMPOUNDS.contains(&&*node.keyword);
        let horizontal = if is_compound {
            node.find(&SYSTEMS)
        } else {
            Some(&node).filter(|node| SYSTEMS.contains(&&*node.keyword))
        };
        let horizontal = horizontal.ok_or_else(|| unknown("it has no horizontal system"))?;
        if horizontal.any(&has_path) {
            return Err(unknown("it names a file by its path"));
        }
        let system = SpatialRef::parse(&horizontal.to_string())
            .map_err(|error| unknown(&error.to_string()))?;
        let name = horizontal.text(0).unwrap_or(text);
        let crs = Crs::new(name, text, Some(text), system)?;
        let vertical = Vertical::in_wkt(text).map(Arc::new);
        Ok(Crs { vertical, ..crs })
    }

    /// The same with a vertical system beside it.
    pub(crate) fn with_vertical(self, vertical: Option<Arc<Vertical>>) -> Crs {
        Crs { vertical, ..self }
    }

    pub(crate) fn new(
        name: &str,
        definition: &str,
        wkt: Option<&str>,
        system: SpatialRef,
    ) -> Result<Crs, CrsError> {
        // Whether coordinates can be computed shows only in a transform.
        Transformer::new(&system, &system)
            .map_err(|error| CrsError::unknown(definition, error.to_string()))?;
        let kind = if system.is_geocentric() {
            Kind::Geocentric
        } else if system.is_angular() {
            Kind::Geographic
        } else {
            Kind::Projected
        };
        Ok(Crs {
            name: name.into(),
            definition: definition.into(),
            wkt: wkt.map(Into::into),
            kind,
            metres: system.metres_per_unit(),
            system: Arc::new(system),
            vertical: None,
            to_degrees: Arc::default(),
        })
    }

    /// The code, or the name that the text gives itself.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The system as well-known text: that of the code, or the text that was given; `None` for a PROJ string.
    #[must_use]
    pub fn well_known_text(&self) -> Option<&str> {
        self.wkt.as_deref()
    }

    /// Whether coordinates are longitude and latitude in degrees.
    #[must_use]
    pub fn is_geographic(&self) -> bool {
        self.kind == Kind::Geographic
    }

    /// Whether coordinates are x, y and z from the centre of the Earth.
    #[must_use]
    pub fn is_geocentric(&self) -> bool {
        self.kind == Kind::Geocentric
    }

    /// The transform from this system to another.
    ///
    /// # Errors
    /// If there is none, as between systems of different planets.
    pub fn to(&self, other: &Crs) -> Result<Transform, CrsError> {
        Transform::new(self, other)
    }

    /// Metres on the ground of one unit along x and along y at a place in this system: the unit itself for most
    /// projections, where the scale differs little from 1; for others, such as web mercator, what the projection makes
    /// of it. `None` if the place has no longitude and latitude.
    #[must_use]
    pub fn metres_per_unit(&self, at: [f64; 3]) -> Option<[f64; 2]> {
        if self.is_geocentric() {
            return Some([self.metres; 2]);
        }
        let to_degrees = || self.to(&Crs::wgs84().ok()?).ok();
        let to_degrees = self.to_degrees.get_or_init(to_degrees).as_ref()?;
        let [lon, lat, _] = to_degrees.apply(at)?;
        if self.is_geographic() {
            return Some(degree(lat));
        }
        // By differences over about a hundred metres.
        let step = 100.0 / self.metres;
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
        if self.is_geographic() {
            1.0
        } else {
            self.metres
        }
    }

    /// The system as text that [`Crs::parse`] reads as the same system.
    #[must_use]
    pub fn definition(&self) -> &str {
        &self.definition
    }

    pub(crate) fn vertical(&self) -> Option<&Arc<Vertical>> {
        self.vertical.as_ref()
    }

    pub(crate) fn system(&self) -> &SpatialRef {
        &self.system
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

/// Whether a PROJ string names a grid, or another file, with its folder.
fn names_a_path(proj: &str) -> bool {
    proj.contains(['/', '\\'])
}

/// Whether WKT names a file with its folder: in a PROJ string, or as the parameter of a method.
fn has_path(node: &Node) -> bool {
    let is_path = |part: &Part| matches!(part, Part::Text(text) if names_a_path(text));
    matches!(&*node.keyword, "EXTENSION" | "PARAMETERFILE") && node.values.iter().any(is_path)
}

/// Systems are equal if they have the same code or the same definition.
impl PartialEq for Crs {
    fn eq(&self, other: &Crs) -> bool {
        self.definition == other.definition || self.system.same_as(&other.system)
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
