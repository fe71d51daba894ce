//! The LAS point formats that hold points of EPT (LAS 1.4 R15, tables 7 to 17).
//!
//! Formats 4, 5, 9 and 10 add waveform packets, which are not part of EPT; they are never chosen.

use ept_format::ScalarType::{F64, I8, U8, U16};

use crate::field::{Encoding, Field};

/// The smallest LAS point format that holds points with these dimensions.
///
/// `tile_format` is the format of the tile that they come from, where that is LAS: points from
/// formats 0 to 5 fit 0 to 3, unless a dimension came to them that only 6 and above have.
/// Dimensions that no format has are left to extra bytes.
///
/// ```
/// use ept_export::point_format;
///
/// assert_eq!(point_format(Some(3), &["X", "Y", "Z", "GpsTime"]), 1);
/// assert_eq!(point_format(None, &["X", "Y", "Z", "Red", "Green", "Blue"]), 7);
/// ```
#[must_use]
pub fn point_format(tile_format: Option<u8>, dimensions: &[&str]) -> u8 {
    let has = |names: &[&str]| names.iter().any(|name| dimensions.contains(name));
    let has_colour = has(&["Red", "Green", "Blue"]);
    let is_legacy = matches!(tile_format, Some(0..=5));
    match is_legacy && !has(&["Overlap", "ScanChannel", "Infrared"]) {
        true => u8::from(has(&["GpsTime"])) + 2 * u8::from(has_colour),
        false if has(&["Infrared"]) => 8,
        false => 6 + u8::from(has_colour),
    }
}

/// Bytes of a record of a format, extra bytes not counted.
pub(crate) fn size(format: u8) -> usize {
    let times = matches!(format, 1 | 3).then_some(8);
    let colours = matches!(format, 2 | 3 | 7 | 8).then_some(6);
    let infrared = (format == 8).then_some(2);
    let core = if format < 6 { 20 } else { 30 };
    core + [times, colours, infrared]
        .into_iter()
        .flatten()
        .sum::<usize>()
}

/// The fields of a format after X, Y and Z.
pub(crate) fn fields(format: u8) -> Vec<Field> {
    let mut fields = if format < 6 { core_0() } else { core_6() };
    if matches!(format, 1 | 3) {
        fields.push(("GpsTime", 20, Encoding::Plain(F64)));
    }
    if let Some(at) = match format {
        2 => Some(20),
        3 => Some(28),
        7 | 8 => Some(30),
        _ => None,
    } {
        let colours = ["Red", "Green", "Blue"].into_iter().enumerate();
        fields.extend(colours.map(|(i, name)| (name, at + i * 2, Encoding::Plain(U16))));
    }
    if format == 8 {
        fields.push(("Infrared", 36, Encoding::Plain(U16)));
    }
    let fields = fields.into_iter();
    fields
        .map(|(name, at, encoding)| Field::new(name, at, encoding))
        .collect()
}

/// Where a record of a format has its GPS time.
pub(crate) fn time_at(format: u8) -> Option<usize> {
    match format {
        1 | 3 => Some(20),
        6..=8 => Some(22),
        _ => None,
    }
}

/// The bits of byte 14 that are the return number.
pub(crate) fn return_number_mask(format: u8) -> u8 {
    if format < 6 { 0b111 } else { 0b1111 }
}

/// What point formats 0 to 3 have in common (table 7).
fn core_0() -> Vec<(&'static str, usize, Encoding)> {
    vec![
        ("Intensity", 12, Encoding::Plain(U16)),
        ("ReturnNumber", 14, bits(0, 3)),
        ("NumberOfReturns", 14, bits(3, 3)),
        ("ScanDirectionFlag", 14, bits(6, 1)),
        ("EdgeOfFlightLine", 14, bits(7, 1)),
        ("Classification", 15, bits(0, 5)),
        ("Synthetic", 15, bits(5, 1)),
        ("KeyPoint", 15, bits(6, 1)),
        ("Withheld", 15, bits(7, 1)),
        // Whole degrees.
        ("ScanAngleRank", 16, Encoding::Plain(I8)),
        ("UserData", 17, Encoding::Plain(U8)),
        ("PointSourceId", 18, Encoding::Plain(U16)),
    ]
}

/// What point formats 6 to 8 have in common (table 15).
fn core_6() -> Vec<(&'static str, usize, Encoding)> {
    vec![
        ("Intensity", 12, Encoding::Plain(U16)),
        ("ReturnNumber", 14, bits(0, 4)),
        ("NumberOfReturns", 14, bits(4, 4)),
        ("Synthetic", 15, bits(0, 1)),
        ("KeyPoint", 15, bits(1, 1)),
        ("Withheld", 15, bits(2, 1)),
        ("Overlap", 15, bits(3, 1)),
        ("ScanChannel", 15, bits(4, 2)),
        ("ScanDirectionFlag", 15, bits(6, 1)),
        ("EdgeOfFlightLine", 15, bits(7, 1)),
        ("Classification", 16, Encoding::Plain(U8)),
        ("UserData", 17, Encoding::Plain(U8)),
        ("ScanAngleRank", 18, Encoding::AngleSteps),
        ("PointSourceId", 20, Encoding::Plain(U16)),
        ("GpsTime", 22, Encoding::Plain(F64)),
    ]
}

fn bits(shift: u8, count: u8) -> Encoding {
    Encoding::Bits { shift, count }
}
