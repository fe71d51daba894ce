//! LAZ tiles, written by the `las` crate, which the reader under test does not use.

use std::io::Cursor;

use anyhow::{Context, Result, ensure};
use las::point::Format;
use las::{Builder, GpsTimeType, Header, PointDataBuilder, Transform, Vector, Vlr, Writer};

use super::dataset::Node;
use super::dimension::Dimension;
use super::scaling::Scaling;
use super::value::Value;
use super::{las_record, srs};

/// Size of the header of a VLR in bytes (LAS 1.4 R15, table 5).
const VLR_HEADER: usize = 54;

/// How to write the LAZ tiles of a dataset.
#[derive(Debug, Clone, Default)]
pub(super) struct LasTile {
    pub(super) format: u8,
    pub(super) extra_bytes: Vec<Dimension>,
    /// Points per chunk, if not 50,000.
    pub(super) chunk_size: Option<u32>,
}

impl LasTile {
    /// The tile of a node.
    pub(super) fn encode(&self, node: &Node) -> Result<Vec<u8>> {
        let header = self.header(node)?;
        let points = PointDataBuilder::new()
            .for_header(&header)
            .build_from_bytes(self.records(node))?;
        let mut writer = Writer::new(Cursor::new(Vec::new()), header)?;
        writer.write_points(&points)?;
        let mut tile = writer.into_inner()?.into_inner();
        if self.chunk_size.is_some() {
            supersede_last_vlr(&mut tile)?;
        }
        Ok(tile)
    }

    fn records(&self, node: &Node) -> Vec<u8> {
        let mut records = Vec::new();
        for point in &node.points {
            records.extend(las_record::encode(self.format, point));
            for dimension in &self.extra_bytes {
                records.extend(dimension.stored(point, &node.scaling).bytes());
            }
        }
        records
    }

    /// The header: LAS 1.4 if the format requires it, otherwise 1.2, as Entwine writes, even with extra bytes.
    fn header(&self, node: &Node) -> Result<Header> {
        let mut builder = Builder::from((1, if self.format >= 6 { 4 } else { 2 }));
        builder.generating_software = "ept xtask".into();
        builder.gps_time_type = GpsTimeType::Standard;
        builder.transforms = transforms(&node.scaling);
        builder.point_format = Format::new(self.format)?;
        builder.point_format.is_compressed = true;
        if !self.extra_bytes.is_empty() {
            let vlr = self.extra_bytes_vlr(node)?;
            builder.point_format.extra_bytes = vlr.1;
            builder.vlrs.push(vlr.0);
        }
        if self.format >= 6 {
            builder.vlrs.push(projection_vlr());
        }
        if let Some(chunk_size) = self.chunk_size {
            let vlr = laszip_vlr(builder.clone().into_header()?, chunk_size)?;
            builder.vlrs.push(vlr);
        }
        Ok(builder.into_header()?)
    }

    /// The VLR that describes the extra bytes, and their number.
    fn extra_bytes_vlr(&self, node: &Node) -> Result<(Vlr, u16)> {
        let point = node.points.first().context("a tile has points")?;
        let (mut data, mut size) = (Vec::new(), 0);
        for dimension in &self.extra_bytes {
            let stored = dimension.stored(point, &node.scaling);
            data.extend(descriptor(dimension, &stored)?);
            size += stored.bytes().len();
        }
        let vlr = Vlr {
            user_id: "LASF_Spec".into(),
            record_id: 4,
            description: "Extra Bytes Record".into(),
            data,
        };
        Ok((vlr, size.try_into()?))
    }
}

fn transforms(scaling: &Scaling) -> Vector<Transform> {
    let axis = |axis: usize| Transform {
        scale: scaling.scale[axis],
        offset: scaling.offset[axis],
    };
    Vector {
        x: axis(0),
        y: axis(1),
        z: axis(2),
    }
}

/// An extra bytes descriptor (LAS 1.4 R15, table 24).
fn descriptor(dimension: &Dimension, stored: &Value) -> Result<[u8; 192]> {
    let mut descriptor = [0; 192];
    descriptor[2] = match stored {
        Value::Bytes(_) => 0,
        Value::U8(_) => 1,
        Value::I8(_) => 2,
        Value::U16(_) => 3,
        Value::I16(_) => 4,
        Value::U32(_) => 5,
        Value::I32(_) => 6,
        Value::U64(_) => 7,
        Value::I64(_) => 8,
        Value::F32(_) => 9,
        Value::F64(_) => 10,
    };
    // In type 0, the size takes the place of the options.
    if let Value::Bytes(bytes) = stored {
        descriptor[3] = bytes.len().try_into()?;
    }
    let name = dimension.name.as_bytes();
    descriptor[4..][..name.len()].copy_from_slice(name);
    if let Some((scale, offset)) = dimension.scaled {
        descriptor[3] = 1 << 3 | 1 << 4;
        descriptor[112..120].copy_from_slice(&scale.to_le_bytes());
        descriptor[136..144].copy_from_slice(&offset.to_le_bytes());
    }
    Ok(descriptor)
}

fn projection_vlr() -> Vlr {
    Vlr {
        user_id: "LASF_Projection".into(),
        record_id: 2112,
        description: "OGC WKT".into(),
        // The text ends with a zero byte.
        data: [srs::WKT.as_bytes(), b"\0"].concat(),
    }
}

/// The LASzip VLR for such a file, with another chunk size.
fn laszip_vlr(mut header: Header, chunk_size: u32) -> Result<Vlr> {
    header.add_laz_vlr()?;
    let mut vlr = header.vlrs().last().context("the laszip record")?.clone();
    let field = vlr.data.get_mut(12..16).context("the chunk size")?;
    field.copy_from_slice(&chunk_size.to_le_bytes());
    Ok(vlr)
}

/// Marks the last VLR as superseded. The `las` crate compresses according to the first LASzip VLR that it is given, but
/// adds another one.
fn supersede_last_vlr(tile: &mut [u8]) -> Result<()> {
    let u16_at = |at: usize| u16::from_le_bytes([tile[at], tile[at + 1]]);
    let mut at = usize::from(u16_at(94));
    for _ in 1..u16_at(100) {
        at += VLR_HEADER + usize::from(u16_at(at + 20));
    }
    let vlr = &mut tile[at..at + VLR_HEADER];
    ensure!(
        vlr[2..].starts_with(b"laszip encoded\0"),
        "no laszip record"
    );
    // LAS 1.4 R15, section 2.5, "Superseded": not to be read.
    vlr[2..18].copy_from_slice(b"LASF_Spec\0\0\0\0\0\0\0");
    vlr[18..20].copy_from_slice(&7_u16.to_le_bytes());
    Ok(())
}
