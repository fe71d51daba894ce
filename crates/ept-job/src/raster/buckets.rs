//! The points of a raster in a scratch file, by place.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use ept_raster::{Lattice, Window};

use super::extent::Extent;
use super::scratch::{Number, Scratch};

/// Most cells along the edge of a bucket: as many as along that of a tile of the raster.
const LONGEST: f64 = 512.0;

/// Buckets along the edge of a group.
const SQUARE: i64 = 4;

/// Column and row of a bucket: those of its cells, divided by their number along an edge.
pub(crate) type Key = [i64; 2];

/// Rows of numbers, one for each point, in buckets of cells.
///
/// The index in memory has 16 bytes for each bucket that a node has points in.
#[derive(Debug)]
pub(crate) struct Buckets {
    lattice: Lattice,
    /// Cells along the edge of a bucket.
    edge: i64,
    /// Numbers in a row. The first two are X and Y.
    width: usize,
    scratch: Arc<Scratch>,
    segments: BTreeMap<Key, Vec<Segment>>,
}

/// Rows of a node that lie in one bucket.
#[derive(Debug, Clone, Copy)]
struct Segment {
    /// Place of the first number in the file.
    start: u64,
    rows: u64,
}

/// Rows of a node that are in the file, but not in the index yet.
#[derive(Debug, Default)]
pub(crate) struct Stored(Vec<(Key, Segment)>);

impl Stored {
    /// Writes a row of `width` numbers for each point. `cells` are the cells of the points, and `number` returns a number by
    /// its row and its column.
    ///
    /// # Errors
    /// That of the system.
    pub(crate) fn write(
        scratch: &Scratch,
        (edge, width): (i64, usize),
        cells: &[[i64; 2]],
        number: impl Fn(usize, usize) -> f64,
    ) -> io::Result<Stored> {
        let slots = Slots::of(cells, edge);
        // Points of a bucket stay in their order.
        let mut next = slots.starts.clone();
        let places = slots.of_rows.iter().map(|slot| {
            let next = &mut next[*slot as usize];
            *next += 1;
            *next - 1
        });
        let places: Vec<usize> = places.collect();
        let mut sorted = vec![Number::default(); cells.len() * width];
        for column in 0..width {
            for (row, place) in places.iter().enumerate() {
                sorted[place * width + column] = number(row, column).to_le_bytes();
            }
        }
        let first = scratch.append(&sorted)?;
        let ranges = slots.starts.iter().zip(next);
        let segments = slots.keys.into_iter().zip(ranges);
        let segments = segments.map(|(key, (start, end))| {
            let segment = Segment {
                start: first + (start * width) as u64,
                rows: (end - start) as u64,
            };
            (key, segment)
        });
        let segments = segments.filter(|(_, segment)| segment.rows > 0);
        Ok(Stored(segments.collect()))
    }
}

/// Where rows go that are sorted by bucket.
struct Slots {
    /// The buckets in ascending order, perhaps some without rows.
    keys: Vec<Key>,
    /// Number of rows before each.
    starts: Vec<usize>,
    /// The position in `keys` of the bucket of each row.
    of_rows: Vec<u32>,
}

impl Slots {
    /// The slots of rows in these cells.
    fn of(cells: &[[i64; 2]], edge: i64) -> Slots {
        let (keys, of_rows) = by_table(cells, edge).unwrap_or_else(|| by_search(cells, edge));
        let mut starts = vec![0; keys.len()];
        of_rows.iter().for_each(|slot| starts[*slot as usize] += 1);
        let mut sum = 0;
        for start in &mut starts {
            sum += std::mem::replace(start, sum);
        }
        Slots {
            keys,
            starts,
            of_rows,
        }
    }
}

/// The buckets in the rectangle around some cells, and the position of that of each cell. `None` if there are fewer cells than
/// buckets, or columns, or rows.
fn by_table(cells: &[[i64; 2]], edge: i64) -> Option<(Vec<Key>, Vec<u32>)> {
    let around = cells.iter().copied().map(Extent::of);
    let [west, south, east, north] = around.reduce(Extent::joined)?.corners();
    let [first, last] = [[west, south], [east, north]].map(|cell| key_of(cell, edge));
    let keys = |axis: usize| first[axis]..=last[axis];
    let height = last[1] - first[1] + 1;
    let buckets = (last[0] - first[0] + 1).checked_mul(height)?;
    let longest = (east - west).max(north - south).max(buckets);
    if longest > cells.len() as i64 {
        return None;
    }
    // A division for each column and row, not for each point.
    let columns: Vec<u32> = (west..=east)
        .map(|column| ((column.div_euclid(edge) - first[0]) * height) as u32)
        .collect();
    let rows: Vec<u32> = (south..=north)
        .map(|row| (row.div_euclid(edge) - first[1]) as u32)
        .collect();
    let find = |[x, y]: &[i64; 2]| columns[(x - west) as usize] + rows[(y - south) as usize];
    let all = keys(0).flat_map(|x| keys(1).map(move |y| [x, y]));
    Some((all.collect(), cells.iter().map(find).collect()))
}

