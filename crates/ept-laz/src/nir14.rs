//! The layer of the near infrared: two bytes, each of which may have changed.

use crate::block::Block;
use crate::coder::Coder;
use crate::contexts::{Context, Contexts};
use crate::model::{Small, Tiny};
use crate::record14::{get, put};

/// The layer of the near infrared.
pub(crate) struct Nir14 {
    contexts: Contexts<Models>,
    last: [[u8; 2]; 4],
}

/// The models of one scanner channel.
struct Models {
    used: Tiny,
    bytes: [Small; 2],
}

impl Nir14 {
    pub(crate) fn new() -> Nir14 {
        Nir14 {
            contexts: Contexts::new(),
            last: [[0; 2]; 4],
        }
    }

    /// Starts a chunk with its first record, unless the layer is left out.
    pub(crate) fn begin(&mut self, code: &Option<Coder<'_>>, first: &[u8], at: usize) {
        if code.is_some() {
            self.contexts.begin(());
            self.last[0] = get(first, at);
        }
    }

    /// Reads the layer of a block, unless it is left out.
    pub(crate) fn read(
        &mut self,
        code: &mut Option<Coder<'_>>,
        block: &Block,
        records: &mut [u8],
        size: usize,
        at: usize,
    ) {
        let Some(code) = code else { return };
        let mut coder = *code;
        for (run, _, records) in block.item_parts(records, size) {
            if let Some(from) = run.from {
                self.last[run.last] = self.last[from];
            }
            let models = self.contexts.enter(run);
            let mut last = self.last[run.last];
            for record in records {
                models.read(&mut coder, &mut last);
                put(record, at, last);
            }
            self.last[run.last] = last;
        }
        *code = coder;
    }
}

impl Models {
    #[inline(always)]
    fn read(&mut self, coder: &mut Coder<'_>, last: &mut [u8; 2]) {
        let used = coder.symbol(&mut self.used);
        for (at, model) in self.bytes.iter_mut().enumerate() {
            if used & 1 << at != 0 {
                last[at] = last[at].wrapping_add(coder.symbol(model) as u8);
            }
        }
    }
}

impl Context for Models {
    type Value = ();

    fn new() -> Models {
        Models {
            used: Tiny::new(4),
            bytes: std::array::from_fn(|_| Small::new(256)),
        }
    }

    fn start(&mut self, (): ()) {
        self.used.forget();
        self.bytes.iter_mut().for_each(Small::forget);
    }

    fn last(&self) {}
}
