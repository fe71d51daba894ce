//! LAZ and COPC files that are parts of a larger one.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use ept_format::{CopcInfo, CopcPage, Entry, Key};
use ept_las::{Chunk, ChunkTable, Chunking, Compression, Header, Vlr, VlrId};

use crate::ExportError;
use crate::las_header::NOTE;

/// Maximum size in bytes of what precedes the points of a part, and of its chunk table.
const MOST: u64 = 1 << 30;

/// A LAZ or COPC file that was written by this crate, to be put together with others by [`merge_laz`](crate::merge_laz).
#[derive(Debug)]
pub struct LazPart {
    pub(crate) header: Header,
    /// The header and VLRs, as bytes.
    pub(crate) start: Vec<u8>,
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) octree: Option<PartOctree>,
    note: Option<String>,
    /// Whether it has extended VLRs that a file of several parts would need too.
    has_other_records: bool,
}

/// The octree of a part.
#[derive(Debug)]
pub(crate) struct PartOctree {
    pub(crate) info: CopcInfo,
    /// The key of each chunk.
    pub(crate) keys: Vec<Key>,
}

impl LazPart {
    /// Reads everything of a file but its points.
    ///
    /// # Errors
    /// If it can't be read, or is not a LAZ file with chunks.
    pub fn read(file: &mut (impl Read + Seek)) -> Result<LazPart, ExportError> {
        let size = file.seek(SeekFrom::End(0))?;
        let fixed = bytes(file, 0..size.min(375))?;
        let length = Header::length_with_vlrs(&fixed).min(size);
        let start = bytes(file, 0..length)?;
        let header = Header::parse(&start, size)?;
        let compression = Compression::of_file(&header, &start)?;
        if compression.chunking() == Chunking::Whole {
            return Err(part_error("it has no chunks"));
        }
        let chunks = chunks(file, size, &header, &compression)?;
        let octree = match info(&header, &start)? {
            Some(info) => Some(PartOctree {
                keys: keys(file, u64::from(header.points_at)..size, &info, &chunks)?,
                info,
            }),
            None => None,
        };
        let (note, has_other_records) = extended(file, &header, size)?;
        Ok(LazPart {
            note,
            has_other_records,
            header,
            start,
            chunks,
            octree,
        })
    }

    /// Number of points.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.header.points
    }

    /// The note about the origin of its points.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Whether parts are COPC, and no two have the same node, so that together they have an octree.
    #[must_use]
    pub fn have_octree(parts: &[LazPart]) -> bool {
        LazPart::common_node(parts).is_none() && parts.iter().all(|part| part.octree.is_some())
    }

    /// A node that is in two parts.
    pub(crate) fn common_node(parts: &[LazPart]) -> Option<Key> {
        let octrees = parts.iter().filter_map(|part| part.octree.as_ref());
        let mut keys: Vec<Key> = octrees
            .flat_map(|octree| octree.keys.iter().copied())
            .collect();
        keys.sort_unstable();
        let twice = keys.windows(2).find(|pair| pair[0] == pair[1]);
        twice.map(|pair| pair[0])
    }

    /// Whether its points can follow those of another part as they are stored: the records, their scale and the
    /// coordinate system are the same, and so is the cube if both have an octree.
    #[must_use]
    pub fn fits(&self, other: &LazPart) -> bool {
        let cube = |part: &LazPart| {
            let info = &part.octree.as_ref()?.info;
            Some((info.center, info.halfsize, info.spacing))
        };
        let (own, others) = (&self.header, &other.header);
        own.point_format == others.point_format
            && own.record_length == others.record_length
            && own.scaling == others.scaling
            && self.octree.is_some() == other.octree.is_some()
            && !(self.has_other_records || other.has_other_records)
            && cube(self) == cube(other)
            && self.lasting_records() == other.lasting_records()
    }

    /// The VLRs that are those of a file of several parts too, as bytes.
    pub(crate) fn lasting_records(&self) -> Vec<Vec<u8>> {
        let records = self.header.vlrs(&self.start).flatten();
        let is_lasting =
            |record: &Vlr<'_>| !record.is(VlrId::LASZIP) && !record.is(VlrId::COPC_INFO);
        let records = records.filter(is_lasting);
        records.filter_map(|record| record.to_bytes()).collect()
    }
}

