//! Where the chunks of a LAZ file are: its chunk table.

use std::io::Cursor;

use laz::laszip::{ChunkTable as Entries, ChunkTableEntry};

use crate::bytes::u32_at;
use crate::{Chunking, Compression, Header, LasError, guard};

/// A compressed chunk, as a range of bytes in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// Number of points, at least 1.
    pub points: u64,
    /// Offset of its first byte in the file.
    pub at: u64,
    /// Size in bytes.
    pub size: u64,
}

/// The chunks of a LAZ file, contiguous in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChunkTable {
    chunks: Vec<Chunk>,
    /// Offset at which the next chunk would start.
    end: u64,
}

impl ChunkTable {
    /// Size in bytes of the chunk table's offset, which is at the start of the points. The first chunk follows it.
    pub const PLACE_SIZE: u64 = 8;
    /// Points per chunk into which uncompressed records are divided.
    pub const UNCOMPRESSED_POINTS: u64 = 50_000;

    /// Offset of the chunk table in a file of `size` bytes, given the eight bytes at the start of the points. `None` if
    /// the offset is impossible: a writer that could not seek back stores it in the last eight bytes of the file.
    #[must_use]
    pub fn place(place: &[u8], header: &Header, size: u64) -> Option<u64> {
        let at = u64::from_le_bytes(*place.first_chunk()?);
        let first = first_chunk(header);
        // The table starts with its version and count, eight bytes.
        (at >= first && size.checked_sub(at).is_some_and(|rest| rest >= 8)).then_some(at)
    }

    /// Parses the table from bytes that start at `at` in the file. More bytes may follow it.
    ///
    /// The chunks must be between the start of the points and the table, and have exactly as many points as the header.
    ///
    /// # Errors
    /// If they don't, or the table is truncated.
    pub fn parse(
        table: &[u8],
        at: u64,
        header: &Header,
        compression: &Compression,
    ) -> Result<ChunkTable, LasError> {
        ChunkTable::parse_with_length(table, at, header, compression).map(|(table, _)| table)
    }

    /// As [`ChunkTable::parse`], with the bytes that the table takes: 0 if there are no points, which need none.
    ///
    /// # Errors
    /// As there.
    pub fn parse_with_length(
        table: &[u8],
        at: u64,
        header: &Header,
        compression: &Compression,
    ) -> Result<(ChunkTable, u64), LasError> {
        let mut chunks = ChunkTable::starting_at(first_chunk(header));
        if header.points == 0 {
            return Ok((chunks, 0));
        }
        let room = at.checked_sub(chunks.end).ok_or_else(outside)?;
        let mut left = header.points;
        let (entries, length) = entries(table, room, compression)?;
        for entry in &entries {
            let points = match compression.chunking() {
                Chunking::Variable => entry.point_count,
                Chunking::Fixed(points) => u64::from(points).min(left),
                Chunking::Whole => left,
            };
            left = left.checked_sub(points).ok_or_else(|| {
                corrupt(format!(
                    "its chunks have more than the header's {} points",
                    header.points
                ))
            })?;
            let end = chunks.end.checked_add(entry.byte_count);
            if end.is_none_or(|end| end > at) {
                return Err(corrupt("a chunk ends outside the points".into()));
            }
            chunks.push(points, entry.byte_count);
        }
        if left > 0 {
            let (found, all) = (header.points - left, header.points);
            return Err(corrupt(format!(
                "its chunks have {found} points, the header {all}"
            )));
        }
        Ok((chunks, length))
    }

    /// The single chunk of a file of `size` bytes that is not divided into chunks.
    #[must_use]
    pub fn whole(header: &Header, size: u64) -> ChunkTable {
        let mut whole = ChunkTable::starting_at(header.points_at.into());
        whole.push(header.points, size.saturating_sub(whole.end));
        whole
    }

    /// The records of an uncompressed file of `size` bytes, as chunks of [`ChunkTable::UNCOMPRESSED_POINTS`] points.
    ///
    /// # Errors
    /// If the file is too short for its points.
    pub fn uncompressed(header: &Header, size: u64) -> Result<ChunkTable, LasError> {
        let mut chunks = ChunkTable::starting_at(header.points_at.into());
        let length = u64::from(header.record_length);
        let room = size.saturating_sub(chunks.end) / length.max(1);
        if header.points > room {
            return Err(LasError::corrupt(
                "LAS file",
                format!(
                    "its header counts {} points, its {size} bytes have room for {room}; it may be cut off",
                    header.points
                ),
            ));
        }
        let mut left = header.points;
        while left > 0 {
            let points = left.min(ChunkTable::UNCOMPRESSED_POINTS);
            chunks.push(points, points * length);
            left -= points;
        }
        Ok(chunks)
    }

