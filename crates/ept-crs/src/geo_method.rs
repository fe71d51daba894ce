//! Projections of GeoTIFF.

use ept_format::GeoKey;
use serde_json::Value;

use ept_format::GeoKey::{
    Azimuth, CentreLatitude, CentreLongitude, CentreScale, FalseEasting, FalseNorthing,
    FalseOriginEasting, FalseOriginLatitude, FalseOriginLongitude, FalseOriginNorthing, GridAngle,
    NaturalOriginLatitude, NaturalOriginLongitude, NaturalOriginScale, PoleLongitude,
    StandardParallel1, StandardParallel2,
};

/// A method of EPSG and how GeoTIFF says it.
#[derive(Debug)]
pub(crate) struct Method {
    /// EPSG code.
    code: u16,
    /// Name of EPSG.
    name: &'static str,
    /// Value of the key of the method (GeoTIFF 1.0, section 6.3.3.3).
    pub(crate) number: u16,
    pub(crate) parameters: &'static [Parameter],
    /// Keys that GDAL needs although the method has no such parameter.
    pub(crate) fixed: &'static [(GeoKey, f64)],
}

/// A parameter of a method.
#[derive(Debug)]
pub(crate) struct Parameter {
    /// EPSG code.
    code: u16,
    /// Name of EPSG.
    name: &'static str,
    pub(crate) key: GeoKey,
}

const fn parameter(code: u16, name: &'static str, key: GeoKey) -> Parameter {
    Parameter { code, name, key }
}

const EASTING: Parameter = parameter(8806, "False easting", FalseEasting);
const NORTHING: Parameter = parameter(8807, "False northing", FalseNorthing);
const LATITUDE: Parameter = parameter(8801, "Latitude of natural origin", NaturalOriginLatitude);
const LONGITUDE: Parameter = parameter(8802, "Longitude of natural origin", NaturalOriginLongitude);
const SCALE: Parameter = parameter(8805, "Scale factor at natural origin", NaturalOriginScale);
const PARALLEL_1: Parameter =
    parameter(8823, "Latitude of 1st standard parallel", StandardParallel1);
const PARALLEL_2: Parameter =
    parameter(8824, "Latitude of 2nd standard parallel", StandardParallel2);
const CENTRE_LATITUDE: Parameter = parameter(8811, "Latitude of projection centre", CentreLatitude);
const CENTRE_LONGITUDE: Parameter =
    parameter(8812, "Longitude of projection centre", CentreLongitude);
const AZIMUTH: Parameter = parameter(8813, "Azimuth at projection centre", Azimuth);
const GRID_ANGLE: Parameter = parameter(8814, "Angle from Rectified to Skew Grid", GridAngle);
const CENTRE_SCALE: Parameter = parameter(8815, "Scale factor at projection centre", CentreScale);

/// Parameters of projections around an origin with a scale.
const ORIGIN: &[Parameter] = &[LATITUDE, LONGITUDE, SCALE, EASTING, NORTHING];
const POLAR: u16 = 15;

/// Methods with the keys that GDAL 3.10 writes and reads for them.
const METHODS: &[Method] = &[
    method(9807, "Transverse Mercator", 1, ORIGIN),
    method(
        9802,
        "Lambert Conic Conformal (2SP)",
        8,
        &[
            parameter(8821, "Latitude of false origin", FalseOriginLatitude),
            parameter(8822, "Longitude of false origin", FalseOriginLongitude),
            PARALLEL_1,
            PARALLEL_2,
            parameter(8826, "Easting at false origin", FalseOriginEasting),
            parameter(8827, "Northing at false origin", FalseOriginNorthing),
        ],
    ),
    method(9801, "Lambert Conic Conformal (1SP)", 9, ORIGIN),
    method(
        9822,
        "Albers Equal Area",
        11,
        &[
            parameter(8821, "Latitude of false origin", NaturalOriginLatitude),
            parameter(8822, "Longitude of false origin", NaturalOriginLongitude),
            PARALLEL_1,
            PARALLEL_2,
            parameter(8826, "Easting at false origin", FalseEasting),
            parameter(8827, "Northing at false origin", FalseNorthing),
        ],
    ),
    method(9804, "Mercator (variant A)", 7, ORIGIN),
    Method {
        fixed: &[(NaturalOriginLatitude, 0.0)],
        ..method(
            9805,
            "Mercator (variant B)",
            7,
            &[PARALLEL_1, LONGITUDE, EASTING, NORTHING],
        )
    },
    method(
        9820,
        "Lambert Azimuthal Equal Area",
        10,
        &[
            parameter(8801, "Latitude of natural origin", CentreLatitude),
            parameter(8802, "Longitude of natural origin", CentreLongitude),
            EASTING,
            NORTHING,
        ],
    ),
    method(9809, "Oblique Stereographic", 16, ORIGIN),
    method(
        9810,
        "Polar Stereographic (variant A)",
        POLAR,
        &[
            LATITUDE,
            parameter(8802, "Longitude of natural origin", PoleLongitude),
            SCALE,
            EASTING,
            NORTHING,
        ],
    ),
    Method {
        fixed: &[(NaturalOriginScale, 1.0)],
        ..method(
            9829,
            "Polar Stereographic (variant B)",
            POLAR,
            &[
                parameter(8832, "Latitude of standard parallel", NaturalOriginLatitude),
                parameter(8833, "Longitude of origin", PoleLongitude),
                EASTING,
                NORTHING,
            ],
        )
    },
    method(
        9806,
        "Cassini-Soldner",
        18,
        &[LATITUDE, LONGITUDE, EASTING, NORTHING],
    ),
    method(
        9812,
        "Hotine Oblique Mercator (variant A)",
        3,
        &[
            CENTRE_LATITUDE,
            CENTRE_LONGITUDE,
            AZIMUTH,
            GRID_ANGLE,
            CENTRE_SCALE,
            EASTING,
            NORTHING,
        ],
    ),
    method(
        9815,
        "Hotine Oblique Mercator (variant B)",
        9815,
        &[
            CENTRE_LATITUDE,
            CENTRE_LONGITUDE,
            AZIMUTH,
            GRID_ANGLE,
            CENTRE_SCALE,
            parameter(8816, "Easting at projection centre", FalseEasting),
            parameter(8817, "Northing at projection centre", FalseNorthing),
        ],
    ),
];

const fn method(
    code: u16,
    name: &'static str,
    number: u16,
    parameters: &'static [Parameter],
) -> Method {
    Method {
        code,
        name,
        number,
        parameters,
        fixed: &[],
    }
}

impl Method {
    /// The method in PROJJSON.
    pub(crate) fn find(given: &Value) -> Option<&'static Method> {
        METHODS
            .iter()
            .find(|method| is(given, method.code, method.name))
    }

    /// Whether its axes have their directions at a pole.
    pub(crate) fn is_polar(&self) -> bool {
        self.number == POLAR
    }
}

impl Parameter {
    /// Whether it is a parameter in PROJJSON.
    pub(crate) fn is(&self, given: &Value) -> bool {
        is(given, self.code, self.name)
    }
}

/// Whether an object of PROJJSON has a code of EPSG, or, without any, a name.
fn is(given: &Value, code: u16, name: &str) -> bool {
    match &given["id"] {
        Value::Null => given["name"]
            .as_str()
            .is_some_and(|given| given.eq_ignore_ascii_case(name)),
        id => id["authority"] == "EPSG" && id["code"] == code,
    }
}
