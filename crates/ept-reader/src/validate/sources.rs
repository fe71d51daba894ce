//! Checks the sources: both layouts, their metadata, bounds and counts.

use std::sync::Arc;

use ept_format::{FormatError, SourceFile};

use super::findings::Findings;
use super::tiles::is_sampled;
use super::{Code, Place};
use crate::Ept;
use crate::source::Source;
use crate::source::text;
use crate::store::StoreError;

/// Maximum number of sources of a remote dataset whose metadata are fetched.
const MOST_DETAILS: u64 = 64;

/// Checks the lists of sources. Returns the one that readers use, if there is one.
pub(super) async fn check(ept: &Arc<Ept>, findings: &mut Findings) -> Option<Vec<SourceFile>> {
    let manifest = list(ept, SourceFile::MANIFEST_PATH, findings).await;
    let old = list(ept, SourceFile::LIST_PATH, findings).await;
    if let (Some(Ok(manifest)), Some(Ok(old))) = (&manifest, &old)
        && manifest.len() != old.len()
    {
        let problem = format!(
            "has {} sources, but `list.json` has {}",
            manifest.len(),
            old.len()
        );
        let place = Place::file(ept.location(SourceFile::MANIFEST_PATH));
        findings.add(Code::SourcesDiffer, place, problem);
    }
    let (path, found) = match (manifest, old) {
        (Some(manifest), _) => (SourceFile::MANIFEST_PATH, manifest),
        (None, Some(old)) => (SourceFile::LIST_PATH, old),
        (None, None) => {
            if ept.metadata().dimension("OriginId").is_some() {
                let place = Place::file(ept.location("ept-sources"));
                findings.add(Code::NoSources, place, "there is no list of sources");
            }
            return None;
        }
    };
    let sources = found.ok()?;
    let file = Place::file(ept.location(path));
    each(ept, &sources, &file, findings);
    sum(ept, &sources, &file, findings);
    details(ept, &sources, &file, findings).await;
    Some(sources)
}

/// A list. `None` if there is none, `Err` if it is broken.
async fn list(
    ept: &Arc<Ept>,
    path: &str,
    findings: &mut Findings,
) -> Option<Result<Vec<SourceFile>, ()>> {
    let (most, retry) = (most_bytes(ept), ept.engine().options().retry);
    let bytes = match ept.fetcher().get_with(path, most, &retry).await {
        Ok(bytes) => Ok(bytes),
        Err(StoreError::NotFound { .. } | StoreError::Denied { .. }) => return None,
        Err(error) => Err((None, error.cause().to_owned())),
    };
    let list = bytes.and_then(|bytes| {
        let text = text::decompressed(&bytes, most);
        let text = text.map_err(|problem| (None, problem.to_string()))?;
        SourceFile::list_from_json(&text).map_err(|error| match error {
            FormatError::Field { field, problem } => (Some(field), problem),
            other => (None, other.to_string()),
        })
    });
    Some(list.map_err(|(field, problem)| {
        let mut place = Place::file(ept.location(path));
        place.field = field;
        findings.add(Code::SourcesText, place, problem);
    }))
}

/// Checks single sources.
fn each(ept: &Ept, sources: &[SourceFile], file: &Place, findings: &mut Findings) {
    let metadata = &ept.metadata();
    let bounds = metadata.bounds().grown(metadata.cell_slack());
    for (at, source) in sources.iter().enumerate() {
        let place = |field: &str| file.clone().with_field(format!("[{at}].{field}"));
        if source.bounds.is_some_and(|own| !bounds.holds(&own)) {
            let problem = "extends beyond the dataset's bounds";
            findings.add(Code::SourceBounds, place("bounds"), problem);
        }
        if let Some(fault) = &source.bounds_fault {
            findings.add(Code::SourceBounds, place("bounds"), fault.as_str());
        }
        if let Some(error) = source.errors.first() {
            findings.add(Code::SourceErrors, place("errors"), error.as_str());
        } else if source.inserted == Some(false) {
            findings.add(Code::SourceErrors, place("inserted"), "was not inserted");
        }
        if let Err(error) = source.detail_path() {
            findings.add(Code::SourcePath, place("metadataPath"), problem_of(&error));
        }
    }
}

fn problem_of(error: &FormatError) -> String {
    match error {
        FormatError::Field { problem, .. } => problem.clone(),
        other => other.to_string(),
    }
}

/// Compares the sum of the sources' points with that of the dataset, if all of them have it.
fn sum(ept: &Ept, sources: &[SourceFile], file: &Place, findings: &mut Findings) {
    let inserted = sources.iter().filter(|s| s.inserted != Some(false));
    let mut points = inserted.map(|source| source.points);
    let add = |sum: u64, points: Option<u64>| Some(sum.saturating_add(points?));
    let sum = points.try_fold(0, add);
    let (Some(sum), Some(points)) = (sum, ept.metadata().points()) else {
        return;
    };
    if sum != points && !sources.is_empty() {
        let problem = format!("the sources have {sum} points, but `ept.json` says {points}");
        findings.add(Code::SourcePoints, file.clone(), problem);
    }
}

/// Reads the metadata of the sources. For remote datasets, a sample.
async fn details(ept: &Arc<Ept>, sources: &[SourceFile], file: &Place, findings: &mut Findings) {
    let count = sources.len() as u64;
    let most = if ept.fetcher().is_remote() {
        MOST_DETAILS
    } else {
        count
    };
    // Several sources may share a file, usually consecutive ones.
    let mut last = None;
    for (source, at) in sources.iter().zip(0_u64..) {
        let Ok(Some(path)) = source.detail_path() else {
            continue;
        };
        if !is_sampled(at, count, most) {
            continue;
        }
        let bytes = match last.take() {
            Some((known, bytes)) if known == path => bytes,
            _ => {
                let (most, retry) = (most_bytes(ept), ept.engine().options().retry);
                ept.fetcher().get_with(&path, most, &retry).await
            }
        };
        if let Err(problem) = detail(ept, source, &bytes) {
            let place = file.clone().with_field(format!("[{at}]"));
            let problem = format!("{path}: {problem}");
            findings.add(Code::SourceDetail, place, problem);
        }
        last = Some((path, bytes));
    }
}

fn most_bytes(ept: &Ept) -> usize {
    let limits = ept.engine().limits();
    limits.text_bytes(limits.sources_bytes)
}

fn detail(
    ept: &Ept,
    source: &SourceFile,
    bytes: &Result<bytes::Bytes, StoreError>,
) -> Result<(), String> {
    let bytes = bytes.as_ref().map_err(|error| error.cause().to_owned())?;
    let text = text::decompressed(bytes, most_bytes(ept)).map_err(|error| error.to_string())?;
    let detail = source.detail_from_json(&text);
    detail.map(drop).map_err(|error| error.to_string())
}
