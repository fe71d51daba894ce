//! Surveys, as listed in catalogues.

use ept_format::Bounds;
use geo_types::MultiPolygon;

/// A survey in a catalogue. Whatever the catalogue does not contain is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Survey {
    /// Its name, for people.
    pub name: String,
    /// Its name for machines, such as `NZ15_Huntly`.
    pub short_name: Option<String>,
    /// Its number in the catalogue.
    pub id: Option<String>,
    /// Dates of acquisition according to the catalogue: the first and the last day, which may be equal.
    pub dates: Option<[String; 2]>,
    /// Number of points.
    pub points: Option<u64>,
    /// Area in square kilometres.
    pub square_km: Option<f64>,
    /// Horizontal coordinate system of the points: a code such as `EPSG:2193`, or a description.
    pub horizontal: Option<String>,
    /// Vertical coordinate system of the points: a code such as `EPSG:7839`, or a description.
    pub vertical: Option<String>,
    /// URL of its digital object identifier.
    pub doi: Option<String>,
    /// How to cite it.
    pub citation: Option<String>,
    /// Its footprint, in longitude and latitude.
    pub footprint: Option<MultiPolygon<f64>>,
    /// Its bounds, in longitude and latitude. They continue beyond 180 degrees if it crosses the antimeridian.
    pub bounds: Option<Bounds>,
    /// Locations of its points, best first.
    pub offers: Vec<Offer>,
}

/// A location of a survey's points that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What is at the location.
    pub kind: OfferKind,
    /// The location to open.
    pub location: String,
}

/// The survey to credit for points, in any work that uses them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// The survey.
    pub survey: String,
    /// How to cite it. `None` if it is not in the catalogue, or the catalogue could not be read.
    pub citation: Option<String>,
    /// URL of its digital object identifier.
    pub doi: Option<String>,
}

/// What contains the points of a survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfferKind {
    /// An EPT dataset.
    Ept,
    /// A COPC file.
    Copc,
    /// A tile index.
    TileIndex,
    /// A LAZ or LAS file.
    Laz,
}

impl OfferKind {
    /// Its name: `ept`, `copc`, `tiles` or `laz`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            OfferKind::Ept => "ept",
            OfferKind::Copc => "copc",
            OfferKind::TileIndex => "tiles",
            OfferKind::Laz => "laz",
        }
    }

    /// The kind of a point file, judging by the end of its name.
    pub(crate) fn of(location: &str) -> OfferKind {
        let path = location.split(['?', '#']).next().unwrap_or(location);
        let path = path.to_ascii_lowercase();
        if path.ends_with("ept.json") {
            OfferKind::Ept
        } else if path.ends_with(".copc.laz") {
            OfferKind::Copc
        } else if path.ends_with(".laz") || path.ends_with(".las") {
            OfferKind::Laz
        } else {
            OfferKind::TileIndex
        }
    }
}
