//! Chunks of point formats 0 to 5: a single code, point by point.

mod bytes;
mod gps_time;
mod layout;
mod part;
mod point;
mod rgb;
mod usual;
mod v1;
mod wave_packet;

use part::AnyPart;

use crate::error::Error;
use crate::item::Item;
use crate::reader::Reader;
use crate::writer::Writer;

/// Reads or writes sequential chunks, one after the other, reusing the same memory.
pub(crate) struct Sequential {
    record_size: usize,
    record: Box<dyn AnyPart>,
}

/// A chunk being read.
pub(crate) struct Chunk<'a> {
    /// The first record, until it is read.
    first: Option<&'a [u8]>,
    reader: Reader<'a>,
}

impl Chunk<'_> {
    pub(crate) fn bytes_left(&self) -> usize {
        self.reader.bytes_left()
    }
}

impl Sequential {
    /// For records of these items.
    pub(crate) fn new(items: &[Item]) -> Result<Sequential, Error> {
        let record = layout::record(items)?;
        Ok(Sequential {
            record_size: record.size(),
            record,
        })
    }

    pub(crate) fn record_size(&self) -> usize {
        self.record_size
    }

    /// Starts a chunk.
    pub(crate) fn begin<'a>(&mut self, chunk: &'a [u8]) -> Result<Chunk<'a>, Error> {
        let split = chunk.split_at_checked(self.record_size);
        let (first, code) = split.ok_or(Error::Truncated)?;
        let reader = Reader::new(code)?;
        self.record.start(first);
        Ok(Chunk {
            first: Some(first),
            reader,
        })
    }

    /// Fills whole records with the next points of the chunk that was started last.
    pub(crate) fn read(&mut self, chunk: &mut Chunk<'_>, records: &mut [u8]) -> Result<(), Error> {
        let mut rest = records;
        if let Some(first) = chunk.first
            && rest.len() >= self.record_size
        {
            let (record, others) = rest.split_at_mut(self.record_size);
            record.copy_from_slice(first);
            chunk.first = None;
            rest = others;
        }
        self.record.read(&mut chunk.reader, rest);
        chunk.reader.check()
    }

    /// Appends the chunk of whole records, one or more.
    pub(crate) fn write(&mut self, records: &[u8], chunk: &mut Vec<u8>) {
        let (first, rest) = records.split_at(self.record_size.min(records.len()));
        self.record.start(first);
        chunk.extend_from_slice(first);
        let mut writer = Writer::new(std::mem::take(chunk));
        self.record.write(&mut writer, rest);
        *chunk = writer.finish();
    }
}
