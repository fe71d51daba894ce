//! Everything in a LAS 1.4 file that is not points (LAS 1.4 R15, sections 2.4 to 2.7).

use std::io;

use las::Version;
use las::raw::header::Evlr;
use las::raw::vlr::RecordLength;
use las::raw::{Header, Vlr};
use laz::LazVlr;

use crate::copc_info::CopcInfo;
use crate::record::Record;
use crate::tally::Tally;

const VERSION: Version = Version { major: 1, minor: 4 };
const HEADER_SIZE: u16 = 375;
/// Bit of the global encoding that says the coordinate system is WKT; point formats 6 to 10 require
/// it.
const WKT_BIT: u16 = 1 << 4;
/// Bit of the global encoding that says GPS times are adjusted standard ones, not seconds of a week.
const STANDARD_TIME_BIT: u16 = 1;
/// Seconds of a week.
const WEEK: f64 = 604_800.0;
/// Bytes before the contents of a record.
const VLR_HEADER_SIZE: usize = 54;
/// Bytes before the contents of an extended record.
pub(crate) const EVLR_HEADER_SIZE: u64 = 60;
/// User of the records of COPC.
const COPC: &str = "copc";
/// Bit of the point format that says the points are LAZ.
const LAZ_BIT: u8 = 1 << 7;

/// Header and variable length records of one file.
///
/// Nothing in them depends on when or where the file is made: neither date nor identifier is set.
#[derive(Debug)]
pub(crate) struct LasHeader {
    header: Header,
    /// Variable length records, as bytes.
    records: Vec<u8>,
    /// Extended records, as bytes; they follow the points.
    extended: Vec<Vec<u8>>,
}

impl LasHeader {
    pub(crate) fn new(
        record: &Record,
        wkt: Option<&str>,
        laz: Option<&LazVlr>,
        copc: Option<&CopcInfo>,
    ) -> io::Result<LasHeader> {
        let mut header = LasHeader {
            header: empty_header(record),
            records: Vec::new(),
            extended: Vec::new(),
        };
        if let Some(info) = copc {
            header.push(COPC, 1, "COPC info VLR", info.to_bytes())?;
        }
        if let Some(wkt) = wkt {
            header.header.global_encoding |= WKT_BIT;
            header.push("LASF_Projection", 2112, "", [wkt.as_bytes(), &[0]].concat())?;
        }
        let descriptors = record.extra_bytes.descriptors();
        if !descriptors.is_empty() {
            header.push("LASF_Spec", 4, "", descriptors)?;
        }
        if let Some(laz) = laz {
            let mut contents = Vec::new();
            laz.write_to(&mut contents)?;
            header.header.point_data_record_format |= LAZ_BIT;
            header.push(
                LazVlr::USER_ID,
                LazVlr::RECORD_ID,
                LazVlr::DESCRIPTION,
                contents,
            )?;
        }
        // The records above are shorter than 64 KiB each.
        header.header.offset_to_point_data += header.records.len() as u32;
        Ok(header)
    }

    fn push(&mut self, user: &str, id: u16, description: &str, data: Vec<u8>) -> io::Result<()> {
        let Ok(length) = u16::try_from(data.len()) else {
            return self.push_extended(user, id, description, data);
        };
        let length = RecordLength::Vlr(length);
        self.records
            .extend(vlr(user, id, description, length, data)?);
        self.header.number_of_variable_length_records += 1;
        Ok(())
    }

    /// Adds a record to those that follow the points.
    pub(crate) fn push_extended(
        &mut self,
        user: &str,
        id: u16,
        description: &str,
        data: Vec<u8>,
    ) -> io::Result<()> {
        let length = RecordLength::Evlr(data.len() as u64);
        self.extended
            .push(vlr(user, id, description, length, data)?);
        Ok(())
    }

