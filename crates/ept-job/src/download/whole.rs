//! Checks that LAS, LAZ and COPC files on disk are complete, without decoding their points.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use ept_las::{ChunkTable, Chunking, Compression, Header, LasError, Vlr};

/// Number of bytes read first: header and VLRs of nearly every file.
const START: u64 = 1 << 16;
/// Maximum bytes of the header and the VLRs.
const MOST_RECORDS: u64 = 128 << 20;
/// Maximum bytes of a chunk table: hundreds of millions of chunks.
const MOST_TABLE: u64 = 512 << 20;
/// Maximum number of extended VLRs. Real files have a handful.
const MOST_EVLRS: u32 = 100_000;

/// A file whose header, chunk table and extended VLRs agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whole {
    /// Number of points according to the header and the chunk table.
    pub(crate) points: u64,
    /// End of the last part that they describe.
    pub(crate) end: u64,
    /// Size of the file in bytes.
    pub(crate) size: u64,
}

/// Why a file is not complete.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwhole {
    /// Its parts contradict each other.
    #[error(transparent)]
    Las(#[from] LasError),
    /// It ends before a part that it describes.
    #[error("{what} would end at {end}, but the file ends at {size}: it is truncated")]
    CutOff {
        what: &'static str,
        end: u64,
        size: u64,
    },
    /// The position of the chunk table is outside of the file.
    #[error(
        "the position of its chunk table is outside of the file of {size} bytes: it is truncated"
    )]
    NoTable { size: u64 },
    /// A part is larger than in any real file.
    #[error("{what} would take {length} bytes, more than the limit of {most}")]
    TooLarge {
        what: &'static str,
        length: u64,
        most: u64,
    },
    #[error(transparent)]
    Read(#[from] io::Error),
}

impl Whole {
    /// Checks the file at a path.
    pub(crate) fn check(path: &Path) -> Result<Whole, Unwhole> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        Parts { file, size }.check()
    }
}

/// The file, read by ranges.
struct Parts {
    file: File,
    size: u64,
}

impl Parts {
    fn check(mut self) -> Result<Whole, Unwhole> {
        let start = self.start()?;
        let header = Header::parse(&start, self.size)?;
        let points = self.end_of_points(&header, &start)?;
        let end = points.max(self.end_of_records(&header)?);
        Ok(Whole {
            points: header.points,
            end,
            size: self.size,
        })
    }

    /// The header and the VLRs.
    fn start(&mut self) -> Result<Vec<u8>, Unwhole> {
        let start = self.read(0, START)?;
        let length = Header::length_with_vlrs(&start).min(self.size);
        if !start.starts_with(b"LASF") || length <= start.len() as u64 {
            return Ok(start);
        }
        if length > MOST_RECORDS {
            let (what, most) = ("its header and records", MOST_RECORDS);
            return Err(Unwhole::TooLarge { what, length, most });
        }
        Ok(self.read(0, length)?)
    }

    /// End of the points and the chunk table, if there is one.
    fn end_of_points(&mut self, header: &Header, start: &[u8]) -> Result<u64, Unwhole> {
        let points_at = u64::from(header.points_at);
        if !header.is_compressed {
            ChunkTable::uncompressed(header, self.size)?;
            // The table is within the file.
            return Ok(points_at + header.points * u64::from(header.record_length));
        }
        let compression = Compression::of_file(header, start)?;
        if compression.chunking() == Chunking::Whole || header.points == 0 {
            return Ok(points_at);
        }
        let first = self.read(points_at, ChunkTable::PLACE_SIZE)?;
        let last_at = self.size.saturating_sub(ChunkTable::PLACE_SIZE);
        let last = self.read(last_at, ChunkTable::PLACE_SIZE)?;
        let place = |bytes: &[u8]| ChunkTable::place(bytes, header, self.size);
        let (at, behind) = match (place(&first), place(&last)) {
            (Some(at), _) => (at, 0),
            (None, Some(at)) => (at, ChunkTable::PLACE_SIZE),
            (None, None) => return Err(Unwhole::NoTable { size: self.size }),
        };
        let length = (self.size - at).min(MOST_TABLE);
        let table = self.read(at, length)?;
        let parsed = ChunkTable::parse_with_length(&table, at, header, &compression);
        let (_, length) = parsed?;
        self.within("its chunk table", at + length + behind)
    }

    /// End of the extended VLRs; 0 if there are none.
    fn end_of_records(&mut self, header: &Header) -> Result<u64, Unwhole> {
        let mut at = header.evlrs_at;
        if header.evlr_count == 0 {
            return Ok(0);
        }
        if header.evlr_count > MOST_EVLRS {
            let length = u64::from(header.evlr_count) * Vlr::EXTENDED_HEADER_SIZE;
            let most = u64::from(MOST_EVLRS) * Vlr::EXTENDED_HEADER_SIZE;
            let what = "its extended records";
            return Err(Unwhole::TooLarge { what, length, most });
        }
        for _ in 0..header.evlr_count {
            let what = "an extended record";
            let contents = at.saturating_add(Vlr::EXTENDED_HEADER_SIZE);
            self.within(what, contents)?;
            let head = self.read(at, Vlr::EXTENDED_HEADER_SIZE)?;
            let length = Vlr::extended_header(&head).map_or(u64::MAX, |(_, _, length)| length);
            at = self.within(what, contents.saturating_add(length))?;
        }
        Ok(at)
    }

    fn within(&self, what: &'static str, end: u64) -> Result<u64, Unwhole> {
        let size = self.size;
        if end <= size {
            Ok(end)
        } else {
            Err(Unwhole::CutOff { what, end, size })
        }
    }

    /// The bytes of a range, truncated at the end of the file.
    fn read(&mut self, at: u64, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(at))?;
        (&self.file).take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::path::{Path, PathBuf};

    use super::Whole;

    /// The tiles of the project's own fixtures.
    fn files() -> Vec<PathBuf> {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata");
        let folders = ["terrain", "laz-pf1", "laz-pf6"];
        let folders = folders.map(|name| fixtures.join(name).join("ept-data"));
        let entries = folders.iter().flat_map(|folder| folder.read_dir().unwrap());
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn a_file_is_whole_with_its_last_byte_and_not_without_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut count = 0;
        for path in files() {
            let whole =
                Whole::check(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert_eq!(whole.end, whole.size, "{}", path.display());
            let bytes = std::fs::read(&path).unwrap();
            let cut = folder.path().join("cut");
            for length in [bytes.len() - 1, bytes.len() - 9, bytes.len() / 2, 300, 3, 0] {
                std::fs::write(&cut, &bytes[..length]).unwrap();
                let found = Whole::check(&cut);
                assert!(
                    found.is_err(),
                    "{} cut off at {length}: {found:?}",
                    path.display()
                );
            }
            count += 1;
        }
        assert!(count > 20, "{count} files");
    }
}
