//! The LAS point formats as record layouts (LAS 1.4 R15, tables 7 to 17).

use ept_format::ScalarType::{self, F32, F64, I32, U8, U16, U32, U64};

use crate::DecodeError;
use crate::field::{Encoding, Field};
use crate::las_header::LasHeader;
use crate::layout::Layout;

/// Bytes of a record of each point format, extra bytes not counted.
pub(crate) const SIZES: [usize; 11] = [20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67];

/// The layout of a tile's records without its extra bytes.
pub(crate) fn layout(header: &LasHeader) -> Result<Layout, DecodeError> {
    let format = usize::from(header.point_format);
    let Some(&base) = SIZES.get(format) else {
        return Err(DecodeError::Unsupported(format!("point format {format}")));
    };
    if header.record_length < base {
        let problem = format!(
            "records of {} bytes are too short for point format {format}",
            header.record_length
        );
        return Err(DecodeError::corrupt("LAS header", problem));
    }
    let mut layout = Layout {
        size: header.record_length,
        fields: Vec::new(),
        point_format: Some(header.point_format),
    };
    for (axis, name) in ["X", "Y", "Z"].into_iter().enumerate() {
        let encoding = Encoding::Scaled {
            stored: I32,
            scale: header.scaling.scale[axis],
            offset: header.scaling.offset[axis],
        };
        layout.push(Field::new(name, axis * 4, encoding));
    }
    for (name, at, encoding) in fields(format) {
        layout.push(Field::new(name, at, encoding));
    }
    Ok(layout)
}

/// The fields after X, Y and Z: name, place, encoding.
fn fields(format: usize) -> Vec<(&'static str, usize, Encoding)> {
    let mut fields = if format < 6 { core_0() } else { core_6() };
    let is_in = |formats: &[usize]| formats.contains(&format);
    if is_in(&[1, 3, 4, 5]) {
        fields.push(("GpsTime", 20, plain(F64)));
    }
    if let Some(at) = match format {
        2 => Some(20),
        3 | 5 => Some(28),
        7 | 8 | 10 => Some(30),
        _ => None,
    } {
        let colours = ["Red", "Green", "Blue"].into_iter().enumerate();
        fields.extend(colours.map(|(i, name)| (name, at + i * 2, plain(U16))));
    }
    if is_in(&[8, 10]) {
        fields.push(("Infrared", 36, plain(U16)));
    }
    if is_in(&[4, 5, 9, 10]) {
        let at = SIZES[format] - 29;
        fields.extend([
            ("WavePacketDescriptorIndex", at, plain(U8)),
            ("WaveformDataOffset", at + 1, plain(U64)),
            ("WaveformPacketSize", at + 9, plain(U32)),
            ("ReturnPointWaveformLocation", at + 13, plain(F32)),
            ("WaveformXt", at + 17, plain(F32)),
            ("WaveformYt", at + 21, plain(F32)),
            ("WaveformZt", at + 25, plain(F32)),
        ]);
    }
    fields
}

/// What point formats 0 to 5 have in common (table 7).
fn core_0() -> Vec<(&'static str, usize, Encoding)> {
    vec![
        ("Intensity", 12, plain(U16)),
        ("ReturnNumber", 14, bits(0, 3)),
        ("NumberOfReturns", 14, bits(3, 3)),
        ("ScanDirectionFlag", 14, bits(6, 1)),
        ("EdgeOfFlightLine", 14, bits(7, 1)),
        ("Classification", 15, bits(0, 5)),
        ("Synthetic", 15, bits(5, 1)),
        ("KeyPoint", 15, bits(6, 1)),
        ("Withheld", 15, bits(7, 1)),
        ("ScanAngleRank", 16, Encoding::AngleRank),
        ("UserData", 17, plain(U8)),
        ("PointSourceId", 18, plain(U16)),
    ]
}

/// What point formats 6 to 10 have in common (table 15).
fn core_6() -> Vec<(&'static str, usize, Encoding)> {
    vec![
        ("Intensity", 12, plain(U16)),
        ("ReturnNumber", 14, bits(0, 4)),
        ("NumberOfReturns", 14, bits(4, 4)),
        ("ScanDirectionFlag", 15, bits(6, 1)),
        ("EdgeOfFlightLine", 15, bits(7, 1)),
        ("Classification", 16, plain(U8)),
        ("Synthetic", 15, bits(0, 1)),
        ("KeyPoint", 15, bits(1, 1)),
        ("Withheld", 15, bits(2, 1)),
        ("Overlap", 15, bits(3, 1)),
        ("ScanChannel", 15, bits(4, 2)),
        ("ScanAngleRank", 18, Encoding::AngleSteps),
        ("UserData", 17, plain(U8)),
        ("PointSourceId", 20, plain(U16)),
        ("GpsTime", 22, plain(F64)),
    ]
}

fn plain(scalar: ScalarType) -> Encoding {
    Encoding::Plain(scalar)
}

fn bits(shift: u8, count: u8) -> Encoding {
    Encoding::Bits {
        shift,
        mask: (1 << count) - 1,
    }
}
