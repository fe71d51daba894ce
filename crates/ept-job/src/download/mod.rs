//! Downloads of files as they are. A file gets its name once it is complete and checked.

mod content;
mod entry;
mod file;
mod meter;
mod names;
mod part_file;
mod record;
mod report;
mod shown;
mod subset;
mod whole;

use std::path::Path;

use ept_index::{Index, Reading, Row};
use ept_reader::{
    Area, Dataset, Edge, Engine, Error, Limits, Options, StoredFile, expanded_locations, is_index,
    read_index,
};
use futures::{StreamExt, stream};

use crate::{JobError, NewIndex, Tiles};

pub use file::DownloadState;
pub use meter::DownloadProgress;
pub use report::{DownloadReport, DownloadedFile};

use entry::Entry;
use file::{Destination, Failure};
use meter::Meter;
use shown::shown;
use subset::Subset;

/// The files to download: those of a tile index, folder or list that intersect areas, a single file, or the nodes of an EPT
/// dataset that intersect areas.
#[derive(Debug)]
pub struct Download {
    source: String,
    entries: Vec<Entry>,
    tiles: Option<Tiles>,
    subset: Option<Subset>,
    engine: Engine,
}

impl Download {
    /// Finds the files of a source that intersect all areas, without fetching them. All files if there are no areas. The
    /// source is a tile index, a LAS, LAZ or COPC file, a folder or pattern of these, or an EPT dataset, at a path or URL.
    /// The engine's limit of requests is the number of files fetched concurrently.
    ///
    /// # Errors
    /// If the source can't be read, or the areas can't be located in it.
    pub async fn find(
        location: &str,
        reading: &Reading,
        areas: &[Area],
        edge: Edge,
        engine: &Engine,
    ) -> Result<Download, Error> {
        if is_index(location) {
            let index = read_index(location, reading, engine).await?;
            return Download::of_index(location, index, areas, edge, engine);
        }
        let files = expanded_locations(&[location.to_owned()])?;
        if files != [location] || is_point_file(location) {
            if areas.is_empty() {
                return Download::of_index(location, listed(files), areas, edge, engine);
            }
            let made = NewIndex::of(&[location.to_owned()], engine).await?;
            let losses = made.losses().iter().map(Entry::lost).collect();
            let index = made.index().clone();
            let found = Download::of_index(location, index, areas, edge, engine)?;
            return Ok(found.with_lost(losses));
        }
        match Dataset::open_in(location, engine).await {
            Ok(dataset) if dataset.ept().is_ok() => {
                let found = Subset::find(dataset, areas, edge).await?;
                Ok(Download::of_subset(location, found, engine))
            }
            Ok(_) => Ok(Download::of_file(location, engine)),
            Err(error) => match read_index(location, reading, engine).await {
                Ok(index) => Download::of_index(location, index, areas, edge, engine),
                Err(_) => Err(error),
            },
        }
    }

    fn of_file(location: &str, engine: &Engine) -> Download {
        let name = names::names(&[location]).pop().flatten();
        Download {
            source: source(location, engine),
            entries: vec![Entry::of(location, StoredFile::at(location, engine), name)],
            tiles: None,
            subset: None,
            engine: engine.clone(),
        }
    }

    fn of_index(
        location: &str,
        index: Index,
        areas: &[Area],
        edge: Edge,
        engine: &Engine,
    ) -> Result<Download, Error> {
        // Names depend on all files of the index, so that a file has the same name whatever the areas.
        let all: Vec<&str> = index.rows.iter().map(|row| &*row.location).collect();
        let names = all
            .iter()
            .copied()
            .map(str::to_owned)
            .zip(names::names(&all));
        let mut names: std::collections::HashMap<_, _> = names.collect();
        let tiles = Tiles::of(index, areas, edge)?;
        let rows = tiles.index().rows.iter();
        let entries = rows.map(|row| {
            let name = names.remove(&row.location).flatten();
            let file = StoredFile::listed(&row.location, location, engine);
            Entry::of(&row.location, file, name)
        });
        Ok(Download {
            source: source(location, engine),
            entries: entries.collect(),
            tiles: Some(tiles),
            subset: None,
            engine: engine.clone(),
        })
    }

    fn of_subset(
        location: &str,
        (subset, entries): (Subset, Vec<Entry>),
        engine: &Engine,
    ) -> Download {
        Download {
            source: source(location, engine),
            entries,
            tiles: None,
            subset: Some(subset),
            engine: engine.clone(),
        }
    }

