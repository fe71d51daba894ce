//! Chunks of point formats 0 to 3: a single code, point by point.

mod bytes;
mod layout;
mod point;
mod rgb;

use bytes::Bytes;
pub(crate) use layout::Layout;
use point::Point;
use rgb::Rgb;

use crate::coder::Coder;
use crate::error::Error;

/// GPS times. A repeated time has a symbol.
type GpsTime = crate::gps_time::GpsTime<true>;

/// Reads sequential chunks, one after the other, reusing the same memory.
pub(crate) struct Sequential {
    record_size: usize,
    point: Point,
    time: Option<GpsTime>,
    colour: Option<Rgb>,
    bytes: Bytes,
}

/// A chunk being read.
pub(crate) struct Chunk<'a> {
    /// The first record, until it is read.
    first: Option<&'a [u8]>,
    coder: Coder<'a>,
}

impl Sequential {
    pub(crate) fn new(layout: Layout) -> Sequential {
        Sequential {
            record_size: layout.size(),
            point: Point::new(),
            time: layout.has_time.then(GpsTime::new),
            colour: layout.has_colour.then(Rgb::new),
            bytes: Bytes::new(layout.extra_bytes),
        }
    }

    pub(crate) fn record_size(&self) -> usize {
        self.record_size
    }

    /// Starts a chunk.
    pub(crate) fn begin<'a>(&mut self, chunk: &'a [u8]) -> Result<Chunk<'a>, Error> {
        let split = chunk.split_at_checked(self.record_size);
        let (first, code) = split.ok_or(Error::Truncated)?;
        let coder = Coder::new(code)?;
        let (point, mut rest) = first.split_first_chunk().ok_or(Error::Truncated)?;
        self.point.start(point);
        if let Some(time) = &mut self.time {
            let bytes;
            (bytes, rest) = rest.split_first_chunk().ok_or(Error::Truncated)?;
            time.start(*bytes);
        }
        if let Some(colour) = &mut self.colour {
            let bytes;
            (bytes, rest) = rest.split_first_chunk().ok_or(Error::Truncated)?;
            colour.start(*bytes);
        }
        self.bytes.start(rest);
        Ok(Chunk {
            first: Some(first),
            coder,
        })
    }

    /// Fills whole records with the next points of the chunk that was started last.
    pub(crate) fn read(&mut self, chunk: &mut Chunk<'_>, records: &mut [u8]) -> Result<(), Error> {
        let mut records = records.chunks_exact_mut(self.record_size);
        if let Some(first) = chunk.first
            && let Some(record) = records.next()
        {
            record.copy_from_slice(first);
            chunk.first = None;
        }
        self.read_coded(&mut chunk.coder, records);
        if chunk.coder.is_whole() {
            Ok(())
        } else {
            Err(Error::Truncated)
        }
    }

    #[inline(never)]
    fn read_coded<'r>(
        &mut self,
        coder: &mut Coder<'_>,
        records: impl Iterator<Item = &'r mut [u8]>,
    ) {
        // A local copy stays in registers.
        let mut local = *coder;
        for record in records {
            self.point.read(&mut local);
            let mut rest = put(record, self.point.last());
            if let Some(time) = &mut self.time {
                time.read(&mut local);
                rest = put(rest, time.last());
            }
            if let Some(colour) = &mut self.colour {
                colour.read(&mut local);
                rest = put(rest, colour.last());
            }
            self.bytes.read(&mut local, rest);
        }
        *coder = local;
    }
}

/// Writes an item, and returns the bytes after it.
#[inline(always)]
fn put<const SIZE: usize>(record: &mut [u8], item: [u8; SIZE]) -> &mut [u8] {
    match record.split_first_chunk_mut() {
        Some((place, rest)) => {
            *place = item;
            rest
        }
        None => &mut [],
    }
}
