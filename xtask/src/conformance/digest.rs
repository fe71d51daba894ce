//! Columns in the terms of the truth files: stored integers, bytes and their hashes.

use anyhow::{Context, Result, bail};
use ept_reader::{PointBatch, Values};
use sha2::{Digest, Sha256};

/// SHA-256 as lower-case hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).as_slice())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The stored integers of a batch's coordinates, `[x, y, z]` per point. Fails unless each gives its coordinate exactly.
pub(crate) fn stored(batch: &PointBatch) -> Result<Vec<[i32; 3]>> {
    let scaling = batch
        .scaling()
        .context("coordinates are not stored as integers")?;
    let mut stored = vec![[0; 3]; batch.len()];
    for (axis, values) in [batch.x(), batch.y(), batch.z()]
        .into_iter()
        .flatten()
        .enumerate()
    {
        let (scale, offset) = (scaling.scale[axis], scaling.offset[axis]);
        for (point, value) in stored.iter_mut().zip(values) {
            let integer = ((value - offset) / scale).round();
            if integer * scale + offset != *value {
                bail!("coordinate {value:?} is not {offset} plus a multiple of {scale}");
            }
            point[axis] = integer as i32;
        }
    }
    Ok(stored)
}

pub(crate) fn stored_bytes(points: &[[i32; 3]]) -> Vec<u8> {
    points
        .iter()
        .flatten()
        .flat_map(|integer| integer.to_le_bytes())
        .collect()
}

/// The values as little-endian bytes.
pub(crate) fn bytes(values: &Values) -> Vec<u8> {
    match values {
        Values::I8(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::I16(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::I32(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::I64(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::U8(v) => v.clone(),
        Values::U16(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::U32(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::U64(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::F32(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::F64(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Values::Bytes { data, .. } => data.clone(),
    }
}
