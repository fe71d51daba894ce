//! Records as bytes, and the values of a point in the first layer.

use super::returns::Returns;
use crate::place::Place;

/// Offsets of a point's values (LAS 1.4 R15, table 16).
pub(crate) const Z: usize = 8;
pub(crate) const INTENSITY: usize = 12;
pub(crate) const FLAGS: usize = 15;
pub(crate) const CLASSIFICATION: usize = 16;
pub(crate) const USER_DATA: usize = 17;
pub(crate) const ANGLE: usize = 18;
pub(crate) const SOURCE: usize = 20;
pub(crate) const TIME: usize = 22;
const X: usize = 0;
const Y: usize = 4;
const RETURNS: usize = 14;
/// Position of the scanner channel among the flags.
const CHANNEL_SHIFT: u32 = 4;
pub(crate) const CHANNEL: u8 = 3 << CHANNEL_SHIFT;

/// The values in the first layer, except for the scanner channel.
#[derive(Clone, Copy, Default)]
pub(crate) struct Point {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) returns: Returns,
}

impl Point {
    /// The values of a record.
    #[inline(always)]
    pub(crate) fn of(record: &impl Place) -> Point {
        Point {
            x: i32::from_le_bytes(record.get(X)),
            y: i32::from_le_bytes(record.get(Y)),
            returns: Returns::from_byte(record.get::<1>(RETURNS)[0]),
        }
    }

    /// Puts the values and the channel in a record.
    #[inline(always)]
    pub(crate) fn put(&self, record: &mut impl Place, channel: usize) {
        let [flags] = record.get(FLAGS);
        let flags = flags & !CHANNEL | (channel as u8) << CHANNEL_SHIFT;
        record.put(X, self.x.to_le_bytes());
        record.put(Y, self.y.to_le_bytes());
        record.put(RETURNS, [self.returns.byte(), flags]);
    }
}

/// The values that have a layer of their own, of which the first layer says whether they change.
#[derive(Clone, Copy, Default)]
pub(crate) struct Others {
    angle: [u8; 2],
    source: [u8; 2],
    time: [u8; 8],
}

impl Others {
    /// The values of a record.
    #[inline(always)]
    pub(crate) fn of(record: &impl Place) -> Others {
        Others {
            angle: record.get(ANGLE),
            source: record.get(SOURCE),
            time: record.get(TIME),
        }
    }

    /// Whether the scan angle, the GPS time and the point source differ from the last.
    ///
    /// LASzip compares times as numbers: one that is not a number differs from itself. But it takes -0 as 0, and loses the
    /// sign, which is kept here.
    #[inline(always)]
    pub(crate) fn changes(&self, last: &Others) -> [bool; 3] {
        let is_no_number = f64::from_le_bytes(self.time).is_nan();
        [
            self.angle != last.angle,
            self.time != last.time || is_no_number,
            self.source != last.source,
        ]
    }
}

/// The scanner channel of a record.
#[inline(always)]
pub(crate) fn channel(record: &impl Place) -> usize {
    let [flags] = record.get(FLAGS);
    ((flags & CHANNEL) >> CHANNEL_SHIFT).into()
}
