//! LAZ tiles: chunks to records by `ept-las`, records to columns.

use ept_format::Bounds;
use ept_las::{ChunkTable, Compression, Field, Header, Layers, Layout, PointFormat};

use crate::axis::Clip;
use crate::columns::ColumnBuilder;
use crate::wanted::wanted;
use crate::{DecodeError, Decoder, PointBatch};

/// Decodes a LAZ tile, or a LAS file in the place of one.
pub(crate) fn decode(
    decoder: &Decoder,
    points: u64,
    tile: &[u8],
) -> Result<PointBatch, DecodeError> {
    let (schema, bounds) = (decoder.metadata.schema(), &decoder.bounds);
    let header = Header::parse(tile, tile.len() as u64)?;
    if header.points != points {
        return Err(DecodeError::Count {
            expected: points,
            found: header.points,
        });
    }
    let layout = Layout::of_file(&header, tile)?;
    let fields = wanted(&layout, decoder.wanted.as_deref(), schema)?;
    let layers = layers(&fields, header.point_format, bounds);
    let mut columns = ColumnBuilder::new(&layout, fields, bounds, points);
    if header.is_compressed {
        decompress(decoder, tile, &header, layers, &mut columns)?;
    } else {
        columns.push(uncompressed(tile, &header)?);
    }
    columns.finish()
}

/// The layers of point formats 6 to 8 that hold the fields or decide over the bounds; X, Y and the returns
/// always come along.
fn layers(fields: &[Field], format: PointFormat, bounds: &Bounds) -> Layers {
    let layers = fields.iter().map(|field| format.layer(field.at));
    let z = if Clip::needs_z(bounds) {
        Layers::Z
    } else {
        Layers::NONE
    };
    layers.fold(z, |all, layer| all | layer)
}

fn decompress(
    decoder: &Decoder,
    tile: &[u8],
    header: &Header,
    layers: Layers,
    columns: &mut ColumnBuilder<'_>,
) -> Result<(), DecodeError> {
    let compression = Compression::of_file(header, tile)?;
    let table = ChunkTable::of_file(tile, header, &compression)?;
    for chunk in table.chunks() {
        // Chunks are within the file, which is in memory.
        let bytes = &tile[chunk.at as usize..][..chunk.size as usize];
        let push = |records: &[u8]| columns.push(records);
        let pool = &decoder.decompressors;
        pool.decompress(&compression, bytes, chunk.points, layers, push)?;
    }
    Ok(())
}

fn uncompressed<'a>(tile: &'a [u8], header: &Header) -> Result<&'a [u8], DecodeError> {
    // Points start within the file.
    let records = &tile[header.points_at as usize..];
    let length = usize::try_from(header.points)
        .ok()
        .and_then(|points| points.checked_mul(header.record_length.into()));
    length
        .and_then(|length| records.get(..length))
        .ok_or_else(|| {
            let problem = format!("{} points do not fit its bytes", header.points);
            DecodeError::corrupt("LAS file", problem)
        })
}
