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

    /// Reads the colour after the last.
    #[inline(always)]
    pub(crate) fn read(&mut self, coder: &mut Coder<'_>, last: Colour) -> Colour {
        let changed = coder.symbol(&mut self.changed);
        let last = last.map(i32::from);
        let low = self.byte(coder, changed, RED, last[RED], last[RED]);
        let high = self.byte(coder, changed, RED + 1, last[RED + 1], last[RED + 1]);
        if changed & NOT_GREY == 0 {
            return [low, high, low, high, low, high].map(|byte| byte as u8);
        }
        let (green_low, blue_low) = self.others(coder, changed, 0, low - last[RED], last);
        let (green_high, blue_high) = self.others(coder, changed, 1, high - last[RED + 1], last);
        [low, high, green_low, green_high, blue_low, blue_high].map(|byte| byte as u8)
    }

    /// Reads the low or the high bytes of green and blue, given the change of red.
    #[inline(always)]
    fn others(
        &mut self,
        coder: &mut Coder<'_>,
        changed: u32,
        half: usize,
        change: i32,
        last: [i32; 6],
    ) -> (i32, i32) {
        let [last_green, last_blue] = [last[GREEN + half], last[BLUE + half]];
        let green = self.byte(
            coder,
            changed,
            GREEN + half,
            last_green,
            change + last_green,
        );
        let change = (change + green - last_green) / 2;
        let blue = self.byte(coder, changed, BLUE + half, last_blue, change + last_blue);
        (green, blue)
    }

    /// Reads a byte. It is the last one unless it changed.
    #[inline(always)]
    fn byte(
        &mut self,
        coder: &mut Coder<'_>,
        changed: u32,
        at: usize,
        last: i32,
        predicted: i32,
    ) -> i32 {
        if changed & 1 << at == 0 {
            return last;
        }
        let symbol = coder.symbol(&mut self.bytes[at]) as i32;
        (predicted.clamp(0, 255) + symbol) & 0xff
    }
}
