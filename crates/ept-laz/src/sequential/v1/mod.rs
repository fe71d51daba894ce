//! Version 1 of the items, of LASzip before 2.0 (2011).

mod bytes;
mod gps_time;
mod point;
mod rgb;

pub(super) use bytes::Bytes;
pub(super) use gps_time::GpsTime;
pub(super) use point::Point;
pub(super) use rgb::Rgb;
