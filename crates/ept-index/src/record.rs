//! What a format says of a file, before it is known which of its fields is the location.

use ept_crs::Crs;
use ept_format::Bounds;

use crate::Attribute;

/// An entry of an index as its format has it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub(crate) attributes: Vec<(String, Attribute)>,
    pub(crate) bounds: Option<Bounds>,
    /// Where the format itself has a place for locations, as STAC.
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

/// A flat box; `None` if it is not one.
pub(crate) fn flat([x0, y0]: [f64; 2], [x1, y1]: [f64; 2]) -> Option<Bounds> {
    let is_finite = [x0, y0, x1, y1].iter().all(|number| number.is_finite());
    let bounds = Bounds::new([x0, y0, f64::NEG_INFINITY], [x1, y1, f64::INFINITY]);
    bounds.ok().filter(|_| is_finite)
}
