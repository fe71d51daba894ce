//! The places of everything in a Cloud Optimized GeoTIFF.

use std::io::{self, Write};

use super::directory::{Directory, offset};
use super::level::TILE;
use super::metadata::metadata;
use super::statistics::Statistics;
use super::writer::Slot;
use super::{CogLayout, Compression};
use crate::geotiff::{Predictor, tag};

/// What tells GDAL that tiles are in order, each between its size and its last four bytes again.
const STRUCTURE: &str = "LAYOUT=IFDS_BEFORE_DATA\n\
    BLOCK_ORDER=ROW_MAJOR\n\
    BLOCK_LEADER=SIZE_AS_UINT4\n\
    BLOCK_TRAILER=LAST_4_BYTES_REPEATED\n\
    KNOWN_INCOMPATIBLE_EDITION=NO\n ";

/// Bytes around a tile: its size before it, its last four bytes after it.
const AROUND: u64 = 8;

/// The places of everything in a file: header, directories from the full resolution down, then the tiles of the smallest
/// overview up to those of the full resolution. They are known before anything is written.
#[derive(Debug)]
pub(super) struct File<'a> {
    pub(super) slots: &'a [Vec<Slot>],
    is_big: bool,
    /// A directory for each level, and its place.
    directories: Vec<(u64, Directory)>,
    /// Where the tiles of each level begin.
    starts: Vec<u64>,
    size: u64,
}

impl<'a> File<'a> {
    /// A file of classic TIFF, or of BigTIFF if it has 4 GiB or more.
    pub(super) fn new(
        layout: &CogLayout,
        slots: &'a [Vec<Slot>],
        statistics: &[Statistics],
    ) -> File<'a> {
        let file = File::of_kind(layout, slots, statistics, false);
        if file.size > u64::from(u32::MAX) {
            File::of_kind(layout, slots, statistics, true)
        } else {
            file
        }
    }

    pub(super) fn of_kind(
        layout: &CogLayout,
        slots: &'a [Vec<Slot>],
        statistics: &[Statistics],
        is_big: bool,
    ) -> File<'a> {
        let mut end = (header_size(is_big) + structure().len() as u64).next_multiple_of(2);
        let mut directories = Vec::new();
        for level in 0..slots.len() {
            let directory = directory(layout, level, statistics);
            let size = directory.size(is_big);
            directories.push((end, directory));
            end += size;
        }
        let mut starts = vec![0; slots.len()];
        for (start, slots) in starts.iter_mut().zip(slots).rev() {
            *start = end;
            let tiles = slots.iter().filter(|slot| slot.size > 0);
            end += tiles.map(|slot| u64::from(slot.size) + AROUND).sum::<u64>();
        }
        File {
            slots,
            is_big,
            directories,
            starts,
            size: end,
        }
    }

    /// Bytes of the file.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Writes everything before the tiles.
    pub(super) fn write_head(&self, out: &mut impl Write) -> io::Result<()> {
        let first = self.directories.first().map_or(0, |(at, _)| *at);
        if self.is_big {
            out.write_all(b"II\x2b\0\x08\0\0\0")?;
        } else {
            out.write_all(b"II\x2a\0")?;
        }
        offset(out, self.is_big, first)?;
        let structure = structure();
        out.write_all(structure.as_bytes())?;
        let written = header_size(self.is_big) + structure.len() as u64;
        out.write_all(&[0][..(first - written) as usize])?;
        for (level, (at, directory)) in self.directories.iter().enumerate() {
            let next = self.directories.get(level + 1).map_or(0, |(at, _)| *at);
            let tiles = || self.tiles(level);
            directory.write(out, self.is_big, [*at, next], tiles)?;
        }
        Ok(())
    }

    /// Place and size of each tile of a level. Void tiles have 0 for both.
    fn tiles(&self, level: usize) -> impl Iterator<Item = (u64, u32)> {
        let mut end = self.starts[level];
        self.slots[level].iter().map(move |slot| {
            if slot.size == 0 {
                return (0, 0);
            }
            let at = end + AROUND / 2;
            end += u64::from(slot.size) + AROUND;
            (at, slot.size)
        })
    }
}

fn header_size(is_big: bool) -> u64 {
    if is_big { 16 } else { 8 }
}

fn structure() -> String {
    let size = STRUCTURE.len();
    format!("GDAL_STRUCTURAL_METADATA_SIZE={size:06} bytes\n{STRUCTURE}")
}

/// The tags of a level, ascending.
fn directory(layout: &CogLayout, level: usize, statistics: &[Statistics]) -> Directory {
    let mut tags = Directory::default();
    let bands = layout.bands.len();
    let size = layout.level(level);
    if level > 0 {
        const REDUCED: u32 = 1;
        tags.long(tag::SUBFILE_TYPE, REDUCED);
    }
    tags.long(tag::WIDTH, size.columns);
    tags.long(tag::HEIGHT, size.rows);
    tags.short(tag::BITS, &vec![layout.sample.size() as u16 * 8; bands]);
    tags.short(tag::COMPRESSION, &[layout.compression.number()]);
    const BLACK_IS_ZERO: u16 = 1;
    tags.short(tag::PHOTOMETRIC, &[BLACK_IS_ZERO]);
    tags.short(tag::SAMPLES_PER_PIXEL, &[bands as u16]);
    const PIXELS: u16 = 1;
    tags.short(tag::PLANAR, &[PIXELS]);
    if level == 0 {
        tags.text(tag::SOFTWARE, b"ept");
    }
    if layout.compression.is_predicted() {
        let predictor = Predictor::of(layout.sample);
        tags.short(tag::PREDICTOR, &[predictor.number()]);
    }
    tags.short(tag::TILE_WIDTH, &[TILE as u16]);
    tags.short(tag::TILE_HEIGHT, &[TILE as u16]);
    tags.tables([tag::TILE_OFFSETS, tag::TILE_SIZES], size.tiles());
    if bands > 1 {
        const UNSPECIFIED: u16 = 0;
        tags.short(tag::EXTRA_SAMPLES, &vec![UNSPECIFIED; bands - 1]);
    }
    tags.short(tag::SAMPLE_FORMAT, &vec![layout.sample.format(); bands]);
    if level == 0 {
        let [x, y] = layout.grid().origin();
        let cell = layout.grid().lattice().cell();
        tags.doubles(tag::PIXEL_SCALE, &[cell, cell, 1.0]);
        tags.doubles(tag::TIEPOINT, &[0.0, 0.0, 0.0, x, y, 0.0]);
        let keys = &layout.keys;
        if !keys.is_empty() {
            tags.short(tag::GEO_DIRECTORY, keys.directory());
            if !keys.doubles().is_empty() {
                tags.doubles(tag::GEO_DOUBLES, keys.doubles());
            }
            if !keys.texts().is_empty() {
                tags.text(tag::GEO_TEXTS, keys.texts());
            }
        }
        let text = metadata(layout, statistics);
        tags.text(tag::GDAL_METADATA, text.as_bytes());
    }
    if let Some(nodata) = layout.nodata {
        let text = if nodata.is_nan() {
            "nan".to_owned()
        } else {
            nodata.to_string()
        };
        tags.text(tag::GDAL_NODATA, text.as_bytes());
    }
    if let Compression::Lerc { .. } = layout.compression {
        // Version 2.4, then Deflate, as libtiff numbers them.
        tags.longs(tag::LERC_PARAMETERS, &[4, 1]);
    }
    tags
}
