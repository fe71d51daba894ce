//! The returns of a pulse, as the layered formats count them: up to 15.

/// A point's return number and the number of returns of its pulse, both up to 15.
#[derive(Clone, Copy, Default)]
pub(crate) struct Return {
    pub(crate) number: u8,
    pub(crate) count: u8,
}

/// Which end of a pulse a return is: both (3), the first (2), the last (1), none (0).
pub(crate) type Ends = u8;

impl Return {
    /// From a record's byte.
    pub(crate) fn from_byte(byte: u8) -> Return {
        Return {
            number: byte & 15,
            count: byte >> 4,
        }
    }

    /// The record's byte.
    #[inline(always)]
    pub(crate) fn byte(self) -> u8 {
        self.count << 4 | self.number
    }

    /// Which end of the pulse it is.
    #[inline(always)]
    pub(crate) fn ends(self) -> Ends {
        u8::from(self.number == 1) << 1 | u8::from(self.number >= self.count)
    }

    /// Whether there is but one return.
    #[inline(always)]
    pub(crate) fn is_single(self) -> bool {
        self.count == 1
    }

    /// One of 6 groups in which X and Y change alike.
    #[inline(always)]
    pub(crate) fn group(self) -> usize {
        GROUPS[usize::from(self.byte())].into()
    }

    /// One of 8 levels of Z: how many returns are between this one and the last.
    #[inline(always)]
    pub(crate) fn level(self) -> u8 {
        self.count.abs_diff(self.number).min(7)
    }
}

/// The groups by the record's byte. Beyond 5 returns they hardly differ.
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

/// The group for each number of returns (line) and return number (column).
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
