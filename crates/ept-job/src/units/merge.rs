//! Parts of work units to one file.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use ept_export::{ExportError, LazPart, merge_csv, merge_laz};
use ept_reader::{Dataset, Engine, Heights, Opening, Options, Query};
use serde_json::Value;

use super::raster_merge::RasterParts;
use super::receipt::Receipt;
use crate::pending::Pending;
use crate::{Format, JobError, OnError, Output, Pass, Progress, note, write_points};

/// The parts of all units of a division, checked.
#[derive(Debug)]
pub struct Merge {
    receipts: Vec<Receipt>,
    /// The parts with points, in the order of their units; if there are none, the first.
    paths: Vec<PathBuf>,
    /// The format of the points. `None` if the parts are those of a raster.
    format: Option<Format>,
}

/// What the parts became.
#[derive(Debug)]
#[non_exhaustive]
pub struct Merged {
    /// Number of points; of a raster, of those that units used, some more than once.
    pub points: u64,
    /// Number of parts.
    pub parts: usize,
    /// Whether points were copied as they are stored in the parts.
    pub is_copied: bool,
    /// What the units could not read, as in a [`Report`](crate::Report).
    pub losses: Vec<Value>,
}

impl Merge {
    /// The parts in a folder.
    ///
    /// # Errors
    /// If a unit of the division is missing or there twice, a part is of another division, or is not as it was written.
    /// The message has its name.
    pub fn of_folder(folder: &Path) -> Result<Merge, JobError> {
        let named = Receipt::read_all(folder)?;
        check(folder, &named)?;
        let receipts: Vec<Receipt> = named.into_iter().map(|(_, receipt)| receipt).collect();
        let format = match &receipts[0].raster {
            Some(_) => None,
            None => Some(receipts[0].format()?),
        };
        let checked = receipts.iter().map(|receipt| receipt.checked(folder));
        let mut paths = checked.collect::<Result<Vec<PathBuf>, _>>()?;
        let is_filled = |path: &usize| receipts[*path].points > 0;
        // Parts without points may lack columns.
        let filled: Vec<usize> = (0..paths.len()).filter(is_filled).collect();
        match &filled[..] {
            // Cells without points are cells.
            _ if format.is_none() => {}
            [] => paths.truncate(1),
            filled => paths = filled.iter().map(|at| paths[*at].clone()).collect(),
        }
        Ok(Merge {
            receipts,
            paths,
            format,
        })
    }

    /// Whether the parts are those of a raster.
    #[must_use]
    pub fn is_raster(&self) -> bool {
        self.format.is_none()
    }

