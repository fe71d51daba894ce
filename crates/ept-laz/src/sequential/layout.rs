//! The items of records of point formats 0 to 5.

use super::bytes::Bytes;
use super::gps_time::GpsTime;
use super::part::{AnyPart, Single};
use super::point::Point;
use super::rgb::Rgb;
use super::usual::Usual;
use super::v1;
use super::wave_packet::WavePacket;
use crate::error::Error;
use crate::item::{Item, Kind};

/// What codes records of these items, which must be in the order of a point format. Any has its own version.
pub(crate) fn record(items: &[Item]) -> Result<Box<dyn AnyPart>, Error> {
    check_order(items)?;
    if let Some(usual) = Usual::of(items) {
        return Ok(Box::new(usual));
    }
    let parts: Vec<_> = items.iter().map(part).collect::<Result<_, _>>()?;
    Ok(Box::new(parts))
}

fn check_order(items: &[Item]) -> Result<(), Error> {
    let mut next = 0;
    for item in items {
        let place = match item.kind {
            Kind::Point10 => 0,
            Kind::GpsTime => 1,
            Kind::Rgb12 => 2,
            Kind::WavePacket13 => 3,
            Kind::Bytes(_) => 4,
            _ => return Err(Error::Unsupported(*item)),
        };
        if place < next || next == 0 && place > 0 {
            return Err(Error::Unsupported(*item));
        }
        next = place + 1;
    }
    if next == 0 {
        Err(Error::NoItems)
    } else {
        Ok(())
    }
}

fn part(item: &Item) -> Result<Box<dyn AnyPart>, Error> {
    Ok(match (item.kind, item.version) {
        (Kind::Point10, 1) => Box::new(Single(v1::Point::new())),
        (Kind::Point10, 2) => Box::new(Single(Point::new())),
        (Kind::GpsTime, 1) => Box::new(Single(v1::GpsTime::new())),
        (Kind::GpsTime, 2) => Box::new(Single(GpsTime::new())),
        (Kind::Rgb12, 1) => Box::new(Single(v1::Rgb::new())),
        (Kind::Rgb12, 2) => Box::new(Single(Rgb::new())),
        (Kind::WavePacket13, 1 | 2) => Box::new(Single(WavePacket::new())),
        (Kind::Bytes(count), 1) => Box::new(v1::Bytes::new(count.into())),
        (Kind::Bytes(count), 2) => Box::new(Bytes::new(count.into())),
        _ => return Err(Error::Unsupported(*item)),
    })
}
