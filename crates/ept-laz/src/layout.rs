//! What the records of point formats 0 to 3 hold.

use crate::error::Error;
use crate::item::Item;
use crate::{gps_time, point10, rgb12};

/// What a record holds: always position and the classic attributes, then the time, the colour and extra bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) has_time: bool,
    pub(crate) has_colour: bool,
    pub(crate) extra: usize,
}

impl Layout {
    /// The layout that items make up, in the order of a point format.
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
        let extra = match rest {
            [] => 0,
            [Item::Bytes(count)] => usize::from(*count),
            _ => return Err(Error::Unsupported),
        };
        Ok(Layout {
            has_time,
            has_colour,
            extra,
        })
    }

    /// The length of a record.
    pub(crate) fn size(self) -> usize {
        let time = if self.has_time { gps_time::SIZE } else { 0 };
        let colour = if self.has_colour { rgb12::SIZE } else { 0 };
        point10::SIZE + time + colour + self.extra
    }
}
