//! Everything in a LAS 1.4 file except points (LAS 1.4 R15, sections 2.4 to 2.7).

use ept_format::CopcInfo;
use ept_las::{Compression, ExtraDimension, Header, Vlr, VlrId};

use crate::laz_part::LazPart;
use crate::record::Record;
use crate::tally::Tally;

/// Minor version of LAS 1.4.
const MINOR: u8 = 4;
/// The extended VLR with a note about the origin of the points.
pub(crate) const NOTE: VlrId = VlrId::new("ept", 1);
/// Seconds of a week.
const WEEK: f64 = 604_800.0;

/// Header and VLRs of a file.
///
/// They do not depend on when or where the file is made: there is no date and no identifier.
#[derive(Debug)]
pub(crate) struct LasHeader {
    header: Header,
    /// VLRs, as bytes.
    records: Vec<u8>,
    /// Extended VLRs, as bytes. They follow the points.
    extended: Vec<Vec<u8>>,
}

impl LasHeader {
    pub(crate) fn new(
        record: &Record,
        wkt: Option<&str>,
        laz: Option<&Compression>,
        copc: Option<&CopcInfo>,
    ) -> LasHeader {
        let mut header = LasHeader {
            header: empty_header(record),
            records: Vec::new(),
            extended: Vec::new(),
        };
        if let Some(info) = copc {
            header.push(VlrId::COPC_INFO, "COPC info VLR", &info.to_bytes());
        }
        if let Some(wkt) = wkt {
            header.header.global_encoding |= Header::WKT;
            header.push(VlrId::WKT, "", &[wkt.as_bytes(), &[0]].concat());
        }
        if !record.extra.is_empty() {
            let descriptors = record.extra.iter().flat_map(ExtraDimension::to_bytes);
            header.push(VlrId::EXTRA_BYTES, "", &descriptors.collect::<Vec<u8>>());
        }
        if let Some(laz) = laz {
            header.header.is_compressed = true;
            header.push(VlrId::LASZIP, "https://laszip.org", &laz.to_bytes());
        }
        // The VLRs so far are shorter than 64 KiB each.
        header.header.points_at += header.records.len() as u32;
        header
    }

    /// Adds a VLR before the points, or an extended one if it is too long.
    fn push(&mut self, id: VlrId, description: &str, data: &[u8]) {
        match Vlr::new(id, description, data).to_bytes() {
            Some(record) => {
                self.records.extend(record);
                self.header.vlr_count += 1;
            }
            None => self.push_extended(id, description, data),
        }
    }

    /// The header of a file with the points of several parts, like this one.
    pub(crate) fn of_part(part: &LazPart, laz: &Compression, copc: Option<&CopcInfo>) -> LasHeader {
        let mut header = LasHeader {
            header: part.header.clone(),
            records: Vec::new(),
            extended: Vec::new(),
        };
        header.header.points_at = header.header.header_size.into();
        header.header.vlr_count = 0;
        if let Some(info) = copc {
            header.push(VlrId::COPC_INFO, "COPC info VLR", &info.to_bytes());
        }
        for record in part.lasting_records() {
            header.records.extend(record);
            header.header.vlr_count += 1;
        }
        header.push(VlrId::LASZIP, "https://laszip.org", &laz.to_bytes());
        // The VLRs of a part are before its points, too.
        header.header.points_at += header.records.len() as u32;
        header
    }

    /// Sets what is known of all parts together. `end` is the end of the points.
    pub(crate) fn complete_of(&mut self, parts: &[LazPart], end: u64) {
        let header = &mut self.header;
        let headers = || parts.iter().map(|part| &part.header);
        header.points = headers().map(|part| part.points).sum();
        header.points_by_return = [0; 15];
        for part in headers() {
            let returns = header.points_by_return.iter_mut();
            let returns = returns.zip(part.points_by_return);
            returns.for_each(|(sum, count)| *sum += count);
            header.global_encoding |= part.global_encoding & Header::STANDARD_TIME;
        }
        for axis in 0..3 {
            let filled = || headers().filter(|part| part.points > 0);
            let least = filled().map(|part| part.min[axis]).reduce(f64::min);
            let most = filled().map(|part| part.max[axis]).reduce(f64::max);
            header.min[axis] = least.unwrap_or(header.min[axis]);
            header.max[axis] = most.unwrap_or(header.max[axis]);
        }
        self.place_extended(end);
    }

    /// Sets where the extended VLRs are.
    fn place_extended(&mut self, at: u64) {
        let count = self.extended.len();
        self.header.evlrs_at = if count > 0 { at } else { 0 };
        // There are only a few.
        self.header.evlr_count = count as u32;
    }

    /// Adds the note.
    pub(crate) fn push_note(&mut self, note: &str) {
        self.push_extended(NOTE, "where these points come from", note.as_bytes());
    }

    /// Adds an extended VLR.
    pub(crate) fn push_extended(&mut self, id: VlrId, description: &str, data: &[u8]) {
        let record = Vlr::new(id, description, data);
        self.extended.push(record.to_extended_bytes());
    }

    /// Sets what is known of the octree at the end. The hierarchy comes first after the points, since some readers look
    /// no further.
    pub(crate) fn set_copc(&mut self, info: &CopcInfo, hierarchy: &[u8]) {
        // The info VLR is the first one.
        let info = info.to_bytes();
        let start = Vlr::HEADER_SIZE as usize;
        if let Some(place) = self.records.get_mut(start..start + info.len()) {
            place.copy_from_slice(&info);
        }
        self.push_extended(VlrId::COPC_HIERARCHY, "EPT hierarchy", hierarchy);
        self.extended.rotate_right(1);
    }

    /// The header and the VLRs before the points. Their size does not change when the header is completed.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        [self.header.to_bytes(), self.records.clone()].concat()
    }

    /// Offset of the points.
    pub(crate) fn points_at(&self) -> u64 {
        self.header.points_at.into()
    }

    /// The extended VLRs.
    pub(crate) fn extended(&self) -> &[Vec<u8>] {
        &self.extended
    }

    /// Sets what is known once all points are written. `is_standard` is what the tiles say of their GPS times, `None` if they
    /// say nothing: then only times beyond a week show that they are standard time. `end` is the end of the points.
    pub(crate) fn complete(
        &mut self,
        record: &Record,
        tally: &Tally,
        is_standard: Option<bool>,
        end: u64,
    ) {
        let header = &mut self.header;
        (header.min, header.max) = tally.bounds(&record.scaling);
        let times = tally.times;
        let exceed_week = || times.is_some_and(|(min, max)| min < 0.0 || max > WEEK);
        if is_standard.unwrap_or_else(exceed_week) {
            header.global_encoding |= Header::STANDARD_TIME;
        }
        header.points = tally.points;
        header.points_by_return = tally.by_return;
        self.place_extended(end);
    }
}

/// The header of a file without points or VLRs.
fn empty_header(record: &Record) -> Header {
    let mut header = Header::new(MINOR, record.point_format, record.scaling);
    if record.point_format.is_extended() {
        header.global_encoding = Header::WKT;
    }
    header.system_identifier = "EXTRACTION".into();
    header.generating_software = concat!("ept ", env!("CARGO_PKG_VERSION")).into();
    // A record has at most 65,535 bytes.
    header.record_length = record.size() as u16;
    header
}
