//! An entry of an index, before its location has been identified.

use ept_crs::Crs;
use ept_format::Bounds;

use crate::Attribute;

/// An entry of an index, in terms of its format.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub(crate) attributes: Vec<(String, Attribute)>,
    pub(crate) bounds: Option<Bounds>,
    /// The location, if the format has a place for it, as STAC.
    pub(crate) location: Option<String>,
    /// Locations by name that are not attributes: the assets of STAC.
    pub(crate) assets: Vec<(String, String)>,
}

/// The entries of an index, in its coordinate system.
#[derive(Debug, Clone, Default)]
pub(crate) struct Records {
    pub(crate) crs: Option<Crs>,
    pub(crate) records: Vec<Record>,
    pub(crate) next: Option<String>,
}

/// A box without heights. `None` if a number is not finite, or a minimum exceeds its maximum.
pub(crate) fn flat([x0, y0]: [f64; 2], [x1, y1]: [f64; 2]) -> Option<Bounds> {
    let is_finite = [x0, y0, x1, y1].iter().all(|number| number.is_finite());
    let bounds = Bounds::new([x0, y0, f64::NEG_INFINITY], [x1, y1, f64::INFINITY]);
    bounds.ok().filter(|_| is_finite)
}
