//! The smallest of many distances.

/// Squared distances of the nearest points, ascending; infinite where there are fewer.
#[derive(Debug, Clone)]
pub(super) struct Nearest {
    squares: Vec<f64>,
}

impl Nearest {
    /// The `count` smallest distances.
    pub(super) fn new(count: usize) -> Nearest {
        Nearest {
            squares: vec![f64::INFINITY; count],
        }
    }

    pub(super) fn clear(&mut self) {
        self.squares.fill(f64::INFINITY);
    }

    pub(super) fn squares(&self) -> &[f64] {
        &self.squares
    }

    /// Only less than this is near.
    pub(super) fn limit(&self) -> f64 {
        self.squares.last().copied().unwrap_or(0.0)
    }

    /// Takes distances.
    pub(super) fn extend<const N: usize>(&mut self, squares: &[f64; N]) {
        // Without branches that nothing foretells: first those that are near, then the place of each.
        let limit = self.limit();
        let (mut near, mut count) = ([0.0; N], 0);
        for square in squares {
            near[count] = *square;
            count += usize::from(*square < limit);
        }
        for square in &near[..count] {
            self.insert(*square);
        }
    }

    fn insert(&mut self, square: f64) {
        let mut next = square;
        for nearest in &mut self.squares {
            (*nearest, next) = (least(*nearest, next), greatest(*nearest, next));
        }
    }
}

fn least(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

fn greatest(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}
