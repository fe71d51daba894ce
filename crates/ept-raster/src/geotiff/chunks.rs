//! Strips and tiles.

use std::io::{Read, Seek, SeekFrom};

use super::codec::Codec;
use super::directory::{Directory, Table};
use super::{GeoTiffError, Predictor, SampleType, tag};

/// How the values of a file are divided: into tiles, or strips, which are tiles as wide as the image.
#[derive(Debug)]
pub(super) struct Chunks {
    /// Columns and rows of the image.
    image: [u32; 2],
    /// Columns and rows of a chunk.
    pub(super) size: [u32; 2],
    /// Values of each pixel.
    pub(super) bands: usize,
    pub(super) sample: SampleType,
    /// Whether each band has its own chunks.
    is_planar: bool,
    /// Whether the last row of chunks is cut to the image.
    is_cut: bool,
    offsets: Table,
    sizes: Table,
    codec: Codec,
    predictor: Predictor,
    is_big_endian: bool,
}

/// Maximum bytes of a chunk: tiles of 512 x 512 with 8 bands of 64-bit floats have 16 MiB.
const LARGEST: u64 = 64 << 20;
/// Maximum bands.
const MOST_BANDS: u64 = 4096;

impl Chunks {
    pub(super) fn read(
        directory: &Directory,
        file: &mut (impl Read + Seek),
    ) -> Result<Chunks, GeoTiffError> {
        let mut number = |tag: u16, absent: u64| directory.number(file, tag, absent);
        let [columns, rows] = [number(tag::WIDTH, 0)?, number(tag::HEIGHT, 0)?];
        let bands = number(tag::SAMPLES_PER_PIXEL, 1)?;
        let is_planar = number(tag::PLANAR, 1)? == 2;
        let predictor = number(tag::PREDICTOR, 1)?;
        let codec = Codec::from_number(number(tag::COMPRESSION, 1)?)?;
        let is_tiled = directory.has(tag::TILE_OFFSETS);
        let size = if is_tiled {
            [number(tag::TILE_WIDTH, 0)?, number(tag::TILE_HEIGHT, 0)?]
        } else {
            [columns, number(tag::ROWS_PER_STRIP, rows)?.min(rows)]
        };
        if bands == 0 || bands > MOST_BANDS {
            let problem = format!("has {bands} bands: at most {MOST_BANDS} are read");
            return Err(GeoTiffError::Unsupported(problem));
        }
        let wrong = || GeoTiffError::damaged("the size of the image or of its parts is wrong");
        let checked = |n: u64| u32::try_from(n).ok().filter(|n| *n > 0).ok_or_else(wrong);
        let image = [checked(columns)?, checked(rows)?];
        let size = [checked(size[0])?, checked(size[1])?];
        let sample = sample(directory, file)?;
        let unknown = || GeoTiffError::damaged(format!("predictor {predictor} is unknown"));
        let predictor = u16::try_from(predictor)
            .ok()
            .and_then(Predictor::from_number);
        let predictor = predictor.ok_or_else(unknown)?;
        if predictor == Predictor::FloatingPoint && !sample.is_float() {
            return Err(GeoTiffError::damaged(
                "integers have the predictor of floats",
            ));
        }
        let [offsets, sizes] = if is_tiled {
            [tag::TILE_OFFSETS, tag::TILE_SIZES]
        } else {
            [tag::STRIP_OFFSETS, tag::STRIP_SIZES]
        };
        let chunks = Chunks {
            image,
            size,
            bands: bands as usize,
            sample,
            is_planar,
            is_cut: !is_tiled,
            offsets: directory.table(offsets)?,
            sizes: directory.table(sizes)?,
            codec,
            predictor,
            is_big_endian: directory.is_big_endian,
        };
        chunks.check()?;
        Ok(chunks)
    }

