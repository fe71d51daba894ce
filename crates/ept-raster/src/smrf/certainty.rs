//! What of a part of a raster is as in the whole.

use crate::Window;

/// How far each cell of a part of a raster is from cells whose values may be different in the whole raster.
pub(super) struct Certainty {
    part: Window,
    whole: Window,
    /// How many steps along rows and columns it is to a cell of the part that is not certain.
    steps: Vec<u32>,
    /// How many cells from the end of the part they are not certain.
    rim: u32,
}

/// More steps than there are in any part.
const FAR: u32 = u32::MAX / 2;

impl Certainty {
    /// All cells of a part are certain.
    pub(super) fn new(part: Window, whole: &Window) -> Certainty {
        Certainty {
            part,
            whole: *whole,
            steps: vec![FAR; part.len()],
            rim: 0,
        }
    }

    /// Notes that a cell depends on others up to a distance, in cells.
    pub(super) fn check(&mut self, position: usize, distance: f64) {
        let depth = self.depth(position);
        if depth.is_finite() && distance >= depth + 1.0 {
            self.steps[position] = 0;
        }
    }

    /// Makes cells depend on all that are at most so many steps along rows and columns away.
    pub(super) fn spread(&mut self, steps: u32) {
        let columns = self.part.columns as usize;
        let count = self.steps.len();
        for at in 0..count {
            if at % columns > 0 {
                self.steps[at] = self.steps[at].min(self.steps[at - 1] + 1);
            }
            if at >= columns {
                self.steps[at] = self.steps[at].min(self.steps[at - columns] + 1);
            }
        }
        for at in (0..count).rev() {
            if at % columns + 1 < columns {
                self.steps[at] = self.steps[at].min(self.steps[at + 1] + 1);
            }
            if at + columns < count {
                self.steps[at] = self.steps[at].min(self.steps[at + columns] + 1);
            }
        }
        for own in &mut self.steps {
            *own = own.saturating_sub(steps);
        }
        self.rim = steps;
    }

    /// Whether a cell and all that are at most as far as a distance, in cells, are certain.
    pub(super) fn is_certain(&self, position: usize, distance: f64) -> bool {
        let steps = f64::from(self.steps[position]);
        // So many steps lead at least this far, along a diagonal.
        let nearest = steps / 2.0_f64.sqrt();
        let rim = self.depth(position) + 1.0 - f64::from(self.rim);
        let is_far = self.steps[position] > FAR / 2;
        (is_far || distance < nearest) && (rim.is_infinite() || distance < rim)
    }

    /// How many cells there are between a cell and the nearest end of the part at which the whole goes on. Infinite if it
    /// does so nowhere.
    fn depth(&self, position: usize) -> f64 {
        let [column, row] = self.part.cell_at(position);
        let sides = [
            (self.part.west > self.whole.west, column - self.part.west),
            (
                self.part.east() < self.whole.east(),
                self.part.east() - 1 - column,
            ),
            (self.part.south > self.whole.south, row - self.part.south),
            (
                self.part.north() < self.whole.north(),
                self.part.north() - 1 - row,
            ),
        ];
        let open = sides.iter().filter(|(is_open, _)| *is_open);
        open.map(|(_, cells)| *cells as f64)
            .fold(f64::INFINITY, f64::min)
    }
}
