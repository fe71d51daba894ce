//! LAZ tiles: records by `decompressors`, then columns.

use ept_format::Bounds;
use ept_laz::Layers;

use crate::axis::Clip;
use crate::columns::ColumnBuilder;
use crate::field::Field;
use crate::las_header::LasHeader;
use crate::layout::Layout;
use crate::laz_tile::LazTile;
use crate::point_format::SIZES;
use crate::{DecodeError, Decoder, PointBatch, extra_bytes, point_format};

/// Decodes a LAZ tile, or a LAS file in the place of one.
pub(crate) fn decode(
    decoder: &Decoder,
    points: u64,
    tile: &[u8],
) -> Result<PointBatch, DecodeError> {
    let (schema, bounds) = (decoder.metadata.schema(), &decoder.bounds);
    let header = LasHeader::parse(tile)?;
    if header.points != points {
        return Err(DecodeError::Count {
            expected: points,
            found: header.points,
        });
    }
    let layout = layout(tile, &header)?;
    let fields = layout.wanted(decoder.wanted.as_deref(), schema)?;
    let layers = layers(&fields, header.point_format, bounds);
    let mut columns = ColumnBuilder::new(&layout, fields, bounds, points);
    if header.is_compressed {
        let tile = LazTile::parse(tile, &header)?;
        let push = |records: &[u8]| columns.push(records);
        decoder.decompressors.decompress(&tile, layers, push)?;
    } else {
        columns.push(uncompressed(tile, &header)?);
    }
    columns.finish()
}

/// The layout of the tile's records, extra bytes included.
pub(crate) fn layout(tile: &[u8], header: &LasHeader) -> Result<Layout, DecodeError> {
    let mut layout = point_format::layout(header)?;
    let (user, id) = extra_bytes::VLR;
    if let Some(vlr) = header.vlr(tile, user, id)? {
        let base = SIZES[usize::from(header.point_format)];
        extra_bytes::describe(&mut layout, base, vlr)?;
    }
    Ok(layout)
}

/// The layers of point formats 6 to 8 that hold the fields or decide over the bounds; X, Y and the returns
/// always come along.
fn layers(fields: &[Field], format: u8, bounds: &Bounds) -> Layers {
    let base = SIZES[usize::from(format)];
    let has_colour = matches!(format, 7 | 8);
    let layers = fields.iter().map(|field| match field.at {
        at if at >= base => Layers::BYTES,
        8 => Layers::Z,
        12 => Layers::INTENSITY,
        15 => Layers::FLAGS,
        16 => Layers::CLASSIFICATION,
        17 => Layers::USER_DATA,
        18 => Layers::SCAN_ANGLE,
        20 => Layers::POINT_SOURCE_ID,
        22 => Layers::GPS_TIME,
        30..36 if has_colour => Layers::RGB,
        36 if has_colour => Layers::NIR,
        _ => Layers::NONE,
    });
    let z = match Clip::needs_z(bounds) {
        true => Layers::Z,
        false => Layers::NONE,
    };
    layers.fold(z, |all, layer| all | layer)
}

fn uncompressed<'a>(tile: &'a [u8], header: &LasHeader) -> Result<&'a [u8], DecodeError> {
    let records = &tile[header.points_at..];
    let length = usize::try_from(header.points)
        .ok()
        .and_then(|points| points.checked_mul(header.record_length));
    length
        .and_then(|length| records.get(..length))
        .ok_or_else(|| {
            let problem = format!("{} points do not fit its bytes", header.points);
            DecodeError::corrupt("LAS file", problem)
        })
}
