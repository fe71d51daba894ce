//! Lengths on the ground in the coordinates of a raster.

use ept_crs::metres_per_height;
use ept_reader::{Bounds, Crs, SelectError, Selection, Spacing, Srs};

use crate::{JobError, sinks};

/// By how much the true length of a unit may differ from the nominal one, so that the nominal one is used: the scale of
/// national grids and UTM zones is within 0.1 %, of state plane systems within 0.01 %. That of Web Mercator is not.
const DISTORTION: f64 = 0.02;

/// Metres per unit of the coordinates of a raster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ground {
    /// Along x and along y.
    pub(crate) metres: [f64; 2],
    /// Metres per unit of heights: that of the vertical system, or of x and y if it does not name one.
    pub(crate) height: f64,
    /// Whether they are known. If not, units are taken to be metres.
    pub(crate) is_known: bool,
    /// Whether the coordinates are longitude and latitude.
    is_geographic: bool,
}

impl Ground {
    /// Units that are taken to be metres.
    const UNKNOWN: Ground = Ground {
        metres: [1.0; 2],
        height: 1.0,
        is_known: false,
        is_geographic: false,
    };

    /// The units of the result of a selection, in the middle of its bounds.
    pub(crate) fn of(selection: &Selection) -> Ground {
        let srs = sinks::file_srs(selection).srs;
        let known = crs(selection).and_then(|crs| Ground::in_crs(selection.bounds(), &crs, &srs));
        known.unwrap_or(Ground::UNKNOWN)
    }

    /// The units of the source of a selection, in the middle of it.
    pub(crate) fn of_source(selection: &Selection) -> Ground {
        let crs = selection.frame().crs().ok();
        let frame = selection.frame();
        let known = crs.and_then(|crs| Ground::in_crs(frame.extent(), &crs, &frame.srs));
        known.unwrap_or(Ground::UNKNOWN)
    }

    /// The smaller number of metres per unit.
    pub(crate) fn least(&self) -> f64 {
        self.metres[0].min(self.metres[1])
    }

    fn in_crs(bounds: &Bounds, crs: &Crs, srs: &Srs) -> Option<Ground> {
        let middle = [0, 1, 2].map(|i| bounds.min()[i] + (bounds.max()[i] - bounds.min()[i]) / 2.0);
        let found = crs.metres_per_unit(middle)?;
        let nominal = crs.metres_per_height();
        let is_nominal = !crs.is_geographic()
            && found
                .iter()
                .all(|metres| (metres / nominal - 1.0).abs() <= DISTORTION);
        Some(Ground {
            metres: if is_nominal { [nominal; 2] } else { found },
            height: metres_per_height(srs).unwrap_or(nominal),
            is_known: true,
            is_geographic: crs.is_geographic(),
        })
    }

    /// The size of square cells, in units.
    ///
    /// # Errors
    /// If it is given on the ground, and there are no squares on the ground or units are not known.
    pub(crate) fn cell(&self, size: Spacing) -> Result<f64, JobError> {
        let length = match size {
            Spacing::Units(units) => return Ok(units),
            Spacing::Ground(length) => length,
        };
        if !self.is_known {
            return Err(ept_reader::Error::from(SelectError::Unrelated(
                "the coordinate system is not known, so cells can't have a length on the ground: give it in units".into(),
            ))
            .into());
        }
        if self.is_geographic {
            return Err(JobError::Degrees);
        }
        Ok(length.metres() / self.metres[0].max(self.metres[1]))
    }
}

/// The coordinate system of the result.
fn crs(selection: &Selection) -> Option<Crs> {
    match selection.query().output_crs() {
        Some(crs) => Some(crs.clone()),
        None => selection.frame().crs().ok(),
    }
}
