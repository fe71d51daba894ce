//! The header of a LAS file (LAS 1.4 R15, section 2.4; LAS 1.5 R00).

use std::ops::Range;

use crate::bytes::{bytes, f64_at, put_text, text, u16_at, u32_at, u64_at};
use crate::{LasError, PointFormat, Scaling, Vlr, VlrId, Vlrs};

/// The header of a LAS or LAZ file, LAS 1.0 to 1.5.
///
/// A parsed one has been checked: the points start within the file, records are at least as long as their point format,
/// scales and offsets are finite and no scale is 0. Counts, the minimum and maximum of the coordinates, and the offsets
/// of EVLRs and waveforms are unchecked claims.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Minor version: 4 for LAS 1.4.
    pub minor: u8,
    /// Identifier of the flight line or file, 0 if it has none.
    pub file_source_id: u16,
    /// Bits that describe GPS times, waveforms and the coordinate system.
    pub global_encoding: u16,
    /// Identifier of the project.
    pub guid: [u8; 16],
    /// The system that made the points, at most 32 bytes.
    pub system_identifier: String,
    /// The software that wrote the file, at most 32 bytes.
    pub generating_software: String,
    /// Day of the year and year of creation, 0 if unknown.
    pub created: (u16, u16),
    /// Size of the header in bytes. The VLRs follow it.
    pub header_size: u16,
    /// Offset of the points. In LAZ, they start with the offset of the chunk table.
    pub points_at: u32,
    /// Number of VLRs.
    pub vlr_count: u32,
    /// Point format.
    pub point_format: PointFormat,
    /// Whether the points are compressed (LAZ).
    pub is_compressed: bool,
    /// Length of a point record in bytes, extra bytes included.
    pub record_length: u16,
    /// Number of points.
    pub points: u64,
    /// Number of points of each return, from the first.
    pub points_by_return: [u64; 15],
    /// Scale and offset of the coordinates.
    pub scaling: Scaling,
    /// Minimum of the coordinates on each axis.
    pub min: [f64; 3],
    /// Maximum of the coordinates on each axis.
    pub max: [f64; 3],
    /// Offset of the waveform data, 0 if there are none. From LAS 1.3 on.
    pub waveforms_at: u64,
    /// Offset of the extended VLRs. From LAS 1.4 on.
    pub evlrs_at: u64,
    /// Number of extended VLRs. From LAS 1.4 on.
    pub evlr_count: u32,
    /// Minimum and maximum GPS time. From LAS 1.5 on.
    pub times: (f64, f64),
    /// Offset of GPS times in millions of seconds. From LAS 1.5 on.
    pub time_offset: u16,
}

/// Sizes of the headers of LAS 1.0 to 1.2, 1.3, 1.4 and 1.5.
const SIZE: u16 = 227;
const SIZE_1_3: u16 = 235;
const SIZE_1_4: u16 = 375;
const SIZE_1_5: u16 = 393;
/// Bits of the point format byte that mark LAZ. LASzip uses the upper one.
const LAZ_BITS: u8 = 0xc0;
const LAZ_BIT: u8 = 1 << 7;
/// Number of returns counted by LAS 1.0 to 1.3.
const LEGACY_RETURNS: usize = 5;

impl Header {
    /// Bit of [`Header::global_encoding`]: GPS times are adjusted standard time, not seconds of the week.
    pub const STANDARD_TIME: u16 = 1;
    /// Bit of [`Header::global_encoding`]: the coordinate system is WKT, as point formats 6 to 10 require.
    pub const WKT: u16 = 1 << 4;

    /// The header of an empty LAS `1.minor` file, to which points will be added.
    #[must_use]
    pub fn new(minor: u8, point_format: PointFormat, scaling: Scaling) -> Header {
        let header_size = match minor {
            0..=2 => SIZE,
            3 => SIZE_1_3,
            4 => SIZE_1_4,
            _ => SIZE_1_5,
        };
        Header {
            minor,
            file_source_id: 0,
            global_encoding: 0,
            guid: [0; 16],
            system_identifier: String::new(),
            generating_software: String::new(),
            created: (0, 0),
            header_size,
            points_at: header_size.into(),
            vlr_count: 0,
            point_format,
            is_compressed: false,
            // At most 67 bytes.
            record_length: point_format.size() as u16,
            points: 0,
            points_by_return: [0; 15],
            scaling,
            min: [0.0; 3],
            max: [0.0; 3],
            waveforms_at: 0,
            evlrs_at: 0,
            evlr_count: 0,
            times: (0.0, 0.0),
            time_offset: 0,
        }
    }

    /// Number of bytes at the start of a file that contain its header and VLRs, given its first 100 bytes. 100 if there
    /// are fewer.
    #[must_use]
    pub fn length_with_vlrs(start: &[u8]) -> u64 {
        if start.len() < 100 {
            100
        } else {
            u32_at(start, 96).into()
        }
    }

