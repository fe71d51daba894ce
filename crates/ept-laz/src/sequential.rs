//! Chunks of point formats 0 to 3: one code for all, point after point.

use crate::bytes::Bytes;
use crate::coder::Coder;
use crate::error::Error;
use crate::gps_time::GpsTime;
use crate::layout::Layout;
use crate::point10::Point10;
use crate::rgb12::Rgb12;

/// The items of a record. Their memory is kept from chunk to chunk.
pub(crate) struct Sequential {
    size: usize,
    point: Point10,
    time: Option<GpsTime>,
    colour: Option<Rgb12>,
    bytes: Bytes,
}

/// A chunk that is being read.
pub(crate) struct Code<'a> {
    /// The first record, until it was read.
    first: Option<&'a [u8]>,
    coder: Coder<'a>,
}

impl Sequential {
    pub(crate) fn new(layout: Layout) -> Sequential {
        Sequential {
            size: layout.size(),
            point: Point10::new(),
            time: layout.has_time.then(GpsTime::new),
            colour: layout.has_colour.then(Rgb12::new),
            bytes: Bytes::new(layout.extra),
        }
    }

    /// The length of a record.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Starts a chunk: its first record as it is, then the code of the others.
    pub(crate) fn begin<'a>(&mut self, chunk: &'a [u8]) -> Result<Code<'a>, Error> {
        let (first, code) = chunk.split_at_checked(self.size).ok_or(Error::Truncated)?;
        let coder = Coder::new(code)?;
        let (point, mut rest) = first.split_first_chunk().ok_or(Error::Truncated)?;
        self.point.start(point);
        if let Some(time) = &mut self.time {
            let bytes;
            (bytes, rest) = rest.split_first_chunk().ok_or(Error::Truncated)?;
            time.start(bytes);
        }
        if let Some(colour) = &mut self.colour {
            let bytes;
            (bytes, rest) = rest.split_first_chunk().ok_or(Error::Truncated)?;
            colour.start(bytes);
        }
        self.bytes.start(rest);
        Ok(Code {
            first: Some(first),
            coder,
        })
    }

    /// Reads the chunk's next records, as many as there is room for; room for less than one stays as it is.
    ///
    /// The chunk does not know how many it holds: the caller counts them.
    pub(crate) fn read(&mut self, code: &mut Code<'_>, records: &mut [u8]) -> Result<(), Error> {
        let mut records = records.chunks_exact_mut(self.size);
        if let Some(first) = code.first
            && let Some(record) = records.next()
        {
            record.copy_from_slice(first);
            code.first = None;
        }
        self.read_coded(code, records);
        match code.coder.is_whole() {
            true => Ok(()),
            false => Err(Error::Truncated),
        }
    }

    #[inline(never)]
    fn read_coded<'r>(&mut self, code: &mut Code<'_>, records: impl Iterator<Item = &'r mut [u8]>) {
        // A copy that only this function knows stays in registers.
        let mut coder = code.coder;
        for record in records {
            let mut rest = put(record, self.point.read(&mut coder));
            if let Some(time) = &mut self.time {
                rest = put(rest, time.read(&mut coder));
            }
            if let Some(colour) = &mut self.colour {
                rest = put(rest, colour.read(&mut coder));
            }
            self.bytes.read(&mut coder, rest);
        }
        code.coder = coder;
    }
}

/// Writes an item, and gives what comes after it.
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
