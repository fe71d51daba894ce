//! Map projections and their parameters, by the names of WKT 1 and EPSG.
//!
//! The names of WKT 1 are those of OGC 01-009, GDAL and Esri. Methods and parameters with their codes are those of the
//! EPSG dataset, which WKT 2 and PROJJSON use.

/// A method of EPSG and its parameters.
#[derive(Debug)]
pub(crate) struct Projection {
    /// Names in WKT 1, in any case.
    pub(crate) keywords: &'static [&'static str],
    /// Name in PROJJSON.
    pub(crate) method: &'static str,
    /// EPSG code.
    pub(crate) code: u16,
    pub(crate) parameters: &'static [Parameter],
}

/// A parameter of WKT 1 and EPSG.
#[derive(Debug)]
pub(crate) struct Parameter {
    /// Names in WKT 1, in any case.
    pub(crate) keywords: &'static [&'static str],
    /// Name in PROJJSON.
    pub(crate) name: &'static str,
    /// EPSG code.
    pub(crate) code: u16,
    pub(crate) kind: Kind,
    /// Value if WKT 1 leaves it out.
    pub(crate) default: Option<f64>,
}

/// What a parameter measures, which determines its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An angle, in the unit of the geographic system.
    Angle,
    /// A length, in the unit of the projected system.
    Length,
    /// A factor without unit.
    Scale,
}

const fn parameter(
    keywords: &'static [&'static str],
    name: &'static str,
    code: u16,
    kind: Kind,
) -> Parameter {
    Parameter {
        keywords,
        name,
        code,
        kind,
        default: None,
    }
}

const LATITUDE_KEYWORDS: &[&str] = &["latitude_of_origin", "latitude_of_center"];
const LONGITUDE_KEYWORDS: &[&str] = &[
    "central_meridian",
    "longitude_of_center",
    "longitude_of_origin",
];
/// Latitude of most projections.
pub(crate) const LATITUDE: Parameter = parameter(
    LATITUDE_KEYWORDS,
    "Latitude of natural origin",
    8801,
    Kind::Angle,
);
const LATITUDE_OR_0: Parameter = Parameter {
    default: Some(0.0),
    ..LATITUDE
};
const LONGITUDE: Parameter = parameter(
    LONGITUDE_KEYWORDS,
    "Longitude of natural origin",
    8802,
    Kind::Angle,
);
const SCALE: Parameter = parameter(
    &["scale_factor"],
    "Scale factor at natural origin",
    8805,
    Kind::Scale,
);
const EASTING: Parameter = parameter(&["false_easting"], "False easting", 8806, Kind::Length);
const NORTHING: Parameter = parameter(&["false_northing"], "False northing", 8807, Kind::Length);
const CENTRE_LATITUDE: Parameter = parameter(
    LATITUDE_KEYWORDS,
    "Latitude of projection centre",
    8811,
    Kind::Angle,
);
const CENTRE_LONGITUDE: Parameter = parameter(
    LONGITUDE_KEYWORDS,
    "Longitude of projection centre",
    8812,
    Kind::Angle,
);
const AZIMUTH: Parameter = parameter(
    &["azimuth"],
    "Azimuth at projection centre",
    8813,
    Kind::Angle,
);
const GRID_ANGLE: Parameter = parameter(
    &["rectified_grid_angle"],
    "Angle from Rectified to Skew Grid",
    8814,
    Kind::Angle,
);
const CENTRE_SCALE: Parameter = parameter(
    &["scale_factor"],
    "Scale factor at projection centre",
    8815,
    Kind::Scale,
);
const CENTRE_EASTING: Parameter = parameter(
    &["false_easting"],
    "Easting at projection centre",
    8816,
    Kind::Length,
);
const CENTRE_NORTHING: Parameter = parameter(
    &["false_northing"],
    "Northing at projection centre",
    8817,
    Kind::Length,
);
const FALSE_LATITUDE: Parameter = parameter(
    LATITUDE_KEYWORDS,
    "Latitude of false origin",
    8821,
    Kind::Angle,
);
const FALSE_LONGITUDE: Parameter = parameter(
    LONGITUDE_KEYWORDS,
    "Longitude of false origin",
    8822,
    Kind::Angle,
);
const PARALLEL_1: Parameter = parameter(
    &["standard_parallel_1"],
    "Latitude of 1st standard parallel",
    8823,
    Kind::Angle,
);
const PARALLEL_2: Parameter = parameter(
    &["standard_parallel_2"],
    "Latitude of 2nd standard parallel",
    8824,
    Kind::Angle,
);
const FALSE_EASTING: Parameter = parameter(
    &["false_easting"],
    "Easting at false origin",
    8826,
    Kind::Length,
);
const FALSE_NORTHING: Parameter = parameter(
    &["false_northing"],
    "Northing at false origin",
    8827,
    Kind::Length,
);

