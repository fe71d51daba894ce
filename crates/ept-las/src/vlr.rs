//! Variable length records (LAS 1.4 R15, sections 2.5 and 2.7).

use std::borrow::Cow;

use crate::LasError;
use crate::bytes::{put_text, text, u16_at, u64_at};

/// A variable length record (VLR), extended or not: metadata beside the header and the points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vlr<'a> {
    /// Who defines the meaning of the number, at most 16 bytes.
    pub user: Cow<'a, str>,
    /// The kind of record, in the numbering of that user.
    pub number: u16,
    /// Any text, at most 32 bytes.
    pub description: Cow<'a, str>,
    /// The contents.
    pub data: &'a [u8],
}

/// User and number, which identify a kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VlrId {
    /// Who defines the meaning of the number.
    pub user: &'static str,
    /// The kind of record, in the numbering of that user.
    pub number: u16,
}

impl VlrId {
    /// The descriptors of extra bytes.
    pub const EXTRA_BYTES: VlrId = VlrId::new("LASF_Spec", 4);
    /// The coordinate system as WKT.
    pub const WKT: VlrId = VlrId::new("LASF_Projection", 2112);
    /// The coordinate system as GeoTIFF keys.
    pub const GEO_KEYS: VlrId = VlrId::new("LASF_Projection", 34735);
    /// Floats that GeoTIFF keys refer to.
    pub const GEO_DOUBLES: VlrId = VlrId::new("LASF_Projection", 34736);
    /// Texts that GeoTIFF keys refer to.
    pub const GEO_TEXTS: VlrId = VlrId::new("LASF_Projection", 34737);
    /// The spatial index of `LAStools`, as in `.lax` files.
    pub const LAX: VlrId = VlrId::new("LAStools", 30);
    /// How the points of a LAZ file are compressed.
    pub const LASZIP: VlrId = VlrId::new("laszip encoded", 22204);
    /// The octree of a COPC file.
    pub const COPC_INFO: VlrId = VlrId::new("copc", 1);
    /// The nodes of a COPC file.
    pub const COPC_HIERARCHY: VlrId = VlrId::new("copc", 1000);

    /// A kind of record.
    #[must_use]
    pub const fn new(user: &'static str, number: u16) -> VlrId {
        VlrId { user, number }
    }
}

/// Sizes of the header of a VLR and of an extended one.
const HEADER_SIZE: usize = 54;
const EXTENDED_HEADER_SIZE: usize = 60;
const USER_SIZE: usize = 16;
const DESCRIPTION_SIZE: usize = 32;

impl<'a> Vlr<'a> {
    /// Bytes before the contents of a VLR.
    pub const HEADER_SIZE: u64 = HEADER_SIZE as u64;
    /// Bytes before the contents of an extended VLR.
    pub const EXTENDED_HEADER_SIZE: u64 = EXTENDED_HEADER_SIZE as u64;

    /// A record with these contents.
    #[must_use]
    pub fn new(id: VlrId, description: &'a str, data: &'a [u8]) -> Vlr<'a> {
        Vlr {
            user: id.user.into(),
            number: id.number,
            description: description.into(),
            data,
        }
    }

    /// User, number and size of the contents of an extended VLR, from the bytes before its contents. `None` if there
    /// are fewer.
    #[must_use]
    pub fn extended_header(bytes: &[u8]) -> Option<(Cow<'_, str>, u16, u64)> {
        let header = bytes.get(..EXTENDED_HEADER_SIZE)?;
        let user = text(&header[2..2 + USER_SIZE]);
        Some((user, u16_at(header, 18), u64_at(header, 20)))
    }

    /// Whether it is of this kind.
    #[must_use]
    pub fn is(&self, id: VlrId) -> bool {
        self.user == id.user && self.number == id.number
    }

    /// The bytes of a VLR. `None` if the contents are longer than 65,535 bytes, which only an extended VLR can have.
    /// Texts that are too long are truncated.
    #[must_use]
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let length = u16::try_from(self.data.len()).ok()?;
        Some(self.with_length(&length.to_le_bytes()))
    }

    /// The bytes of an extended VLR.
    #[must_use]
    pub fn to_extended_bytes(&self) -> Vec<u8> {
        self.with_length(&(self.data.len() as u64).to_le_bytes())
    }

    fn with_length(&self, length: &[u8]) -> Vec<u8> {
        let (mut user, mut description) = ([0; USER_SIZE], [0; DESCRIPTION_SIZE]);
        put_text(&mut user, &self.user);
        put_text(&mut description, &self.description);
        let number = self.number.to_le_bytes();
        [&[0; 2], &user[..], &number, length, &description, self.data].concat()
    }
}

/// An iterator over the VLRs in some bytes, in order. It ends after an error.
#[derive(Debug, Clone)]
pub struct Vlrs<'a> {
    rest: &'a [u8],
    next: u32,
    count: u32,
    is_extended: bool,
}

impl<'a> Vlrs<'a> {
    /// The `count` VLRs at the start of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8], count: u32) -> Vlrs<'a> {
        Vlrs {
            rest: bytes,
            next: 0,
            count,
            is_extended: false,
        }
    }

    /// The `count` extended VLRs at the start of `bytes`.
    #[must_use]
    pub fn extended(bytes: &'a [u8], count: u32) -> Vlrs<'a> {
        Vlrs {
            is_extended: true,
            ..Vlrs::new(bytes, count)
        }
    }

    /// Splits off the next record. `None` if the bytes end within it.
    fn split(&mut self) -> Option<Vlr<'a>> {
        let size = if self.is_extended {
            EXTENDED_HEADER_SIZE
        } else {
            HEADER_SIZE
        };
        let (header, after) = self.rest.split_at_checked(size)?;
        let length = if self.is_extended {
            usize::try_from(u64_at(header, 20)).ok()?
        } else {
            u16_at(header, 20).into()
        };
        let (data, rest) = after.split_at_checked(length)?;
        self.rest = rest;
        Some(Vlr {
            user: text(&header[2..2 + USER_SIZE]),
            number: u16_at(header, 18),
            description: text(&header[size - DESCRIPTION_SIZE..]),
            data,
        })
    }
}

impl<'a> Iterator for Vlrs<'a> {
    type Item = Result<Vlr<'a>, LasError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == self.count {
            return None;
        }
        let record = self.split().ok_or_else(|| {
            let problem = format!("record {} of {} is truncated", self.next, self.count);
            LasError::corrupt("variable length records", problem)
        });
        self.next = if record.is_ok() {
            self.next + 1
        } else {
            self.count
        };
        Some(record)
    }
}