    /// Checks that there is a chunk for each part of the image, and none that is too large.
    fn check(&self) -> Result<(), GeoTiffError> {
        let planes = if self.is_planar { self.bands as u64 } else { 1 };
        let count = self.across().checked_mul(self.down());
        let count = count.and_then(|count| count.checked_mul(planes));
        let is_complete =
            count.is_some_and(|count| count <= self.offsets.count.min(self.sizes.count));
        if !is_complete {
            return Err(GeoTiffError::damaged("it has fewer parts than its image"));
        }
        let cells = u64::from(self.size[0]) * u64::from(self.size[1]);
        let bytes = cells.checked_mul(self.pixel() as u64);
        if bytes.is_none_or(|bytes| bytes > LARGEST) {
            return Err(GeoTiffError::Unsupported(format!(
                "has tiles or strips of more than {LARGEST} bytes: convert it with gdal_translate -co TILED=YES"
            )));
        }
        Ok(())
    }

    pub(super) fn image(&self) -> [u32; 2] {
        self.image
    }

    fn across(&self) -> u64 {
        u64::from(self.image[0].div_ceil(self.size[0]))
    }

    fn down(&self) -> u64 {
        u64::from(self.image[1].div_ceil(self.size[1]))
    }

    /// Values of a pixel in a chunk.
    pub(super) fn step(&self) -> usize {
        if self.is_planar { 1 } else { self.bands }
    }

    /// Position of a band among the values of a pixel in a chunk.
    pub(super) fn place(&self, band: usize) -> usize {
        if self.is_planar { 0 } else { band }
    }

    /// Bytes of a pixel in a chunk.
    pub(super) fn pixel(&self) -> usize {
        self.step() * self.sample.size()
    }

    /// Index of the chunk in a column and row of chunks, for a band.
    pub(super) fn index(&self, column: u32, row: u32, band: usize) -> u64 {
        let plane = if self.is_planar { band as u64 } else { 0 };
        (plane * self.down() + u64::from(row)) * self.across() + u64::from(column)
    }

    /// The values of a chunk, little-endian. `None` if it is not in the file.
    pub(super) fn decode(
        &self,
        file: &mut (impl Read + Seek),
        index: u64,
    ) -> Result<Option<Vec<u8>>, GeoTiffError> {
        let at = self.offsets.get(file, index, self.is_big_endian)?;
        let size = self.sizes.get(file, index, self.is_big_endian)?;
        if size == 0 {
            return Ok(None);
        }
        let mut rows = self.size[1];
        if self.is_cut {
            let row = index / self.across() % self.down();
            rows = rows.min(self.image[1] - row as u32 * self.size[1]);
        }
        let line = self.size[0] as usize * self.pixel();
        let full = line * rows as usize;
        // What is compressed badly is little larger than before.
        let longest = full as u64 + full as u64 / 2 + 1024;
        file.seek(SeekFrom::Start(at))?;
        let mut compressed = Vec::new();
        file.take(size.min(longest)).read_to_end(&mut compressed)?;
        let mut bytes = self.codec.decompress(compressed, full)?;
        let mut spare = Vec::new();
        for row in bytes.chunks_mut(line) {
            let size = self.sample.size();
            let is_swapped = self.is_big_endian && self.predictor != Predictor::FloatingPoint;
            self.predictor
                .undo(row, size, self.step(), self.is_big_endian, &mut spare);
            if is_swapped {
                row.chunks_mut(size).for_each(<[u8]>::reverse);
            }
        }
        Ok(Some(bytes))
    }
}

/// The type of the values, which must be that of all bands.
fn sample(
    directory: &Directory,
    file: &mut (impl Read + Seek),
) -> Result<SampleType, GeoTiffError> {
    let bits = directory.numbers(file, tag::BITS)?;
    let formats = directory.numbers(file, tag::SAMPLE_FORMAT)?;
    let is_one = |all: &[u64]| all.windows(2).all(|pair| pair[0] == pair[1]);
    let first = |all: &[u64]| all.first().map_or(1, |n| u16::try_from(*n).unwrap_or(0));
    let sample = SampleType::from_tags(first(&formats), first(&bits));
    sample.filter(|_| is_one(&bits) && is_one(&formats)).ok_or_else(|| {
        GeoTiffError::Unsupported(format!(
            "has values of {bits:?} bits and formats {formats:?}: convert it with gdal_translate -ot Float32"
        ))
    })
}