    /// Parses the header of a file of `size` bytes. `start` is its first bytes, or all.
    ///
    /// # Errors
    /// If the file is not LAS, the header is truncated or contradicts itself or the size, or the point format is
    /// unknown.
    pub fn parse(start: &[u8], size: u64) -> Result<Header, LasError> {
        if !start.starts_with(b"LASF") {
            return Err(not_las(start));
        }
        let ends = || corrupt(format!("the file ends after {} bytes", start.len()));
        if start.len() < SIZE.into() {
            return Err(ends());
        }
        let (major, minor) = (start[24], start[25]);
        if major != 1 {
            return Err(corrupt(format!("LAS version {major}.{minor}")));
        }
        let (header_size, points_at) = (u16_at(start, 94), u32_at(start, 96));
        let is_placed =
            header_size >= SIZE && points_at >= header_size.into() && u64::from(points_at) <= size;
        if !is_placed {
            return Err(corrupt(format!(
                "header of {header_size} bytes, points at {points_at}, in a file of {size}"
            )));
        }
        let [has_1_3, has_1_4, has_1_5] = additions(minor, header_size);
        if has_1_4 && start.len() < SIZE_1_4.into() || has_1_5 && start.len() < SIZE_1_5.into() {
            return Err(ends());
        }
        let format = start[104];
        let mut header = Header {
            minor,
            file_source_id: u16_at(start, 4),
            global_encoding: u16_at(start, 6),
            guid: bytes(start, 8),
            system_identifier: text(&start[26..58]).into_owned(),
            generating_software: text(&start[58..90]).into_owned(),
            created: (u16_at(start, 90), u16_at(start, 92)),
            header_size,
            points_at,
            vlr_count: u32_at(start, 100),
            point_format: PointFormat::new(format & !LAZ_BITS)?,
            is_compressed: format & LAZ_BITS != 0,
            record_length: u16_at(start, 105),
            points: u32_at(start, 107).into(),
            points_by_return: [0; 15],
            scaling: Scaling {
                scale: [131, 139, 147].map(|at| f64_at(start, at)),
                offset: [155, 163, 171].map(|at| f64_at(start, at)),
            },
            max: [179, 195, 211].map(|at| f64_at(start, at)),
            min: [187, 203, 219].map(|at| f64_at(start, at)),
            waveforms_at: 0,
            evlrs_at: 0,
            evlr_count: 0,
            times: (0.0, 0.0),
            time_offset: 0,
        };
        for number in 0..LEGACY_RETURNS {
            header.points_by_return[number] = u32_at(start, 111 + 4 * number).into();
        }
        if has_1_3 && start.len() >= SIZE_1_3.into() {
            header.waveforms_at = u64_at(start, 227);
        }
        if has_1_4 {
            header.evlrs_at = u64_at(start, 235);
            header.evlr_count = u32_at(start, 243);
            // Some writers fill in only one of the two counts.
            header.points = header.points.max(u64_at(start, 247));
            for (number, count) in header.points_by_return.iter_mut().enumerate() {
                *count = (*count).max(u64_at(start, 255 + 8 * number));
            }
        }
        if has_1_5 {
            header.times = (f64_at(start, 383), f64_at(start, 375));
            header.time_offset = u16_at(start, 391);
        }
        header.check()?;
        Ok(header)
    }

    /// Checks what readers rely on.
    fn check(&self) -> Result<(), LasError> {
        let Scaling { scale, offset } = &self.scaling;
        let is_usable = |scale: &f64| scale.is_finite() && *scale != 0.0;
        if !scale.iter().all(is_usable) || !offset.iter().all(|offset| offset.is_finite()) {
            return Err(corrupt(format!("scale {scale:?} and offset {offset:?}")));
        }
        if usize::from(self.record_length) < self.point_format.size() {
            return Err(corrupt(format!(
                "records of {} bytes are too short for point format {}",
                self.record_length,
                self.point_format.number()
            )));
        }
        Ok(())
    }

