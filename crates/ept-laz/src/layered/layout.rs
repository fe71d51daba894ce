//! The layout of records of point formats 6 to 10.

use crate::error::Error;
use crate::item::{Item, Kind};
use crate::wave_packet;

const POINT: usize = 30;
const RGB: usize = 6;
const NIR: usize = 2;

/// The items of a record: always the point, then colour, near infrared, wave packet and extra bytes.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    /// The version of all items.
    pub(crate) version: Version,
    pub(crate) has_colour: bool,
    pub(crate) has_infrared: bool,
    pub(crate) has_wave_packet: bool,
    pub(crate) extra_bytes: usize,
}

/// The version of the items. They differ in which values an item after the point is predicted from.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Version {
    /// In some points, from those of another scanner channel, see [`Track::add_late`](super::track::Track::add_late).
    Three,
    /// From the last of its channel. LASzip reads it since 3.2 (2018) and writes it on request.
    Four,
}

impl Layout {
    /// The layout of these items, which must be in the order of a point format.
    pub(crate) fn new(items: &[Item]) -> Result<Layout, Error> {
        let first = items.first().ok_or(Error::NoItems)?;
        let version = match first.version {
            3 => Version::Three,
            4 => Version::Four,
            _ => return Err(Error::Unsupported(*first)),
        };
        let mut layout = Layout {
            version,
            has_colour: false,
            has_infrared: false,
            has_wave_packet: false,
            extra_bytes: 0,
        };
        let mut next = 0;
        for item in items {
            let place = match item.kind {
                Kind::Point14 => 0,
                Kind::Rgb14 | Kind::RgbNir14 => 1,
                Kind::WavePacket14 => 2,
                Kind::Bytes14(_) => 3,
                _ => return Err(Error::Unsupported(*item)),
            };
            if item.version != first.version || place < next || next == 0 && place > 0 {
                return Err(Error::Unsupported(*item));
            }
            next = place + 1;
            layout.add(item.kind);
        }
        Ok(layout)
    }

    fn add(&mut self, kind: Kind) {
        match kind {
            Kind::Rgb14 => self.has_colour = true,
            Kind::RgbNir14 => (self.has_colour, self.has_infrared) = (true, true),
            Kind::WavePacket14 => self.has_wave_packet = true,
            Kind::Bytes14(count) => self.extra_bytes = count.into(),
            _ => {}
        }
    }

    /// Offset of the colour.
    pub(crate) fn colour(self) -> usize {
        POINT
    }

    /// Offset of the near infrared.
    pub(crate) fn infrared(self) -> usize {
        self.colour() + usize::from(self.has_colour) * RGB
    }

    /// Offset of the wave packet.
    pub(crate) fn wave_packet(self) -> usize {
        self.infrared() + usize::from(self.has_infrared) * NIR
    }

    /// Offset of the extra bytes.
    pub(crate) fn bytes(self) -> usize {
        self.wave_packet() + usize::from(self.has_wave_packet) * wave_packet::SIZE
    }

    /// Length of a record.
    pub(crate) fn size(self) -> usize {
        self.bytes() + self.extra_bytes
    }
}
