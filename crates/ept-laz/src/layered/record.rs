//! Records as bytes, and the values of a point in the first layer.

use super::returns::Returns;

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
    pub(crate) fn of(record: &[u8]) -> Point {
        Point {
            x: i32::from_le_bytes(get(record, X)),
            y: i32::from_le_bytes(get(record, Y)),
            returns: Returns::from_byte(get::<1>(record, RETURNS)[0]),
        }
    }

    /// Writes the values and the channel to a record.
    #[inline(always)]
    pub(crate) fn put(&self, record: &mut [u8], channel: usize) {
        let [flags] = get(record, FLAGS);
        let flags = flags & !CHANNEL | (channel as u8) << CHANNEL_SHIFT;
        put(record, X, self.x.to_le_bytes());
        put(record, Y, self.y.to_le_bytes());
        put(record, RETURNS, [self.returns.byte(), flags]);
    }
}

/// The scanner channel of a record.
pub(crate) fn channel(record: &[u8]) -> usize {
    let [flags] = get(record, FLAGS);
    ((flags & CHANNEL) >> CHANNEL_SHIFT).into()
}

/// The bytes at an offset in a record. Zeros if it is too short.
#[inline(always)]
pub(crate) fn get<const N: usize>(record: &[u8], at: usize) -> [u8; N] {
    let from = record.get(at..).and_then(<[u8]>::first_chunk);
    from.copied().unwrap_or([0; N])
}

/// Writes bytes to a record, if it is long enough.
#[inline(always)]
pub(crate) fn put<const N: usize>(record: &mut [u8], at: usize, bytes: [u8; N]) {
    if let Some(to) = record.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *to = bytes;
    }
}
