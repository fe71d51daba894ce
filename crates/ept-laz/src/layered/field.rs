//! The layers of the point's fields except the first.

use super::block::Block;
use super::contexts::{Context, Contexts};
use super::record::{get, put};
use super::step::Step;
use crate::coder::Coder;

/// The state of a field's layer for one scanner channel.
pub(crate) trait Field<const N: usize>: Context<Value = [u8; N]> {
    /// Offset of the field in a record.
    const AT: usize;

    /// Reads the field of the next point.
    fn read(&mut self, coder: &mut Coder<'_>, step: Step);

    /// Writes the last value to a record.
    #[inline(always)]
    fn put(&self, record: &mut [u8]) {
        put(record, Self::AT, self.last());
    }
}

/// The layer of a field.
pub(crate) struct FieldLayer<F>(Contexts<F>);

impl<F> FieldLayer<F> {
    pub(crate) fn new<const N: usize>() -> FieldLayer<F>
    where
        F: Field<N>,
    {
        FieldLayer(Contexts::new())
    }

    /// Starts a chunk with its first record, if the layer has a code.
    pub(crate) fn begin<const N: usize>(&mut self, code: &Option<Coder<'_>>, first: &[u8])
    where
        F: Field<N>,
    {
        if code.is_some() {
            self.0.begin(get(first, F::AT));
        }
    }

    /// Reads the field of a block's points, if the layer has a code.
    pub(crate) fn read<const N: usize>(
        &mut self,
        code: &mut Option<Coder<'_>>,
        block: &Block,
        records: &mut [u8],
        size: usize,
    ) where
        F: Field<N>,
    {
        let Some(code) = code else { return };
        let mut coder = *code;
        for (run, steps, records) in block.field_runs(records, size) {
            let field = self.0.enter(run);
            for (step, record) in steps.iter().zip(records) {
                field.read(&mut coder, *step);
                field.put(record);
            }
        }
        *code = coder;
    }
}
