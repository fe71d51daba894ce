//! A side of a ring.

use robust::{Coord, orient2d};

use crate::extent::Extent;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Side {
    pub(super) from: [f64; 2],
    pub(super) to: [f64; 2],
}

/// Where a side crosses the horizontal line through a point, as seen from the point.
pub(super) enum Crossing {
    Left,
    On,
    Right,
}

impl Side {
    pub(super) fn extent(&self) -> Extent {
        Extent::around(self.from, [0.0; 2]).union(Extent::around(self.to, [0.0; 2]))
    }

    /// Whether the side crosses the horizontal line at `y`. Its lower end belongs to it, the upper one does not.
    pub(super) fn spans(&self, y: f64) -> bool {
        (self.from[1] <= y) != (self.to[1] <= y)
    }

    /// Where the line through the side is as seen from all points of an extent. `None` if that differs or the line
    /// touches it.
    pub(super) fn passes_by(&self, extent: Extent) -> Option<Crossing> {
        let ([x0, y0], [x1, y1]) = (extent.min, extent.max);
        let corners = [[x0, y0], [x1, y0], [x0, y1], [x1, y1]];
        let offsets = corners.map(|corner| self.offset(corner));
        if self.from[1] == self.to[1] {
            None
        } else if offsets.iter().all(|offset| *offset > 0.0) {
            Some(Crossing::Left)
        } else if offsets.iter().all(|offset| *offset < 0.0) {
            Some(Crossing::Right)
        } else {
            None
        }
    }

    pub(super) fn crossing(&self, point: [f64; 2]) -> Crossing {
        let extent = self.extent();
        if point[0] < extent.min[0] || point[1] < extent.min[1] || point[1] > extent.max[1] {
            return Crossing::Right;
        }
        if point[0] > extent.max[0] {
            return Crossing::Left;
        }
        match self.offset(point) {
            0.0 => Crossing::On,
            right_of_side if right_of_side > 0.0 => Crossing::Left,
            _ => Crossing::Right,
        }
    }

    /// Positive right of the line through the side, negative left of it, exactly 0 on it.
    fn offset(&self, point: [f64; 2]) -> f64 {
        let coord = |[x, y]: [f64; 2]| Coord { x, y };
        let turn = orient2d(coord(self.from), coord(self.to), coord(point));
        if self.from[1] <= self.to[1] {
            -turn
        } else {
            turn
        }
    }

    /// Whether the side passes through a small box around a point, or nearly so.
    pub(super) fn passes(&self, spot: Extent, point: [f64; 2], error: [f64; 2]) -> bool {
        let [dx, dy] = [0, 1].map(|i| self.to[i] - self.from[i]);
        let [px, py] = [0, 1].map(|i| point[i] - self.from[i]);
        // The distance of the line, and that of the corner of the box nearest to it.
        let (offset, reach) = (
            (dx * py - dy * px).abs(),
            dx.abs() * error[1] + dy.abs() * error[0],
        );
        self.extent().meets(spot) && offset <= reach * 1.000_001
    }
}
