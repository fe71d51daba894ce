//! An adaptive model: the probability of each symbol, learnt from the symbols so far.
//!
//! Distribution and counts fit in 16 bits. To find the symbol of a value, a table indexed by the value's upper bits
//! gives the lowest candidate. From there, four entries of the distribution, which fit in a word, are compared with the
//! value at once. More than one word is hardly ever needed.

use crate::interval::{Interval, NEVER, RAISED};

/// Entries of a distribution in a word.
const WIDTH: usize = 4;
/// A word whose entries are 1, and one whose entries have only the highest bit set.
const ONES: u64 = 0x0001_0001_0001_0001;
const SIGNS: u64 = ONES << 15;
/// The interval's length has this many bits more than a distribution's unit.
pub(crate) const SHIFT: u32 = 15;

/// A model of at most 36 symbols, in four cache lines.
pub(crate) type Tiny = Model<u8, 64, 44>;
/// A model of at most 256 symbols.
pub(crate) type Small = Model<u8, 256, 264>;
/// A model of at most 516 symbols.
pub(crate) type Large = Model<u16, 256, 524>;

/// The type of a symbol in a model's table.
pub(crate) trait Symbol: Copy + Default + Into<usize> + TryFrom<usize> {}

impl Symbol for u8 {}
impl Symbol for u16 {}

/// A model of at most `LENGTH - 8` symbols of type `S`. Half of the `TABLE` is for values beyond the distribution, so
/// that the index needs no check.
#[derive(Clone)]
#[repr(C, align(64))]
pub(crate) struct Model<S, const TABLE: usize, const LENGTH: usize> {
    /// Number of symbols before the next update.
    until: u16,
    cycle: u16,
    symbols: u16,
    total: u32,
    /// The lowest symbol for each value of the upper bits.
    table: [S; TABLE],
    /// The cumulative distribution below each symbol, plus `RAISED`; `NEVER` after the last symbol.
    distribution: [u16; LENGTH],
    counts: [u16; LENGTH],
}

impl<S: Symbol, const TABLE: usize, const LENGTH: usize> Model<S, TABLE, LENGTH> {
    /// Number of a value's lower bits that the table ignores.
    const TABLE_SHIFT: u32 = SHIFT + 1 - TABLE.ilog2();
    /// The last symbol at which a comparison of two words can start.
    const LAST_WORD: usize = LENGTH - WIDTH - 1;

    /// A model of `symbols` symbols that has learnt nothing: all are equally likely.
    pub(crate) fn new(symbols: u16) -> Self {
        let mut model = Model {
            until: 0,
            cycle: 0,
            symbols,
            total: 0,
            table: [S::default(); TABLE],
            distribution: [NEVER; LENGTH],
            counts: [0; LENGTH],
        };
        model.clear();
        model
    }

    /// Forgets all that was learnt. Costs nothing if nothing was.
    pub(crate) fn forget(&mut self) {
        let is_fresh = self.total == self.symbols.into() && self.until == self.first_cycle();
        if !is_fresh {
            self.clear();
        }
    }

    fn clear(&mut self) {
        let symbols = usize::from(self.symbols);
        self.counts[..symbols].fill(1);
        self.total = self.symbols.into();
        if symbols.is_power_of_two() {
            self.spread(symbols);
        } else {
            self.compute(symbols);
        }
        self.cycle = self.first_cycle();
        self.until = self.cycle;
    }

    /// A faster `compute` for equally likely symbols whose number is a power of two: no step depends on the one before.
    /// Most models start each chunk this way, which matters in small chunks.
    fn spread(&mut self, symbols: usize) {
        let shift = SHIFT - symbols.ilog2();
        for (symbol, entry) in self.distribution[..symbols].iter_mut().enumerate() {
            *entry = RAISED + (symbol << shift) as u16;
        }
        for (value, entry) in self.table.iter_mut().enumerate() {
            let symbol = (value << Self::TABLE_SHIFT >> shift).min(symbols - 1);
            *entry = S::try_from(symbol).unwrap_or_default();
        }
    }

    fn first_cycle(&self) -> u16 {
        (self.symbols + 6) >> 1
    }

