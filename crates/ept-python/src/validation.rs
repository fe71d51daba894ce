//! Validation of datasets.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use ept_job::validation_json;
use ept_reader::{Checks, validate as check};
use pyo3::prelude::*;

use crate::runtime::wait;
use crate::settings::{Settings, location};
use crate::text::Text;
use crate::{errors, json, settings};

/// Checks a dataset for errors.
///
/// Parameters
/// ----------
/// location : str or path
///     As for :func:`open`: one dataset or file.
/// deep : bool
///     Decode every point of every tile.
/// storage_options, headers, threads, requests, retries, timeout
///     As for :func:`open`.
///
/// Returns
/// -------
/// dict
///     As the JSON of ``ept validate``: ``valid``, ``errors`` and ``warnings`` (numbers), ``findings`` (each with ``code``, ``meaning``, ``fix``, ``count``,
///     ``examples``), ``checked``.
///
/// Raises
/// ------
/// NotFoundError, StoreError
///     If there is nothing to check. What is wrong with its contents is in the report.
#[pyfunction]
#[pyo3(signature = (location, *, deep=false, storage_options=None, headers=None, threads=None, requests=None, retries=None, timeout=None))]
#[allow(clippy::too_many_arguments)]
pub(crate) fn validate<'py>(
    py: Python<'py>,
    location: &Bound<'py, PyAny>,
    deep: bool,
    storage_options: Option<BTreeMap<String, String>>,
    headers: Option<BTreeMap<String, String>>,
    threads: Option<NonZeroUsize>,
    requests: Option<NonZeroUsize>,
    retries: Option<u32>,
    timeout: Option<Text>,
) -> PyResult<Bound<'py, PyAny>> {
    let settings = Settings {
        locations: vec![self::location(location)?],
        headers: headers.unwrap_or_default(),
        storage_options: storage_options.unwrap_or_default(),
        threads,
        requests,
        retries,
        timeout: settings::timeout(py, timeout)?,
        ..Settings::default()
    };
    let source = settings.resolved_locations(py)?.concat();
    let options = settings.options(py)?;
    let checks = Checks {
        deep,
        ..Checks::default()
    };
    let report = wait(py, || check(&source, &options, &checks, |_| ()))?;
    let report = report.map_err(|error| errors::read(py, &error))?;
    json::to_python(py, &validation_json(&report))
}
