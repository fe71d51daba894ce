//! Puts LAZ and COPC files together without encoding their points again.

use std::io::{self, Read, Seek, SeekFrom, Write};

use ept_format::CopcInfo;
use ept_las::{ChunkTable, Chunking, Compression, Vlr};

use crate::ExportError;
use crate::copc_hierarchy::CopcHierarchy;
use crate::las_header::LasHeader;
use crate::laz_part::{LazPart, PartOctree, part_error};

/// Writes one file with the points of several parts, one part after the other, and returns their number. Chunks are
/// copied as they are; memory holds their table only.
///
/// If `keeps_octree` is set and the parts are COPC, so is the file: the nodes of the parts are its nodes. `open` opens
/// the part with an index for reading. `note` is for the extended record that all files of this crate have.
///
/// # Errors
/// If there is no part, the parts don't [fit](LazPart::fits), a node is in two of them, or reading or writing fails.
pub fn merge_laz<R: Read + Seek>(
    parts: &[LazPart],
    mut open: impl FnMut(usize) -> io::Result<R>,
    keeps_octree: bool,
    note: Option<&str>,
    out: &mut (impl Write + Seek),
) -> Result<u64, ExportError> {
    let filled = |part: &&LazPart| part.points() > 0;
    let first = parts.iter().find(filled).or(parts.first());
    let first = first.ok_or_else(|| part_error("there is no part"))?;
    if !parts.iter().filter(filled).all(|part| part.fits(first)) {
        return Err(part_error("the parts store their points in different ways"));
    }
    let extra = usize::from(first.header.record_length) - first.header.point_format.size();
    let compression = Compression::new(first.header.point_format, extra, Chunking::Variable)?;
    let octree = first.octree.as_ref().filter(|_| keeps_octree);
    let info = octree.map(|octree| &octree.info);
    let mut header = LasHeader::of_part(first, &compression, info);
    out.write_all(&header.to_bytes())?;
    out.write_all(&[0; ChunkTable::PLACE_SIZE as usize])?;
    let mut table = ChunkTable::starting_at(header.points_at() + ChunkTable::PLACE_SIZE);
    for (index, part) in parts.iter().enumerate() {
        if part.points() > 0 {
            copy_chunks(part, &mut open(index)?, &mut table, out)?;
        }
    }
    let table_at = out.stream_position()?;
    out.write_all(&table.to_bytes(&compression)?)?;
    let end = out.stream_position()?;
    if let Some(info) = info {
        set_octree(&mut header, parts, info.clone(), &table, end)?;
    }
    if let Some(note) = note {
        header.push_note(note);
    }
    for record in header.extended() {
        out.write_all(record)?;
    }
    header.complete_of(parts, end);
    out.seek(SeekFrom::Start(0))?;
    out.write_all(&header.to_bytes())?;
    out.write_all(&table_at.to_le_bytes())?;
    out.flush()?;
    Ok(parts.iter().map(LazPart::points).sum())
}

/// Copies the chunks of a part, which are contiguous.
fn copy_chunks(
    part: &LazPart,
    file: &mut (impl Read + Seek),
    table: &mut ChunkTable,
    out: &mut impl Write,
) -> Result<(), ExportError> {
    let start = part.chunks.first().map_or(0, |chunk| chunk.at);
    let length: u64 = part.chunks.iter().map(|chunk| chunk.size).sum();
    file.seek(SeekFrom::Start(start))?;
    let copied = io::copy(&mut file.take(length), out)?;
    if copied != length {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    for chunk in &part.chunks {
        table.push(chunk.points, chunk.size);
    }
    Ok(())
}

/// Adds the hierarchy of all nodes. `end` is the end of the points.
fn set_octree(
    header: &mut LasHeader,
    parts: &[LazPart],
    mut info: CopcInfo,
    table: &ChunkTable,
    end: u64,
) -> Result<(), ExportError> {
    if let Some(twice) = LazPart::common_node(parts) {
        return Err(ExportError::Node {
            node: twice.into(),
            problem: "it is in two parts",
        });
    }
    let filled = || parts.iter().filter(|part| part.points() > 0);
    let octrees = || filled().filter_map(|part| part.octree.as_ref());
    let keys: Vec<_> = octrees()
        .flat_map(|octree| octree.keys.iter().copied())
        .collect();
    let hierarchy = CopcHierarchy::new(&keys, table.chunks())?;
    let page_at = end + Vlr::EXTENDED_HEADER_SIZE;
    let (pages, root_size) = hierarchy.to_bytes(page_at);
    info.root_page = page_at..page_at + root_size;
    let times = |octree: &PartOctree| octree.info.times;
    let joined = |a: (f64, f64), b: (f64, f64)| (a.0.min(b.0), a.1.max(b.1));
    info.times = octrees().map(times).reduce(joined).unwrap_or_default();
    header.set_copc(&info, &pages);
    Ok(())
}
