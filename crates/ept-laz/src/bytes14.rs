//! The layers of extra bytes, one for each: how it differs from the last.

use crate::block::Block;
use crate::coder::Coder;
use crate::contexts::{Context, Contexts};
use crate::model::Small;

/// The layers of extra bytes.
pub(crate) struct Bytes14(Vec<Byte>);

/// The layer of one of them.
struct Byte {
    contexts: Contexts<Small>,
    last: [u8; 4],
}

impl Bytes14 {
    pub(crate) fn new(count: usize) -> Bytes14 {
        let byte = || Byte {
            contexts: Contexts::new(),
            last: [0; 4],
        };
        Bytes14((0..count).map(|_| byte()).collect())
    }

    /// Starts a chunk with its first record's extra bytes, but for layers left out.
    pub(crate) fn begin(&mut self, codes: &[Option<Coder<'_>>], first: &[u8]) {
        for ((byte, first), code) in self.0.iter_mut().zip(first).zip(codes) {
            if code.is_some() {
                byte.contexts.begin(());
                byte.last[0] = *first;
            }
        }
    }

    /// Reads the layers of a block, but those left out.
    pub(crate) fn read(
        &mut self,
        codes: &mut [Option<Coder<'_>>],
        block: &Block,
        records: &mut [u8],
        size: usize,
        at: usize,
    ) {
        for (i, (byte, code)) in self.0.iter_mut().zip(codes).enumerate() {
            if let Some(code) = code {
                byte.read(code, block, records, size, at + i);
            }
        }
    }
}

impl Byte {
    fn read(
        &mut self,
        code: &mut Coder<'_>,
        block: &Block,
        records: &mut [u8],
        size: usize,
        at: usize,
    ) {
        let mut coder = *code;
        for (run, _, records) in block.item_parts(records, size) {
            if let Some(from) = run.from {
                self.last[run.last] = self.last[from];
            }
            let model = self.contexts.enter(run);
            let last = &mut self.last[run.last];
            for record in records {
                *last = last.wrapping_add(coder.symbol(model) as u8);
                record[at] = *last;
            }
        }
        *code = coder;
    }
}

impl Context for Small {
    type Value = ();

    fn new() -> Small {
        Small::new(256)
    }

    fn start(&mut self, (): ()) {
        self.forget();
    }

    fn last(&self) {}
}
