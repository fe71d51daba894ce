//! Counts, returns and bounds of points for a LAS header.

use ept_las::{Encoding, PointFormat, Scaling};

/// Count and bounds of point records.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    /// Size of a record in bytes.
    size: usize,
    /// The bits of byte 14 that contain the return number.
    return_mask: u8,
    /// Offset of the GPS time in a record. `None` if the point format has none.
    time_at: Option<usize>,
    pub(crate) points: u64,
    /// Number of points of returns 1 to 15. Points without a return number are not counted.
    pub(crate) by_return: [u64; 15],
    /// Minimum and maximum integers on each axis.
    extent: Option<([i32; 3], [i32; 3])>,
    /// Minimum and maximum GPS time. `None` if there are no points or no times.
    pub(crate) times: Option<(f64, f64)>,
}

impl Tally {
    /// A tally for records of a point format, `size` bytes each.
    pub(crate) fn new(format: PointFormat, size: usize) -> Tally {
        Tally {
            size,
            return_mask: Encoding::mask(if format.is_extended() { 4 } else { 3 }),
            time_at: format.field("GpsTime").map(|field| field.at),
            points: 0,
            by_return: [0; 15],
            extent: None,
            times: None,
        }
    }

    /// Whether it counts a field: the others may be zero.
    pub(crate) fn counts(field: &str) -> bool {
        matches!(field, "X" | "Y" | "Z" | "ReturnNumber" | "GpsTime")
    }

    /// Adds whole records.
    pub(crate) fn add(&mut self, records: &[u8]) {
        let (size, mask) = (self.size, self.return_mask);
        for record in records.chunks_exact(size) {
            let point = [0, 4, 8].map(|at| axis(record, at));
            let (min, max) = self.extent.get_or_insert((point, point));
            for axis in 0..3 {
                min[axis] = min[axis].min(point[axis]);
                max[axis] = max[axis].max(point[axis]);
            }
            let number = usize::from(record[14] & mask);
            if let Some(count) = number
                .checked_sub(1)
                .and_then(|i| self.by_return.get_mut(i))
            {
                *count += 1;
            }
            self.points += 1;
        }
        if let Some(at) = self.time_at {
            let times = records.chunks_exact(size).map(|record| time(record, at));
            times.for_each(|time| self.add_time(time));
        }
    }

    fn add_time(&mut self, time: f64) {
        if !time.is_nan() {
            let (min, max) = self.times.get_or_insert((time, time));
            (*min, *max) = (min.min(time), max.max(time));
        }
    }

    /// Minimum and maximum coordinates on each axis, as a reader computes them. 0 without points.
    pub(crate) fn bounds(&self, scaling: &Scaling) -> ([f64; 3], [f64; 3]) {
        let (mut min, mut max) = ([0.0; 3], [0.0; 3]);
        if let Some(extent) = self.extent {
            for axis in 0..3 {
                let coordinate =
                    |steps: i32| f64::from(steps) * scaling.scale[axis] + scaling.offset[axis];
                let ends = (coordinate(extent.0[axis]), coordinate(extent.1[axis]));
                // A negative scale reverses the axis.
                (min[axis], max[axis]) = (ends.0.min(ends.1), ends.0.max(ends.1));
            }
        }
        (min, max)
    }
}

fn time(record: &[u8], at: usize) -> f64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&record[at..at + 8]);
    f64::from_le_bytes(bytes)
}

fn axis(record: &[u8], at: usize) -> i32 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&record[at..at + 4]);
    i32::from_le_bytes(bytes)
}
