//! The items of a record.

/// A part of a record that is compressed separately. The LASzip VLR of a file lists them.
///
/// Items of point formats 0 to 3 are coded in version 2, items of point formats 6 to 8 in version 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// The 20 bytes of point format 0.
    Point10,
    /// The GPS time, 8 bytes.
    GpsTime,
    /// Red, green and blue, 6 bytes.
    Rgb12,
    /// This many extra bytes.
    Bytes(u16),
    /// The 30 bytes of point format 6.
    Point14,
    /// Red, green and blue of point format 7, 6 bytes.
    Rgb14,
    /// Red, green, blue and near infrared of point format 8, 8 bytes.
    RgbNir14,
    /// This many extra bytes of point formats 6 to 8.
    Bytes14(u16),
}
