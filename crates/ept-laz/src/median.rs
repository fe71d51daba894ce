//! A running median.

/// The median of five values. A new value replaces the highest if the one before it was below the median, otherwise the
/// lowest.
#[derive(Clone, Copy)]
pub(crate) struct Median {
    sorted: [i32; 5],
    is_high: bool,
}

impl Median {
    pub(crate) const ZERO: Median = Median {
        sorted: [0; 5],
        is_high: true,
    };

    #[inline(always)]
    pub(crate) fn get(&self) -> i32 {
        self.sorted[2]
    }

    /// Replaces the highest or the lowest value, without a branch.
    #[inline(always)]
    pub(crate) fn add(&mut self, new: i32) {
        let [a, b, c, d, e] = self.sorted;
        let from = |high, low| if self.is_high { high } else { low };
        let kept = [from(a, b), from(b, c), from(c, d), from(d, e)];
        self.is_high = if self.is_high { new < c } else { new <= c };
        self.sorted = [
            kept[0].min(new),
            kept[0].max(kept[1].min(new)),
            kept[1].max(kept[2].min(new)),
            kept[2].max(kept[3].min(new)),
            kept[3].max(new),
        ];
    }
}
