//! The layers of single symbols: classification, flags, user data. The last value selects the model.

use super::contexts::Context;
use super::field::Field;
use super::record::{self, CHANNEL};
use super::step::Step;
use crate::coder::Coder;
use crate::model::Small;

/// Number of models of a layer.
const MODELS: usize = 64;
/// A return that is both first and last.
const BOTH: u8 = 3;

/// The last value, and models by kind of the last value.
struct Chain {
    last: u8,
    models: Vec<Small>,
}

impl Chain {
    fn new(symbols: u16) -> Chain {
        Chain {
            last: 0,
            models: vec![Small::new(symbols); MODELS],
        }
    }

    fn start(&mut self, last: u8) {
        self.last = last;
        self.models.iter_mut().for_each(Small::forget);
    }

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, kind: u8, new: u8) {
        let model = &mut self.models[usize::from(kind) % MODELS];
        self.last = coder.symbol(model, new.into()) as u8;
    }
}

/// The classification.
pub(crate) struct Classification(Chain);

impl Field<1> for Classification {
    const AT: usize = record::CLASSIFICATION;

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, step: Step, [new]: [u8; 1]) -> [u8; 1] {
        let kind = (self.0.last & 31) << 1 | u8::from(step.ends == BOTH);
        self.0.code(coder, kind, new);
        self.last()
    }
}

impl Context for Classification {
    type Value = [u8; 1];

    fn new() -> Classification {
        Classification(Chain::new(256))
    }

    fn start(&mut self, [last]: [u8; 1]) {
        self.0.start(last);
    }

    #[inline(always)]
    fn last(&self) -> [u8; 1] {
        [self.0.last]
    }
}

/// The flags: the record's byte without the scanner channel, which lies between the lower four and the upper two bits.
pub(crate) struct Flags(Chain);

impl Field<1> for Flags {
    const AT: usize = record::FLAGS;

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, _: Step, [new]: [u8; 1]) -> [u8; 1] {
        self.0.code(coder, self.0.last, without_channel(new));
        let [flags] = self.last();
        [new & CHANNEL | flags]
    }
}

impl Context for Flags {
    type Value = [u8; 1];

    fn new() -> Flags {
        Flags(Chain::new(64))
    }

    fn start(&mut self, [last]: [u8; 1]) {
        self.0.start(without_channel(last));
    }

    #[inline(always)]
    fn last(&self) -> [u8; 1] {
        [self.0.last & 15 | self.0.last >> 4 << 6]
    }
}

fn without_channel(byte: u8) -> u8 {
    byte & 15 | byte >> 6 << 4
}

/// The user data.
pub(crate) struct UserData(Chain);

impl Field<1> for UserData {
    const AT: usize = record::USER_DATA;

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, _: Step, [new]: [u8; 1]) -> [u8; 1] {
        self.0.code(coder, self.0.last / 4, new);
        self.last()
    }
}

impl Context for UserData {
    type Value = [u8; 1];

    fn new() -> UserData {
        UserData(Chain::new(256))
    }

    fn start(&mut self, [last]: [u8; 1]) {
        self.0.start(last);
    }

    #[inline(always)]
    fn last(&self) -> [u8; 1] {
        [self.0.last]
    }
}
