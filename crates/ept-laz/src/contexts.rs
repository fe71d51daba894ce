//! What is known in each scanner channel.

use crate::block::Run;

/// What a layer knows in one scanner channel: models, and the last value.
pub(crate) trait Context {
    /// The value that a channel starts from.
    type Value: Copy;

    /// A context with fresh models.
    fn new() -> Self;

    /// Forgets everything but a value.
    fn start(&mut self, last: Self::Value);

    /// The last value.
    fn last(&self) -> Self::Value;
}

/// A context for each slot that was ever used. They keep their memory from chunk to chunk.
pub(crate) struct Contexts<C>(Vec<C>);

impl<C: Context> Contexts<C> {
    pub(crate) fn new() -> Self {
        Contexts(Vec::new())
    }

    /// Starts a chunk with the first record's value.
    pub(crate) fn begin(&mut self, first: C::Value) {
        self.start(0, first);
    }

    /// The context of a run.
    #[inline(always)]
    pub(crate) fn enter(&mut self, run: Run) -> &mut C {
        if let Some(from) = run.from {
            let last = self.0[from].last();
            self.start(run.slot, last);
        }
        &mut self.0[run.slot]
    }

    /// The context of a slot that was started.
    #[inline(always)]
    pub(crate) fn at(&mut self, slot: usize) -> &mut C {
        &mut self.0[slot]
    }

    #[cold]
    fn start(&mut self, slot: usize, last: C::Value) {
        if self.0.len() <= slot {
            self.0.push(C::new());
        }
        self.0[slot].start(last);
    }
}
