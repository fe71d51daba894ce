//! Heights, which transforms don't change.

use ept_format::Srs;

use crate::vertical::Vertical;
use crate::{Crs, CrsError};

impl Crs {
    /// Checks that points of a dataset, transformed to this system with their heights unchanged, are really in it: its
    /// vertical system, if it has one, must be that of the dataset.
    /// # Errors
    /// [`CrsError::Heights`] if it is another one, or that of the dataset is not known.
    pub fn check_heights(&self, from: &Srs) -> Result<(), CrsError> {
        let is_3d = |crs: &Crs| crs.is_geographic() && crs.system().has_height();
        let own = Vertical::of(from).ok().flatten();
        let (named, is_same) = match self.vertical() {
            Some(vertical) => (
                vertical.name(),
                own.as_ref().is_some_and(|own| own.is(vertical)),
            ),
            None if is_3d(self) => {
                let from = Crs::of(from).ok();
                let is_ellipsoidal = |from: Crs| from.is_geocentric() || is_3d(&from);
                let is_same = own.is_none() && from.is_some_and(is_ellipsoidal);
                ("heights above the ellipsoid in metres".into(), is_same)
            }
            None => return Ok(()),
        };
        if is_same {
            return Ok(());
        }
        let own = own.map_or_else(|| "not known".into(), |own| own.name());
        Err(CrsError::Heights {
            to: self.to_string(),
            named,
            own,
        })
    }
}
