//! The file from its tiles.

use std::io::{Read, Seek, SeekFrom, Write};

use super::file::File;
use super::pyramid::{Overview, Pyramid};
use super::statistics::Statistics;
use super::{CogError, CogLayout, EncodedTile};

/// Writes a Cloud Optimized GeoTIFF, whose tiles come in any order. The bytes of the file don't depend on the order.
///
/// Encoded tiles are appended to a scratch file, 16 bytes of memory are kept for each. Tiles of overviews are made of
/// the four tiles below them; those that wait for more tiles are in memory, so that tiles should come in Morton order.
///
/// ```
/// use std::io::Cursor;
///
/// use ept_raster::{Band, CogLayout, CogWriter, Grid, Lattice, Raster, SampleType};
///
/// let grid = Grid::covering(Lattice::new(1.0, [0.0; 2])?, [0.0, 0.0, 600.0, 300.0])?;
/// let layout = CogLayout::new(grid, SampleType::F32, vec![Band::new("height")])?;
/// let mut writer = CogWriter::new(layout.clone(), Cursor::new(Vec::new()));
/// for column in 0..layout.tiles()[0] {
///     let window = layout.window(column, 0);
///     let raster = Raster::new(window, vec![7.0; window.len()]).unwrap();
///     // Encoding can be done by any thread; a tile may complete tiles of overviews.
///     let mut next = writer.push(layout.encode(column, 0, &[raster])?)?;
///     while let Some(overview) = next {
///         next = writer.push(layout.encode_overview(overview)?)?;
///     }
/// }
/// let mut file = Vec::new();
/// let size = writer.finish(&mut file)?;
/// assert_eq!(size, file.len() as u64);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct CogWriter<S> {
    layout: CogLayout,
    /// Places in the scratch file, by level.
    slots: Vec<Vec<Slot>>,
    pyramid: Pyramid,
    scratch: S,
    /// Where the next tile goes. `None` before the first.
    end: Option<u64>,
    /// The first error.
    broken: Option<String>,
}

/// A tile in the scratch file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) at: u64,
    pub(super) size: u32,
}

impl Slot {
    /// A tile that was not pushed.
    const MISSING: Slot = Slot {
        at: u64::MAX,
        size: 0,
    };
}

impl<S: Read + Write + Seek> CogWriter<S> {
    /// A writer with a scratch file, which is written from its current position on.
    #[must_use]
    pub fn new(layout: CogLayout, scratch: S) -> CogWriter<S> {
        let slots = layout.levels().iter();
        let slots = slots.map(|level| vec![Slot::MISSING; level.tiles() as usize]);
        CogWriter {
            slots: slots.collect(),
            pyramid: Pyramid::default(),
            layout,
            scratch,
            end: None,
            broken: None,
        }
    }

    /// Takes a tile. If it completes a tile of an overview, that is returned: encode it with
    /// [`CogLayout::encode_overview`] and push it too.
    ///
    /// # Errors
    /// If the scratch file can't be written, or the tile was pushed before or is outside the grid. After an error the
    /// file can't be finished.
    pub fn push(&mut self, tile: EncodedTile) -> Result<Option<Overview>, CogError> {
        let pushed = self.keep(&tile);
        if let Err(error) = &pushed {
            self.broken.get_or_insert_with(|| error.to_string());
        }
        pushed?;
        Ok(self.pyramid.add(&self.layout, &tile))
    }

    /// Writes the file: header, directories, tiles. Tiles that were not pushed are void. Returns the number of bytes.
    ///
    /// # Errors
    /// If the output or the scratch file fails, or an earlier tile could not be kept.
    pub fn finish(mut self, out: &mut impl Write) -> Result<u64, CogError> {
        while let Some(overview) = self.pyramid.next() {
            let mut next = Some(overview);
            while let Some(overview) = next {
                next = self.push(self.layout.encode_overview(overview)?)?;
            }
        }
        if let Some(first) = self.broken {
            return Err(CogError::Broken(first));
        }
        self.check_overviews()?;
        let statistics = self.statistics()?;
        let file = File::new(&self.layout, &self.slots, &statistics);
        write(&file, &self.layout, &mut self.scratch, out)?;
        Ok(file.size())
    }

    /// Checks that each tile with values is in an overview.
    fn check_overviews(&self) -> Result<(), CogError> {
        for (level, pair) in self.slots.windows(2).enumerate() {
            let [below, above] = [level, level + 1].map(|level| self.layout.level(level).across());
            for (index, slot) in pair[0].iter().enumerate() {
                let [column, row] = [index as u32 % below / 2, index as u32 / below / 2];
                let parent = pair[1][(row * above + column) as usize];
                if slot.size > 0 && parent == Slot::MISSING {
                    return Err(CogError::Tile {
                        level: level + 1,
                        column,
                        row,
                        problem: "was returned by `push`, but not pushed",
                    });
                }
            }
        }
        Ok(())
    }

