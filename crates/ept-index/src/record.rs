//! An entry of an index, before its location has been identified.

use ept_crs::Crs;
use ept_format::Bounds;

use crate::{Attribute, IndexError, NextPage};

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
    pub(crate) next: Option<NextPage>,
}

/// Values that an index may have in all its entries, coordinates among them: enough for some hundred thousand files. Each takes up
/// to a hundred bytes of memory, and as few as two of the file.
const MOST_VALUES: usize = 6_000_000;

/// Fails if an index has more values than real ones.
pub(crate) fn check_values(file: &str, values: usize) -> Result<(), IndexError> {
    if values <= MOST_VALUES {
        return Ok(());
    }
    let problem = format!("it has more values than the limit of {MOST_VALUES}");
    Err(IndexError::malformed(file, problem))
}

/// At most how many values a text has: each but the first comes after one of these bytes.
pub(crate) fn values(text: &[u8], marks: &[u8]) -> usize {
    text.iter().filter(|byte| marks.contains(byte)).count()
}

/// A box without heights. `None` if a number is not finite, or a minimum exceeds its maximum.
pub(crate) fn flat([x0, y0]: [f64; 2], [x1, y1]: [f64; 2]) -> Option<Bounds> {
    let is_finite = [x0, y0, x1, y1].iter().all(|number| number.is_finite());
    let bounds = Bounds::new([x0, y0, f64::NEG_INFINITY], [x1, y1, f64::INFINITY]);
    bounds.ok().filter(|_| is_finite)
}
