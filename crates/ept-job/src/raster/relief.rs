//! A terrain model in light and shadow.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use ept_crs::{Crs, pam_xml};
use ept_raster::{
    Band, ByteRaster, CogLayout, CogWriter, Compression, GeoTiff, Grid, Hillshade, Light, Raster,
    SampleType, Window, world_file, write_png,
};

use super::input::open;
use super::tile_order::tile_order;
use crate::JobError;
use crate::pending::{Pending, scratch_folder};

/// How a terrain model is lit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Relief {
    /// Where the light comes from.
    pub light: Light,
    /// Heights are multiplied by this, after conversion to degrees if the cells are in degrees.
    pub factor: f64,
}

impl Default for Relief {
    /// Light from the north-west, heights as they are.
    fn default() -> Relief {
        Relief {
            light: Light::default(),
            factor: 1.0,
        }
    }
}

/// Metres in a degree, as `gdaldem` counts them.
const DEGREE: f64 = 111_120.0;

/// Writes the hillshade of a terrain model: as PNG with world file and coordinate system beside it if the extension is
/// `.png`, otherwise as Cloud Optimized GeoTIFF. Values are those of `gdaldem hillshade`; 0 is void.
///
/// A picture appears complete or not at all, and the files beside it after it.
///
/// # Errors
/// If the model can't be read, or a file can't be written.
pub fn write_hillshade(input: &Path, output: &Path, relief: Relief) -> Result<(), JobError> {
    let heights = open(input)?;
    let grid = *heights.grid();
    let srs = heights.keys().srs();
    let is_geographic = Crs::of(&srs).is_ok_and(|crs| crs.is_geographic());
    let factor = if is_geographic {
        relief.factor / DEGREE
    } else {
        relief.factor
    };
    let mut shaded = Shaded {
        shade: Hillshade::new(relief.light, grid.lattice().cell(), factor)?,
        heights,
        input,
    };
    let is_picture = output
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("png"));
    let failed = |source| JobError::File {
        output: output.display().to_string(),
        source,
    };
    let (file, pending) = Pending::create(output).map_err(failed)?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    if is_picture {
        let written = write_png(&grid, Some(0), &mut out, |window| shaded.window(window));
        written.map_err(|error| match error {
            JobError::Picture(source) => failed(source),
            error => error,
        })?;
    } else {
        shaded.write_tiles(grid, output, &mut out)?;
    }
    out.flush().map_err(failed)?;
    drop(out);
    pending.keep().map_err(failed)?;
    if is_picture {
        write_beside(&output.with_extension("pgw"), &world_file(&grid))?;
        if let Some(text) = pam_xml(&srs) {
            let mut name = output.as_os_str().to_owned();
            name.push(".aux.xml");
            write_beside(&PathBuf::from(name), &text)?;
        }
    }
    Ok(())
}

/// A terrain model that is lit window by window.
struct Shaded<'a> {
    heights: GeoTiff<BufReader<File>>,
    shade: Hillshade,
    input: &'a Path,
}

impl Shaded<'_> {
    fn window(&mut self, window: Window) -> Result<ByteRaster, JobError> {
        let heights = self.heights.read(0, window.grown(1));
        let heights = heights.map_err(|source| JobError::RasterInput {
            input: self.input.display().to_string(),
            source,
        })?;
        Ok(self.shade.shaded(&heights, window)?)
    }

    fn write_tiles(
        &mut self,
        grid: Grid,
        output: &Path,
        out: &mut impl Write,
    ) -> Result<(), JobError> {
        let failed = |source| JobError::RasterFile {
            output: output.display().to_string(),
            source,
        };
        let layout = CogLayout::new(grid, SampleType::U8, vec![Band::new("hillshade")]);
        let layout = layout
            .and_then(|layout| layout.with_nodata(0.0))
            .map_err(failed)?;
        let layout = layout.with_compression(Compression::Deflate);
        let layout = layout.with_keys(self.heights.keys().clone());
        let scratch = tempfile::spooled_tempfile_in(1 << 24, scratch_folder(output));
        let mut writer = CogWriter::new(layout.clone(), scratch);
        for [column, row] in tile_order(layout.tiles()) {
            let shaded = self.window(layout.window(column, row))?;
            let tile = layout.encode(column, row, &[values(&shaded)]);
            let mut next = tile.and_then(|tile| writer.push(tile)).map_err(failed)?;
            while let Some(overview) = next {
                let tile = layout.encode_overview(overview);
                next = tile.and_then(|tile| writer.push(tile)).map_err(failed)?;
            }
        }
        writer.finish(out).map(|_| ()).map_err(failed)
    }
}

/// The brightness of cells. Those without one are void.
fn values(shaded: &ByteRaster) -> Raster {
    let mut raster = Raster::void(*shaded.window());
    let cells = raster.values_mut().iter_mut().zip(shaded.values());
    let lit = cells.filter(|(_, brightness)| **brightness > 0);
    lit.for_each(|(value, brightness)| *value = f64::from(*brightness));
    raster
}

/// Writes a small file, complete or not at all.
pub(super) fn write_beside(path: &Path, text: &str) -> Result<(), JobError> {
    let write = || {
        let (mut file, pending) = Pending::create(path)?;
        file.write_all(text.as_bytes())?;
        pending.keep()
    };
    write().map_err(|source: io::Error| JobError::File {
        output: path.display().to_string(),
        source,
    })
}
