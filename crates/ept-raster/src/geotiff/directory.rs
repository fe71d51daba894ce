//! The first directory of a TIFF file.

use std::io::{Read, Seek, SeekFrom};

use super::GeoTiffError;
use super::tag::kind;

/// The first directory of a TIFF file, which is that of the full resolution.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) is_big_endian: bool,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// Place of the value in the file.
    at: u64,
}

/// A long array of numbers that stays in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    at: u64,
    kind: u16,
    pub(super) count: u64,
}

/// Maximum number of tags: real files have fewer than 50.
const MOST_TAGS: u64 = 1000;
/// Maximum size of a value in bytes, but for the tables of chunks: real metadata has some kB.
const LONGEST_VALUE: u64 = 1 << 20;

impl Directory {
    pub(super) fn read(file: &mut (impl Read + Seek)) -> Result<Directory, GeoTiffError> {
        let mut start = [0; 16];
        file.seek(SeekFrom::Start(0))?;
        read_exact(file, &mut start[..8])?;
        let is_big_endian = match &start[..2] {
            b"II" => false,
            b"MM" => true,
            _ => return Err(GeoTiffError::damaged("it does not begin as TIFF files do")),
        };
        let number = |bytes: &[u8]| number(bytes, is_big_endian);
        let is_big = match number(&start[2..4]) {
            42 => false,
            43 => {
                read_exact(file, &mut start[8..])?;
                true
            }
            _ => return Err(GeoTiffError::damaged("it does not begin as TIFF files do")),
        };
        let at = number(if is_big { &start[8..16] } else { &start[4..8] });
        file.seek(SeekFrom::Start(at))?;
        let (count_size, size, wide) = if is_big { (8, 20, 8) } else { (2, 12, 4) };
        read_exact(file, &mut start[..count_size])?;
        let count = number(&start[..count_size]);
        if count > MOST_TAGS {
            let problem = format!("{count} tags are too many, at most {MOST_TAGS} are read");
            return Err(GeoTiffError::damaged(problem));
        }
        let mut bytes = vec![0; count as usize * size];
        read_exact(file, &mut bytes)?;
        let entries_at = at.saturating_add(count_size as u64);
        let entry = |(index, entry): (usize, &[u8])| {
            let (kind, count) = (number(&entry[2..4]) as u16, number(&entry[4..4 + wide]));
            let value = &entry[4 + wide..];
            let is_inside = size_of(kind).is_some_and(|size| {
                size.checked_mul(count)
                    .is_some_and(|size| size <= wide as u64)
            });
            let inside = entries_at.saturating_add((index * size + 4 + wide) as u64);
            Entry {
                tag: number(&entry[..2]) as u16,
                kind,
                count,
                at: if is_inside { inside } else { number(value) },
            }
        };
        Ok(Directory {
            is_big_endian,
            entries: bytes.chunks(size).enumerate().map(entry).collect(),
        })
    }

    fn find(&self, tag: u16) -> Option<Entry> {
        self.entries.iter().find(|entry| entry.tag == tag).copied()
    }

    /// The bytes of a value, and the size of each of its numbers. `None` if there is no such tag.
    fn bytes(
        &self,
        file: &mut (impl Read + Seek),
        tag: u16,
    ) -> Result<Option<(Entry, usize, Vec<u8>)>, GeoTiffError> {
        let Some(entry) = self.find(tag) else {
            return Ok(None);
        };
        let strange = || GeoTiffError::damaged(format!("tag {tag} has no usable value"));
        let size = size_of(entry.kind).ok_or_else(strange)?;
        let length = size.checked_mul(entry.count);
        let length = length
            .filter(|length| *length <= LONGEST_VALUE)
            .ok_or_else(strange)?;
        file.seek(SeekFrom::Start(entry.at))?;
        let mut bytes = Vec::new();
        file.take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != length {
            return Err(strange());
        }
        Ok(Some((entry, size as usize, bytes)))
    }

    /// Unsigned numbers. Empty if there is no such tag.
    pub(super) fn numbers(
        &self,
        file: &mut (impl Read + Seek),
        tag: u16,
    ) -> Result<Vec<u64>, GeoTiffError> {
        let Some((entry, size, bytes)) = self.bytes(file, tag)? else {
            return Ok(Vec::new());
        };
        if !is_number(entry.kind) {
            return Err(GeoTiffError::damaged(format!("tag {tag} has no numbers")));
        }
        let numbers = bytes
            .chunks(size)
            .map(|bytes| number(bytes, self.is_big_endian));
        Ok(numbers.collect())
    }

