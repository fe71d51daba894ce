//! The layer of the colour: the bytes of red, then those of green and blue as they differ from red's change.

use crate::block::Block;
use crate::coder::Coder;
use crate::contexts::{Context, Contexts};
use crate::model::Small;
use crate::record14::{get, put};

type Colour = [u8; 6];

/// Bits of a colour's first symbol: which bytes changed, by their place in the record; and whether it is not grey.
const RED: [usize; 2] = [0, 1];
const GREEN: [usize; 2] = [2, 3];
const BLUE: [usize; 2] = [4, 5];
const NOT_GREY: u32 = 1 << 6;

/// The layer of the colour.
pub(crate) struct Rgb14 {
    contexts: Contexts<Models>,
    last: [Colour; 4],
}

/// The models of one scanner channel.
struct Models {
    used: Small,
    bytes: [Small; 6],
}

impl Rgb14 {
    pub(crate) fn new() -> Rgb14 {
        Rgb14 {
            contexts: Contexts::new(),
            last: [[0; 6]; 4],
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
                last = models.read(&mut coder, last);
                put(record, at, last);
            }
            self.last[run.last] = last;
        }
        *code = coder;
    }
}

impl Models {
    #[inline(always)]
    fn read(&mut self, coder: &mut Coder<'_>, last: Colour) -> Colour {
        let used = coder.symbol(&mut self.used);
        let mut new = last;
        for at in RED {
            if used & 1 << at != 0 {
                new[at] = self.byte(coder, at, last[at]);
            }
        }
        if used & NOT_GREY == 0 {
            let [low, high, ..] = new;
            return [low, high, low, high, low, high];
        }
        for half in 0..2 {
            self.green_and_blue(coder, used, half, last, &mut new);
        }
        new
    }

    /// Reads the lower or upper bytes of green and blue.
    #[inline(always)]
    fn green_and_blue(
        &mut self,
        coder: &mut Coder<'_>,
        used: u32,
        half: usize,
        last: Colour,
        new: &mut Colour,
    ) {
        let (red, green, blue) = (RED[half], GREEN[half], BLUE[half]);
        let change = i32::from(new[red]) - i32::from(last[red]);
        if used & 1 << green != 0 {
            new[green] = self.byte(coder, green, clamped(change + i32::from(last[green])));
        }
        if used & 1 << blue != 0 {
            let change = change + i32::from(new[green]) - i32::from(last[green]);
            new[blue] = self.byte(coder, blue, clamped(change / 2 + i32::from(last[blue])));
        }
    }

    #[inline(always)]
    fn byte(&mut self, coder: &mut Coder<'_>, at: usize, predicted: u8) -> u8 {
        predicted.wrapping_add(coder.symbol(&mut self.bytes[at]) as u8)
    }
}

impl Context for Models {
    type Value = ();

    fn new() -> Models {
        Models {
            used: Small::new(128),
            bytes: std::array::from_fn(|_| Small::new(256)),
        }
    }

    fn start(&mut self, (): ()) {
        self.used.forget();
        self.bytes.iter_mut().for_each(Small::forget);
    }

    fn last(&self) {}
}

#[inline(always)]
fn clamped(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}
