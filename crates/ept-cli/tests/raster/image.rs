//! Rasters as other programs read them: with the crate `tiff`.

use std::fs::File;
use std::path::Path;

use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;

/// The first band of a GeoTIFF whose north-western corner and cells are known.
#[derive(Debug, PartialEq)]
pub(super) struct Image {
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) origin: [f64; 2],
    pub(super) cell: f64,
    pub(super) bands: usize,
    /// Rows from north to south, in each the columns, in each the bands.
    pub(super) values: Vec<f64>,
}

/// What voids are in floats.
pub(super) const VOID: f64 = -9999.0;

impl Image {
    pub(super) fn read(path: impl AsRef<Path>) -> Image {
        let mut decoder = Decoder::new(File::open(path).unwrap()).unwrap();
        let (columns, rows) = decoder.dimensions().unwrap();
        let scale = decoder.get_tag_f64_vec(Tag::ModelPixelScaleTag).unwrap();
        assert_eq!(scale[0], scale[1]);
        let tie = decoder.get_tag_f64_vec(Tag::ModelTiepointTag).unwrap();
        assert_eq!(tie[..3], [0.0; 3]);
        let values: Vec<f64> = match decoder.read_image().unwrap() {
            DecodingResult::F32(values) => values.into_iter().map(f64::from).collect(),
            DecodingResult::F64(values) => values,
            DecodingResult::U8(values) => values.into_iter().map(f64::from).collect(),
            other => panic!("{other:?}"),
        };
        Image {
            bands: values.len() / (columns * rows) as usize,
            columns: columns as usize,
            rows: rows as usize,
            origin: [tie[3], tie[4]],
            cell: scale[0],
            values,
        }
    }

    /// The value of a band at a place. A cell has its left and its bottom edge. `None` outside and for voids.
    pub(super) fn at(&self, x: f64, y: f64, band: usize) -> Option<f64> {
        let column = ((x - self.origin[0]) / self.cell).floor();
        let south = self.origin[1] - self.rows as f64 * self.cell;
        let row = self.rows as f64 - 1.0 - ((y - south) / self.cell).floor();
        let is_inside =
            column >= 0.0 && row >= 0.0 && column < self.columns as f64 && row < self.rows as f64;
        if !is_inside {
            return None;
        }
        let position = row as usize * self.columns + column as usize;
        let value = self.values[position * self.bands + band];
        (value != VOID).then_some(value)
    }

    /// The centres of all cells.
    pub(super) fn centres(&self) -> impl Iterator<Item = [f64; 2]> + '_ {
        (0..self.columns * self.rows).map(|at| {
            let (column, row) = (at % self.columns, at / self.columns);
            [
                self.origin[0] + (column as f64 + 0.5) * self.cell,
                self.origin[1] - (row as f64 + 0.5) * self.cell,
            ]
        })
    }
}

/// Columns and rows of a raster without values: none of its tiles takes room.
pub(super) fn void_size(path: impl AsRef<Path>) -> [u32; 2] {
    let mut decoder = Decoder::new(File::open(path).unwrap()).unwrap();
    let sizes = decoder.get_tag_u64_vec(Tag::TileByteCounts).unwrap();
    assert!(sizes.iter().all(|size| *size == 0), "{sizes:?}");
    decoder.dimensions().unwrap().into()
}
