//! Red, green and blue: the bytes of red, then those of green and blue, predicted from the change of red.

use crate::coder::Coder;
use crate::model::Small;

/// Three integers of 16 bits, as in a record.
pub(crate) type Colour = [u8; 6];

/// Offsets of the low bytes. Each is followed by its high byte.
const RED: usize = 0;
const GREEN: usize = 2;
const BLUE: usize = 4;
/// The first symbol of a colour has a bit for each byte that changed, by its offset. One more bit says that the colour
/// is not grey.
const NOT_GREY: u32 = 1 << 6;

/// Models of colours.
pub(crate) struct Rgb {
    changed: Small,
    bytes: [Small; 6],
}

impl Rgb {
    pub(crate) fn new() -> Rgb {
        Rgb {
            changed: Small::new(128),
            bytes: std::array::from_fn(|_| Small::new(256)),
        }
    }

    /// Forgets all that was learnt.
    pub(crate) fn forget(&mut self) {
        self.changed.forget();
        self.bytes.iter_mut().for_each(Small::forget);
    }

    /// Codes the colour after the last.
    #[inline(always)]
    pub(crate) fn code(&mut self, coder: &mut impl Coder, last: Colour, new: Colour) -> Colour {
        let changed = coder.symbol(&mut self.changed, changes(last, new));
        let (last, new) = (last.map(i32::from), new.map(i32::from));
        let low = self.byte(coder, changed, RED, last[RED], last[RED], new);
        let high = self.byte(coder, changed, RED + 1, last[RED + 1], last[RED + 1], new);
        if changed & NOT_GREY == 0 {
            return [low, high, low, high, low, high].map(|byte| byte as u8);
        }
        let (green_low, blue_low) = self.others(coder, changed, 0, low - last[RED], last, new);
        let (green_high, blue_high) =
            self.others(coder, changed, 1, high - last[RED + 1], last, new);
        [low, high, green_low, green_high, blue_low, blue_high].map(|byte| byte as u8)
    }

    /// Codes the low or the high bytes of green and blue, given the change of red.
    #[inline(always)]
    fn others(
        &mut self,
        coder: &mut impl Coder,
        changed: u32,
        half: usize,
        change: i32,
        last: [i32; 6],
        new: [i32; 6],
    ) -> (i32, i32) {
        let [last_green, last_blue] = [last[GREEN + half], last[BLUE + half]];
        let green = self.byte(
            coder,
            changed,
            GREEN + half,
            last_green,
            change + last_green,
            new,
        );
        let change = (change + green - last_green) / 2;
        let blue = self.byte(
            coder,
            changed,
            BLUE + half,
            last_blue,
            change + last_blue,
            new,
        );
        (green, blue)
    }

    /// Codes a byte. It is the last one unless it changed.
    #[inline(always)]
    fn byte(
        &mut self,
        coder: &mut impl Coder,
        changed: u32,
        at: usize,
        last: i32,
        predicted: i32,
        new: [i32; 6],
    ) -> i32 {
        if changed & 1 << at == 0 {
            return last;
        }
        let predicted = predicted.clamp(0, 255);
        let symbol = (new[at] - predicted) & 0xff;
        let symbol = coder.symbol(&mut self.bytes[at], symbol as u32) as i32;
        (predicted + symbol) & 0xff
    }
}

/// The first symbol of a colour.
#[inline(always)]
fn changes(last: Colour, new: Colour) -> u32 {
    let bit = |at: usize| u32::from(last[at] != new[at]) << at;
    let red = [new[RED], new[RED + 1]];
    let is_grey = [new[GREEN], new[GREEN + 1]] == red && [new[BLUE], new[BLUE + 1]] == red;
    let bytes = bit(0) | bit(1) | bit(2) | bit(3) | bit(4) | bit(5);
    bytes | if is_grey { 0 } else { NOT_GREY }
}
