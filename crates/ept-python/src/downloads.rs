//! Downloads of files as they are.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ept_job::{Download, DownloadProgress, DownloadReport};
use ept_reader::Edge;
use pyo3::prelude::*;

use crate::area::area_of;
use crate::progress::Bar;
use crate::runtime::wait;
use crate::settings::{Settings, crs_text, location};
use crate::text::Text;
use crate::{errors, json, settings};

/// Downloads the files of a source that intersect an area, each as a whole; of an EPT dataset, the nodes in the area as a
/// smaller EPT dataset.
///
/// A file gets its name once header, chunk table and size agree, until then it is ``NAME.part``. The same call continues a download, and
/// checks what is there.
///
/// Parameters
/// ----------
/// location : str or path
///     Tile index, list of URLs, folder or pattern of files, a file, or an EPT dataset.
/// folder : path
///     Where to put the files; made if it does not exist.
/// bounds, crs, buffer
///     The area, as for :meth:`Dataset.query`. All files by default.
/// jobs : int
///     Number of files fetched concurrently.
/// verify : bool
///     Decode every point of each file before it counts as complete.
/// storage_options, headers, retries, timeout, cache, cache_size, offline, url_field, url_template, base, index_crs
///     As for :func:`open`.
/// progress : bool
///     Show a progress bar, if tqdm is installed.
///
/// Returns
/// -------
/// dict
///     The report, as that of ``ept fetch --report``. ``complete`` is False if a file could not be fetched, of which :class:`LossWarning` warns too.
///
/// Raises
/// ------
/// StoreError, FormatError, OutputError
///     If the source can't be read, or the folder not be written.
#[pyfunction]
#[pyo3(signature = (
    location, folder, *, bounds=None, crs=None, buffer=None, jobs=JOBS, verify=false, storage_options=None, headers=None, retries=None, timeout=None,
    cache=None, cache_size=None, offline=false, url_field=None, url_template=None, base=None, index_crs=None, progress=false
), text_signature = "(location, folder, *, bounds=None, crs=None, buffer=None, jobs=4, verify=False, storage_options=None, headers=None, retries=None, timeout=None, cache=None, cache_size=None, offline=False, url_field=None, url_template=None, base=None, index_crs=None, progress=False)")]
#[allow(clippy::too_many_arguments)]
pub(crate) fn fetch<'py>(
    py: Python<'py>,
    location: &Bound<'py, PyAny>,
    folder: PathBuf,
    bounds: Option<Bound<'py, PyAny>>,
    crs: Option<Bound<'py, PyAny>>,
    buffer: Option<&str>,
    jobs: NonZeroUsize,
    verify: bool,
    storage_options: Option<BTreeMap<String, String>>,
    headers: Option<BTreeMap<String, String>>,
    retries: Option<u32>,
    timeout: Option<Text>,
    cache: Option<Bound<'py, PyAny>>,
    cache_size: Option<u64>,
    offline: bool,
    url_field: Option<String>,
    url_template: Option<String>,
    base: Option<String>,
    index_crs: Option<Bound<'py, PyAny>>,
    progress: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let settings = Settings {
        locations: vec![self::location(location)?],
        headers: headers.unwrap_or_default(),
        storage_options: storage_options.unwrap_or_default(),
        requests: Some(jobs),
        retries,
        timeout: settings::timeout(py, timeout)?,
        cache: cache.as_ref().map(self::location).transpose()?,
        cache_size,
        offline,
        url_field,
        url_template,
        base,
        index_crs: index_crs.as_ref().map(crs_text).transpose()?,
        ..Settings::default()
    };
    let area = bounds
        .map(|bounds| area_of(&bounds, crs.as_ref(), buffer))
        .transpose()?;
    let areas: Vec<_> = area.into_iter().collect();
    let reading = settings.reading(py)?;
    let source = settings.resolved_locations(py)?.concat();
    let engine = settings::engine(py, &settings)?;
    let found = wait(py, || {
        Download::find(&source, &reading, &areas, Edge::Closed, &engine)
    })?;
    let download = found.map_err(|error| errors::read(py, &error))?;
    let bar = Bar::of(py, progress, "B")?;
    let report = wait(py, || run(download, &folder, verify, &bar))?;
    bar.close(py)?;
    if let Some(error) = &report.error {
        return Err(errors::job(py, error));
    }
    if !report.is_complete() {
        let failed = report
            .failed()
            .filter_map(|file| Some(format!("{}: {}", file.location, file.cause()?)));
        errors::warn_of_files(py, &failed.collect::<Vec<_>>())?;
    }
    json::to_python(py, &report.to_json())
}

/// Runs a download. Its tasks note the progress, and the thread that waits shows it: only that may wait for the interpreter.
async fn run(download: Download, folder: &Path, verify: bool, bar: &Bar) -> DownloadReport {
    let noted = Arc::new(Mutex::new((0, 0)));
    let notes = Arc::clone(&noted);
    let note = move |progress: &DownloadProgress| {
        *notes.lock().unwrap_or_else(PoisonError::into_inner) = (progress.bytes, progress.of_bytes);
    };
    let mut running = std::pin::pin!(download.run(folder, verify, note));
    loop {
        if let Ok(report) = tokio::time::timeout(SHOWN, &mut running).await {
            return report;
        }
        let (done, all) = *noted.lock().unwrap_or_else(PoisonError::into_inner);
        bar.count(done, Some(all));
    }
}

/// Time between two looks at the progress.
const SHOWN: Duration = Duration::from_millis(200);

/// Number of files fetched concurrently, as that of the command.
const JOBS: NonZeroUsize = NonZeroUsize::new(4).expect("4 is not 0");
