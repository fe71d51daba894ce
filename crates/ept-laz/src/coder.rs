//! What reads or writes an arithmetic code.

use crate::bit_model::BitModel;
use crate::model::{Model, Symbol};

/// Reads or writes an arithmetic code.
///
/// Both directions have the same contexts, predictions and models, so a field is described once. Each method takes the
/// value to be written, which a reader ignores, and returns the value that was coded. What only serves to compute an
/// ignored value is removed by the compiler.
///
/// Loops over many symbols work on a local coder, which stays in registers, and put it back at the end.
pub(crate) trait Coder: Default {
    /// Whether the values are known and to be written.
    const WRITES: bool;

    /// Codes a symbol of a model.
    fn symbol<S: Symbol, const TABLE: usize, const LENGTH: usize>(
        &mut self,
        model: &mut Model<S, TABLE, LENGTH>,
        symbol: u32,
    ) -> u32;

    /// Codes a bit of a model.
    fn bit(&mut self, model: &mut BitModel, bit: u32) -> u32;

    /// Codes raw bits, at most `ONE_PART`.
    fn part(&mut self, count: u32, bits: u32) -> u32;

    /// Marks the code as damaged, if it is being read.
    fn give_up(&mut self);

    /// Codes raw bits, at most 32.
    #[inline(always)]
    fn bits(&mut self, count: u32, bits: u32) -> u32 {
        if count <= ONE_PART {
            return self.part(count, bits);
        }
        // A part that is read from a damaged code can have one bit too many.
        let low = self.part(HALF, bits & 0xffff) & 0xffff;
        low | self.part(count - HALF, bits >> HALF) << HALF
    }

    /// Codes 64 raw bits.
    #[inline(always)]
    fn long(&mut self, bits: u64) -> u64 {
        let low = self.bits(32, bits as u32);
        u64::from(low) | u64::from(self.bits(32, (bits >> 32) as u32)) << 32
    }
}

/// Maximum raw bits coded at once. More are coded in two parts, the low 16 bits first.
const ONE_PART: u32 = 19;
const HALF: u32 = 16;
