//! The test of point records against bounds.

use ept_format::{Bounds, ScalarType};
use ept_las::{Encoding, Field, Layout};

use crate::field::{bytes, number};

/// Exact test of records against bounds: a record passes if its coordinates, as computed for the columns, are inside.
/// Axes without bounds are skipped.
#[derive(Debug)]
pub(crate) struct Clip {
    axes: Vec<Axis>,
}

#[derive(Debug)]
enum Axis {
    /// A 32-bit integer, compared as it is stored.
    Stored { at: usize, min: i32, max: i32 },
    /// Any other number, compared as a coordinate.
    Computed { field: Field, min: f64, max: f64 },
}

impl Clip {
    /// A test of records of `layout`. `None` if every record passes.
    pub(crate) fn new(layout: &Layout, bounds: &Bounds) -> Option<Clip> {
        let mut axes = Vec::new();
        for (axis, name) in ["X", "Y", "Z"].into_iter().enumerate() {
            let (min, max) = (bounds.min()[axis], bounds.max()[axis]);
            let is_open = min == f64::NEG_INFINITY && max == f64::INFINITY;
            if let (Some(field), false) = (layout.field(name), is_open) {
                axes.push(Axis::new(field, min, max));
            }
        }
        (!axes.is_empty()).then_some(Clip { axes })
    }

    /// Whether the bounds restrict Z.
    pub(crate) fn needs_z(bounds: &Bounds) -> bool {
        bounds.min()[2] > f64::NEG_INFINITY || bounds.max()[2] < f64::INFINITY
    }

    #[inline]
    pub(crate) fn passes(&self, record: &[u8]) -> bool {
        self.axes.iter().all(|axis| match axis {
            Axis::Stored { at, min, max } => {
                let stored = i32::from_le_bytes(bytes(record, *at));
                *min <= stored && stored <= *max
            }
            Axis::Computed { field, min, max } => {
                let value = number(field, record);
                *min <= value && value <= *max
            }
        })
    }
}

impl Axis {
    fn new(field: &Field, min: f64, max: f64) -> Axis {
        match field.encoding {
            Encoding::Scaled {
                stored: ScalarType::I32,
                scale,
                offset,
            } => {
                let at = field.at;
                // Rounding is monotonic, so the integers inside form a single range. Its ends are found by bisection,
                // with the same computation as for coordinates.
                let value = |stored: i64| stored as f64 * scale + offset;
                let (first, end) = if scale > 0.0 {
                    (bisect(|i| value(i) >= min), bisect(|i| value(i) > max))
                } else {
                    (bisect(|i| value(i) <= max), bisect(|i| value(i) < min))
                };
                match (i32::try_from(first), i32::try_from(end - 1)) {
                    (Ok(min), Ok(max)) => Axis::Stored { at, min, max },
                    // No integer is inside.
                    _ => Axis::Stored {
                        at,
                        min: i32::MAX,
                        max: i32::MIN,
                    },
                }
            }
            _ => Axis::Computed {
                field: field.clone(),
                min,
                max,
            },
        }
    }
}

/// The least 32-bit integer for which a monotonic test is true, or one more than the greatest integer.
fn bisect(test: impl Fn(i64) -> bool) -> i64 {
    let (mut low, mut high) = (i64::from(i32::MIN), i64::from(i32::MAX) + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if test(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}
