//! Where the chunks of a LAZ file are.

use std::io::Cursor;

use laz::laszip::{ChunkTable as Entries, ChunkTableEntry};

use crate::bytes::u32_at;
use crate::{Chunking, Compression, Header, LasError, guard};

/// A compressed chunk, as a place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// Number of points, at least 1.
    pub points: u64,
    /// Where it starts in the file.
    pub at: u64,
    /// Its bytes.
    pub size: u64,
}

/// The chunks of a LAZ file, one after another in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChunkTable {
    chunks: Vec<Chunk>,
    /// Where the next chunk would start.
    end: u64,
}

impl ChunkTable {
    /// Bytes at the start of the points that say where the chunk table is. The first chunk follows them.
    pub const PLACE_SIZE: u64 = 8;
    /// Points of the chunks into which records that are not compressed are divided.
    pub const UNCOMPRESSED_POINTS: u64 = 50_000;

    /// Where the chunk table of a file of `size` bytes is, by the eight bytes at the start of the points. `None` if they
    /// name no possible place: a writer that could not seek back leaves the place in the last eight bytes of the file.
    #[must_use]
    pub fn place(place: &[u8], header: &Header, size: u64) -> Option<u64> {
        let at = u64::from_le_bytes(*place.first_chunk()?);
        let first = first_chunk(header);
        // Version and count of the table take eight bytes.
        (at >= first && size.checked_sub(at).is_some_and(|rest| rest >= 8)).then_some(at)
    }

    /// Parses the table from its bytes, which start at `at` in the file; more may follow it.
    ///
    /// The chunks are between the start of the points and the table, and have exactly the header's points.
    ///
    /// # Errors
    /// If that is not so, or the table is cut off.
    pub fn parse(
        table: &[u8],
        at: u64,
        header: &Header,
        compression: &Compression,
    ) -> Result<ChunkTable, LasError> {
        let mut chunks = ChunkTable::starting_at(first_chunk(header));
        if header.points == 0 {
            return Ok(chunks);
        }
        let room = at.checked_sub(chunks.end).ok_or_else(outside)?;
        let mut left = header.points;
        for entry in &entries(table, room, compression)? {
            let points = match compression.chunking() {
                Chunking::Variable => entry.point_count,
                Chunking::Fixed(points) => u64::from(points).min(left),
                Chunking::Whole => left,
            };
            left = left.checked_sub(points).ok_or_else(|| {
                corrupt(format!(
                    "its chunks have more than {} points",
                    header.points
                ))
            })?;
            let end = chunks.end.checked_add(entry.byte_count);
            if end.is_none_or(|end| end > at) {
                return Err(corrupt("a chunk ends outside of the points".into()));
            }
            chunks.push(points, entry.byte_count);
        }
        if left > 0 {
            let (found, all) = (header.points - left, header.points);
            return Err(corrupt(format!("its chunks have {found} of {all} points")));
        }
        Ok(chunks)
    }

    /// The one chunk of a file of `size` bytes that is not divided into chunks.
    #[must_use]
    pub fn whole(header: &Header, size: u64) -> ChunkTable {
        let mut whole = ChunkTable::starting_at(header.points_at.into());
        whole.push(header.points, size.saturating_sub(whole.end));
        whole
    }

    /// The records of a file of `size` bytes that is not compressed, as chunks of [`ChunkTable::UNCOMPRESSED_POINTS`] points.
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

    /// The chunks of a file that is in memory as a whole.
    ///
    /// # Errors
    /// If the table is outside of the file, or as for [`ChunkTable::parse`].
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
            return Err(corrupt("the file ends before it".into()));
        };
        let last = file.last_chunk::<8>().unwrap_or(place);
        if header.points == 0 {
            return Ok(ChunkTable::starting_at(first_chunk(header)));
        }
        let places = [place, last].into_iter();
        let mut places = places.filter_map(|place| ChunkTable::place(place, header, size));
        let at = places.next().ok_or_else(outside)?;
        // It is within the file.
        ChunkTable::parse(&file[at as usize..], at, header, compression)
    }

    /// A table without chunks, whose first will start at `at`.
    #[must_use]
    pub fn starting_at(at: u64) -> ChunkTable {
        ChunkTable {
            chunks: Vec::new(),
            end: at,
        }
    }

    /// Adds a chunk after those so far. Some writers end with a chunk without points; it is left out.
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

    /// The table as it stands in the file, after the last chunk.
    ///
    /// # Errors
    /// [`LasError::Unstorable`] if a chunk has more points or bytes than 31 bits hold.
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
        // Nothing can fail in memory.
        let _ = entries.write_to(&mut table, &compression.vlr);
        Ok(table)
    }
}

/// The entries of a table whose chunks are in `room` bytes.
fn entries(table: &[u8], room: u64, compression: &Compression) -> Result<Entries, LasError> {
    if table.len() < 8 {
        return Err(corrupt("it is cut off".into()));
    }
    // `laz` allocates by the count. Each chunk has its first point as it is; some writers add a last chunk without
    // points.
    let claimed = u32_at(table, 4);
    let most = room / (compression.record_length() as u64).max(1) + 1;
    if u64::from(claimed) > most {
        return Err(corrupt(format!("{claimed} chunks in {room} bytes")));
    }
    let is_variable = compression.chunking() == Chunking::Variable;
    guard::call("chunk table", || {
        Entries::read(&mut Cursor::new(table), is_variable)
    })
}

/// Where the first chunk starts.
fn first_chunk(header: &Header) -> u64 {
    u64::from(header.points_at) + ChunkTable::PLACE_SIZE
}

fn corrupt(problem: String) -> LasError {
    LasError::corrupt("chunk table", problem)
}

fn outside() -> LasError {
    corrupt("its place is outside of the file".into())
}
