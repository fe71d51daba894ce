//! Writes zip archives (APPNOTE 6.3.10), the same bytes on every run.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// Earliest possible time, 1980-01-01 (section 4.4.6).
const TIME: u16 = 0;
const DATE: u16 = 0x21;
/// Version 2.0: deflate (section 4.4.3).
const VERSION: u16 = 20;
/// Names are UTF-8 (bit 11 of the flags).
const FLAGS: u16 = 1 << 11;
const DEFLATED: u16 = 8;

/// A zip archive of these files. `None` if it is too large without the zip64 extension.
pub(crate) fn archive(files: &[(String, Vec<u8>)]) -> Option<Vec<u8>> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, contents) in files {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        // Writing to memory can't fail.
        encoder.write_all(contents).ok()?;
        let packed = encoder.finish().ok()?;
        let mut crc = Crc::new();
        crc.update(contents);
        let at = u32::try_from(archive.len()).ok()?;
        let mut common = Vec::new();
        for number in [VERSION, FLAGS, DEFLATED, TIME, DATE] {
            common.extend(number.to_le_bytes());
        }
        let sizes = [packed.len(), contents.len()].map(u32::try_from);
        for number in [crc.sum(), sizes[0].ok()?, sizes[1].ok()?] {
            common.extend(number.to_le_bytes());
        }
        common.extend(u16::try_from(name.len()).ok()?.to_le_bytes());
        // No extra field.
        common.extend([0; 2]);

        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(name.as_bytes());
        archive.extend(&packed);

        directory.extend(b"PK\x01\x02");
        directory.extend(VERSION.to_le_bytes());
        directory.extend(&common);
        // No comment, the first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let at = u32::try_from(archive.len()).ok()?;
    let size = u32::try_from(directory.len()).ok()?;
    let count = u16::try_from(files.len()).ok()?;
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend(count.to_le_bytes());
    archive.extend(count.to_le_bytes());
    archive.extend(size.to_le_bytes());
    archive.extend(at.to_le_bytes());
    archive.extend([0; 2]);
    Some(archive)
}
