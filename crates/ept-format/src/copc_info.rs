//! The octree as a COPC file describes it (COPC 1.0, "info VLR").

use std::ops::Range;

use crate::{Bounds, FormatError};

/// The contents of the first record of every COPC file.
///
/// A parsed one has a cube of finite size and a spacing greater than 0. The place of the root page and the times are
/// unchecked claims.
#[derive(Debug, Clone, PartialEq)]
pub struct CopcInfo {
    /// Centre of the octree's cube.
    pub center: [f64; 3],
    /// Half the side of the cube.
    pub halfsize: f64,
    /// Distance between points that the root node aims at. It halves with each depth.
    pub spacing: f64,
    /// Byte range of the root page of the hierarchy in the file.
    pub root_page: Range<u64>,
    /// Minimum and maximum GPS time.
    pub times: (f64, f64),
}

impl CopcInfo {
    /// Size of the contents in bytes.
    pub const SIZE: usize = 160;
    /// Offset of the contents in the file, after the LAS 1.4 header and the header of the record.
    pub const AT: usize = 375 + 54;

    /// Parses the contents of the record.
    ///
    /// # Errors
    /// If they are cut off, or do not describe an octree.
    pub fn parse(contents: &[u8]) -> Result<CopcInfo, FormatError> {
        let contents = contents
            .get(..CopcInfo::SIZE)
            .ok_or_else(|| invalid(format!("has {} of 160 bytes", contents.len())))?;
        let word = |number: usize| -> [u8; 8] {
            let mut word = [0; 8];
            word.copy_from_slice(&contents[number * 8..][..8]);
            word
        };
        let float = |number| f64::from_le_bytes(word(number));
        let (at, size) = (u64::from_le_bytes(word(5)), u64::from_le_bytes(word(6)));
        let end = at
            .checked_add(size)
            .ok_or_else(|| invalid(format!("root page of {size} bytes at {at}")))?;
        let info = CopcInfo {
            center: [0, 1, 2].map(float),
            halfsize: float(3),
            spacing: float(4),
            root_page: at..end,
            times: (float(7), float(8)),
        };
        let is_positive = |number: f64| number.is_finite() && number > 0.0;
        if !is_positive(info.spacing) {
            return Err(invalid(format!("spacing {}", info.spacing)));
        }
        let is_cube = is_positive(info.halfsize)
            && info.corners().as_flattened().iter().all(|c| c.is_finite());
        if !is_cube {
            let (center, halfsize) = (info.center, info.halfsize);
            return Err(invalid(format!("center {center:?}, halfsize {halfsize}")));
        }
        Ok(info)
    }

    /// The contents, little endian. The reserved rest is 0.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let [x, y, z] = self.center;
        let octree = [x, y, z, self.halfsize, self.spacing].map(f64::to_le_bytes);
        let page = &self.root_page;
        let page = [page.start, page.end - page.start].map(u64::to_le_bytes);
        let times = [self.times.0, self.times.1].map(f64::to_le_bytes);
        let mut bytes = [&octree[..], &page, &times].concat().concat();
        bytes.resize(CopcInfo::SIZE, 0);
        bytes
    }

    /// The cube of the octree.
    ///
    /// # Errors
    /// If centre and half size do not make a cube of finite size.
    pub fn cube(&self) -> Result<Bounds, FormatError> {
        let [min, max] = self.corners();
        Bounds::new(min, max)
    }

    fn corners(&self) -> [[f64; 3]; 2] {
        [
            self.center.map(|c| c - self.halfsize),
            self.center.map(|c| c + self.halfsize),
        ]
    }
}

fn invalid(problem: String) -> FormatError {
    FormatError::Copc {
        what: "info record".into(),
        problem,
    }
}
