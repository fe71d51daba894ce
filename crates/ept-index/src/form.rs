//! Kinds of indexes, told apart by their contents, not their names.

use crate::shapefile::PARTS;
use crate::{IndexError, shp, zip};

/// A kind of index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Zip,
    /// The .shp file of a shapefile.
    Shapefile,
    Json,
    /// Text in lines.
    Text,
}

/// Extensions of the files that have to be read along with these bytes, which have the same name otherwise. Empty
/// unless they are a plain shapefile. Some of the files may be missing.
#[must_use]
pub fn companions(bytes: &[u8]) -> &'static [&'static str] {
    if shp::is_shp(bytes) { &PARTS } else { &[] }
}

impl Form {
    pub(crate) fn of(bytes: &[u8]) -> Result<Form, IndexError> {
        let unknown = |what: &str| Err(IndexError::Unknown(what.to_owned()));
        let text = without_mark(bytes).trim_ascii_start();
        let is_page = |tag: &[u8]| {
            let head = text.get(..tag.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(tag))
        };
        match bytes {
            bytes if zip::is_zip(bytes) => Ok(Form::Zip),
            bytes if shp::is_shp(bytes) => Ok(Form::Shapefile),
            [b'L', b'A', b'S', b'F', ..] => unknown("this is a LAS file, not an index"),
            [b'P', b'A', b'R', b'1', ..] => unknown(
                "GeoParquet is not supported; convert it to GeoJSON, for example with ogr2ogr",
            ),
            bytes if bytes.starts_with(b"SQLite format 3\0") => unknown(
                "GeoPackage is not supported; convert it to GeoJSON, for example with ogr2ogr",
            ),
            _ if is_page(b"<!doctype") || is_page(b"<html") => unknown("this is a web page"),
            _ if text.is_empty() => unknown("the file is empty"),
            _ if text[0] == b'{' => Ok(Form::Json),
            bytes if bytes.contains(&0) || std::str::from_utf8(bytes).is_err() => {
                unknown("the file is neither text nor a known format")
            }
            _ => Ok(Form::Text),
        }
    }
}

/// The bytes without the byte order mark that some editors put before UTF-8.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}
