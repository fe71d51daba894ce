//! Reads zip archives (APPNOTE 6.3.10), as far as indexes need.

use std::io::Read;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use crate::IndexError;
use crate::bytes::{text, u16_le, u32_le};

/// Signatures of the end record, of a directory entry, and of a member's header.
const END: &[u8] = b"PK\x05\x06";
const ENTRY: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
const END_SIZE: usize = 22;
const ENTRY_SIZE: usize = 46;
const LOCAL_SIZE: usize = 30;
/// Maximum length of the comment, which comes last.
const MAX_COMMENT: usize = 0xffff;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Bit 0 of the flags (section 4.4.4).
const ENCRYPTED: u16 = 1;

/// A zip archive in memory.
#[derive(Debug)]
pub(crate) struct Zip<'a> {
    bytes: &'a [u8],
    members: Vec<Member>,
}

/// A file in the archive.
#[derive(Debug)]
pub(crate) struct Member {
    /// With `/` between folders.
    pub(crate) name: String,
    flags: u16,
    method: u16,
    crc: u32,
    packed: usize,
    /// Size as the directory claims.
    unpacked: usize,
    local_at: usize,
}

pub(crate) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(LOCAL) || bytes.starts_with(END)
}

impl<'a> Zip<'a> {
    /// Parses the directory.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Zip<'a>, IndexError> {
        let fault = |problem: &str| IndexError::malformed("zip", problem);
        let end_at = end_of_directory(bytes)
            .ok_or_else(|| fault("it has no directory at its end; is it truncated?"))?;
        let broken = || fault("its directory contradicts itself");
        let end = &bytes[end_at..];
        let field = |at: usize| u32_le(end, at).map(|value| value as usize);
        let count = usize::from(u16_le(end, 10).ok_or_else(broken)?);
        let (size, at) = (field(12).ok_or_else(broken)?, field(16).ok_or_else(broken)?);
        if count == 0xffff || size == 0xffff_ffff || at == 0xffff_ffff {
            return Err(fault("zip64 is not supported"));
        }
        let start = end_at.checked_sub(size).ok_or_else(broken)?;
        // Bytes before the archive, for example a self-extracting program, shift all offsets.
        let moved = start.checked_sub(at).ok_or_else(broken)?;
        let mut members = Vec::new();
        let mut rest = &bytes[start..end_at];
        for _ in 0..count {
            let (member, length) = member(rest, moved).ok_or_else(broken)?;
            rest = &rest[length..];
            // Folders have entries too.
            if !member.name.ends_with('/') {
                members.push(member);
            }
        }
        if let Some(bad) = members.iter().find(|member| leads_out(&member.name)) {
            let problem = format!("its member {:?} leads out of the archive", bad.name);
            return Err(fault(&problem));
        }
        Ok(Zip { bytes, members })
    }

    /// The files, without those that macOS adds.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| !is_of_macos(member))
    }

    /// The contents of a member, at most `most` bytes.
    pub(crate) fn unpack(&self, member: &Member, most: usize) -> Result<Vec<u8>, IndexError> {
        let fault = |problem: String| IndexError::malformed(&member.name, problem);
        if member.flags & ENCRYPTED != 0 {
            return Err(fault("it is encrypted".into()));
        }
        let packed = self.packed(member);
        let packed = packed.ok_or_else(|| fault("its bytes are outside the archive".into()))?;
        let mut unpacked = Vec::new();
        // One extra byte shows whether there are more.
        let limit = (most as u64).saturating_add(1);
        match member.method {
            STORED => packed.take(limit).read_to_end(&mut unpacked),
            DEFLATED => DeflateDecoder::new(packed)
                .take(limit)
                .read_to_end(&mut unpacked),
            other => {
                let problem = format!("compression method {other} is not supported, only deflate");
                return Err(fault(problem));
            }
        }
        .map_err(|error| fault(format!("it can't be decompressed: {error}")))?;
        if unpacked.len() > most {
            return Err(fault(format!(
                "it is larger than the limit of {most} bytes"
            )));
        }
        let mut crc = Crc::new();
        crc.update(&unpacked);
        if unpacked.len() != member.unpacked || crc.sum() != member.crc {
            return Err(fault(
                "it is damaged: its length or checksum is wrong".into(),
            ));
        }
        Ok(unpacked)
    }

    /// The compressed bytes of a member.
    fn packed(&self, member: &Member) -> Option<&'a [u8]> {
        let local = self.bytes.get(member.local_at..)?;
        if !local.starts_with(LOCAL) {
            return None;
        }
        let start = LOCAL_SIZE + usize::from(u16_le(local, 26)?) + usize::from(u16_le(local, 28)?);
        local.get(start..)?.get(..member.packed)
    }
}

/// Offset of the end record, whose comment must end where the archive does.
fn end_of_directory(bytes: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(END_SIZE)?;
    let first = last.saturating_sub(MAX_COMMENT);
    let is_end = |at: &usize| {
        let comment = u16_le(bytes, at + 20).map(usize::from);
        bytes[*at..].starts_with(END) && comment == Some(last - at)
    };
    (first..=last).rev().find(is_end)
}

/// The member in the first entry, and the length of the entry.
fn member(entry: &[u8], moved: usize) -> Option<(Member, usize)> {
    if !entry.starts_with(ENTRY) {
        return None;
    }
    let length = |at: usize| u16_le(entry, at).map(usize::from);
    let name_end = ENTRY_SIZE + length(28)?;
    let end = name_end + length(30)? + length(32)?;
    let name = text(entry.get(ENTRY_SIZE..name_end)?).replace('\\', "/");
    let member = Member {
        name,
        flags: u16_le(entry, 8)?,
        method: u16_le(entry, 10)?,
        crc: u32_le(entry, 16)?,
        packed: u32_le(entry, 20)? as usize,
        unpacked: u32_le(entry, 24)? as usize,
        local_at: moved.checked_add(u32_le(entry, 42)? as usize)?,
    };
    (end <= entry.len()).then_some((member, end))
}

/// Whether a name leads out of the archive. Nothing is unpacked to disk, but such an archive is not an index.
fn leads_out(name: &str) -> bool {
    name.starts_with('/') || name.split('/').any(|part| part == "..")
}

/// Whether this is a resource fork, which has the name of another file.
fn is_of_macos(member: &Member) -> bool {
    let file = member.name.rsplit('/').next().unwrap_or_default();
    member.name.starts_with("__MACOSX/") || file.starts_with("._")
}
