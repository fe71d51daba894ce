//! Records of point formats 0 to 3 in version 2, which nearly all files have.

use super::bytes::Bytes;
use super::gps_time::{self, GpsTime};
use super::part::{Field, Part, code_first};
use super::point::{self, Point};
use super::rgb::{self, Rgb};
use crate::coder::Coder;
use crate::item::{Item, Kind};
use crate::place::Place;

/// Version 2 of point, GPS time, colour and extra bytes, in a loop without calls.
pub(crate) struct Usual {
    size: usize,
    point: Point,
    time: Option<GpsTime>,
    colour: Option<Rgb>,
    bytes: Bytes,
}

impl Usual {
    /// Records of these items, which are in the order of a point format. `None` if there are others among them.
    pub(crate) fn of(items: &[Item]) -> Option<Usual> {
        let (mut time, mut colour, mut bytes) = (None, None, 0);
        for item in items {
            match (item.kind, item.version) {
                (Kind::Point10, 2) => {}
                (Kind::GpsTime, 2) => time = Some(GpsTime::new()),
                (Kind::Rgb12, 2) => colour = Some(Rgb::new()),
                (Kind::Bytes(count), 2) => bytes = usize::from(count),
                _ => return None,
            }
        }
        let time_size = time.as_ref().map_or(0, |_| gps_time::SIZE);
        let colour_size = colour.as_ref().map_or(0, |_| rgb::SIZE);
        Some(Usual {
            size: point::SIZE + time_size + colour_size + bytes,
            point: Point::new(),
            time,
            colour,
            bytes: Bytes::new(bytes),
        })
    }
}

impl Part for Usual {
    fn size(&self) -> usize {
        self.size
    }

    fn start(&mut self, first: &[u8]) {
        let mut rest = start(&mut self.point, first);
        if let Some(time) = &mut self.time {
            rest = start(time, rest);
        }
        if let Some(colour) = &mut self.colour {
            rest = start(colour, rest);
        }
        self.bytes.start(rest);
    }

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, record: impl Place) {
        let mut rest = code_first(&mut self.point, coder, record);
        if let Some(time) = &mut self.time {
            rest = code_first(time, coder, rest);
        }
        if let Some(colour) = &mut self.colour {
            rest = code_first(colour, coder, rest);
        }
        self.bytes.code(coder, rest);
    }
}

/// Starts an item, and returns the bytes after it.
fn start<'a, const SIZE: usize>(field: &mut impl Field<SIZE>, first: &'a [u8]) -> &'a [u8] {
    match first.split_first_chunk() {
        Some((own, rest)) => {
            field.start(own);
            rest
        }
        None => &[],
    }
}
