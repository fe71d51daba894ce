//! The point formats of LAS (LAS 1.4 R15, tables 7 to 17).

use ept_format::ScalarType::{F32, F64, U8, U16, U32, U64};
use ept_laz::Layers;

use crate::{Encoding, Field, LasError};

/// A point format, 0 to 10: the dimensions of a point record, and their offsets.
///
/// ```
/// use ept_las::PointFormat;
///
/// let format = PointFormat::new(3)?;
/// let names: Vec<_> = format.fields().map(|field| field.name).collect();
/// assert_eq!(names[12..], ["GpsTime".into(), "Red".into(), "Green".into(), "Blue".into()]);
/// assert_eq!(format.size(), 34);
/// # Ok::<(), ept_las::LasError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PointFormat(u8);

/// Consecutive dimensions that several formats share.
struct FieldGroup {
    size: usize,
    /// Name, offset in the part, encoding.
    fields: &'static [(&'static str, usize, Encoding)],
}

/// Tables 7 to 9. Bytes 0 to 11 are X, Y and Z.
static CORE_0: FieldGroup = FieldGroup {
    size: 20,
    fields: &[
        ("Intensity", 12, Encoding::Plain(U16)),
        ("ReturnNumber", 14, bits(0, 3)),
        ("NumberOfReturns", 14, bits(3, 3)),
        ("ScanDirectionFlag", 14, bits(6, 1)),
        ("EdgeOfFlightLine", 14, bits(7, 1)),
        ("Classification", 15, bits(0, 5)),
        ("Synthetic", 15, bits(5, 1)),
        ("KeyPoint", 15, bits(6, 1)),
        ("Withheld", 15, bits(7, 1)),
        ("ScanAngleRank", 16, Encoding::AngleRank),
        ("UserData", 17, Encoding::Plain(U8)),
        ("PointSourceId", 18, Encoding::Plain(U16)),
    ],
};

/// Tables 15 and 16. Bytes 0 to 11 are X, Y and Z.
static CORE_6: FieldGroup = FieldGroup {
    size: 30,
    fields: &[
        ("Intensity", 12, Encoding::Plain(U16)),
        ("ReturnNumber", 14, bits(0, 4)),
        ("NumberOfReturns", 14, bits(4, 4)),
        ("ScanDirectionFlag", 15, bits(6, 1)),
        ("EdgeOfFlightLine", 15, bits(7, 1)),
        ("Classification", 16, Encoding::Plain(U8)),
        ("Synthetic", 15, bits(0, 1)),
        ("KeyPoint", 15, bits(1, 1)),
        ("Withheld", 15, bits(2, 1)),
        ("Overlap", 15, bits(3, 1)),
        ("ScanChannel", 15, bits(4, 2)),
        ("ScanAngleRank", 18, Encoding::AngleSteps),
        ("UserData", 17, Encoding::Plain(U8)),
        ("PointSourceId", 20, Encoding::Plain(U16)),
        ("GpsTime", 22, Encoding::Plain(F64)),
    ],
};

static TIME: FieldGroup = FieldGroup {
    size: 8,
    fields: &[("GpsTime", 0, Encoding::Plain(F64))],
};

static COLOUR: FieldGroup = FieldGroup {
    size: 6,
    fields: &[
        ("Red", 0, Encoding::Plain(U16)),
        ("Green", 2, Encoding::Plain(U16)),
        ("Blue", 4, Encoding::Plain(U16)),
    ],
};

static INFRARED: FieldGroup = FieldGroup {
    size: 2,
    fields: &[("Infrared", 0, Encoding::Plain(U16))],
};

/// Table 13.
static WAVEFORM: FieldGroup = FieldGroup {
    size: 29,
    fields: &[
        ("WavePacketDescriptorIndex", 0, Encoding::Plain(U8)),
        ("WaveformDataOffset", 1, Encoding::Plain(U64)),
        ("WaveformPacketSize", 9, Encoding::Plain(U32)),
        ("ReturnPointWaveformLocation", 13, Encoding::Plain(F32)),
        ("WaveformXt", 17, Encoding::Plain(F32)),
        ("WaveformYt", 21, Encoding::Plain(F32)),
        ("WaveformZt", 25, Encoding::Plain(F32)),
    ],
};

