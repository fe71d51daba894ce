//! Everything in a LAS 1.4 file except points (LAS 1.4 R15, sections 2.4 to 2.7).

use ept_format::CopcInfo;
use ept_las::{Compression, ExtraDimension, Header, Vlr, VlrId};

use crate::record::Record;
use crate::tally::Tally;

/// Minor version of LAS 1.4.
const MINOR: u8 = 4;
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
        if !self.extended.is_empty() {
            header.evlrs_at = end;
            // There are only a few.
            header.evlr_count = self.extended.len() as u32;
        }
        let times = tally.times;
        let exceed_week = || times.is_some_and(|(min, max)| min < 0.0 || max > WEEK);
        if is_standard.unwrap_or_else(exceed_week) {
            header.global_encoding |= Header::STANDARD_TIME;
        }
        header.points = tally.points;
        header.points_by_return = tally.by_return;
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
