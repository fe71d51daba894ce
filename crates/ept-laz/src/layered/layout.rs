//! The layout of records of point formats 6 to 8.

use crate::error::Error;
use crate::item::Item;

const POINT: usize = 30;
const RGB: usize = 6;
const NIR: usize = 2;

/// The items of a record: always the point, then colour, near infrared and extra bytes.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) has_colour: bool,
    pub(crate) has_infrared: bool,
    pub(crate) extra_bytes: usize,
}

impl Layout {
    /// The layout of these items, which must be in the order of a point format.
    pub(crate) fn new(items: &[Item]) -> Result<Layout, Error> {
        let [Item::Point14, rest @ ..] = items else {
            return Err(Error::Unsupported);
        };
        let (has_colour, has_infrared, rest) = match rest {
            [Item::Rgb14, rest @ ..] => (true, false, rest),
            [Item::RgbNir14, rest @ ..] => (true, true, rest),
            _ => (false, false, rest),
        };
        let extra_bytes = match rest {
            [] => 0,
            [Item::Bytes14(count)] => usize::from(*count),
            _ => return Err(Error::Unsupported),
        };
        Ok(Layout {
            has_colour,
            has_infrared,
            extra_bytes,
        })
    }

    /// Offset of the colour.
    pub(crate) fn colour(self) -> usize {
        POINT
    }

    /// Offset of the near infrared.
    pub(crate) fn infrared(self) -> usize {
        self.colour() + usize::from(self.has_colour) * RGB
    }

    /// Offset of the extra bytes.
    pub(crate) fn bytes(self) -> usize {
        self.infrared() + usize::from(self.has_infrared) * NIR
    }

    /// Length of a record.
    pub(crate) fn size(self) -> usize {
        self.bytes() + self.extra_bytes
    }
}