/// The parts of each format, in the order of the record.
static PARTS: [&[&FieldGroup]; 11] = [
    &[&CORE_0],
    &[&CORE_0, &TIME],
    &[&CORE_0, &COLOUR],
    &[&CORE_0, &TIME, &COLOUR],
    &[&CORE_0, &TIME, &WAVEFORM],
    &[&CORE_0, &TIME, &COLOUR, &WAVEFORM],
    &[&CORE_6],
    &[&CORE_6, &COLOUR],
    &[&CORE_6, &COLOUR, &INFRARED],
    &[&CORE_6, &WAVEFORM],
    &[&CORE_6, &COLOUR, &INFRARED, &WAVEFORM],
];

const fn bits(shift: u8, count: u8) -> Encoding {
    Encoding::Bits { shift, count }
}

impl PointFormat {
    /// Point format 6, the first of those added by LAS 1.4.
    pub const SIX: PointFormat = PointFormat(6);

    /// The point format with a number.
    ///
    /// # Errors
    /// [`LasError::Unsupported`] if the number is above 10.
    pub fn new(number: u8) -> Result<PointFormat, LasError> {
        if usize::from(number) < PARTS.len() {
            Ok(PointFormat(number))
        } else {
            Err(LasError::Unsupported(format!("point format {number}")))
        }
    }

    /// All point formats, in ascending order.
    pub fn all() -> impl Iterator<Item = PointFormat> {
        (0..PARTS.len() as u8).map(PointFormat)
    }

    /// Its number, 0 to 10.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }

    /// Whether it was added by LAS 1.4: formats 6 to 10. LAZ compresses them in layers.
    #[must_use]
    pub fn is_extended(self) -> bool {
        self.0 >= 6
    }

    /// Length of a record in bytes, without extra bytes.
    #[must_use]
    pub fn size(self) -> usize {
        self.parts().iter().map(|part| part.size).sum()
    }

    /// The fields after X, Y and Z, which are 32-bit integers in bytes 0 to 11.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        let starts = self.parts().iter().scan(0, |end, part| {
            let start = *end;
            *end += part.size;
            Some((start, part))
        });
        starts.flat_map(|(start, part)| {
            let fields = part.fields.iter();
            fields.map(move |(name, at, encoding)| Field::new(*name, start + at, *encoding))
        })
    }

    /// The field with this name. `None` if the format lacks it, and for X, Y and Z.
    #[must_use]
    pub fn field(self, name: &str) -> Option<Field> {
        self.fields().find(|field| &*field.name == name)
    }

    /// The layer of a LAZ chunk that contains the byte `at` of a record. Only point formats 6 to 10 have layers that can
    /// be left out; X, Y and the returns always come along.
    #[must_use]
    pub fn layer(self, at: usize) -> Layers {
        let has_colour = matches!(self.0, 7 | 8 | 10);
        match at {
            _ if !self.is_extended() => Layers::NONE,
            at if at >= self.size() => Layers::BYTES,
            0..=7 | 14 => Layers::NONE,
            8..=11 => Layers::Z,
            12 | 13 => Layers::INTENSITY,
            15 => Layers::FLAGS,
            16 => Layers::CLASSIFICATION,
            17 => Layers::USER_DATA,
            18 | 19 => Layers::SCAN_ANGLE,
            20 | 21 => Layers::POINT_SOURCE_ID,
            22..=29 => Layers::GPS_TIME,
            30..=35 if has_colour => Layers::RGB,
            36 | 37 if has_colour => Layers::NIR,
            _ => Layers::WAVE_PACKET,
        }
    }

    fn parts(self) -> &'static [&'static FieldGroup] {
        PARTS[usize::from(self.0)]
    }
}
