//! Spatial indexes written by `LAStools` (`.lax`; `lasindex.cpp`, `lasquadtree.cpp` and `lasinterval.cpp` of `LASlib`).

use std::ops::Range;

use ept_format::Bounds;

use crate::LasError;
use crate::bytes::{bytes, u32_at};

/// A quadtree of the points of a file: each cell has runs of points in file order.
///
/// In a parsed one, cells are within the levels that it claims, and no run is empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Lax {
    min: [f64; 2],
    max: [f64; 2],
    cells: Vec<Cell>,
}

#[derive(Debug, Clone, PartialEq)]
struct Cell {
    /// The box of the cell, grown by the rounding error of 32-bit floats.
    bounds: [[f64; 2]; 2],
    runs: Vec<Range<u64>>,
}

/// Maximum levels for which cell numbers have enough bits.
const MOST_LEVELS: u32 = 15;

impl Lax {
    /// Parses a `.lax` file, or the extended VLR with the same contents.
    ///
    /// # Errors
    /// If it is truncated, or is not a LAX index.
    pub fn parse(contents: &[u8]) -> Result<Lax, LasError> {
        let mut reader = Reader(contents);
        reader.mark(b"LASX")?;
        reader.number()?;
        reader.mark(b"LASS")?;
        reader.number()?;
        // Old files lack these eight bytes.
        if reader.0.starts_with(b"LASQ") {
            reader.mark(b"LASQ")?;
            reader.number()?;
        }
        let levels = reader.number()?;
        let (level_index, _implicit) = (reader.number()?, reader.number()?);
        if levels > MOST_LEVELS || level_index != 0 {
            return Err(corrupt(format!(
                "invalid number of levels, {levels} below cell {level_index}"
            )));
        }
        let [x0, x1, y0, y1] = [
            reader.float()?,
            reader.float()?,
            reader.float()?,
            reader.float()?,
        ];
        if !(x0 <= x1 && y0 <= y1) || [x0, x1, y0, y1].iter().any(|c| !c.is_finite()) {
            return Err(corrupt(format!("invalid extent {x0} {y0} {x1} {y1}")));
        }
        reader.mark(b"LASV")?;
        reader.number()?;
        let count = reader.number()?;
        let mut lax = Lax {
            min: [x0, y0],
            max: [x1, y1],
            cells: Vec::new(),
        };
        for _ in 0..count {
            let number = reader.number()?;
            let (intervals, _points) = (reader.number()?, reader.number()?);
            let mut runs = Vec::new();
            for _ in 0..intervals {
                let (first, last) = (reader.number()?, reader.number()?);
                if last < first {
                    return Err(corrupt(format!("invalid run of points, {first} to {last}")));
                }
                runs.push(u64::from(first)..u64::from(last) + 1);
            }
            let bounds = lax.cell(number, levels)?;
            lax.cells.push(Cell { bounds, runs });
        }
        Ok(lax)
    }

    /// The box of a cell, given its number. The cells of a level are numbered after those of the level above, with two
    /// bits per level for the upper half of x and of y.
    fn cell(&self, number: u32, levels: u32) -> Result<[[f64; 2]; 2], LasError> {
        let first = |level: u32| ((1_u64 << (2 * level)) - 1) / 3;
        let mut known = 0..=levels;
        let level = known.find(|level| u64::from(number) < first(level + 1));
        let level =
            level.ok_or_else(|| corrupt(format!("cell {number} is beyond its {levels} levels")))?;
        let path = u64::from(number) - first(level);
        let (mut min, mut max) = (self.min, self.max);
        for step in (0..level).rev() {
            let half = path >> (2 * step);
            for axis in 0..2 {
                let middle = (min[axis] + max[axis]) / 2.0;
                if half >> axis & 1 == 1 {
                    min[axis] = middle;
                } else {
                    max[axis] = middle;
                }
            }
        }
        // The cells were computed with 32-bit floats.
        let slack = |c: f64| c.abs() * f64::from(f32::EPSILON) * 2.0;
        for axis in 0..2 {
            min[axis] -= slack(self.min[axis].abs().max(self.max[axis].abs()));
            max[axis] += slack(self.min[axis].abs().max(self.max[axis].abs()));
        }
        Ok([min, max])
    }

    /// Whether the runs are exactly the points of a file with `points` points. Otherwise the index belongs to other
    /// points and must not be used.
    #[must_use]
    pub fn is_of(&self, points: u64) -> bool {
        let all = self.merged(|_| true);
        matches!(&all[..], [run] if *run == (0..points)) || points == 0
    }

    /// The points of all cells for which `meets` is true, as ascending runs. `heights` is the minimum and maximum z of
    /// the boxes passed to `meets`.
    #[must_use]
    pub fn points(&self, heights: [f64; 2], meets: impl Fn(&Bounds) -> bool) -> Vec<Range<u64>> {
        let [low, high] = heights;
        self.merged(|[min, max]| {
            let bounds = Bounds::new([min[0], min[1], low], [max[0], max[1], high]);
            // If the box is invalid, its points are kept.
            bounds.map_or(true, |bounds| meets(&bounds))
        })
    }

    fn merged(&self, is_wanted: impl Fn(&[[f64; 2]; 2]) -> bool) -> Vec<Range<u64>> {
        let cells = self.cells.iter().filter(|cell| is_wanted(&cell.bounds));
        let mut runs: Vec<Range<u64>> = cells.flat_map(|cell| cell.runs.clone()).collect();
        runs.sort_unstable_by_key(|run| run.start);
        let mut merged: Vec<Range<u64>> = Vec::new();
        for run in runs {
            match merged.last_mut() {
                Some(last) if run.start <= last.end => last.end = last.end.max(run.end),
                _ => merged.push(run),
            }
        }
        merged
    }
}

/// The remaining bytes.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], LasError> {
        let (taken, rest) = self
            .0
            .split_at_checked(N)
            .ok_or_else(|| corrupt("it is truncated".into()))?;
        self.0 = rest;
        Ok(bytes(taken, 0))
    }

    fn mark(&mut self, expected: &[u8; 4]) -> Result<(), LasError> {
        let found: [u8; 4] = self.take()?;
        if found == *expected {
            return Ok(());
        }
        let name = String::from_utf8_lossy(expected);
        Err(corrupt(format!("{name} is missing")))
    }

    fn number(&mut self) -> Result<u32, LasError> {
        Ok(u32_at(&self.take::<4>()?, 0))
    }

    fn float(&mut self) -> Result<f64, LasError> {
        Ok(f32::from_le_bytes(self.take()?).into())
    }
}

fn corrupt(problem: String) -> LasError {
    LasError::corrupt("LAX index", problem)
}
