//! What a record of the layered formats holds, and where.

use crate::error::Error;
use crate::item::Item;

/// The bytes of a point before its optional items.
const POINT14: usize = 30;
const RGB: usize = 6;
const NIR: usize = 2;

/// What a record holds: always a point, then its colour, its near infrared and extra bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout14 {
    has_colour: bool,
    has_infrared: bool,
    extra: u16,
}

impl Layout14 {
    /// The layout that items make up, in the order of a point format.
    pub(crate) fn new(items: &[Item]) -> Result<Layout14, Error> {
        let [Item::Point14, rest @ ..] = items else {
            return Err(Error::Unsupported);
        };
        let (has_colour, has_infrared, rest) = match rest {
            [Item::Rgb14, rest @ ..] => (true, false, rest),
            [Item::RgbNir14, rest @ ..] => (true, true, rest),
            _ => (false, false, rest),
        };
        let extra = match rest {
            [] => 0,
            [Item::Bytes14(count)] => *count,
            _ => return Err(Error::Unsupported),
        };
        Ok(Layout14 {
            has_colour,
            has_infrared,
            extra,
        })
    }

    pub(crate) fn has_colour(self) -> bool {
        self.has_colour
    }

    pub(crate) fn has_infrared(self) -> bool {
        self.has_infrared
    }

    /// How many extra bytes there are.
    pub(crate) fn extra(self) -> usize {
        self.extra.into()
    }

    /// Where the colour is.
    pub(crate) fn colour(self) -> usize {
        POINT14
    }

    /// Where the near infrared is.
    pub(crate) fn infrared(self) -> usize {
        self.colour() + usize::from(self.has_colour) * RGB
    }

    /// Where the extra bytes are.
    pub(crate) fn bytes(self) -> usize {
        self.infrared() + usize::from(self.has_infrared) * NIR
    }

    /// The length of a record.
    pub(crate) fn size(self) -> usize {
        self.bytes() + self.extra()
    }
}
