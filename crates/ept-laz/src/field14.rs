//! The layers after the first: one field of the point each.

use crate::block::{Block, Step};
use crate::coder::Coder;
use crate::contexts::{Context, Contexts};
use crate::record14::{get, put};

/// What a layer knows of its field, in one scanner channel.
pub(crate) trait Field<const N: usize>: Context<Value = [u8; N]> {
    /// Where the field is in a record.
    const AT: usize;

    /// Reads the field of the next point, of which a step is known.
    fn read(&mut self, coder: &mut Coder<'_>, step: Step);

    /// Puts the last value into a record.
    #[inline(always)]
    fn put(&self, record: &mut [u8]) {
        put(record, Self::AT, self.last());
    }
}

/// A layer with one field of the point.
pub(crate) struct Layer<F>(Contexts<F>);

impl<F> Layer<F> {
    pub(crate) fn new<const N: usize>() -> Layer<F>
    where
        F: Field<N>,
    {
        Layer(Contexts::new())
    }

    /// Starts a chunk with its first record, unless the layer is left out.
    pub(crate) fn begin<const N: usize>(&mut self, code: &Option<Coder<'_>>, first: &[u8])
    where
        F: Field<N>,
    {
        if code.is_some() {
            self.0.begin(get(first, F::AT));
        }
    }

    /// Reads the layer of a block, unless it is left out.
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
        for (run, steps, records) in block.parts(records, size) {
            let field = self.0.enter(run);
            for (step, record) in steps.iter().zip(records) {
                field.read(&mut coder, *step);
                field.put(record);
            }
        }
        *code = coder;
    }
}
