//! Tile indexes made from the headers of files.

use std::io::Write;
use std::path::{Path, PathBuf};

use ept_index::{Index, IndexError, Row};
use ept_reader::{Bounds, Crs, Dataset, Engine, Error, Query};

use crate::JobError;
use crate::pending::Pending;

/// A tile index of some files, made from their headers alone.
#[derive(Debug)]
pub struct NewIndex {
    index: Index,
    /// Files that can't be opened.
    losses: Vec<Error>,
}

/// The format of an index to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IndexFormat {
    Vpc,
    GeoJson,
    Shapefile,
}

impl NewIndex {
    /// Reads the headers of the files at some locations, which are expanded as in [`Dataset::open_all`]. Boxes are in
    /// the coordinate system of the first file, to which those of others are transformed.
    ///
    /// # Errors
    /// If a location is not understood, or a box can't be transformed to the coordinate system of the first file.
    pub async fn of(locations: &[String], engine: &Engine) -> Result<NewIndex, Error> {
        let (mut rows, mut losses) = (Vec::new(), Vec::new());
        let mut crs: Option<Crs> = None;
        for (location, opened) in Dataset::open_each(locations, engine).await? {
            let dataset = match opened {
                Ok(dataset) => dataset,
                Err(error) => {
                    losses.push(error);
                    continue;
                }
            };
            let own = dataset.frame().crs().ok();
            if crs.is_none() && rows.is_empty() {
                crs.clone_from(&own);
            }
            rows.push(Row {
                location: absolute(&location),
                bounds: Some(bounds(&dataset, own.as_ref(), crs.as_ref())?),
                points: dataset.claimed_points(),
                attributes: Vec::new(),
            });
        }
        let index = Index {
            crs,
            rows,
            ..Index::default()
        };
        Ok(NewIndex { index, losses })
    }

    /// The index.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Files that are not in the index because they can't be opened.
    #[must_use]
    pub fn losses(&self) -> &[Error] {
        &self.losses
    }

    /// Writes the index to a file, which appears complete or not at all: VPC, GeoJSON, or a zipped shapefile like those
    /// of OpenTopography, according to the extension `.vpc`, `.geojson` (or `.json`) or `.zip`. Locations in the folder
    /// of the index or below become relative.
    ///
    /// # Errors
    /// If the extension is another one, the format can't represent the index, or the file can't be written.
    pub fn write(&self, path: &Path) -> Result<(), JobError> {
        let output = path.display().to_string();
        let location = absolute(&output);
        let bytes = match format(path) {
            Some(IndexFormat::Vpc) => self.index.to_vpc(&location),
            Some(IndexFormat::GeoJson) => self.index.to_geojson(&location),
            Some(IndexFormat::Shapefile) => self.index.to_shapefile(&location),
            None => return Err(JobError::IndexFormat { output }),
        };
        let bytes = bytes.map_err(|source: IndexError| JobError::Index {
            output: output.clone(),
            source,
        })?;
        let write = || {
            let (mut file, pending) = Pending::create(path)?;
            file.write_all(&bytes)?;
            pending.keep()
        };
        write().map_err(|source| JobError::File { output, source })
    }
}

fn format(path: &Path) -> Option<IndexFormat> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match &*extension {
        "vpc" => IndexFormat::Vpc,
        "geojson" | "json" => IndexFormat::GeoJson,
        "zip" => IndexFormat::Shapefile,
        _ => return None,
    })
}

/// The box of a dataset in the coordinate system of the index.
fn bounds(dataset: &Dataset, own: Option<&Crs>, index: Option<&Crs>) -> Result<Bounds, Error> {
    match (own, index) {
        (Some(own), Some(index)) if own != index => {
            let query = Query::new().with_output_crs(index.clone());
            Ok(*dataset.select(&query)?.bounds())
        }
        (None, Some(_)) | (Some(_), None) => Err(Error::Mixed(format!(
            "{}: its coordinate system is {}, but that of the first file is {}; their boxes can't be combined",
            dataset.location(),
            named(own),
            named(index),
        ))),
        _ => Ok(*dataset.frame().extent()),
    }
}

fn named(crs: Option<&Crs>) -> &str {
    crs.map_or("unknown", Crs::name)
}

/// A path made absolute, or a URL unchanged.
fn absolute(location: &str) -> String {
    if location.contains("://") {
        return location.to_owned();
    }
    let path = std::path::absolute(location).unwrap_or_else(|_| PathBuf::from(location));
    path.display().to_string()
}
