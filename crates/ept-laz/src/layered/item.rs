//! The layers of the items after the point: colour, near infrared, wave packet and extra bytes.

use super::block::Block;
use crate::coder::Coder;
use crate::place::{Place, get};

/// The models of an item, for one scanner channel.
pub(crate) trait Models<const N: usize> {
    /// Models that have learnt nothing.
    fn new() -> Self;

    /// Forgets all that was learnt.
    fn forget(&mut self);

    /// Codes the value after the last.
    fn code(&mut self, coder: &mut impl Coder, last: [u8; N], new: [u8; N]) -> [u8; N];
}

/// The layer of an item.
pub(crate) struct ItemLayer<M, const N: usize> {
    /// Offset of the item in a record.
    at: usize,
    /// The models by slot. Their memory is reused for each chunk.
    models: Vec<M>,
    /// The last values by slot, separate from the models, see [`Track::add_late`](super::track::Track::add_late).
    last: [[u8; N]; 4],
}

impl<M: Models<N>, const N: usize> ItemLayer<M, N> {
    pub(crate) fn new(at: usize) -> Self {
        ItemLayer {
            at,
            models: Vec::new(),
            last: [[0; N]; 4],
        }
    }

    /// Starts a chunk with its first record, if the layer has a code.
    pub(crate) fn begin<C>(&mut self, code: &Option<C>, first: &[u8]) {
        if code.is_some() {
            self.start(0);
            self.last[0] = get(first, self.at);
        }
    }

    /// Codes the item of a block's points, if the layer has a code.
    pub(crate) fn code(
        &mut self,
        code: &mut Option<impl Coder>,
        block: &Block,
        records: impl Place,
        size: usize,
    ) {
        let Some(code) = code else { return };
        let mut coder = std::mem::take(code);
        for (run, _, records) in block.item_runs(records, size) {
            if let Some(from) = run.from {
                self.last[run.last] = self.last[from];
                self.start(run.slot);
            }
            let models = &mut self.models[run.slot];
            let mut last = self.last[run.last];
            for mut record in records.records(size) {
                last = models.code(&mut coder, last, record.get(self.at));
                record.put(self.at, last);
            }
            self.last[run.last] = last;
        }
        *code = coder;
    }

    #[cold]
    fn start(&mut self, slot: usize) {
        match self.models.get_mut(slot) {
            Some(models) => models.forget(),
            None => self.models.push(M::new()),
        }
    }
}