    fn with_lost(mut self, lost: Vec<Entry>) -> Download {
        self.entries.extend(lost);
        self
    }

    /// Number of files.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no file intersects the areas.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The rows of the tile index that intersect the areas. `None` if the source is a single file or an EPT dataset.
    #[must_use]
    pub fn tiles(&self) -> Option<&Tiles> {
        self.tiles.as_ref()
    }

    /// Fetches the files into a folder, which is created if necessary. Existing files are checked and kept, partial ones are
    /// completed. With `verify`, all points of each file are decoded before it gets its name. If a file can't be fetched, the
    /// others still are; if the disk is full, the download ends.
    pub async fn run(
        self,
        folder: &Path,
        verify: bool,
        progress: impl Fn(&DownloadProgress) + Send + Sync + 'static,
    ) -> DownloadReport {
        let mut report = DownloadReport {
            source: self.source,
            files: Vec::new(),
            error: None,
            unlocated: Vec::new(),
            next: None,
            engine: self.engine.clone(),
        };
        if let Some(tiles) = &self.tiles {
            report.unlocated.clone_from(&tiles.index().unlocated);
            report.next = tiles
                .index()
                .next
                .as_ref()
                .map(|next| shown(&next.location));
        }
        let to = Destination {
            folder: folder.to_owned(),
            verifier: verify.then(|| verifier(self.engine.limits())),
            meter: Meter::new(self.entries.len() as u64, progress),
        };
        let prepared = match &self.subset {
            Some(subset) => subset.prepare(folder).await,
            None => Ok(()),
        };
        if let Err(error) = prepared {
            report.error = Some(error);
            return report;
        }
        let at_once = self.engine.limits().requests.get();
        report.error = fetch_all(self.entries, &to, at_once, &mut report.files).await;
        if let (Some(subset), None) = (&self.subset, &report.error) {
            report.error = subset.finish(folder, &report.files).await.err();
        }
        report
    }
}

/// Fetches files and stores their results in `files`. Returns why it ended early, if it did.
async fn fetch_all(
    entries: Vec<Entry>,
    to: &Destination,
    at_once: usize,
    files: &mut Vec<DownloadedFile>,
) -> Option<JobError> {
    *files = entries.iter().map(Entry::untried).collect();
    let fetch = async |(at, entry): (usize, Entry)| {
        let had = match entry.wanted {
            Ok(wanted) => wanted.fetch(to).await,
            Err(cause) => Err(Failure::File(cause)),
        };
        to.meter.count_file();
        (at, had)
    };
    let entries = stream::iter(entries.into_iter().enumerate());
    let mut fetched = std::pin::pin!(entries.map(fetch).buffer_unordered(at_once));
    while let Some((at, had)) = fetched.next().await {
        files[at].had = match had {
            Ok(had) => Ok(had),
            Err(Failure::File(cause)) => Err(cause),
            Err(Failure::Disk { path, source }) => {
                let output = shown(&path.display().to_string());
                files[at].had = Err(format!("cannot be written: {source}"));
                return Some(JobError::File { output, source });
            }
        };
    }
    None
}

/// The engine that decodes points. It has its own limits, since it does not wait for the network.
fn verifier(limits: &Limits) -> Engine {
    let limits = Limits {
        threads: limits.threads,
        ..Limits::default()
    };
    Engine::new(&Options {
        limits,
        ..Options::default()
    })
}

/// Files as an index without boxes: these may be in systems that have nothing to do with each other.
fn listed(files: Vec<String>) -> Index {
    let row = |location: String| Row {
        location,
        bounds: None,
        points: None,
        attributes: Vec::new(),
    };
    Index {
        rows: files.into_iter().map(row).collect(),
        ..Index::default()
    }
}

/// The location of a source for reports, without secrets.
fn source(location: &str, engine: &Engine) -> String {
    let file = StoredFile::at(location, engine);
    shown(&file.map_or_else(|_| location.to_owned(), |file| file.location()))
}

fn is_point_file(location: &str) -> bool {
    let path = shown(location);
    let extension = Path::new(&path).extension();
    extension.is_some_and(|e| e.eq_ignore_ascii_case("laz") || e.eq_ignore_ascii_case("las"))
}
