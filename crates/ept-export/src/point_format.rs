//! The choice of a LAS point format.

use ept_format::known_dimension;

/// The smallest LAS point format for points with these dimensions.
///
/// `tile_format` is the format of their tile, if that is LAS: points of formats 0 to 5 get 0 to 3, unless a dimension
/// was added that only 6 and above have. Dimensions may have any of their names. Those that are in no format are left
/// for extra bytes. Formats 4, 5, 9 and 10, which add waveform packets, are never chosen, since these are not part of
/// EPT.
///
/// ```
/// use ept_export::point_format;
///
/// assert_eq!(point_format(Some(3), &["X", "Y", "Z", "GpsTime"]), 1);
/// assert_eq!(point_format(None, &["X", "Y", "Z", "Red", "Green", "Blue"]), 7);
/// ```
#[must_use]
pub fn point_format(tile_format: Option<u8>, dimensions: &[&str]) -> u8 {
    let has = |names: &[&str]| {
        let mut known = dimensions.iter().filter_map(|name| known_dimension(name));
        known.any(|name| names.contains(&name))
    };
    let has_colour = has(&["Red", "Green", "Blue"]);
    let is_legacy = matches!(tile_format, Some(0..=5));
    if is_legacy && !has(&["Overlap", "ScanChannel", "Infrared"]) {
        u8::from(has(&["GpsTime"])) + 2 * u8::from(has_colour)
    } else if has(&["Infrared"]) {
        8
    } else {
        6 + u8::from(has_colour)
    }
}
