//! The operation between the datums of a transform.

use std::fmt;

use terrio_crs::{CoordinateOperation, SpatialRef, Transformer};

use crate::wkt::Node;

/// The operation between datums that a transform uses at a place, see [`Transform::operation_at`].
///
/// [`Transform::operation_at`]: crate::Transform::operation_at
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    name: String,
    accuracy: Option<f64>,
    grids: Vec<String>,
    warnings: Vec<Warning>,
    is_within_metres: bool,
}

/// A reason to distrust an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The shift between the datums is not known and is ignored. Modern datums differ by up to two metres, old ones by
    /// some hundred.
    Ballpark,
    /// A more accurate operation exists, but its grid is not in the folder of [`set_grids`](crate::set_grids).
    NoGrid,
    /// The place is outside the operation's area of use.
    OutsideArea,
}

impl Operation {
    /// The operation of a transformer that has not been used before.
    pub(crate) fn of(
        fresh: &Transformer,
        systems: [&SpatialRef; 2],
        [x, y, z]: [f64; 3],
    ) -> Option<Operation> {
        // Warnings already noted on this thread are about other places.
        drop(terrio_crs::take_warnings());
        let used = fresh.operation_at(x, y, z).ok()??;
        fresh.flush_warnings();
        let noted = terrio_crs::take_warnings();
        Some(Operation {
            warnings: Warning::all(&used, &noted),
            name: used.name,
            accuracy: used.accuracy,
            grids: used.grids,
            is_within_metres: systems.into_iter().all(is_earth_centred),
        })
    }

    /// The EPSG names of the steps, joined by ` + `.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The accuracy in metres, the sum of those of the steps. `None` if one of them is not known.
    #[must_use]
    pub fn accuracy(&self) -> Option<f64> {
        self.accuracy
    }

    /// The files of the grids that it uses.
    #[must_use]
    pub fn grids(&self) -> &[String] {
        &self.grids
    }

    /// Whether both datums are centred on the Earth as satellites find it, as NAD83, ETRS89 and WGS 84 are. They agree within
    /// two metres, so what is to be doubted about the operation matters only where metres do: EPSG:1188, which makes no shift
    /// between NAD83 and WGS 84, has an accuracy of 4 m, and EPSG:1149 one of 1 m from ETRS89.
    #[must_use]
    pub fn is_within_metres(&self) -> bool {
        self.is_within_metres
    }

    /// The reasons to distrust it.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// Whether the datum of a system is centred on the Earth: those on the ellipsoids of 1980 and 1984 are, while older ellipsoids
/// were fitted to a part of the world.
fn is_earth_centred(system: &SpatialRef) -> bool {
    let flattening = || {
        let wkt = Node::parse(&system.geographic_wkt()?)?;
        let datum = wkt.find(&["DATUM", "ENSEMBLE", "TRF"])?;
        let ellipsoid = datum.find(&["SPHEROID", "ELLIPSOID"])?;
        ellipsoid.number(1).zip(ellipsoid.number(2))
    };
    // GRS 1980 has 298.257222101, WGS 84 298.257223563.
    flattening().is_some_and(|(a, f)| a == 6_378_137.0 && (f - 298.257_222).abs() < 1e-5)
}

impl Warning {
    fn all(used: &CoordinateOperation, noted: &[String]) -> Vec<Warning> {
        let has = |word: &str| noted.iter().any(|note| note.contains(word));
        let mut warnings = Vec::new();
        if used.ballpark || has("ballpark") {
            warnings.push(Warning::Ballpark);
        }
        if has("missing grid") {
            warnings.push(Warning::NoGrid);
        }
        if has("outside its area") {
            warnings.push(Warning::OutsideArea);
        }
        warnings
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match self.accuracy {
            Some(accuracy) => write!(f, " (accuracy {accuracy} m)"),
            None => f.write_str(" (accuracy unknown)"),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Warning::Ballpark => {
                "no shift between the datums is known here, so none is made: up to two metres off between NAD83, ETRS89 and \
                 WGS 84, some hundred metres for older datums"
            }
            Warning::NoGrid => "a more accurate operation needs a grid that was not found",
            Warning::OutsideArea => "the place is outside the area that the operation is made for",
        })
    }
}
