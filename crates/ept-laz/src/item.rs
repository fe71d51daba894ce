//! The items of a record.

use std::fmt;

/// A part of a record that is compressed separately. The LASzip VLR of a file lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// What the item is.
    pub kind: Kind,
    /// The version of its coding: 1 or 2 for items of point formats 0 to 5, 3 or 4 for those of 6 to 10.
    pub version: u16,
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The 20 bytes of point format 0.
    Point10,
    /// The GPS time, 8 bytes.
    GpsTime,
    /// Red, green and blue, 6 bytes.
    Rgb12,
    /// Where the waveform is, 29 bytes. Its versions 1 and 2 are the same: LASzip knows only 1, the `laz` crate writes 2.
    WavePacket13,
    /// This many extra bytes.
    Bytes(u16),
    /// The 30 bytes of point format 6.
    Point14,
    /// Red, green and blue of point format 7, 6 bytes.
    Rgb14,
    /// Red, green, blue and near infrared of point formats 8 and 10, 8 bytes.
    RgbNir14,
    /// Where the waveform of point formats 9 and 10 is, 29 bytes.
    WavePacket14,
    /// This many extra bytes of point formats 6 to 10.
    Bytes14(u16),
}

impl Kind {
    /// The item of this kind in a version.
    #[must_use]
    pub const fn version(self, version: u16) -> Item {
        Item {
            kind: self,
            version,
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} of version {}", self.kind, self.version)
    }
}
