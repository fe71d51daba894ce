//! The colour: the bytes of red, then those of green and blue as they differ from red's change.

use crate::coder::Coder;
use crate::model::Small;

/// The bytes of the item.
pub(crate) const SIZE: usize = 6;

/// The first symbol of a colour has a bit for each byte that changed, by its place in the record. One more says that
/// the colour is not grey.
const NOT_GREY: u32 = 1 << 6;
/// Places in the record of each colour's bytes, the low one first.
const RED: usize = 0;
const GREEN: usize = 2;
const BLUE: usize = 4;

/// The colour of points.
pub(crate) struct Rgb12 {
    last: [u8; SIZE],
    changed: Small,
    bytes: [Small; SIZE],
}

impl Rgb12 {
    pub(crate) fn new() -> Rgb12 {
        Rgb12 {
            last: [0; SIZE],
            changed: Small::new(128),
            bytes: std::array::from_fn(|_| Small::new(256)),
        }
    }

    /// Starts a chunk from its first colour.
    pub(crate) fn start(&mut self, first: &[u8; SIZE]) {
        self.last = *first;
        self.changed.forget();
        self.bytes.iter_mut().for_each(Small::forget);
    }

    /// Reads the next colour.
    #[inline(always)]
    pub(crate) fn read(&mut self, coder: &mut Coder<'_>) -> [u8; SIZE] {
        let changed = coder.symbol(&mut self.changed);
        let last = self.last.map(i32::from);
        let low = self.byte(coder, changed, RED, last[RED]);
        let high = self.byte(coder, changed, RED + 1, last[RED + 1]);
        self.last = match changed & NOT_GREY {
            0 => [low, high, low, high, low, high].map(|byte| byte as u8),
            _ => {
                let (green_low, blue_low) = self.others(coder, changed, 0, low - last[RED]);
                let (green_high, blue_high) = self.others(coder, changed, 1, high - last[RED + 1]);
                [low, high, green_low, green_high, blue_low, blue_high].map(|byte| byte as u8)
            }
        };
        self.last
    }

    /// The low bytes of green and blue, or the high ones, after red's changed that much.
    #[inline(always)]
    fn others(
        &mut self,
        coder: &mut Coder<'_>,
        changed: u32,
        half: usize,
        change: i32,
    ) -> (i32, i32) {
        let [green_at, blue_at] = [GREEN + half, BLUE + half];
        let [last_green, last_blue] = [green_at, blue_at].map(|at| i32::from(self.last[at]));
        let green = self.byte(coder, changed, green_at, change + last_green);
        let change = (change + green - last_green) / 2;
        let blue = self.byte(coder, changed, blue_at, change + last_blue);
        (green, blue)
    }

    /// The byte at a place of the record: the last one, unless it changed.
    #[inline(always)]
    fn byte(&mut self, coder: &mut Coder<'_>, changed: u32, at: usize, predicted: i32) -> i32 {
        if changed & 1 << at == 0 {
            return self.last[at].into();
        }
        let symbol = coder.symbol(&mut self.bytes[at]) as i32;
        (predicted.clamp(0, 255) + symbol) & 0xff
    }
}
