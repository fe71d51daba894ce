//! Return number and number of returns.

use super::step::{COUNT, NUMBER, ONE_LESS, ONE_MORE};

/// The return number of a point and the number of returns of its pulse, both at most 15.
#[derive(Clone, Copy, Default)]
pub(crate) struct Returns {
    pub(crate) number: u8,
    pub(crate) count: u8,
}

/// Whether a return is the first of its pulse (2), the last (1), both (3) or neither (0).
pub(crate) type Ends = u8;

impl Returns {
    /// From the byte in a record.
    pub(crate) fn from_byte(byte: u8) -> Returns {
        Returns {
            number: byte & 15,
            count: byte >> 4,
        }
    }

    /// The byte in a record.
    #[inline(always)]
    pub(crate) fn byte(self) -> u8 {
        self.count << 4 | self.number
    }

    /// How others differ, as bits of the first layer's symbol.
    #[inline(always)]
    pub(crate) fn changes(self, new: Returns) -> u32 {
        let number = match new.number.wrapping_sub(self.number) & 15 {
            0 => 0,
            1 => ONE_MORE,
            15 => ONE_LESS,
            _ => NUMBER,
        };
        number | if new.count == self.count { 0 } else { COUNT }
    }

    /// Whether the return is the first or the last.
    #[inline(always)]
    pub(crate) fn ends(self) -> Ends {
        u8::from(self.number == 1) << 1 | u8::from(self.number >= self.count)
    }

    /// Whether the pulse has a single return.
    #[inline(always)]
    pub(crate) fn is_single(self) -> bool {
        self.count == 1
    }

    /// The group, 0 to 5: X and Y of returns of a group change in similar ways.
    #[inline(always)]
    pub(crate) fn group(self) -> usize {
        GROUPS[usize::from(self.byte())].into()
    }

    /// The level, 0 to 7: the number of returns after this one. Z is predicted from the last of its level.
    #[inline(always)]
    pub(crate) fn level(self) -> u8 {
        self.count.abs_diff(self.number).min(7)
    }
}

/// The groups by the byte in a record.
static GROUPS: [u8; 256] = groups();

const fn groups() -> [u8; 256] {
    let mut groups = [0; 256];
    let mut byte = 0;
    while byte < groups.len() {
        let digit = GROUP_DIGITS[byte / 16][byte % 16];
        groups[byte] = digit - b'0';
        byte += 1;
    }
    groups
}

/// Groups by number of returns (row) and return number (column).
const GROUP_DIGITS: [&[u8; 16]; 16] = [
    b"0123453445555555",
    b"1013333333333333",
    b"2124444444433333",
    b"3345444444444444",
    b"4344544444444444",
    b"5344454444444444",
    b"3344445444444444",
    b"4344444544444444",
    b"4344444454444444",
    b"5344444445444444",
    b"5344444444544444",
    b"5334444444455444",
    b"5334444444455544",
    b"5334444444445554",
    b"5334444444444555",
    b"5334444444444455",
];