    /// Appends a tile to the scratch file. Statistics precede its bytes.
    fn keep(&mut self, tile: &EncodedTile) -> Result<(), CogError> {
        let refused = |problem| CogError::Tile {
            level: tile.level,
            column: tile.column,
            row: tile.row,
            problem,
        };
        let level = self.layout.levels().get(tile.level);
        let level = level.filter(|level| tile.column < level.across() && tile.row < level.down());
        let level = level.ok_or_else(|| refused("is outside the grid"))?;
        let index = tile.row as usize * level.across() as usize + tile.column as usize;
        let slot = &mut self.slots[tile.level][index];
        if *slot != Slot::MISSING {
            return Err(refused("was pushed before"));
        }
        let end = match self.end {
            Some(end) => end,
            None => self.scratch.stream_position()?,
        };
        *slot = Slot {
            at: end,
            size: tile.bytes.len() as u32,
        };
        let mut written = 0;
        if !tile.bytes.is_empty() {
            for band in &tile.statistics {
                self.scratch.write_all(&band.to_bytes())?;
                written += Statistics::BYTES;
            }
            self.scratch.write_all(&tile.bytes)?;
            written += tile.bytes.len();
        }
        self.end = Some(end + written as u64);
        Ok(())
    }

    /// The statistics of each band, from those of the tiles in the order of the file.
    fn statistics(&mut self) -> Result<Vec<Statistics>, CogError> {
        let mut all = vec![Statistics::NONE; self.layout.bands.len()];
        let mut bytes = [0; Statistics::BYTES];
        for slot in self.slots[0].iter().filter(|slot| slot.size > 0) {
            self.scratch.seek(SeekFrom::Start(slot.at))?;
            for band in &mut all {
                self.scratch.read_exact(&mut bytes)?;
                *band = band.joined(Statistics::from_bytes(&bytes));
            }
        }
        Ok(all)
    }
}

/// Writes a file whose tiles are in a scratch file.
fn write(
    file: &File,
    layout: &CogLayout,
    scratch: &mut (impl Read + Seek),
    out: &mut impl Write,
) -> Result<(), CogError> {
    file.write_head(out)?;
    let mut bytes = Vec::new();
    for (level, slots) in file.slots.iter().enumerate().rev() {
        let statistics = if level == 0 { layout.bands.len() } else { 0 };
        let before = (statistics * Statistics::BYTES) as u64;
        for slot in slots.iter().filter(|slot| slot.size > 0) {
            bytes.resize(slot.size as usize, 0);
            scratch.seek(SeekFrom::Start(slot.at + before))?;
            scratch.read_exact(&mut bytes)?;
            out.write_all(&slot.size.to_le_bytes())?;
            out.write_all(&bytes)?;
            let last = bytes.last_chunk::<4>().copied().unwrap_or_default();
            out.write_all(&last)?;
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    dead_code,
    reason = "a test may panic, and this one needs little of it"
)]
#[path = "../../tests/cog_file/mod.rs"]
mod cog_file;

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::cog_file::CogFile;
    use super::*;
    use crate::{Band, Grid, Lattice, Raster, SampleType};

    #[test]
    fn files_of_4_gib_keep_the_same_rules() {
        let lattice = Lattice::new(1.0, [0.0; 2]).unwrap();
        let grid = Grid::covering(lattice, [0.0, 0.0, 1500.0, 600.0]).unwrap();
        let layout = CogLayout::new(grid, SampleType::F32, vec![Band::new("a")]).unwrap();
        let mut writer = CogWriter::new(layout.clone(), Cursor::new(Vec::new()));
        let window = layout.window(1, 0);
        let raster = Raster::new(window, vec![2.5; window.len()]).unwrap();
        writer
            .push(layout.encode(1, 0, &[raster]).unwrap())
            .unwrap();
        let statistics = writer.statistics().unwrap();
        let file = File::of_kind(&layout, &writer.slots, &statistics, true);
        let mut bytes = Vec::new();
        write(&file, &layout, &mut writer.scratch, &mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, file.size());
        let parsed = CogFile::check(&bytes);
        assert_eq!(parsed.images[0].sizes().filter(|size| *size > 0).count(), 1);
        let mut decoder = tiff::decoder::Decoder::new(Cursor::new(&bytes)).unwrap();
        let tiff::decoder::DecodingResult::F32(tile) = decoder.read_chunk(1).unwrap() else {
            panic!("not of 32-bit floats");
        };
        assert!(tile.iter().all(|value| *value == 2.5));
    }

    #[test]
    fn a_file_is_big_from_4_gib_on() {
        let lattice = Lattice::new(1.0, [0.0; 2]).unwrap();
        let grid = Grid::covering(lattice, [0.0, 0.0, 1024.0, 512.0]).unwrap();
        let layout = CogLayout::new(grid, SampleType::F32, vec![Band::new("a")]).unwrap();
        let slots = |size| {
            let tile = |size| Slot { at: 0, size };
            vec![vec![tile(size), tile(1 << 31)], vec![tile(100)]]
        };
        let head = File::new(&layout, &slots(0), &[]).size();
        // The second tile takes 8 bytes more, for its size and last bytes.
        let room = (u64::from(u32::MAX) - head - 8) as u32;
        for (size, signature) in [(room, b"II\x2a\0"), (room + 1, b"II\x2b\0")] {
            let slots = slots(size);
            let mut bytes = Vec::new();
            File::new(&layout, &slots, &[])
                .write_head(&mut bytes)
                .unwrap();
            assert_eq!(&bytes[..4], signature);
        }
    }
}
