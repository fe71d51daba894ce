//! Coordinate systems.

use std::fmt;
use std::sync::{Arc, OnceLock};

use ept_format::Srs;
use terrio_crs::{SpatialRef, Transformer};

use crate::code::CrsCode;
use crate::projjson_crs::from_projjson;
use crate::vertical::Vertical;
use crate::wkt::{Node, WktValue};
use crate::{CrsError, Transform, engine};

/// A horizontal or geocentric coordinate system.
///
/// Coordinates are x (easting or longitude), then y (northing or latitude), whatever the axis order of the authority.
/// Longitude and latitude are in degrees. Heights change only in transforms from and to geocentric coordinates.
///
/// Transforms are those that PROJ chooses: between two datums, the most accurate EPSG operation at the place. Unless
/// [`set_grids`](crate::set_grids) provides grids, it is the best operation that needs none.
/// [`Transform::operation_at`] returns its accuracy.
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
    /// Text that parses as the same system.
    definition: Arc<str>,
    /// The definition as WKT. `None` if it is not known.
    wkt: Option<Arc<str>>,
    system: Arc<SpatialRef>,
    /// The vertical system of a compound definition. `None` if it has none.
    vertical: Option<Arc<Vertical>>,
    kind: Kind,
    /// Metres per unit, if the system is not geographic.
    metres: f64,
    to_degrees: Arc<OnceLock<Option<Transform>>>,
}

/// The kind of coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Geographic,
    Geocentric,
    Projected,
}

/// WGS 84 longitude and latitude, as in GeoJSON.
const WGS84: &str = "EPSG:4326";

/// WKT keywords of horizontal and geocentric systems (WKT 1, then WKT 2).
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

/// WKT keywords of compound systems: a horizontal and a vertical one.
const COMPOUNDS: [&str; 2] = ["COMPD_CS", "COMPOUNDCRS"];

impl Crs {
    /// Parses an EPSG code (`EPSG:26912`, `26912`, `urn:ogc:def:crs:EPSG::26912`), `OGC:CRS84`, WKT 1 or 2, a PROJ
    /// string or PROJJSON. Of a compound system (`EPSG:26912+5703`), this is the horizontal part. WKT may have at most
    /// 100 kB and 16 levels.
    ///
    /// The text is never taken as a file name, and grids in it can't contain folders.
    ///
    /// # Errors
    /// If it is none of these, or names another authority or an unsupported projection.
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

    /// WGS 84 longitude and latitude in degrees (EPSG:4326).
    ///
    /// # Errors
    /// None in practice.
    pub fn wgs84() -> Result<Crs, CrsError> {
        Crs::parse(WGS84)
    }

    /// The system of a dataset, from its EPSG code or, failing that, its WKT or other text.
    ///
    /// # Errors
    /// If the dataset does not name its system, or not in a supported form.
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
        let code = CrsCode::parse(text).map_err(unknown)?;
        let known = |code: u32| {
            let system = SpatialRef::from_epsg(code).ok();
            // The library takes a few codes of another authority for EPSG codes.
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
        // In the WKT of Esri, the vertical system follows the horizontal one.
        if !(rest.is_empty()
            || rest
                .trim_start_matches(',')
                .trim_start()
                .starts_with("VERTCS"))
        {
            return Err(unknown("there is more text after the WKT"));
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

    /// The same system with a vertical system.
    pub(crate) fn with_vertical(self, vertical: Option<Arc<Vertical>>) -> Crs {
        Crs { vertical, ..self }
    }

    pub(crate) fn new(
        name: &str,
        definition: &str,
        wkt: Option<&str>,
        system: SpatialRef,
    ) -> Result<Crs, CrsError> {
        // Only a transform shows whether coordinates can be computed.
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

    /// The code, or the name in the text.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The system as WKT, from its code or as it was given. `None` if it is a PROJ string.
    #[must_use]
    pub fn well_known_text(&self) -> Option<&str> {
        self.wkt.as_deref()
    }

    /// Whether coordinates are longitude and latitude, in degrees.
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
    /// If there is none, for example between systems of different planets.
    pub fn to(&self, other: &Crs) -> Result<Transform, CrsError> {
        Transform::new(self, other)
    }

    /// Metres on the ground per unit along x and along y, at a place in this system. For most projections this is
    /// nearly the unit itself; for others, such as Web Mercator, it depends on the place. `None` if the place has no
    /// longitude and latitude.
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
        // Differences over about a hundred metres.
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

    /// Metres per unit of height, assuming the unit of the horizontal system, or metres if that is degrees.
    #[must_use]
    pub fn metres_per_height(&self) -> f64 {
        if self.is_geographic() {
            1.0
        } else {
            self.metres
        }
    }

    /// Text that [`Crs::parse`] parses as the same system.
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

/// Metres per degree of longitude and of latitude on the WGS 84 ellipsoid, by the usual series (to 0.01 %).
fn degree(latitude: f64) -> [f64; 2] {
    let angle = latitude.to_radians();
    let east = 111_412.84 * angle.cos() - 93.5 * (3.0 * angle).cos() + 0.118 * (5.0 * angle).cos();
    let north = 111_132.92 - 559.82 * (2.0 * angle).cos() + 1.175 * (4.0 * angle).cos()
        - 0.0023 * (6.0 * angle).cos();
    [east, north]
}

/// Whether a PROJ string names a grid or another file by a path with a folder.
fn names_a_path(proj: &str) -> bool {
    proj.contains(['/', '\\'])
}

/// Whether WKT names a file by a path with a folder: in a PROJ string, or as the parameter of a method.
fn has_path(node: &Node) -> bool {
    let is_path = |part: &WktValue| matches!(part, WktValue::Text(text) if names_a_path(text));
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