    /// The chunks of a file that is entirely in memory.
    ///
    /// # Errors
    /// If the table is outside the file, or as for [`ChunkTable::parse`].
    pub fn of_file(
        file: &[u8],
        header: &Header,
        compression: &Compression,
    ) -> Result<ChunkTable, LasError> {
        let (size, points_at) = (file.len() as u64, header.points_at as usize);
        if compression.chunking() == Chunking::Whole {
            return Ok(ChunkTable::whole(header, size));
        }
        let Some((place, _)) = file
            .get(points_at..)
            .and_then(<[u8]>::split_first_chunk::<8>)
        else {
            return Err(corrupt("it is beyond the end of the file".into()));
        };
        let last = file.last_chunk::<8>().unwrap_or(place);
        if header.points == 0 {
            return Ok(ChunkTable::starting_at(first_chunk(header)));
        }
        let places = [place, last].into_iter();
        let mut places = places.filter_map(|place| ChunkTable::place(place, header, size));
        let at = places.next().ok_or_else(outside)?;
        // `at` is within the file.
        ChunkTable::parse(&file[at as usize..], at, header, compression)
    }

    /// An empty table whose first chunk will start at `at`.
    #[must_use]
    pub fn starting_at(at: u64) -> ChunkTable {
        ChunkTable {
            chunks: Vec::new(),
            end: at,
        }
    }

    /// Appends a chunk. Some writers end with a chunk without points, which is left out.
    pub fn push(&mut self, points: u64, size: u64) {
        if points > 0 {
            self.chunks.push(Chunk {
                points,
                at: self.end,
                size,
            });
        }
        self.end += size;
    }

    /// The chunks, in the order of the file.
    #[must_use]
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// The table as bytes, which are written after the last chunk.
    ///
    /// # Errors
    /// [`LasError::Unstorable`] if the points or bytes of a chunk don't fit in 31 bits.
    pub fn to_bytes(&self, compression: &Compression) -> Result<Vec<u8>, LasError> {
        let mut entries = Entries::with_capacity(self.chunks.len());
        for chunk in &self.chunks {
            let largest = chunk.points.max(chunk.size);
            if i32::try_from(largest).is_err() {
                return Err(LasError::Unstorable {
                    what: "a chunk",
                    problem: format!("{} points in {} bytes", chunk.points, chunk.size),
                });
            }
            entries.push(ChunkTableEntry {
                point_count: chunk.points,
                byte_count: chunk.size,
            });
        }
        let mut table = Vec::new();
        // Writing to memory can't fail.
        let _ = entries.write_to(&mut table, &compression.vlr);
        Ok(table)
    }
}

/// The entries of a table whose chunks are in `room` bytes, and the bytes that it takes.
fn entries(table: &[u8], room: u64, compression: &Compression) -> Result<(Entries, u64), LasError> {
    if table.len() < 8 {
        return Err(corrupt("it is truncated".into()));
    }
    // `laz` allocates by the count. Each chunk contains its first point uncompressed. Some writers add a last chunk
    // without points.
    let claimed = u32_at(table, 4);
    let most = room / (compression.record_length() as u64).max(1) + 1;
    if u64::from(claimed) > most {
        return Err(corrupt(format!(
            "{claimed} chunks can't fit in {room} bytes"
        )));
    }
    let is_variable = compression.chunking() == Chunking::Variable;
    guard::call("chunk table", || {
        let mut table = Cursor::new(table);
        Entries::read(&mut table, is_variable).map(|entries| (entries, table.position()))
    })
}

/// Offset of the first chunk.
fn first_chunk(header: &Header) -> u64 {
    u64::from(header.points_at) + ChunkTable::PLACE_SIZE
}

fn corrupt(problem: String) -> LasError {
    LasError::corrupt("chunk table", problem)
}

fn outside() -> LasError {
    corrupt("its offset is outside the file".into())
}