    /// Whether the units could read everything.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.receipts
            .iter()
            .all(|receipt| receipt.losses.is_empty())
    }

    /// Writes the points of all units to a file, in the order of the units. Points are copied as they are stored, unless
    /// units stored them in different ways or without an octree that the result needs: then LAZ is written anew.
    ///
    /// # Errors
    /// If the parts are in another format, or reading or writing fails. No file is left behind.
    pub async fn write(
        &self,
        path: &Path,
        progress: impl FnMut(&Progress),
    ) -> Result<Merged, JobError> {
        let Some(own) = self.format else {
            return self.write_raster(path).await;
        };
        let format = Format::of(path)?;
        let (points, is_copied) = match (own, format) {
            (Format::Laz | Format::Copc, Format::Las | Format::Laz | Format::Copc) => {
                self.write_laz(path, format, progress).await?
            }
            (Format::Csv, Format::Csv) | (Format::Xyz, Format::Xyz) => {
                self.copy_text(path)?;
                (self.points(), true)
            }
            #[cfg(feature = "parquet")]
            (Format::Parquet, Format::Parquet) => (self.copy_parquet(path)?, true),
            (parts, _) => {
                return Err(JobError::Part(format!(
                    "the parts are {parts}, which can't become {format}: run the units with that format"
                )));
            }
        };
        if points != self.points() {
            return Err(JobError::Part(format!(
                "{}: {points} points were written, the receipts count {}",
                path.display(),
                self.points()
            )));
        }
        Ok(self.merged(points, is_copied))
    }

    fn merged(&self, points: u64, is_copied: bool) -> Merged {
        Merged {
            points,
            parts: self.receipts.len(),
            is_copied,
            losses: self.losses(),
        }
    }

    /// What the units could not read, each part once: a tile on an edge is read by several units.
    fn losses(&self) -> Vec<Value> {
        let mut losses: Vec<Value> = Vec::new();
        for loss in self.receipts.iter().flat_map(|receipt| &receipt.losses) {
            let is_same = |other: &Value| {
                let same = ["part", "key", "path"].map(|name| other[name] == loss[name]);
                same == [true; 3]
            };
            if !losses.iter().any(is_same) {
                losses.push(loss.clone());
            }
        }
        losses
    }

    async fn write_raster(&self, path: &Path) -> Result<Merged, JobError> {
        let is_tiff = |extension: &std::ffi::OsStr| {
            extension.eq_ignore_ascii_case("tif") || extension.eq_ignore_ascii_case("tiff")
        };
        if !path.extension().is_some_and(is_tiff) {
            let problem = "the parts are those of a raster, which is GeoTIFF: name it .tif";
            return Err(JobError::Part(format!("{}: {problem}", path.display())));
        }
        let parts = self.receipts.iter().zip(&self.paths);
        let parts =
            parts.filter_map(|(receipt, path)| Some((receipt.raster.as_ref()?, path.clone())));
        let losses = self.losses();
        let parts = RasterParts {
            parts: parts.collect(),
            losses: losses.iter().collect(),
        };
        parts.write(path).await?;
        Ok(self.merged(self.points(), false))
    }

    fn points(&self) -> u64 {
        self.receipts.iter().map(|receipt| receipt.points).sum()
    }

    async fn write_laz(
        &self,
        path: &Path,
        format: Format,
        progress: impl FnMut(&Progress),
    ) -> Result<(u64, bool), JobError> {
        let parts = self.paths.iter().map(|path| {
            let part = File::open(path).map_err(ExportError::from);
            let part = part.and_then(|mut file| LazPart::read(&mut file));
            part.map_err(wrong(path))
        });
        let parts = parts.collect::<Result<Vec<LazPart>, _>>()?;
        let note = note::joined(parts.iter().map(LazPart::note), &self.losses());
        let keeps_octree = format == Format::Copc;
        let is_alike = parts.iter().all(|part| part.fits(&parts[0]));
        let has_octree = || LazPart::have_octree(&parts);
        if format == Format::Las || !is_alike || keeps_octree && !has_octree() {
            return Ok((self.write_anew(path, note, progress).await?, false));
        }
        let points = self.file(path, |out| {
            let open = |index: usize| File::open(&self.paths[index]).map(BufReader::new);
            merge_laz(&parts, open, keeps_octree, note.as_deref(), out)
        })?;
        Ok((points, true))
    }

    /// Reads the parts and writes their points.
    async fn write_anew(
        &self,
        path: &Path,
        note: Option<String>,
        progress: impl FnMut(&Progress),
    ) -> Result<u64, JobError> {
        let locations = self.paths.iter().map(|path| path.display().to_string());
        let opening = Opening {
            heights: Heights::AsIs,
            ..Opening::default()
        };
        let locations: Vec<String> = locations.collect();
        let engine = Engine::new(&Options::default());
        let dataset = Dataset::open_all(&locations, &engine, &opening).await?;
        let mut pass = Pass::new(dataset.select(&Query::new())?, OnError::Fail);
        pass.note = note;
        write_points(&mut pass, Output::to_file(path, None)?, progress).await
    }

    fn copy_text(&self, path: &Path) -> Result<(), JobError> {
        self.file(path, |out| {
            let open = |index: usize| File::open(&self.paths[index]).map(BufReader::new);
            let has_header = self.format == Some(Format::Csv);
            merge_csv(self.paths.len(), open, has_header, out)
        })
    }

    #[cfg(feature = "parquet")]
    fn copy_parquet(&self, path: &Path) -> Result<u64, JobError> {
        let mut notes = Vec::new();
        for path in &self.paths {
            let file = File::open(path).map_err(ExportError::from);
            let note = file.and_then(|file| ept_export::parquet_note(&file));
            notes.push(note.map_err(wrong(path))?);
        }
        let note = note::joined(notes.iter().map(Option::as_deref), &self.losses());
        self.file(path, |out| {
            let open = |index: usize| File::open(&self.paths[index]);
            ept_export::merge_parquet(self.paths.len(), open, note.as_deref(), out)
        })
    }

    /// Writes a file that appears when it is complete.
    fn file<T>(
        &self,
        path: &Path,
        write: impl FnOnce(&mut BufWriter<File>) -> Result<T, ExportError>,
    ) -> Result<T, JobError> {
        let output = || path.display().to_string();
        let failed = |source| JobError::File {
            output: output(),
            source,
        };
        let (file, pending) = Pending::create(path).map_err(failed)?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        let written = write(&mut out).map_err(|source| JobError::Write {
            output: output(),
            source,
        })?;
        out.into_inner()
            .map_err(|error| failed(error.into_error()))?;
        pending.keep().map_err(failed)?;
        Ok(written)
    }
}

/// Why a part can't be used.
fn wrong(path: &Path) -> impl FnOnce(ExportError) -> JobError + use<> {
    let path = path.display().to_string();
    move |error| JobError::Part(format!("{path}: {error}"))
}

/// Number of missing units that a message names.
const MOST_NAMES: usize = 10;

/// Checks that the receipts are those of all units of one division, each once.
fn check(folder: &Path, receipts: &[(String, Receipt)]) -> Result<(), JobError> {
    let Some((first_name, first)) = receipts.first() else {
        let problem = format!("{}: there is no receipt of a unit", folder.display());
        return Err(JobError::Part(problem));
    };
    for (name, receipt) in receipts {
        let problem = if (&receipt.job, receipt.of) != (&first.job, first.of) {
            "is of another job than"
        } else if receipt.format != first.format {
            "has another format than"
        } else {
            continue;
        };
        let folder = folder.display();
        return Err(JobError::Part(format!(
            "{folder}: {name} {problem} {first_name}"
        )));
    }
    let mut names: Vec<Option<&str>> = Vec::new();
    // No more units than receipts can all be there.
    names.resize(receipts.len().min(first.of as usize), None);
    for (name, receipt) in receipts {
        match names.get_mut(receipt.index as usize) {
            Some(Some(other)) => {
                return Err(JobError::Part(format!(
                    "{}: unit {} is there twice, as {other} and as {name}",
                    folder.display(),
                    receipt.index
                )));
            }
            Some(place) => *place = Some(name),
            None => {}
        }
    }
    let is_missing = |index: &u32| receipts.iter().all(|(_, receipt)| receipt.index != *index);
    let missing: Vec<u32> = (0..first.of)
        .filter(is_missing)
        .take(MOST_NAMES + 1)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let shown = missing.iter().take(MOST_NAMES).map(u32::to_string);
    let more = if missing.len() > MOST_NAMES {
        ", .."
    } else {
        ""
    };
    Err(JobError::Part(format!(
        "{}: of {} units, these are missing: {}{more}; run them",
        folder.display(),
        first.of,
        shown.collect::<Vec<_>>().join(", "),
    )))
}
