//! Tiles as bytes for a viewer in another process, such as a page in a browser.

use ept_format::Bounds;
use ept_points::{PointBatch, Values};

use crate::palette::NO_VALUE;
use crate::{CachedTile, ColorBy, Paint};

/// The points of a tile as bytes, 12 for each: positions of 16 bits in a box around them, class, returns, and what
/// colours them. All numbers are little-endian.
///
/// | bytes | header |
/// |---|---|
/// | 4 | `EPTV` |
/// | 4 | version, 1 |
/// | 4 | number of points |
/// | 4 | 0 |
/// | 24 | origin: x, y and z as float64, in the dataset's coordinates |
/// | 24 | step: the same for the length of one count of a position |
///
/// | bytes | each point |
/// |---|---|
/// | 6 | position: x, y and z as uint16; a coordinate is `origin + step * position`, at most half a step off |
/// | 1 | class |
/// | 1 | number of the return in the low 4 bits, number of returns in the high 4 bits, at most 15 each |
/// | 4 | red, green, blue and 255; or, if the colour says something else, its number as float32 |
///
/// The number is the intensity, the source, or the time minus the lower limit of the paint; 0 for the height, the class
/// and the return, which are in the record already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedTile {
    bytes: Vec<u8>,
}

const MAGIC: &[u8; 4] = b"EPTV";
const VERSION: u32 = 1;

/// Greatest position.
const MOST: f64 = 65535.0;

impl PackedTile {
    /// Size of the header in bytes.
    pub const HEADER: usize = 64;

    /// Size of a point in bytes.
    pub const POINT: usize = 12;

    /// Packs those points of a tile whose entry in `mask` is true, in order; all of them if it is `None`.
    #[must_use]
    pub fn new(tile: &CachedTile, mask: Option<&[bool]>, paint: &Paint) -> PackedTile {
        let points = tile.points();
        let is_kept = |row: &usize| mask.is_none_or(|mask| mask.get(*row) == Some(&true));
        let rows: Vec<usize> = (0..points.len()).filter(is_kept).collect();
        let mut bytes = Vec::with_capacity(Self::HEADER + rows.len() * Self::POINT);
        let grid = Grid::around(points, &rows, &tile.node().cell);
        grid.write_header(rows.len(), &mut bytes);
        let classes = bytes_of(points, "Classification");
        let returns = bytes_of(points, "ReturnNumber");
        let numbers = bytes_of(points, "NumberOfReturns");
        let tints = tints(points, paint);
        for row in rows {
            let place = tile.position(row).unwrap_or([f64::NAN; 3]);
            let position = grid.position(place);
            bytes.extend(position.into_iter().flat_map(u16::to_le_bytes));
            bytes.push(classes.get(row).copied().unwrap_or(0));
            let [number, of] = [&returns, &numbers].map(|v| v.get(row).map_or(0, |n| *n.min(&15)));
            bytes.push(number | of << 4);
            bytes.extend(tints.get(row).copied().unwrap_or([0; 4]));
        }
        PackedTile { bytes }
    }

    /// The header and the points.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// The positions in a box.
struct Grid {
    origin: [f64; 3],
    step: [f64; 3],
}

impl Grid {
    /// The grid of the smallest box around these points; around the cell, if a coordinate is not finite.
    fn around(points: &PointBatch, rows: &[usize], cell: &Bounds) -> Grid {
        let axes = [points.x(), points.y(), points.z()].map(Option::unwrap_or_default);
        let values = |i: usize| {
            rows.iter()
                .filter_map(move |&row| axes[i].get(row).copied())
        };
        let is_finite = (0..3).all(|i| values(i).all(f64::is_finite)) && !rows.is_empty();
        let (min, max) = if is_finite {
            let ends = |end: fn(f64, f64) -> f64| [0, 1, 2].map(|i| values(i).reduce(end));
            (ends(f64::min), ends(f64::max))
        } else {
            (cell.min().map(Some), cell.max().map(Some))
        };
        let [min, max] = [min, max].map(|corner| corner.map(Option::unwrap_or_default));
        Grid {
            origin: min,
            step: [0, 1, 2].map(|i| (max[i] - min[i]) / MOST),
        }
    }

    fn write_header(&self, points: usize, bytes: &mut Vec<u8>) {
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        // A tile's points are limited to far less.
        bytes.extend(u32::try_from(points).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend(0_u32.to_le_bytes());
        let numbers = self.origin.into_iter().chain(self.step);
        bytes.extend(numbers.flat_map(f64::to_le_bytes));
    }

    fn position(&self, place: [f64; 3]) -> [u16; 3] {
        [0, 1, 2].map(|i| {
            let count = (place[i] - self.origin[i]) / self.step[i];
            // The conversion saturates; of points in a plane, and of NaN, it makes 0.
            count.round() as u16
        })
    }
}

/// What colours each point, see [`PackedTile`]. Empty if nothing does.
fn tints(points: &PointBatch, paint: &Paint) -> Vec<[u8; 4]> {
    let from = match paint.by() {
        ColorBy::Rgb => {
            let colors = paint.measured_colors(points);
            let colors = colors.unwrap_or_else(|| vec![NO_VALUE; points.len()]);
            return colors.into_iter().map(|[r, g, b]| [r, g, b, 255]).collect();
        }
        ColorBy::Height | ColorBy::Class | ColorBy::Return => return Vec::new(),
        ColorBy::Time => paint.limits()[0],
        ColorBy::Intensity | ColorBy::Source => 0.0,
    };
    let values = points.find(paint.by().dimensions()[0]);
    let values = values.and_then(Values::to_f64).unwrap_or_default();
    let numbers = values.into_iter().map(|value| (value - from) as f32);
    numbers.map(f32::to_le_bytes).collect()
}

/// The values of a dimension as bytes; greater ones are 255. Empty if the points lack it.
fn bytes_of(points: &PointBatch, name: &str) -> Vec<u8> {
    match points.find(name) {
        Some(Values::U8(values)) => values.clone(),
        other => {
            let values = other.and_then(Values::to_f64).unwrap_or_default();
            values.into_iter().map(|value| value as u8).collect()
        }
    }
}
