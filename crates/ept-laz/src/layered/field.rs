//! The layers of the point's fields except the first.

use super::block::Block;
use super::contexts::{Context, Contexts};
use super::step::Step;
use crate::coder::Coder;
use crate::place::{Place, get};

/// The state of a field's layer for one scanner channel.
pub(crate) trait Field<const N: usize>: Context<Value = [u8; N]> {
    /// Offset of the field in a record.
    const AT: usize;

    /// Codes the field of the next point. Takes and returns the bytes of the record.
    fn code(&mut self, coder: &mut impl Coder, step: Step, new: [u8; N]) -> [u8; N];
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
    pub(crate) fn begin<C, const N: usize>(&mut self, code: &Option<C>, first: &[u8])
    where
        F: Field<N>,
    {
        if code.is_some() {
            self.0.begin(get(first, F::AT));
        }
    }

    /// Codes the field of a block's points, if the layer has a code.
    pub(crate) fn code<const N: usize>(
        &mut self,
        code: &mut Option<impl Coder>,
        block: &Block,
        records: impl Place,
        size: usize,
    ) where
        F: Field<N>,
    {
        let Some(code) = code else { return };
        let mut coder = std::mem::take(code);
        for (run, steps, records) in block.field_runs(records, size) {
            let field = self.0.enter(run);
            for (step, mut record) in steps.iter().zip(records.records(size)) {
                let bytes = field.code(&mut coder, *step, record.get(F::AT));
                record.put(F::AT, bytes);
            }
        }
        *code = coder;
    }
}