/// Reads a range that is within the file.
fn bytes(file: &mut (impl Read + Seek), range: Range<u64>) -> Result<Vec<u8>, ExportError> {
    let length = range.end.saturating_sub(range.start);
    if length > MOST {
        return Err(part_error("its header or chunk table is too large"));
    }
    let mut bytes = vec![0; length as usize];
    file.seek(SeekFrom::Start(range.start))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn chunks(
    file: &mut (impl Read + Seek),
    size: u64,
    header: &Header,
    compression: &Compression,
) -> Result<Vec<Chunk>, ExportError> {
    if header.points == 0 {
        return Ok(Vec::new());
    }
    let start = u64::from(header.points_at);
    let place = bytes(file, start..start.saturating_add(8).min(size))?;
    let at = ChunkTable::place(&place, header, size)
        .ok_or_else(|| part_error("it has no chunk table"))?;
    let end = if header.evlr_count > 0 && header.evlrs_at > at {
        header.evlrs_at.min(size)
    } else {
        size
    };
    let table = ChunkTable::parse(&bytes(file, at..end)?, at, header, compression)?;
    Ok(table.chunks().to_vec())
}

/// The note, and whether there are extended VLRs other than that and the hierarchy, such as a very long WKT.
fn extended(
    file: &mut (impl Read + Seek),
    header: &Header,
    size: u64,
) -> Result<(Option<String>, bool), ExportError> {
    let mut at = header.evlrs_at;
    let (mut note, mut has_others) = (None, false);
    for _ in 0..header.evlr_count {
        let start = at.saturating_add(Vlr::EXTENDED_HEADER_SIZE);
        let head = bytes(file, at..start.min(size))?;
        let Some((user, number, length)) = Vlr::extended_header(&head) else {
            return Err(part_error("an extended record is truncated"));
        };
        at = start.saturating_add(length);
        let is = |id: VlrId| user == id.user && number == id.number;
        if is(NOTE) {
            let text = bytes(file, start..at.min(size))?;
            note = Some(String::from_utf8_lossy(&text).into_owned());
        }
        has_others |= !is(NOTE) && !is(VlrId::COPC_HIERARCHY);
    }
    Ok((note, has_others))
}

/// The octree, if the file has one.
fn info(header: &Header, start: &[u8]) -> Result<Option<CopcInfo>, ExportError> {
    let first = header.vlrs(start).flatten().next();
    let info = first.filter(|record| record.is(VlrId::COPC_INFO));
    let info = info.map(|record| CopcInfo::parse(record.data));
    info.transpose().map_err(part_error)
}

/// The key of each chunk.
fn keys(
    file: &mut (impl Read + Seek),
    data: Range<u64>,
    info: &CopcInfo,
    chunks: &[Chunk],
) -> Result<Vec<Key>, ExportError> {
    let mut by_offset: BTreeMap<u64, Key> = BTreeMap::new();
    let mut pages = vec![info.root_page.clone()];
    // Each page lists at least one node, so there are no more pages than that without a cycle.
    let mut read = 0;
    while let Some(place) = pages.pop() {
        read += 1;
        if place.end > data.end || read > chunks.len() + 1 {
            return Err(part_error("its hierarchy is damaged"));
        }
        let page = CopcPage::parse(&bytes(file, place)?, data.clone()).map_err(part_error)?;
        for (key, entry) in page.page().entries() {
            match (entry, page.place(*key)) {
                (Entry::Points(_), Some(place)) => {
                    by_offset.insert(place.start, *key);
                }
                (Entry::Page, Some(place)) => pages.push(place),
                _ => {}
            }
        }
    }
    let keys = chunks.iter().map(|chunk| by_offset.get(&chunk.at).copied());
    let keys: Option<Vec<Key>> = keys.collect();
    keys.ok_or_else(|| part_error("its hierarchy lacks a chunk"))
}

pub(crate) fn part_error(problem: impl std::fmt::Display) -> ExportError {
    ExportError::Part(problem.to_string())
}
