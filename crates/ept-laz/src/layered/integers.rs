//! The layers of integers: Z, intensity, scan angle, point source.

use super::contexts::Context;
use super::field::Field;
use super::record;
use super::step::Step;
use crate::coder::Coder;
use crate::integer::Integer;

/// Z, predicted from the last return of the same level.
pub(crate) struct Z {
    last: i32,
    levels: [i32; 8],
    integer: Integer,
}

impl Field<4> for Z {
    const AT: usize = record::Z;

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, step: Step, new: [u8; 4]) -> [u8; 4] {
        let level = &mut self.levels[usize::from(step.level) & 7];
        let (context, new) = (step.z_context.into(), i32::from_le_bytes(new));
        *level = self.integer.code(coder, *level, context, new);
        self.last = *level;
        self.last()
    }
}

impl Context for Z {
    type Value = [u8; 4];

    fn new() -> Z {
        Z {
            last: 0,
            levels: [0; 8],
            integer: Integer::new(32, 20),
        }
    }

    fn start(&mut self, last: [u8; 4]) {
        self.last = i32::from_le_bytes(last);
        self.levels = [self.last; 8];
        self.integer.forget();
    }

    #[inline(always)]
    fn last(&self) -> [u8; 4] {
        self.last.to_le_bytes()
    }
}

/// The intensity, predicted from the last return of the same kind.
pub(crate) struct Intensity {
    last: u16,
    /// By the ends of the return, and whether the time changed.
    kinds: [u16; 8],
    integer: Integer,
}

impl Field<2> for Intensity {
    const AT: usize = record::INTENSITY;

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, step: Step, new: [u8; 2]) -> [u8; 2] {
        let ends = usize::from(step.ends) & 3;
        let kind = &mut self.kinds[ends << 1 | usize::from(step.has_time())];
        let (last, new) = (i32::from(*kind), u16::from_le_bytes(new).into());
        *kind = self.integer.code(coder, last, ends, new) as u16;
        self.last = *kind;
        self.last()
    }
}

impl Context for Intensity {
    type Value = [u8; 2];

    fn new() -> Intensity {
        Intensity {
            last: 0,
            kinds: [0; 8],
            integer: Integer::new(16, 4),
        }
    }

    fn start(&mut self, last: [u8; 2]) {
        self.last = u16::from_le_bytes(last);
        self.kinds = [self.last; 8];
        self.integer.forget();
    }

    #[inline(always)]
    fn last(&self) -> [u8; 2] {
        self.last.to_le_bytes()
    }
}

/// The scan angle, if it changed.
pub(crate) struct Angle {
    last: i16,
    integer: Integer,
}

impl Field<2> for Angle {
    const AT: usize = record::ANGLE;

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, step: Step, new: [u8; 2]) -> [u8; 2] {
        if step.has_angle() {
            let (last, new) = (self.last.into(), i16::from_le_bytes(new).into());
            let context = usize::from(step.has_time());
            self.last = self.integer.code(coder, last, context, new) as i16;
        }
        self.last()
    }
}

impl Context for Angle {
    type Value = [u8; 2];

    fn new() -> Angle {
        Angle {
            last: 0,
            integer: Integer::new(16, 2),
        }
    }

    fn start(&mut self, last: [u8; 2]) {
        self.last = i16::from_le_bytes(last);
        self.integer.forget();
    }

    #[inline(always)]
    fn last(&self) -> [u8; 2] {
        self.last.to_le_bytes()
    }
}

/// The point source, if it changed.
pub(crate) struct Source {
    last: u16,
    integer: Integer,
}

impl Field<2> for Source {
    const AT: usize = record::SOURCE;

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, step: Step, new: [u8; 2]) -> [u8; 2] {
        if step.has_source() {
            let (last, new) = (self.last.into(), u16::from_le_bytes(new).into());
            self.last = self.integer.code(coder, last, 0, new) as u16;
        }
        self.last()
    }
}

impl Context for Source {
    type Value = [u8; 2];

    fn new() -> Source {
        Source {
            last: 0,
            integer: Integer::new(16, 1),
        }
    }

    fn start(&mut self, last: [u8; 2]) {
        self.last = u16::from_le_bytes(last);
        self.integer.forget();
    }

    #[inline(always)]
    fn last(&self) -> [u8; 2] {
        self.last.to_le_bytes()
    }
}
