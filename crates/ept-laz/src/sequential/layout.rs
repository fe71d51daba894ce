//! The layout of records of point formats 0 to 3.

use super::{point, rgb};
use crate::error::Error;
use crate::item::Item;

const TIME: usize = 8;

/// The items of a record: always the point, then GPS time, colour and extra bytes.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) has_time: bool,
    pub(crate) has_colour: bool,
    pub(crate) extra_bytes: usize,
}

impl Layout {
    /// The layout of these items, which must be in the order of a point format.
    pub(crate) fn new(items: &[Item]) -> Result<Layout, Error> {
        let [Item::Point10, rest @ ..] = items else {
            return Err(Error::Unsupported);
        };
        let (has_time, rest) = match rest {
            [Item::GpsTime, rest @ ..] => (true, rest),
            _ => (false, rest),
        };
        let (has_colour, rest) = match rest {
            [Item::Rgb12, rest @ ..] => (true, rest),
            _ => (false, rest),
        };
        let extra_bytes = match rest {
            [] => 0,
            [Item::Bytes(count)] => usize::from(*count),
            _ => return Err(Error::Unsupported),
        };
        Ok(Layout {
            has_time,
            has_colour,
            extra_bytes,
        })
    }

    /// Length of a record.
    pub(crate) fn size(self) -> usize {
        point::SIZE
            + usize::from(self.has_time) * TIME
            + usize::from(self.has_colour) * rgb::SIZE
            + self.extra_bytes
    }
}
