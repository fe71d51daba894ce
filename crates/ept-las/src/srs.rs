//! The coordinate system of a file.

use ept_format::{GeoKeys, Srs};

use crate::{Vlr, VlrId};

/// The coordinate system in the VLRs of a file, extended ones included (LAS 1.4 R15, section 3): WKT if there is any,
/// otherwise GeoTIFF keys. Empty if there is neither.
///
/// Global encoding says which of the two a file should have, but writers ignore it, so it is not used.
#[must_use]
pub fn srs_of<'a>(records: impl IntoIterator<Item = Vlr<'a>>) -> Srs {
    let mut wkt = None;
    let [mut directory, mut doubles, mut texts] = [&[][..]; 3];
    for record in records {
        if record.is(VlrId::WKT) {
            let text = String::from_utf8_lossy(record.data);
            let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
            wkt = wkt.or_else(|| (!text.is_empty()).then(|| text.to_owned()));
        } else if record.is(VlrId::GEO_KEYS) {
            directory = record.data;
        } else if record.is(VlrId::GEO_DOUBLES) {
            doubles = record.data;
        } else if record.is(VlrId::GEO_TEXTS) {
            texts = record.data;
        }
    }
    match wkt {
        Some(wkt) => Srs {
            wkt: Some(wkt),
            ..Srs::default()
        },
        None => GeoKeys::from_bytes(directory, doubles, texts).srs(),
    }
}
