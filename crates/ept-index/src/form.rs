//! Which kind of index some bytes are: their contents decide, not the name.

use crate::shapefile::PARTS;
use crate::{IndexError, shp, zip};

/// A kind of index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Zip,
    /// The .shp of a shapefile.
    Shapefile,
    Json,
    /// Lines.
    Text,
}

/// Extensions of files that have to be read beside the one with these bytes, which differ from it in nothing else: those
/// of a plain shapefile. Some may be missing.
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
            [b'L', b'A', b'S', b'F', ..] => unknown("this is a LAS file, which lists no others"),
            [b'P', b'A', b'R', b'1', ..] => {
                unknown("GeoParquet is not read; convert it, such as by ogr2ogr to GeoJSON")
            }
            bytes if bytes.starts_with(b"SQLite format 3\0") => {
                unknown("GeoPackage is not read; convert it, such as by ogr2ogr to GeoJSON")
            }
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

/// The bytes without the mark that some editors put before UTF-8.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}
