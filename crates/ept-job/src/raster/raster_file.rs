//! Raster files being written.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ept_raster::{CogError, CogLayout, CogWriter, EncodedTile};
use ept_reader::Engine;
use tempfile::SpooledTempFile;

use super::relief::write_beside;
use crate::JobError;
use crate::pending::{Pending, scratch_folder};

/// Maximum bytes of compressed tiles kept in memory.
const IN_MEMORY: usize = 8 << 20;

/// A raster file that appears complete or not at all.
#[derive(Debug)]
pub(crate) struct RasterFile {
    path: PathBuf,
    layout: Arc<CogLayout>,
    writer: CogWriter<SpooledTempFile>,
    file: File,
    pending: Pending,
    /// Text of the file beside it.
    side: Option<String>,
}

impl RasterFile {
    /// A file that will be called `path`, and perhaps one beside it that GDAL reads.
    ///
    /// # Errors
    /// If it can't be created.
    pub(crate) fn create(
        path: &Path,
        layout: CogLayout,
        side: Option<String>,
    ) -> Result<RasterFile, JobError> {
        let failed = |source| JobError::File {
            output: path.display().to_string(),
            source,
        };
        let (file, pending) = Pending::create(path).map_err(failed)?;
        let scratch = tempfile::spooled_tempfile_in(IN_MEMORY, scratch_folder(path));
        Ok(RasterFile {
            path: path.to_owned(),
            layout: Arc::new(layout.clone()),
            writer: CogWriter::new(layout, scratch),
            file,
            pending,
            side,
        })
    }

    /// The name of the file, for messages.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }

    pub(crate) fn layout(&self) -> &Arc<CogLayout> {
        &self.layout
    }

    /// Takes a tile, and makes the tiles of overviews that it completes.
    ///
    /// # Errors
    /// If the scratch file can't be written.
    pub(crate) async fn push(
        &mut self,
        tile: EncodedTile,
        engine: &Engine,
    ) -> Result<(), JobError> {
        let mut next = self.check(|writer| writer.push(tile))?;
        while let Some(overview) = next {
            let layout = Arc::clone(&self.layout);
            let encode = move || layout.encode_overview(overview);
            let tile = engine.compute(0, encode).await?;
            next = self.check(|writer| writer.push(tile?))?;
        }
        Ok(())
    }

    fn check<T>(
        &mut self,
        work: impl FnOnce(&mut CogWriter<SpooledTempFile>) -> Result<T, CogError>,
    ) -> Result<T, JobError> {
        work(&mut self.writer).map_err(|source| JobError::RasterFile {
            output: self.name(),
            source,
        })
    }

    /// Completes the file. It gets its name when it is kept.
    ///
    /// # Errors
    /// If it can't be written.
    pub(crate) fn finish(self) -> Result<Finished, JobError> {
        let output = self.name();
        let mut out = BufWriter::with_capacity(1 << 20, self.file);
        let written = self.writer.finish(&mut out).and_then(|_| Ok(out.flush()?));
        match written {
            Ok(()) => Ok(Finished {
                path: self.path,
                pending: self.pending,
                side: self.side,
            }),
            Err(source) => Err(JobError::RasterFile { output, source }),
        }
    }
}

/// A complete file without its name.
#[derive(Debug)]
pub(crate) struct Finished {
    path: PathBuf,
    pending: Pending,
    side: Option<String>,
}

impl Finished {
    /// Gives the file its name. What GDAL noted beside an earlier file of the same name goes.
    ///
    /// # Errors
    /// That of the system.
    pub(crate) fn keep(self) -> Result<(), JobError> {
        let mut side = self.path.clone().into_os_string();
        side.push(".aux.xml");
        let side = PathBuf::from(side);
        kept(&self.path, self.pending.keep())?;
        match self.side {
            Some(text) => write_beside(&side, &text),
            None if is_note(&side) => kept(&side, std::fs::remove_file(&side)),
            None => Ok(()),
        }
    }
}

fn kept(path: &Path, result: io::Result<()>) -> Result<(), JobError> {
    result.map_err(|source| JobError::File {
        output: path.display().to_string(),
        source,
    })
}

/// Whether a file is one that GDAL writes beside rasters.
fn is_note(path: &Path) -> bool {
    const START: &[u8] = b"<PAMDataset";
    let mut start = [0; START.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == START
}
