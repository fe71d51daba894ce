//! Contexts, one per scanner channel.

use super::track::Run;

/// The state of a layer for one scanner channel: its models and, for most layers, the last value.
pub(crate) trait Context {
    /// The value that a channel starts from.
    type Value: Copy;

    /// A context whose models have learnt nothing.
    fn new() -> Self;

    /// Forgets all that was learnt, and starts from a value.
    fn start(&mut self, last: Self::Value);

    /// The last value.
    fn last(&self) -> Self::Value;
}

/// The contexts of all slots used so far. Their memory is reused for each chunk.
pub(crate) struct Contexts<C>(Vec<C>);

impl<C: Context> Contexts<C> {
    pub(crate) fn new() -> Self {
        Contexts(Vec::new())
    }

    /// Starts a chunk with the value of its first point.
    pub(crate) fn begin(&mut self, first: C::Value) {
        self.start(0, first);
    }

    /// The context of a run, started if its channel is new.
    #[inline(always)]
    pub(crate) fn enter(&mut self, run: Run) -> &mut C {
        if let Some(from) = run.from {
            let last = self.0[from].last();
            self.start(run.slot, last);
        }
        &mut self.0[run.slot]
    }

    /// The context of a slot, which was started before.
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