    /// Finds the symbol of a value.
    #[inline(always)]
    pub(crate) fn find(&self, value: u32) -> Interval {
        let least: usize = self.table[(value >> Self::TABLE_SHIFT) as usize % TABLE].into();
        let mut least = least.min(Self::LAST_WORD);
        let values = u64::from(value.min(RAISED.into())).wrapping_mul(ONES);
        let mut above = self.word(least + 1).wrapping_sub(values) & SIGNS;
        if above == 0 {
            (least, above) = self.seek(least, values);
            least = least.min(Self::LAST_WORD);
        }
        let bits = above.trailing_zeros();
        let (lows, highs) = (self.word(least), self.word(least + 1));
        Interval {
            symbol: least as u32 + (bits >> 4),
            low: (lows >> (bits & 48)) as u16,
            high: (highs >> (bits & 48)) as u16,
        }
    }

    /// The interval of a symbol.
    #[inline(always)]
    pub(crate) fn interval(&self, symbol: u32) -> Interval {
        let at = (symbol as usize).min(LENGTH - 2);
        Interval {
            symbol,
            low: self.distribution[at],
            high: self.distribution[at + 1],
        }
    }

    /// Continues from a symbol that is too low by at least a word.
    #[cold]
    #[inline(never)]
    fn seek(&self, mut least: usize, values: u64) -> (usize, u64) {
        loop {
            least = (least + WIDTH).min(Self::LAST_WORD);
            let above = self.word(least + 1).wrapping_sub(values) & SIGNS;
            if above != 0 {
                return (least, above);
            }
        }
    }

    /// Four entries of the distribution.
    #[inline(always)]
    fn word(&self, at: usize) -> u64 {
        let word = &self.distribution[at..at + WIDTH];
        let [a, b, c, d] = std::array::from_fn(|i| u64::from(word[i]));
        a | b << 16 | c << 32 | d << 48
    }

    /// Learns a symbol. The table is only kept up to date if symbols are to be found.
    #[inline(always)]
    pub(crate) fn learn<const HAS_TABLE: bool>(&mut self, symbol: u32) {
        let count = &mut self.counts[(symbol as usize).min(LENGTH - 1)];
        *count = count.wrapping_add(1);
        self.until = self.until.wrapping_sub(1);
        if self.until == 0 {
            self.update::<HAS_TABLE>();
        }
    }

    #[cold]
    #[inline(never)]
    fn update<const HAS_TABLE: bool>(&mut self) {
        let symbols = usize::from(self.symbols).min(LENGTH - 2 * WIDTH);
        self.total += u32::from(self.cycle);
        if self.total > 1 << SHIFT {
            self.halve(symbols);
        }
        self.accumulate(symbols);
        if HAS_TABLE {
            self.tabulate(symbols);
        }
        self.cycle = ((5 * self.cycle) >> 2).min((self.symbols + 6) << 3);
        self.until = self.cycle;
    }

    fn halve(&mut self, symbols: usize) {
        let mut total = 0;
        for count in &mut self.counts[..symbols] {
            *count = count.div_ceil(2);
            total += u32::from(*count);
        }
        self.total = total;
    }

    /// Computes the distribution and the table from the counts.
    fn compute(&mut self, symbols: usize) {
        self.accumulate(symbols);
        self.tabulate(symbols);
    }

    /// Computes the distribution, `(sum * scale) >> 16`, by two products of 16 bits.
    fn accumulate(&mut self, symbols: usize) {
        let scale = (1 << 31) / self.total.max(1);
        let (high, low) = ((scale >> 16) as u16, u32::from(scale as u16));
        let mut sum = 0_u16;
        let distribution = &mut self.distribution[..symbols];
        for (entry, count) in distribution.iter_mut().zip(&self.counts) {
            *entry = sum;
            sum = sum.wrapping_add(*count);
        }
        for entry in distribution {
            let carried = ((u32::from(*entry) * low) >> 16) as u16;
            *entry = entry
                .wrapping_mul(high)
                .wrapping_add(carried)
                .wrapping_add(RAISED);
        }
    }