    /// The header as bytes, [`Header::header_size`] of them.
    ///
    /// LAS 1.4 and later have two counts of points. The older one is 0 for point formats 6 to 10, and if the count
    /// doesn't fit in 32 bits.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; SIZE_1_5.into()];
        let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
        put(0, b"LASF");
        put(4, &self.file_source_id.to_le_bytes());
        put(6, &self.global_encoding.to_le_bytes());
        put(8, &self.guid);
        put(24, &[1, self.minor]);
        put(90, &self.created.0.to_le_bytes());
        put(92, &self.created.1.to_le_bytes());
        put(94, &self.header_size.to_le_bytes());
        put(96, &self.points_at.to_le_bytes());
        put(100, &self.vlr_count.to_le_bytes());
        let laz = if self.is_compressed { LAZ_BIT } else { 0 };
        put(104, &[self.point_format.number() | laz]);
        put(105, &self.record_length.to_le_bytes());
        let [has_1_3, has_1_4, has_1_5] = additions(self.minor, self.header_size);
        let has_legacy_counts = !has_1_4 || !self.point_format.is_extended();
        if let (true, Ok(points)) = (has_legacy_counts, u32::try_from(self.points)) {
            put(107, &points.to_le_bytes());
            for (number, count) in self.points_by_return[..LEGACY_RETURNS].iter().enumerate() {
                // Each is at most the number of points.
                put(111 + 4 * number, &(*count as u32).to_le_bytes());
            }
        }
        let axes = [self.scaling.scale, self.scaling.offset];
        put(
            131,
            axes.map(|axis| axis.map(f64::to_le_bytes))
                .as_flattened()
                .as_flattened(),
        );
        for axis in 0..3 {
            put(179 + 16 * axis, &self.max[axis].to_le_bytes());
            put(187 + 16 * axis, &self.min[axis].to_le_bytes());
        }
        if has_1_3 {
            put(227, &self.waveforms_at.to_le_bytes());
        }
        if has_1_4 {
            put(235, &self.evlrs_at.to_le_bytes());
            put(243, &self.evlr_count.to_le_bytes());
            put(247, &self.points.to_le_bytes());
            put(
                255,
                self.points_by_return.map(u64::to_le_bytes).as_flattened(),
            );
        }
        if has_1_5 {
            put(375, &self.times.1.to_le_bytes());
            put(383, &self.times.0.to_le_bytes());
            put(391, &self.time_offset.to_le_bytes());
        }
        put_text(&mut bytes[26..58], &self.system_identifier);
        put_text(&mut bytes[58..90], &self.generating_software);
        bytes.resize(self.header_size.into(), 0);
        bytes
    }

    /// The VLRs in `start`, the first bytes of the file or all of it.
    #[must_use]
    pub fn vlrs<'a>(&self, start: &'a [u8]) -> Vlrs<'a> {
        let records = start.get(self.header_size.into()..);
        Vlrs::new(records.unwrap_or_default(), self.vlr_count)
    }

    /// The first VLR with an id. `None` if there is none.
    ///
    /// # Errors
    /// If `start` ends within the VLRs before it is found.
    pub fn vlr<'a>(&self, start: &'a [u8], id: VlrId) -> Result<Option<Vlr<'a>>, LasError> {
        let mut records = self.vlrs(start);
        records
            .find(|record| record.as_ref().map_or(true, |record| record.is(id)))
            .transpose()
    }

    /// Byte range of the extended VLRs in a file of `size` bytes: from [`Header::evlrs_at`] to the end of the file.
    /// Empty if there are none.
    ///
    /// # Errors
    /// If there are some, and they start outside the file.
    pub fn evlrs_range(&self, size: u64) -> Result<Range<u64>, LasError> {
        // PDAL reads an offset of 0 as none, whatever the count.
        if self.evlr_count == 0 || self.evlrs_at == 0 {
            return Ok(0..0);
        }
        let (at, count) = (self.evlrs_at, self.evlr_count);
        if at < self.header_size.into() || at >= size {
            return Err(corrupt(format!(
                "{count} extended records at {at}, in a file of {size}"
            )));
        }
        Ok(at..size)
    }

    /// The extended VLRs in `bytes`, the part of the file that starts at [`Header::evlrs_at`].
    #[must_use]
    pub fn evlrs<'a>(&self, bytes: &'a [u8]) -> Vlrs<'a> {
        Vlrs::extended(bytes, self.evlr_count)
    }
}

/// Whether a header has what LAS 1.3, 1.4 and 1.5 added.
fn additions(minor: u8, header_size: u16) -> [bool; 3] {
    [(3, SIZE_1_3), (4, SIZE_1_4), (5, SIZE_1_5)]
        .map(|(version, size)| minor >= version && header_size >= size)
}

fn corrupt(problem: String) -> LasError {
    LasError::corrupt("LAS header", problem)
}

/// Describes a file that is not LAS: what servers and tools deliver instead of one.
fn not_las(start: &[u8]) -> LasError {
    let text = start.trim_ascii_start();
    LasError::NotLas(match start {
        [] => return LasError::Empty,
        _ if text.starts_with(b"<") => "it is a web page or XML, perhaps a server's error message",
        _ if text.starts_with(b"version https://git-lfs") => {
            "it is a Git LFS pointer, the file itself was not downloaded"
        }
        [0x1f, 0x8b, ..] => "it is gzip compressed",
        _ => "it does not start with \"LASF\"",
    })
}
