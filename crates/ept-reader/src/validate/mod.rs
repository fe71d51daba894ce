//! Validation: whether a dataset follows the specification, and whether all of it can be read.

mod code;
mod file;
mod finding;
mod findings;
mod hierarchy;
mod listing;
mod metadata;
mod outside;
mod points;
mod report;
mod sources;
mod tiles;
mod traits;

use std::sync::Arc;

use futures::stream;

pub use code::{Code, Severity};
pub use finding::{Example, Finding, Place};
pub use report::{Checked, ValidationReport};

use crate::engine::Fetcher;
use crate::source::text;
use crate::store::Store;
use crate::{Engine, Ept, Error, Options, location};
use findings::Findings;

/// How thoroughly to validate a dataset.
///
/// Without `deep`, `ept.json`, all pages of the hierarchy and the sources are read, the existence of each tile is
/// checked, and headers of tiles are read: all in local datasets, a sample in remote ones. With `deep`, every point is
/// decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checks {
    /// Decode every point. False by default.
    pub deep: bool,
    /// Number of tiles of a remote dataset whose headers are read, spread evenly over the nodes, 64 by default. The
    /// header is read with a range request; a tile is fetched as a whole only if the store does not tell its size.
    pub headers: u64,
    /// Maximum number of examples kept for each kind of finding, 10 by default. All are counted.
    pub examples: usize,
}

impl Default for Checks {
    fn default() -> Checks {
        Checks {
            deep: false,
            headers: 64,
            examples: 10,
        }
    }
}

/// Progress of a validation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// What is being checked.
    pub kind: StageKind,
    /// How many of them are done.
    pub done: u64,
    /// How many there are, as far as known.
    pub of: u64,
}

/// The stages of a validation, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageKind {
    /// Pages of the hierarchy.
    Pages,
    /// Tiles.
    Tiles,
}

/// Validates the dataset at a location as for [`Dataset::open_with`](crate::Dataset::open_with). Reports progress to
/// `watch`.
///
/// ```
/// use ept_reader::{Checks, Options, validate};
///
/// # async fn example() -> Result<(), ept_reader::Error> {
/// let report = validate("autzen", &Options::default(), &Checks::default(), |_| {}).await?;
/// for finding in &report.findings {
///     println!("{} {}: {} times", finding.code, finding.code.meaning(), finding.count);
/// }
/// # Ok(()) }
/// ```
///
/// # Errors
/// If there is no `ept.json` or file, or it can't be fetched. Anything wrong with its contents is in the report.
pub async fn validate(
    location: &str,
    options: &Options,
    checks: &Checks,
    mut watch: impl FnMut(Stage),
) -> Result<ValidationReport, Error> {
    match location::place(location, options)? {
        location::DatasetPlace::Folder(store) => {
            validate_store(store, options, checks, watch).await
        }
        location::DatasetPlace::File(store, name) => {
            let fetcher = Fetcher::new(store, &Engine::new(options));
            file::check(fetcher, &name, checks, &mut watch).await
        }
    }
}

/// Validates the dataset in a store, see [`validate`].
///
/// # Errors
/// As for [`validate`].
pub async fn validate_store(
    store: Arc<dyn Store>,
    options: &Options,
    checks: &Checks,
    mut watch: impl FnMut(Stage),
) -> Result<ValidationReport, Error> {
    let fetcher = Fetcher::new(store, &Engine::new(options));
    let bytes = Ept::fetch_metadata(&fetcher).await?;
    let location = fetcher.location(Ept::METADATA_PATH);
    let mut findings = Findings::new(checks.examples);
    let mut checked = Checked::default();
    let metadata = match text::decompressed(
        &bytes,
        options.limits.text_bytes(options.limits.metadata_bytes),
    ) {
        Ok(text) => metadata::check(&text, &location, &mut findings),
        Err(problem) => {
            findings.add(
                Code::NotEpt,
                Place::file(location.as_str()),
                problem.to_string(),
            );
            None
        }
    };
    if metadata.is_none() {
        fetcher.forget(Ept::METADATA_PATH).await;
    }
    if let Some(metadata) = metadata {
        checked.metadata = true;
        let ept = Arc::new(Ept::new(fetcher, metadata));
        contents(&ept, checks, &mut findings, &mut checked, &mut watch).await?;
    }
    Ok(ValidationReport {
        location,
        findings: findings.into_sorted(),
        checked,
    })
}

/// Checks everything except `ept.json`.
async fn contents(
    ept: &Arc<Ept>,
    checks: &Checks,
    findings: &mut Findings,
    checked: &mut Checked,
    watch: &mut impl FnMut(Stage),
) -> Result<(), Error> {
    let pages = |done, of| {
        watch(Stage {
            kind: StageKind::Pages,
            done,
            of,
        });
    };
    let hierarchy = hierarchy::check(ept, findings, checked, pages).await?;
    checked.points = hierarchy.points();
    checked.nodes = hierarchy.tiles();
    listing::check(ept, &hierarchy, findings).await;
    let sources = sources::check(ept, findings).await;
    checked.sources = sources.as_ref().map_or(0, |sources| sources.len() as u64);
    let nodes = hierarchy.into_nodes(*ept.metadata().bounds());
    let tiles = |done, of| {
        watch(Stage {
            kind: StageKind::Tiles,
            done,
            of,
        });
    };
    // A schema that does not describe points was reported already, and no tile can be decoded with it.
    if checks.deep && !findings.has(Code::SchemaAxes) {
        let nodes = stream::iter(nodes);
        points::check(ept, nodes, sources.as_deref(), findings, checked, tiles).await
    } else {
        let headers = if ept.fetcher().is_remote() {
            checks.headers
        } else {
            checked.nodes
        };
        tiles::check(ept, nodes, headers, findings, checked, tiles).await
    }
}
