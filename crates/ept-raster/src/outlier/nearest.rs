//! The smallest of many distances.

/// Squared distances of the nearest points, ascending.
#[derive(Debug, Clone)]
pub(super) struct Nearest {
    count: usize,
    squares: Vec<f64>,
}

impl Nearest {
    /// At most `count` distances.
    pub(super) fn new(count: usize) -> Nearest {
        Nearest {
            count,
            squares: Vec::with_capacity(count),
        }
    }

    pub(super) fn clear(&mut self) {
        self.squares.clear();
    }

    pub(super) fn squares(&self) -> &[f64] {
        &self.squares
    }

    /// Only less than this is near.
    pub(super) fn limit(&self) -> f64 {
        if self.squares.len() < self.count {
            f64::INFINITY
        } else {
            self.squares.last().copied().unwrap_or(0.0)
        }
    }

    /// Takes a distance less than the limit. Returns the limit.
    pub(super) fn insert(&mut self, square: f64) -> f64 {
        if self.squares.len() == self.count {
            self.squares.pop();
        }
        let mut position = self.squares.len();
        self.squares.push(square);
        while position > 0 && self.squares[position - 1] > square {
            self.squares[position] = self.squares[position - 1];
            position -= 1;
        }
        self.squares[position] = square;
        self.limit()
    }
}
