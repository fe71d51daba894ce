//! Areas, as Python's libraries have them.

use ept_reader::{Area, Corners, Crs, Length};
use pyo3::prelude::*;

use crate::errors;
use crate::settings::{crs, crs_text};
use crate::text::parse;

/// The area of the arguments `bounds`, `crs` and `buffer`.
pub(crate) fn area_of(
    bounds: &Bound<'_, PyAny>,
    system: Option<&Bound<'_, PyAny>>,
    buffer: Option<&str>,
) -> PyResult<Area> {
    let py = bounds.py();
    let system = system
        .map(|given| crs(py, "crs", &crs_text(given)?))
        .transpose()?;
    let area = area(bounds, system.as_ref())?;
    Ok(match buffer {
        Some(buffer) => area.buffered(parse::<Length>(py, "buffer", buffer)?),
        None => area,
    })
}

/// The area that an object is. `own` is its coordinate system, if one is given; otherwise that which the object names.
fn area(given: &Bound<'_, PyAny>, own: Option<&Crs>) -> PyResult<Area> {
    let py = given.py();
    let wrong = |error: ept_reader::SelectError| errors::read(py, &error.into());
    if let Ok(numbers) = given.extract::<Vec<f64>>() {
        return corners(py, &numbers)?.to_area(own).map_err(wrong);
    }
    let named = match (own, given.getattr_opt("crs")?) {
        (None, Some(named)) if !named.is_none() => Some(crs(py, "bounds.crs", &crs_text(&named)?)?),
        _ => None,
    };
    let own = own.or(named.as_ref());
    let text = text_of(given)?;
    let is_corners =
        !text.contains('{') && (!text.contains('(') || text.trim_start().starts_with("(["));
    if is_corners {
        return text
            .parse::<Corners>()
            .and_then(|corners| corners.to_area(own))
            .map_err(wrong);
    }
    Area::from_text(&text, own).map_err(wrong)
}

fn corners(py: Python<'_>, numbers: &[f64]) -> PyResult<Corners> {
    let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let corners = texts.join(",").parse::<Corners>();
    corners.map_err(|error| errors::read(py, &error.into()))
}

/// The object as text: numbers, WKT or GeoJSON.
fn text_of(given: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = given.py();
    if let Ok(text) = given.extract::<String>() {
        let is_text = text.contains(['(', '{']) || text.parse::<Corners>().is_ok();
        return if is_text { Ok(text) } else { file(py, &text) };
    }
    // Of a GeoSeries or GeoDataFrame: the union of all.
    if given.hasattr("union_all")? {
        return given.call_method0("union_all")?.getattr("wkt")?.extract();
    }
    if let Some(wkt) = given.getattr_opt("wkt")? {
        return wkt.extract();
    }
    if let Some(interface) = given.getattr_opt("__geo_interface__")? {
        return json(&interface);
    }
    if given.hasattr("__fspath__")? {
        let path: String = given.call_method0("__fspath__")?.extract()?;
        return file(py, &path);
    }
    json(given)
}

fn json(given: &Bound<'_, PyAny>) -> PyResult<String> {
    given
        .py()
        .import("json")?
        .call_method1("dumps", (given,))?
        .extract()
}

fn file(py: Python<'_>, path: &str) -> PyResult<String> {
    let text = std::fs::read_to_string(path);
    text.map_err(|error| {
        errors::argument(
            py,
            format!(
                "bounds: neither numbers, WKT nor GeoJSON, nor a file of these: {path}: {error}"
            ),
        )
    })
}
