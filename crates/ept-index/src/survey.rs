//! What a catalogue says of a survey.

use ept_format::Bounds;
use geo_types::MultiPolygon;

/// A survey that a catalogue lists. What the catalogue does not tell is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Survey {
    /// Its name, for people.
    pub name: String,
    /// Its name for machines, such as `NZ15_Huntly`.
    pub short_name: Option<String>,
    /// Its number in the catalogue.
    pub id: Option<String>,
    /// When it was flown, as the catalogue tells it: the first and the last day, or twice the only one.
    pub dates: Option<[String; 2]>,
    /// Number of points.
    pub points: Option<u64>,
    /// Area in square kilometres.
    pub square_km: Option<f64>,
    /// Horizontal coordinate system of the points: a code such as `EPSG:2193`, or words.
    pub horizontal: Option<String>,
    /// Vertical coordinate system of the points: a code such as `EPSG:7839`, or words.
    pub vertical: Option<String>,
    /// URL of its digital object identifier.
    pub doi: Option<String>,
    /// How to cite it.
    pub citation: Option<String>,
    /// Where it is, in longitude and latitude.
    pub footprint: Option<MultiPolygon<f64>>,
    /// The box around it, in longitude and latitude. It goes on beyond 180 degrees if it crosses the antimeridian.
    pub bounds: Option<Bounds>,
    /// Where its points are, best first.
    pub offers: Vec<Offer>,
}

/// Points of a survey that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What is there.
    pub kind: OfferKind,
    /// Where: a location to open.
    pub location: String,
}

/// Whom to thank for points: what a work that uses them should cite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// The survey.
    pub survey: String,
    /// How to cite it. `None` if the catalogue does not tell, or could not be read.
    pub citation: Option<String>,
    /// URL of its digital object identifier.
    pub doi: Option<String>,
}

/// What holds the points of a survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfferKind {
    /// An EPT dataset.
    Ept,
    /// A COPC file.
    Copc,
    /// An index of tiles.
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

    /// What a file of points is by the end of its name.
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
