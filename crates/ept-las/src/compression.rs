//! How the points of a LAZ file are compressed.

use std::fmt;

use ept_laz::{Item, Kind};
use laz::laszip::CompressorType;
use laz::{LazItem, LazItemRecordBuilder, LazItemType, LazVlr, LazVlrBuilder};

use crate::bytes::u16_at;
use crate::compressor::IdleEncoders;
use crate::{Header, LasError, PointFormat, VlrId, guard};

/// How the points of a LAZ file are compressed, as its LASzip VLR describes it.
///
/// A parsed one matches the records of the file's header.
pub struct Compression {
    pub(crate) vlr: LazVlr,
    /// The items as `ept-laz` defines them.
    pub(crate) items: Vec<Item>,
    pub(crate) encoders: IdleEncoders,
    pub(crate) record_length: usize,
    chunking: Chunking,
}

/// How points are divided into chunks, which are compressed independently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunking {
    /// All points are in one chunk, and there is no chunk table.
    Whole,
    /// Chunks of this many points. The last one may have fewer.
    Fixed(u32),
    /// Each chunk has its own number of points, which is in the chunk table.
    Variable,
}

impl Compression {
    /// The compression of a file, from its header and the VLRs in `start`, the first bytes of the file.
    ///
    /// # Errors
    /// If there is no LASzip VLR, or as for [`Compression::parse`].
    pub fn of_file(header: &Header, start: &[u8]) -> Result<Compression, LasError> {
        match header.vlr(start, VlrId::LASZIP)? {
            Some(record) => Compression::parse(record.data, header),
            None => Err(LasError::NotLas("it has no LASzip record")),
        }
    }

    /// As [`Compression::of_file`], but `None` if the points are not compressed. A LASzip VLR can say so too
    /// (compressor 0).
    ///
    /// # Errors
    /// As for [`Compression::of_file`].
    pub fn of_points(header: &Header, start: &[u8]) -> Result<Option<Compression>, LasError> {
        if !header.is_compressed {
            return Ok(None);
        }
        let record = header.vlr(start, VlrId::LASZIP)?;
        let compressor = record.and_then(|record| record.data.first_chunk().copied());
        if compressor.map(u16::from_le_bytes) == Some(CompressorType::None as u16) {
            return Ok(None);
        }
        Compression::of_file(header, start).map(Some)
    }

    /// Parses the contents of a LASzip VLR.
    ///
    /// # Errors
    /// If the compression is not supported, or does not match the records of the header.
    pub fn parse(contents: &[u8], header: &Header) -> Result<Compression, LasError> {
        let vlr = guard::call("LASzip record", || LazVlr::from_buffer(contents))?;
        let compressor = u16_at(contents, 0);
        let is_layered = compressor == CompressorType::LayeredChunked as u16;
        let base = header.point_format.size();
        let extra = usize::from(header.record_length).saturating_sub(base);
        let expected = items_of(header.point_format, extra)?;
        let shape = |items: &[LazItem]| -> Vec<(LazItemType, u16)> {
            let items = items.iter();
            items.map(|item| (item.item_type(), item.size())).collect()
        };
        let is_extended = header.point_format.is_extended();
        if shape(vlr.items()) != shape(&expected) || is_layered != is_extended {
            let format = header.point_format.number();
            let problem = format!("it does not describe point format {format}");
            return Err(LasError::corrupt("LASzip record", problem));
        }
        let chunking = if compressor == CompressorType::None as u16 {
            return Err(LasError::Unsupported("LAZ compressor 0".into()));
        } else if compressor == CompressorType::PointWise as u16 {
            Chunking::Whole
        } else if vlr.uses_variable_size_chunks() {
            Chunking::Variable
        } else {
            Chunking::Fixed(vlr.chunk_size())
        };
        Ok(Compression {
            items: vlr.items().iter().map(item).collect(),
            vlr,
            encoders: IdleEncoders::default(),
            record_length: header.record_length.into(),
            chunking,
        })
    }

    /// The compression that every reader supports, for records of a point format with `extra` extra bytes: version 2 of
    /// the items of point formats 0 to 5, version 3 of those of 6 to 10.
    ///
    /// # Errors
    /// If the records are longer than 65,535 bytes, or `chunking` is [`Chunking::Whole`], which is only read.
    pub fn new(
        format: PointFormat,
        extra: usize,
        chunking: Chunking,
    ) -> Result<Compression, LasError> {
        let items = items_of(format, extra)?;
        let builder = LazVlrBuilder::default().with_laz_items(items);
        let builder = match chunking {
            Chunking::Fixed(points) => builder.with_fixed_chunk_size(points),
            Chunking::Variable => builder.with_variable_chunk_size(),
            Chunking::Whole => {
                return Err(LasError::Unsupported("writing LAZ without chunks".into()));
            }
        };
        let vlr = builder.build();
        Ok(Compression {
            items: vlr.items().iter().map(item).collect(),
            vlr,
            encoders: IdleEncoders::default(),
            record_length: format.size() + extra,
            chunking,
        })
    }

    /// The contents of the LASzip VLR.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut contents = Vec::new();
        // Writing to memory can't fail.
        let _ = self.vlr.write_to(&mut contents);
        contents
    }

    /// Whether chunks of this compression are chunks of another too: they have the same items of the same versions. How the
    /// points are divided does not matter.
    #[must_use]
    pub fn codes_as(&self, other: &Compression) -> bool {
        self.items == other.items && self.record_length == other.record_length
    }

    /// How the points are divided into chunks.
    #[must_use]
    pub fn chunking(&self) -> Chunking {
        self.chunking
    }

    /// Length of a record in bytes.
    #[must_use]
    pub fn record_length(&self) -> usize {
        self.record_length
    }
}

/// The items of the records of a point format.
fn items_of(format: PointFormat, extra: usize) -> Result<Vec<LazItem>, LasError> {
    if format.size() + extra > usize::from(u16::MAX) {
        return Err(LasError::Unstorable {
            what: "a point record",
            problem: format!("{extra} extra bytes are too many"),
        });
    }
    LazItemRecordBuilder::default_for_point_format_id(format.number(), extra as u16)
        .map_err(|error| guard::unsupported(&error))
}

/// An item as `ept-laz` defines it.
fn item(item: &LazItem) -> Item {
    let kind = match item.item_type() {
        LazItemType::Point10 => Kind::Point10,
        LazItemType::GpsTime => Kind::GpsTime,
        LazItemType::RGB12 => Kind::Rgb12,
        LazItemType::WavePacket13 => Kind::WavePacket13,
        LazItemType::Byte(count) => Kind::Bytes(count),
        LazItemType::Point14 => Kind::Point14,
        LazItemType::RGB14 => Kind::Rgb14,
        LazItemType::RGBNIR14 => Kind::RgbNir14,
        LazItemType::WavePacket14 => Kind::WavePacket14,
        LazItemType::Byte14(count) => Kind::Bytes14(count),
    };
    kind.version(item.version())
}

impl fmt::Debug for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compression")
            .field("items", &self.vlr.items())
            .field("chunking", &self.chunking)
            .finish_non_exhaustive()
    }
}
