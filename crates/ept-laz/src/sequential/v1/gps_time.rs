//! GPS times: each continues the only sequence, or is stored whole.

use crate::coder::Coder;
use crate::integer::Integer;
use crate::model::{Large, Tiny};
use crate::sequential::part::Field;

/// The largest multiple that has a symbol of its own. The symbols after it are a whole time and the last time.
const LARGEST: u32 = 509;
const WHOLE: u32 = LARGEST + 1;
const REPEAT: u32 = LARGEST + 2;
const SYMBOLS: u16 = 512;
/// Without a difference, the symbols are the last time, the first difference and a whole time.
const FIRST_REPEAT: u32 = 0;
const FIRST: u32 = 1;
const FIRST_WHOLE: u32 = 2;
const FIRST_SYMBOLS: u16 = 3;
/// A new difference is adopted after this many multiples in a row were out of range.
const EXTREMES: u8 = 4;

/// The GPS time of the last point, and the difference of which others are multiples.
pub(crate) struct GpsTime {
    time: u64,
    /// 0 if there is none yet.
    difference: i32,
    /// Number of multiples in a row that were out of range.
    extremes: u8,
    first: Tiny,
    multiple: Large,
    integer: Integer,
}

impl GpsTime {
    pub(crate) fn new() -> GpsTime {
        GpsTime {
            time: 0,
            difference: 0,
            extremes: 0,
            first: Tiny::new(FIRST_SYMBOLS),
            multiple: Large::new(SYMBOLS),
            integer: Integer::new(32, 6),
        }
    }

    fn code_first(&mut self, coder: &mut impl Coder, time: u64) {
        let difference = self.until(time);
        let symbol = match difference {
            Some(0) => FIRST_REPEAT,
            Some(_) => FIRST,
            None => FIRST_WHOLE,
        };
        match coder.symbol(&mut self.first, symbol) {
            FIRST => {
                let real = difference.unwrap_or(0);
                self.difference = self.integer.code(coder, 0, 0, real);
                self.advance(self.difference);
            }
            FIRST_WHOLE => self.time = coder.long(time),
            _ => {}
        }
    }

    fn code_next(&mut self, coder: &mut impl Coder, time: u64) {
        let difference = self.until(time);
        let symbol = match difference {
            Some(0) => REPEAT,
            Some(difference) => {
                let quotient = difference as f32 / self.difference as f32;
                ((quotient + 0.5) as u32).min(LARGEST)
            }
            None => WHOLE,
        };
        match coder.symbol(&mut self.multiple, symbol) {
            multiple @ ..=LARGEST => {
                self.code_multiple(coder, multiple, difference.unwrap_or(0));
            }
            WHOLE => self.time = coder.long(time),
            _ => {}
        }
    }

    /// The difference of a time. `None` if it does not fit in 32 bits.
    fn until(&self, time: u64) -> Option<i32> {
        let difference = time.wrapping_sub(self.time).cast_signed();
        i32::try_from(difference).ok()
    }

    fn code_multiple(&mut self, coder: &mut impl Coder, multiple: u32, real: i32) {
        let (predicted, context) = match multiple {
            0 => (self.difference / 4, 2),
            1 => (self.difference, 1),
            _ => {
                let predicted = self.difference.wrapping_mul(multiple as i32);
                (
                    predicted,
                    if multiple < 10 {
                        3
                    } else {
                        4 + usize::from(multiple >= 50)
                    },
                )
            }
        };
        let difference = self.integer.code(coder, predicted, context, real);
        self.extremes += u8::from(matches!(multiple, 0 | LARGEST));
        if multiple == 1 || self.extremes == EXTREMES {
            self.difference = difference;
            self.extremes = 0;
        }
        self.advance(difference);
    }

    fn advance(&mut self, difference: i32) {
        self.time = self.time.wrapping_add_signed(difference.into());
    }
}

impl Field<8> for GpsTime {
    fn start(&mut self, first: &[u8; 8]) {
        self.time = u64::from_le_bytes(*first);
        (self.difference, self.extremes) = (0, 0);
        self.first.forget();
        self.multiple.forget();
        self.integer.forget();
    }

    fn code(&mut self, coder: &mut impl Coder, new: [u8; 8]) -> [u8; 8] {
        let time = u64::from_le_bytes(new);
        if self.difference == 0 {
            self.code_first(coder, time);
        } else {
            self.code_next(coder, time);
        }
        self.time.to_le_bytes()
    }
}
