//! Lenient access to JSON values: real files write integers as floats and codes as numbers.

use serde_json::{Map, Value};

use crate::{Bounds, FormatError};

pub(crate) type Object = Map<String, Value>;

/// Values of a text that is parsed as a whole: each takes up to a hundred bytes of memory, and as few as two of the text. Real
/// `ept.json` files have some thousands.
const MOST_VALUES: usize = 1_000_000;

/// Parses JSON. Tells a web page from other text that is not JSON.
pub(crate) fn parse(text: &[u8]) -> Result<Value, FormatError> {
    check_values(text, MOST_VALUES)?;
    serde_json::from_slice(strip_bom(text)).map_err(|error| not_json(text, &error))
}

/// Fails if a text may have more values than `most`: each but the first comes after a comma or a bracket.
pub(crate) fn check_values(text: &[u8], most: usize) -> Result<(), FormatError> {
    let marks = text
        .iter()
        .filter(|byte| matches!(byte, b',' | b'[' | b'{'));
    if marks.count() < most {
        return Ok(());
    }
    Err(FormatError::TooMany {
        what: "values",
        most,
    })
}

pub(crate) fn strip_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)
}

pub(crate) fn not_json(text: &[u8], error: &serde_json::Error) -> FormatError {
    let start = strip_bom(text).trim_ascii_start();
    let is_page = [&b"<!doctype"[..], b"<html"].iter().any(|tag| {
        let head = start.get(..tag.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(tag))
    });
    if is_page {
        FormatError::WebPage
    } else {
        FormatError::NotJson(error.to_string())
    }
}

/// An integer of 0 or more, written as an integer or as a float such as `128.0`.
pub(crate) fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let float = value.as_f64()?;
        // Above 2^53 a float no longer stands for a single integer.
        let exact = float >= 0.0 && float.fract() == 0.0 && float <= 9_007_199_254_740_992.0;
        exact.then_some(float as u64)
    })
}

/// A string, or a number as it is written.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(match whole(value) {
            Some(whole) => whole.to_string(),
            None => number.to_string(),
        }),
        _ => None,
    }
}

/// Six finite numbers `[xmin, ymin, zmin, xmax, ymax, zmax]`.
pub(crate) fn bounds(field: &str, value: &Value) -> Result<Bounds, FormatError> {
    let numbers: Vec<f64> = value
        .as_array()
        .map(|list| list.iter().map_while(Value::as_f64).collect())
        .unwrap_or_default();
    let (6, Some(6)) = (numbers.len(), value.as_array().map(Vec::len)) else {
        let problem = "must be six numbers: xmin, ymin, zmin, xmax, ymax, zmax";
        return Err(FormatError::field(field, problem));
    };
    if let Some(bad) = numbers.iter().find(|n| !n.is_finite()) {
        return Err(FormatError::field(field, format!("{bad} is not finite")));
    }
    let corner = |at: usize| [numbers[at], numbers[at + 1], numbers[at + 2]];
    Bounds::new(corner(0), corner(3)).map_err(|error| match error {
        FormatError::Field { problem, .. } => FormatError::field(field, problem),
        other => other,
    })
}

/// The object sorted by key, whatever order the library keeps.
pub(crate) fn sorted(mut object: Object) -> Object {
    object.sort_keys();
    object.values_mut().for_each(Value::sort_all_objects);
    object
}
