//! Areas as WKT.

use std::str::FromStr;

use geo_types::Geometry;
use wkt::Wkt;

use crate::geometry::{from_geometries, one_crs};
use crate::{Area, Crs, SelectError};

/// Maximum nesting of brackets in the WKT of an area, since the WKT parser recurses.
const MAX_NESTING: usize = 32;

/// The polygons of one or more geometries: in `crs`, otherwise in the system named by a prefix `SRID=n;` or a suffix `/
/// EPSG:n`, otherwise in the dataset's.
pub(crate) fn from_wkt(text: &str, crs: Option<&Crs>) -> Result<Area, SelectError> {
    let (srid, mut rest) = match text.split_once(';') {
        Some((srid, rest)) if srid.to_ascii_uppercase().starts_with("SRID=") => {
            (Some(srid[5..].to_owned()), rest)
        }
        _ => (None, text),
    };
    let mut names: Vec<String> = srid.into_iter().collect();
    let mut geometries = Vec::new();
    while !rest.trim_start().is_empty() {
        rest = rest.trim_start();
        if let Some(name) = rest.strip_prefix('/').filter(|_| !geometries.is_empty()) {
            let (name, after) = name.split_once('\n').unwrap_or((name, ""));
            names.push(name.trim().to_owned());
            rest = after;
            continue;
        }
        let (geometry, after) =
            first_geometry(rest).map_err(|problem| fault(text, rest, &problem))?;
        geometries.push(parsed(geometry).map_err(|problem| fault(text, rest, &problem))?);
        rest = after;
    }
    if geometries.is_empty() {
        return Err(fault(text, rest, "it has no geometry"));
    }
    let named = one_crs(names)?;
    let area = from_geometries(geometries)?;
    Ok(match crs.cloned().or(named) {
        Some(crs) => area.in_crs(crs),
        None => area,
    })
}

/// Error for a text, at the position where the rest `from` starts.
fn fault(text: &str, from: &str, problem: &str) -> SelectError {
    let at = text[..text.len() - from.len()].chars().count() + 1;
    let start: String = from.chars().take(40).collect();
    SelectError::Geometry(format!("{problem}, in WKT at character {at}: {start:?}"))
}

/// Splits the first geometry from a text. Returns it with the rest.
fn first_geometry(text: &str) -> Result<(&str, &str), String> {
    let open = text.find('(').unwrap_or(text.len());
    let word = text.find(char::is_whitespace).unwrap_or(text.len());
    // For example `POLYGON EMPTY`.
    let second = text[word..].trim_start();
    let has_empty = second
        .get(..5)
        .is_some_and(|word| word.eq_ignore_ascii_case("empty"));
    if has_empty && word < open {
        return Ok(text.split_at(text.len() - second.len() + 5));
    }
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate().skip(open) {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        match depth {
            0 => return Ok(text.split_at(at + 1)),
            depth if depth > MAX_NESTING => return Err("it is nested too deeply".into()),
            _ => {}
        }
    }
    Err(if open == text.len() {
        "this is not a geometry".into()
    } else {
        "a bracket is not closed".into()
    })
}

fn parsed(text: &str) -> Result<Geometry<f64>, String> {
    let parsed = Wkt::from_str(&with_dimensions(text))?;
    Geometry::try_from(parsed).map_err(|error| error.to_string())
}

/// Adds the `Z` that many writers leave out if positions have three numbers.
fn with_dimensions(text: &str) -> String {
    let open = text.find('(').unwrap_or(text.len());
    let (tag, body) = text.split_at(open);
    let place = body.trim_start_matches(|c: char| c == '(' || c.is_whitespace());
    let place = place.split([',', ')']).next().unwrap_or_default();
    let is_tagged = tag.split_whitespace().count() > 1;
    match place.split_whitespace().count() {
        3 if !is_tagged && !place.contains('(') => format!("{} Z {body}", tag.trim_end()),
        _ => text.to_owned(),
    }
}