    /// Enters what is known of the octree at the end. The hierarchy comes first of what follows the points: some
    /// readers look no further.
    pub(crate) fn set_copc(&mut self, info: &CopcInfo, hierarchy: Vec<u8>) -> io::Result<()> {
        // The record is the first, so it starts the records.
        let place = self
            .records
            .get_mut(VLR_HEADER_SIZE..VLR_HEADER_SIZE + CopcInfo::SIZE);
        if let Some(place) = place {
            place.copy_from_slice(&info.to_bytes());
        }
        self.push_extended(COPC, 1000, "EPT hierarchy", hierarchy)?;
        self.extended.rotate_right(1);
        Ok(())
    }

    /// What stands before the points. Complete once all points are counted; of the same size
    /// before.
    pub(crate) fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.header.write_to(&mut bytes).map_err(io_error)?;
        bytes.extend_from_slice(&self.records);
        Ok(bytes)
    }

    /// Where the points start.
    pub(crate) fn points_at(&self) -> u64 {
        self.header.offset_to_point_data.into()
    }

    /// The records that stand after the points.
    pub(crate) fn extended(&self) -> &[Vec<u8>] {
        &self.extended
    }

    /// Enters what is known once all points are written, which end at `end`.
    pub(crate) fn complete(&mut self, record: &Record, tally: &Tally, end: u64) {
        let header = &mut self.header;
        let (min, max) = tally.bounds(&record.scaling);
        [header.min_x, header.min_y, header.min_z] = min;
        [header.max_x, header.max_y, header.max_z] = max;
        if !self.extended.is_empty() {
            header.evlr = Some(Evlr {
                start_of_first_evlr: end,
                // A handful.
                number_of_evlrs: self.extended.len() as u32,
            });
        }
        // Within a week, times can be either: nothing else tells.
        if tally
            .times
            .is_some_and(|(min, max)| min < 0.0 || max > WEEK)
        {
            header.global_encoding |= STANDARD_TIME_BIT;
        }
        let counts = header.large_file.get_or_insert_default();
        counts.number_of_point_records = tally.points;
        counts.number_of_points_by_return = tally.by_return;
        // Readers of LAS 1.2 know point formats 0 to 3 and look for 32-bit counts.
        if let (0..=5, Ok(points)) = (record.point_format, u32::try_from(tally.points)) {
            header.number_of_point_records = points;
            for (legacy, count) in header
                .number_of_points_by_return
                .iter_mut()
                .zip(tally.by_return)
            {
                *legacy = count as u32;
            }
        }
    }
}

/// A record as bytes.
fn vlr(
    user: &str,
    id: u16,
    description: &str,
    length: RecordLength,
    data: Vec<u8>,
) -> io::Result<Vec<u8>> {
    let record = Vlr {
        user_id: padded(user),
        record_id: id,
        record_length_after_header: length,
        description: padded(description),
        data,
        ..Vlr::default()
    };
    let mut bytes = Vec::new();
    record.write_to(&mut bytes).map_err(io_error)?;
    Ok(bytes)
}

/// The header of a file without points or variable length records.
fn empty_header(record: &Record) -> Header {
    let [x_scale_factor, y_scale_factor, z_scale_factor] = record.scaling.scale;
    let [x_offset, y_offset, z_offset] = record.scaling.offset;
    Header {
        version: VERSION,
        global_encoding: if record.point_format < 6 { 0 } else { WKT_BIT },
        system_identifier: padded("EXTRACTION"),
        generating_software: padded(concat!("ept ", env!("CARGO_PKG_VERSION"))),
        header_size: HEADER_SIZE,
        offset_to_point_data: HEADER_SIZE.into(),
        point_data_record_format: record.point_format,
        point_data_record_length: record.length,
        x_scale_factor,
        y_scale_factor,
        z_scale_factor,
        x_offset,
        y_offset,
        z_offset,
        ..Header::default()
    }
}

/// As much of a text as fits, with zeros after it.
fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    for (byte, text) in bytes.iter_mut().zip(text.bytes()) {
        *byte = text;
    }
    bytes
}

fn io_error(error: las::Error) -> io::Error {
    match error {
        las::Error::Io(error) => error,
        other => io::Error::other(other),
    }
}
