//! Parsers for values of flags.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use ept_reader::{Crs, Spacing, Srs};

/// Parses `Name: value`. The error does not show the value, which may be a secret.
pub(crate) fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("must be of the form 'Name: value'")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// A system that is known, as a dataset would name it: with the vertical system.
pub(crate) fn srs(text: &str) -> Result<Srs, String> {
    let srs = Srs::from_text(text);
    let known = Crs::of(&srs);
    known.map(|_| srs).map_err(|error| error.to_string())
}

/// The width of a halo. `None` for 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Halo(pub(crate) Option<Spacing>);

pub(crate) fn halo(text: &str) -> Result<Halo, String> {
    if text.trim().parse() == Ok(0.0) {
        return Ok(Halo(None));
    }
    let width: Spacing = text.parse().map_err(|_| "must be a length, 0 or more")?;
    Ok(Halo(Some(width)))
}

pub(crate) fn folder(text: &str) -> Result<PathBuf, String> {
    let folder = PathBuf::from(text);
    if folder.is_dir() {
        Ok(folder)
    } else {
        Err("is not a folder".into())
    }
}

pub(crate) fn addon(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, place)) if !name.is_empty() && !place.is_empty() => {
            Ok((name.to_owned(), place.to_owned()))
        }
        _ => Err("must be of the form NAME=LOCATION".into()),
    }
}

pub(crate) fn size(text: &str) -> Result<u64, String> {
    let unit_at = text
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let bytes = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "t" | "tb" => 1e12,
        _ => return Err(format!("\"{unit}\" is not kB, MB, GB or TB")),
    };
    let number: f64 = number
        .trim()
        .parse()
        .map_err(|_| format!("\"{text}\" is not a size"))?;
    match number * bytes {
        size if size.is_finite() && size >= 0.0 => Ok(size as u64),
        _ => Err("must be 0 or greater".into()),
    }
}

pub(crate) fn resolution(text: &str) -> Result<Spacing, String> {
    match text.parse::<f64>() {
        Ok(value) if !(value.is_finite() && value > 0.0) => {
            Err("must be a finite number greater than 0".into())
        }
        _ => text
            .parse()
            .map_err(|error| format!("{error}, or a number in units of the dataset's coordinates")),
    }
}

/// Parses a maximum number of concurrent things.
pub(crate) fn count(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.parse().ok().and_then(NonZeroUsize::new);
    number.ok_or_else(|| "must be a whole number of 1 or more".into())
}

/// Parses a number of points: `1000000` or `1e6`.
pub(crate) fn points(text: &str) -> Result<u64, String> {
    let whole = |number: &f64| number.fract() == 0.0 && (1.0..1e18).contains(number);
    let number = text.parse().ok();
    let number = number.or_else(|| Some(text.parse().ok().filter(whole)? as u64));
    let number = number.filter(|number| *number > 0);
    number.ok_or_else(|| "must be a whole number of 1 or more, such as 1000000 or 1e6".into())
}

/// Parses a number of retries.
pub(crate) fn retries(text: &str) -> Result<u32, String> {
    text.parse()
        .map_err(|_| "must be a whole number; 0 never retries".into())
}

/// A number of points that may be none.
pub(crate) fn limit(text: &str) -> Result<u64, String> {
    if text == "0" { Ok(0) } else { points(text) }
}

/// Parses a depth of an octree.
pub(crate) fn depth(text: &str) -> Result<u32, String> {
    text.parse()
        .map_err(|_| "must be a whole number; the root of the octree has depth 0".into())
}