    /// The first number, or another if there is no such tag.
    pub(super) fn number(
        &self,
        file: &mut (impl Read + Seek),
        tag: u16,
        absent: u64,
    ) -> Result<u64, GeoTiffError> {
        Ok(self.numbers(file, tag)?.first().copied().unwrap_or(absent))
    }

    /// 64-bit floats. Empty if there is no such tag.
    pub(super) fn doubles(
        &self,
        file: &mut (impl Read + Seek),
        tag: u16,
    ) -> Result<Vec<f64>, GeoTiffError> {
        let Some((entry, size, bytes)) = self.bytes(file, tag)? else {
            return Ok(Vec::new());
        };
        if entry.kind != kind::DOUBLE {
            return Err(GeoTiffError::damaged(format!(
                "tag {tag} has no 64-bit floats"
            )));
        }
        let bits = bytes
            .chunks(size)
            .map(|bytes| number(bytes, self.is_big_endian));
        Ok(bits.map(f64::from_bits).collect())
    }

    /// The bytes of a text. Empty if there is no such tag.
    pub(super) fn text(
        &self,
        file: &mut (impl Read + Seek),
        tag: u16,
    ) -> Result<Vec<u8>, GeoTiffError> {
        let bytes = self.bytes(file, tag)?.map(|(_, _, bytes)| bytes);
        let mut text = bytes.unwrap_or_default();
        // Its NUL is not part of a text.
        while text.last() == Some(&0) {
            text.pop();
        }
        Ok(text)
    }

    /// Whether there is a tag.
    pub(super) fn has(&self, tag: u16) -> bool {
        self.find(tag).is_some()
    }

    /// A table of chunks.
    pub(super) fn table(&self, tag: u16) -> Result<Table, GeoTiffError> {
        let entry = self.find(tag).filter(|entry| is_number(entry.kind));
        let entry = entry.ok_or_else(|| GeoTiffError::damaged(format!("it has no tag {tag}")))?;
        Ok(Table {
            at: entry.at,
            kind: entry.kind,
            count: entry.count,
        })
    }
}

impl Table {
    /// The number at an index, which must be less than the count.
    pub(super) fn get(
        &self,
        file: &mut (impl Read + Seek),
        index: u64,
        is_big_endian: bool,
    ) -> Result<u64, GeoTiffError> {
        let size = size_of(self.kind).unwrap_or(1);
        let at = size
            .checked_mul(index)
            .and_then(|at| at.checked_add(self.at));
        let at = at.ok_or_else(|| GeoTiffError::damaged("a table is outside the file"))?;
        let mut bytes = [0; 8];
        let bytes = &mut bytes[..size as usize];
        file.seek(SeekFrom::Start(at))?;
        read_exact(file, bytes)?;
        Ok(number(bytes, is_big_endian))
    }
}

/// Reads all bytes. The end of the file is damage.
pub(super) fn read_exact(file: &mut impl Read, bytes: &mut [u8]) -> Result<(), GeoTiffError> {
    file.read_exact(bytes).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => GeoTiffError::damaged("it ends too early"),
        _ => error.into(),
    })
}

/// A number of at most 8 bytes.
fn number(bytes: &[u8], is_big_endian: bool) -> u64 {
    let join = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    if is_big_endian {
        bytes.iter().fold(0, join)
    } else {
        bytes.iter().rev().fold(0, join)
    }
}

fn is_number(kind: u16) -> bool {
    matches!(kind, kind::BYTE | kind::SHORT | kind::LONG | kind::LONG8)
}

/// Bytes of a value of a type. `None` if it is unknown.
fn size_of(kind: u16) -> Option<u64> {
    Some(match kind {
        kind::BYTE | kind::ASCII | 6 | 7 => 1,
        kind::SHORT | 8 => 2,
        kind::LONG | 9 | 11 | 13 => 4,
        5 | 10 | kind::DOUBLE | kind::LONG8 | 17 | 18 => 8,
        _ => return None,
    })
}
