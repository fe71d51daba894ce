//! Boxes in the plane.

use ept_reader::Bounds;

/// A box in the plane, of coordinates or of cells: the least x and y, the greatest x and y. It contains its edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extent<T = f64>([T; 4]);

impl Extent {
    /// The whole plane.
    pub(crate) const EVERYWHERE: Extent = Extent([
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
        f64::INFINITY,
        f64::INFINITY,
    ]);

    /// The box with `by` more on each side.
    pub(crate) fn grown(self, by: f64) -> Extent {
        let [west, south, east, north] = self.0;
        Extent([west - by, south - by, east + by, north + by])
    }

    /// Whether all corners are finite.
    pub(crate) fn is_finite(&self) -> bool {
        self.0.iter().all(|c| c.is_finite())
    }
}

impl<T: Copy + PartialOrd> Extent<T> {
    /// The box with a least x and y, and a greatest x and y.
    pub(crate) fn new(corners: [T; 4]) -> Extent<T> {
        Extent(corners)
    }

    /// The box of a single place.
    pub(crate) fn of([x, y]: [T; 2]) -> Extent<T> {
        Extent([x, y, x, y])
    }

    /// The least x and y, and the greatest x and y.
    pub(crate) fn corners(self) -> [T; 4] {
        self.0
    }

    /// The box around both.
    pub(crate) fn joined(self, other: Extent<T>) -> Extent<T> {
        let (a, b) = (self.0, other.0);
        Extent([
            least(a[0], b[0]),
            least(a[1], b[1]),
            greatest(a[2], b[2]),
            greatest(a[3], b[3]),
        ])
    }

    /// What is in both: nothing, if a greatest coordinate is less than the least.
    pub(crate) fn shared(self, other: Extent<T>) -> Extent<T> {
        let (a, b) = (self.0, other.0);
        Extent([
            greatest(a[0], b[0]),
            greatest(a[1], b[1]),
            least(a[2], b[2]),
            least(a[3], b[3]),
        ])
    }

    /// Whether both have a place in common.
    pub(crate) fn meets(&self, other: &Extent<T>) -> bool {
        let (a, b) = (self.0, other.0);
        a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1]
    }
}

impl From<&Bounds> for Extent {
    fn from(bounds: &Bounds) -> Extent {
        let (min, max) = (bounds.min(), bounds.max());
        Extent([min[0], min[1], max[0], max[1]])
    }
}

fn least<T: PartialOrd>(a: T, b: T) -> T {
    if b < a { b } else { a }
}

fn greatest<T: PartialOrd>(a: T, b: T) -> T {
    if b > a { b } else { a }
}
