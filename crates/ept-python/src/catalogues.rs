//! Searches for surveys.

use std::collections::BTreeMap;

use ept_job::{Catalogue, Find};
use pyo3::prelude::*;

use crate::area::area_of;
use crate::runtime::wait;
use crate::settings::{Settings, location};
use crate::text::{Text, parse};
use crate::{errors, json, settings};

/// Searches catalogues for surveys that intersect an area.
///
/// Parameters
/// ----------
/// area : tuple, str, geometry, or GeoJSON
///     As `bounds` of :meth:`Dataset.query`, in longitude and latitude or `crs`.
/// crs : str, int, or pyproj.CRS, optional
///     The coordinate system of the area.
/// buffer : str, optional
///     Grow the area by a length on the ground, such as ``"2km"``.
/// sources : list of str
///     ``"opentopography"``, ``"3dep"``, ``"noaa"``, or the path or URL of another catalogue.
/// headers, retries, timeout, cache, cache_size, offline
///     As for :func:`open`.
///
/// Returns
/// -------
/// dict
///     As the JSON of ``ept find``: ``surveys``, each with ``name``, ``shortName``, ``bounds``, ``offers`` (locations for :func:`open`), ...; ``nearest``,
///     if there is none; ``failed`` and ``next``, if the answer is incomplete.
///
/// Raises
/// ------
/// StoreError
///     If no catalogue can be read.
#[pyfunction]
#[pyo3(signature = (
    area, *, crs=None, buffer=None, sources=vec!["opentopography".to_owned()], headers=None, retries=None, timeout=None, cache=None, cache_size=None,
    offline=false
), text_signature = "(area, *, crs=None, buffer=None, sources=['opentopography'], headers=None, retries=None, timeout=None, cache=None, cache_size=None, offline=False)")]
#[allow(clippy::too_many_arguments)]
pub(crate) fn find<'py>(
    py: Python<'py>,
    area: &Bound<'py, PyAny>,
    crs: Option<Bound<'py, PyAny>>,
    buffer: Option<&str>,
    sources: Vec<String>,
    headers: Option<BTreeMap<String, String>>,
    retries: Option<u32>,
    timeout: Option<Text>,
    cache: Option<Bound<'py, PyAny>>,
    cache_size: Option<u64>,
    offline: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let settings = Settings {
        headers: headers.unwrap_or_default(),
        retries,
        timeout: settings::timeout(py, timeout)?,
        cache: cache.as_ref().map(location).transpose()?,
        cache_size,
        offline,
        ..Settings::default()
    };
    let area = area_of(area, crs.as_ref(), buffer)?;
    let sources = sources
        .iter()
        .map(|source| parse::<Catalogue>(py, "sources", source));
    let sources: Vec<Catalogue> = sources.collect::<PyResult<_>>()?;
    let engine = settings::engine(py, &settings)?;
    let found = wait(py, || Find::surveys(&area, &sources, &engine))?;
    let found = found.map_err(|error| errors::read(py, &error))?;
    json::to_python(py, &found.to_json())
}