    /// Computes the table: for each entry, the highest symbol that starts at or below the first of its values.
    fn tabulate(&mut self, symbols: usize) {
        let mut table = [0_u16; TABLE];
        for (symbol, entry) in self.distribution[..symbols].iter().enumerate() {
            let value = usize::from(entry.wrapping_sub(RAISED));
            table[value.div_ceil(1 << Self::TABLE_SHIFT) % TABLE] = symbol as u16;
        }
        let mut most = 0;
        for (entry, found) in self.table.iter_mut().zip(table) {
            most = most.max(found);
            *entry = S::try_from(usize::from(most)).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Large, Model, Small, Symbol, Tiny};

    /// The symbol of a value by definition: the last whose distribution is at most the value.
    fn defined<S: Symbol, const TABLE: usize, const LENGTH: usize>(
        model: &Model<S, TABLE, LENGTH>,
        value: u32,
    ) -> u32 {
        let scale = (1 << 31) / model.total;
        let mut below = 0;
        let mut symbol = 0;
        for (next, count) in model.counts[..usize::from(model.symbols)]
            .iter()
            .enumerate()
        {
            if (below * scale) >> 16 <= value {
                symbol = next as u32;
            }
            below += u32::from(*count);
        }
        symbol
    }

    fn check<S: Symbol, const TABLE: usize, const LENGTH: usize>(model: &Model<S, TABLE, LENGTH>) {
        for value in 0..1 << 15 {
            assert_eq!(model.find(value).symbol, defined(model, value), "{value}");
        }
        for symbol in 0..u32::from(model.symbols) {
            let interval = model.interval(symbol);
            let value = u32::from(interval.low) - 0x7fff;
            let found = model.find(value);
            assert_eq!(
                (found.symbol, found.low, found.high),
                (symbol, interval.low, interval.high)
            );
        }
        // A damaged code has values beyond the distribution.
        assert_eq!(model.find(u32::MAX).symbol, u32::from(model.symbols) - 1);
    }

    /// Learns symbols, most of them low, and checks the model after some of its updates.
    fn check_learning<S: Symbol, const TABLE: usize, const LENGTH: usize>(symbols: u16) {
        let mut model = Model::<S, TABLE, LENGTH>::new(symbols);
        check(&model);
        for turn in 0..60_000_u32 {
            let wide = turn.wrapping_mul(2_654_435_761) >> 8;
            let symbol = wide % (wide / 1000 % u32::from(symbols) + 1);
            model.learn::<true>(symbol);
            if model.until == model.cycle && turn % 7 == 0 {
                check(&model);
            }
        }
        model.forget();
        assert_eq!(model.total, symbols.into());
        check(&model);
    }

    #[test]
    fn symbols_are_found_by_their_definition() {
        check_learning::<u8, 64, 44>(6);
        check_learning::<u8, 64, 44>(33);
        check_learning::<u8, 256, 264>(2);
        check_learning::<u8, 256, 264>(128);
        check_learning::<u8, 256, 264>(256);
        check_learning::<u16, 256, 524>(516);
    }

    #[test]
    fn equally_likely_symbols_are_spread_as_computed() {
        for bits in 1..=8 {
            let spread = Small::new(1 << bits);
            let mut computed = spread.clone();
            computed.compute(1 << bits);
            assert_eq!(computed.distribution, spread.distribution);
            assert_eq!(computed.table, spread.table);
        }
    }

    #[test]
    fn a_model_forgets_all() {
        let mut model = Large::new(516);
        (0..5000).for_each(|turn| model.learn::<true>(turn % 7));
        model.forget();
        let fresh = Large::new(516);
        assert_eq!((model.until, model.cycle), (fresh.until, fresh.cycle));
        assert_eq!((model.total, model.counts), (fresh.total, fresh.counts));
        assert_eq!(model.distribution, fresh.distribution);
        assert_eq!(model.table, fresh.table);
        // One symbol is enough to need `forget`.
        let mut model = Tiny::new(17);
        model.learn::<true>(16);
        model.forget();
        assert_eq!(model.counts, Tiny::new(17).counts);
    }
}
