//! Directories of tags.

use std::io::{self, Write};

use crate::geotiff::tag::kind;

/// The tags of an image, ascending.
#[derive(Debug, Default)]
pub(super) struct Directory {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    value: Value,
}

/// The value of a tag.
#[derive(Debug)]
enum Value {
    Bytes(Vec<u8>),
    /// Where tiles are, which depends on the size of all directories.
    Offsets,
    /// Sizes of tiles in bytes.
    Sizes,
}

impl Directory {
    pub(super) fn short(&mut self, tag: u16, numbers: &[u16]) {
        let bytes = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        self.add(tag, kind::SHORT, numbers.len(), bytes);
    }

    pub(super) fn long(&mut self, tag: u16, number: u32) {
        self.longs(tag, &[number]);
    }

    pub(super) fn longs(&mut self, tag: u16, numbers: &[u32]) {
        let bytes = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        self.add(tag, kind::LONG, numbers.len(), bytes);
    }

    pub(super) fn doubles(&mut self, tag: u16, numbers: &[f64]) {
        let bytes = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        self.add(tag, kind::DOUBLE, numbers.len(), bytes);
    }

    pub(super) fn text(&mut self, tag: u16, text: &[u8]) {
        let bytes = [text, &[0]].concat();
        self.add(tag, kind::ASCII, bytes.len(), bytes);
    }

    /// The tags of the places and sizes of tiles.
    pub(super) fn tables(&mut self, [offsets, sizes]: [u16; 2], tiles: u64) {
        for (tag, value) in [(offsets, Value::Offsets), (sizes, Value::Sizes)] {
            self.entries.push(Entry {
                tag,
                kind: kind::LONG,
                count: tiles,
                value,
            });
        }
    }

    fn add(&mut self, tag: u16, kind: u16, count: usize, bytes: Vec<u8>) {
        self.entries.push(Entry {
            tag,
            kind,
            count: count as u64,
            value: Value::Bytes(bytes),
        });
    }

    /// Bytes of the directory with its values.
    pub(super) fn size(&self, is_big: bool) -> u64 {
        let values = self.entries.iter().map(|entry| entry.outside(is_big));
        self.head(is_big) + values.sum::<u64>()
    }

    /// Bytes of the directory without values that are outside it.
    fn head(&self, is_big: bool) -> u64 {
        let entries = self.entries.len() as u64;
        if is_big {
            8 + 20 * entries + 8
        } else {
            2 + 12 * entries + 4
        }
    }

    /// Writes the directory at a place. `next` is where the next one is, 0 for the last. `tiles` gives place and size of
    /// each tile.
    pub(super) fn write<T: Iterator<Item = (u64, u32)>>(
        &self,
        out: &mut impl Write,
        is_big: bool,
        [at, next]: [u64; 2],
        tiles: impl Fn() -> T,
    ) -> io::Result<()> {
        let count = self.entries.len() as u16;
        if is_big {
            out.write_all(&u64::from(count).to_le_bytes())?;
        } else {
            out.write_all(&count.to_le_bytes())?;
        }
        let mut outside = at + self.head(is_big);
        for entry in &self.entries {
            out.write_all(&entry.tag.to_le_bytes())?;
            out.write_all(&entry.kind(is_big).to_le_bytes())?;
            offset(out, is_big, entry.count)?;
            if entry.outside(is_big) > 0 {
                offset(out, is_big, outside)?;
                outside += entry.outside(is_big);
                continue;
            }
            entry.write(out, is_big, &tiles)?;
            let room = if is_big { 8 } else { 4 };
            pad(out, room - entry.length(is_big))?;
        }
        offset(out, is_big, next)?;
        for entry in &self.entries {
            let size = entry.outside(is_big);
            if size > 0 {
                entry.write(out, is_big, &tiles)?;
                pad(out, size - entry.length(is_big))?;
            }
        }
        Ok(())
    }
}

impl Entry {
    /// The type of the value: offsets are as wide as the file needs.
    fn kind(&self, is_big: bool) -> u16 {
        match self.value {
            Value::Offsets if is_big => kind::LONG8,
            _ => self.kind,
        }
    }

    /// Bytes of the value.
    fn length(&self, is_big: bool) -> u64 {
        match &self.value {
            Value::Bytes(bytes) => bytes.len() as u64,
            Value::Offsets if is_big => self.count * 8,
            Value::Offsets | Value::Sizes => self.count * 4,
        }
    }

    /// Bytes of the value and after it, so that the next is at an even place. 0 if it is inside the directory.
    fn outside(&self, is_big: bool) -> u64 {
        let length = self.length(is_big);
        let is_inside = length <= if is_big { 8 } else { 4 };
        if is_inside {
            0
        } else {
            length.next_multiple_of(2)
        }
    }

    fn write<T: Iterator<Item = (u64, u32)>>(
        &self,
        out: &mut impl Write,
        is_big: bool,
        tiles: &impl Fn() -> T,
    ) -> io::Result<()> {
        match &self.value {
            Value::Bytes(bytes) => out.write_all(bytes),
            Value::Offsets => tiles().try_for_each(|(at, _)| offset(out, is_big, at)),
            Value::Sizes => tiles().try_for_each(|(_, size)| out.write_all(&size.to_le_bytes())),
        }
    }
}

fn pad(out: &mut impl Write, bytes: u64) -> io::Result<()> {
    out.write_all(&[0; 8][..bytes.min(8) as usize])
}

/// Writes a number of the width of offsets.
pub(super) fn offset(out: &mut impl Write, is_big: bool, number: u64) -> io::Result<()> {
    if is_big {
        out.write_all(&number.to_le_bytes())
    } else {
        out.write_all(&(number as u32).to_le_bytes())
    }
}
