//! The layer of the GPS time.

use super::contexts::Context;
use super::field::Field;
use super::record;
use super::step::Step;
use crate::coder::Coder;

/// The GPS time, if it changed.
pub(crate) type GpsTime = crate::gps_time::GpsTime<false>;

impl Field<8> for GpsTime {
    const AT: usize = record::TIME;

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, step: Step, new: [u8; 8]) -> [u8; 8] {
        if step.has_time() {
            self.code(coder, new)
        } else {
            self.last()
        }
    }
}

impl Context for GpsTime {
    type Value = [u8; 8];

    fn new() -> GpsTime {
        GpsTime::new()
    }

    fn start(&mut self, last: [u8; 8]) {
        self.start(last);
    }

    #[inline(always)]
    fn last(&self) -> [u8; 8] {
        self.last()
    }
}