/// Web Mercator. WKT 1 has no name for it, so writers use that of another projection.
pub(crate) const PSEUDO_MERCATOR: Projection = Projection {
    keywords: &[
        "Popular_Visualisation_Pseudo_Mercator",
        "Mercator_Auxiliary_Sphere",
    ],
    method: "Popular Visualisation Pseudo Mercator",
    code: 1024,
    parameters: &[LATITUDE_OR_0, LONGITUDE, EASTING, NORTHING],
};

/// The projections in common use for point clouds.
const PROJECTIONS: &[Projection] = &[
    Projection {
        keywords: &["Transverse_Mercator", "Gauss_Kruger"],
        method: "Transverse Mercator",
        code: 9807,
        parameters: &[LATITUDE, LONGITUDE, SCALE, EASTING, NORTHING],
    },
    Projection {
        keywords: &["Lambert_Conformal_Conic_2SP", "Lambert_Conformal_Conic"],
        method: "Lambert Conic Conformal (2SP)",
        code: 9802,
        parameters: &[
            FALSE_LATITUDE,
            FALSE_LONGITUDE,
            PARALLEL_1,
            PARALLEL_2,
            FALSE_EASTING,
            FALSE_NORTHING,
        ],
    },
    Projection {
        keywords: &["Lambert_Conformal_Conic_1SP"],
        method: "Lambert Conic Conformal (1SP)",
        code: 9801,
        parameters: &[LATITUDE, LONGITUDE, SCALE, EASTING, NORTHING],
    },
    Projection {
        keywords: &["Albers_Conic_Equal_Area", "Albers"],
        method: "Albers Equal Area",
        code: 9822,
        parameters: &[
            FALSE_LATITUDE,
            FALSE_LONGITUDE,
            PARALLEL_1,
            PARALLEL_2,
            FALSE_EASTING,
            FALSE_NORTHING,
        ],
    },
    Projection {
        keywords: &["Mercator_1SP"],
        method: "Mercator (variant A)",
        code: 9804,
        parameters: &[LATITUDE_OR_0, LONGITUDE, SCALE, EASTING, NORTHING],
    },
    Projection {
        keywords: &["Mercator_2SP"],
        method: "Mercator (variant B)",
        code: 9805,
        parameters: &[PARALLEL_1, LONGITUDE, EASTING, NORTHING],
    },
    Projection {
        keywords: &["Lambert_Azimuthal_Equal_Area"],
        method: "Lambert Azimuthal Equal Area",
        code: 9820,
        parameters: &[LATITUDE, LONGITUDE, EASTING, NORTHING],
    },
    Projection {
        keywords: &["Oblique_Stereographic", "Double_Stereographic"],
        method: "Oblique Stereographic",
        code: 9809,
        parameters: &[LATITUDE, LONGITUDE, SCALE, EASTING, NORTHING],
    },
    Projection {
        keywords: &["Cassini_Soldner", "Cassini"],
        method: "Cassini-Soldner",
        code: 9806,
        parameters: &[LATITUDE, LONGITUDE, EASTING, NORTHING],
    },
    Projection {
        keywords: &["Hotine_Oblique_Mercator"],
        method: "Hotine Oblique Mercator (variant A)",
        code: 9812,
        parameters: &[
            CENTRE_LATITUDE,
            CENTRE_LONGITUDE,
            AZIMUTH,
            GRID_ANGLE,
            CENTRE_SCALE,
            EASTING,
            NORTHING,
        ],
    },
    Projection {
        keywords: &["Hotine_Oblique_Mercator_Azimuth_Center"],
        method: "Hotine Oblique Mercator (variant B)",
        code: 9815,
        parameters: &[
            CENTRE_LATITUDE,
            CENTRE_LONGITUDE,
            AZIMUTH,
            GRID_ANGLE,
            CENTRE_SCALE,
            CENTRE_EASTING,
            CENTRE_NORTHING,
        ],
    },
];

impl Projection {
    /// The projection that WKT 1 calls `keyword`.
    pub(crate) fn by_keyword(keyword: &str) -> Option<&'static Projection> {
        let mut known = PROJECTIONS.iter().chain([&PSEUDO_MERCATOR]);
        known.find(|projection| is_one_of(keyword, projection.keywords))
    }
}

impl Parameter {
    /// Whether WKT 1 calls it `keyword`.
    pub(crate) fn is_called(&self, keyword: &str) -> bool {
        is_one_of(keyword, self.keywords)
    }
}

fn is_one_of(keyword: &str, keywords: &[&str]) -> bool {
    keywords
        .iter()
        .any(|known| known.eq_ignore_ascii_case(keyword))
}