/// The buckets of some cells, and the position of that of each cell.
fn by_search(cells: &[[i64; 2]], edge: i64) -> (Vec<Key>, Vec<u32>) {
    let of_rows: Vec<Key> = cells.iter().map(|cell| key_of(*cell, edge)).collect();
    let mut keys = of_rows.clone();
    keys.sort_unstable();
    keys.dedup();
    let find = |key: Key| keys.partition_point(|other| *other < key) as u32;
    let of_rows = of_rows.into_iter().map(find).collect();
    (keys, of_rows)
}

impl Buckets {
    /// An index without rows of a scratch file.
    pub(crate) fn new(lattice: Lattice, edge: i64, width: usize, scratch: Arc<Scratch>) -> Buckets {
        Buckets {
            lattice,
            edge,
            width,
            scratch,
            segments: BTreeMap::new(),
        }
    }

    /// Adds the rows of a node after those added before.
    pub(crate) fn add(&mut self, stored: Stored) {
        for (key, segment) in stored.0 {
            self.segments.entry(key).or_default().push(segment);
        }
    }

    /// Cells along the edge of buckets of about this length. A few hundred thousand points lie in some, and a node lies in
    /// few.
    pub(crate) fn edge_of(lattice: &Lattice, length: f64) -> i64 {
        (length / lattice.cell()).round().clamp(1.0, LONGEST) as i64
    }

    /// Cells along the edge of a bucket.
    pub(crate) fn edge(&self) -> i64 {
        self.edge
    }

    /// The cells.
    pub(crate) fn lattice(&self) -> &Lattice {
        &self.lattice
    }

    /// Numbers in a row.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The buckets that have rows, in ascending order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        self.segments.keys().copied()
    }

    /// The buckets with rows that a window meets, in ascending order.
    pub(crate) fn keys_in(&self, window: &Window) -> impl Iterator<Item = Key> {
        let last = [window.east() - 1, window.north() - 1];
        self.keys_between([window.west, window.south], last)
    }

    /// The buckets with rows that a box of coordinates meets, and perhaps some around it, in ascending order.
    pub(crate) fn keys_in_box(&self, area: Extent) -> impl Iterator<Item = Key> {
        let [west, south, east, north] = area.corners();
        // A box that ends where there are no cells contains all of them on that side.
        let find =
            |x: f64, y: f64, beyond: i64| self.lattice.find(x, y).unwrap_or([beyond, beyond]);
        let far = 1 << 52;
        self.keys_between(find(west, south, -far), find(east, north, far))
    }

    /// The buckets with rows between two cells, in ascending order.
    fn keys_between(&self, first: [i64; 2], last: [i64; 2]) -> impl Iterator<Item = Key> {
        let [west, south] = key_of(first, self.edge);
        let [east, north] = key_of(last, self.edge);
        let within = self.segments.range([west, south]..=[east, north]);
        let keys = within.map(|(key, _)| *key);
        keys.filter(move |[_, row]| (south..=north).contains(row))
    }

    /// All buckets in groups of neighbours with at most this many rows, unless a single one has more.
    pub(crate) fn groups(&self, most: u64) -> Vec<Vec<Key>> {
        let mut squares: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
        for key in self.keys() {
            let square = key.map(|index| index.div_euclid(SQUARE));
            squares.entry(square).or_default().push(key);
        }
        let mut groups = Vec::new();
        for square in squares.into_values() {
            let (mut group, mut rows) = (Vec::new(), 0);
            for key in square {
                rows += self.count(key);
                if rows > most && !group.is_empty() {
                    groups.push(std::mem::take(&mut group));
                    rows = self.count(key);
                }
                group.push(key);
            }
            groups.push(group);
        }
        groups
    }

    /// Number of rows in a bucket.
    pub(crate) fn count(&self, key: Key) -> u64 {
        let segments = self.segments.get(&key).into_iter().flatten();
        segments.map(|segment| segment.rows).sum()
    }

    /// Hands out the rows of a bucket, in the order in which they were added.
    ///
    /// # Errors
    /// That of the system.
    pub(crate) fn each_row(&self, key: Key, mut take: impl FnMut(&[f64])) -> io::Result<()> {
        let mut numbers = Vec::new();
        let mut row = vec![0.0; self.width];
        for segment in self.segments.get(&key).into_iter().flatten() {
            numbers.resize(segment.rows as usize * self.width, Number::default());
            self.scratch.read(segment.start, &mut numbers)?;
            for stored in numbers.chunks_exact(self.width) {
                for (number, bytes) in row.iter_mut().zip(stored) {
                    *number = f64::from_le_bytes(*bytes);
                }
                take(&row);
            }
        }
        Ok(())
    }

    /// The box of a bucket in coordinates, grown a little so that no rounding takes a point out of it.
    pub(crate) fn extent(&self, key: Key) -> Extent {
        let [column, row] = key.map(|index| index * self.edge);
        let slack = self.lattice.cell() * 1e-6;
        let [west, south] = [self.lattice.west(column), self.lattice.south(row)];
        let east = self.lattice.west(column + self.edge);
        let north = self.lattice.south(row + self.edge);
        Extent::new([west, south, east, north]).grown(slack)
    }
}

/// The bucket of a cell.
pub(crate) fn key_of(cell: [i64; 2], edge: i64) -> Key {
    cell.map(|index| index.div_euclid(edge))
}
