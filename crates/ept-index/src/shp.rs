//! Reads the bounding boxes of the shapes in a shapefile (.shp, .shx). Source: ESRI Shapefile Technical Description,
//! July 1998.

use ept_format::Bounds;

use crate::IndexError;
use crate::bytes::{f64_le, u32_be, u32_le};
use crate::record::{check_values, flat};

/// Size of the header of both files, and of the header of a shape.
const HEADER: usize = 100;
const RECORD_HEADER: usize = 8;
/// Size of an entry in the .shx.
const ENTRY: usize = 8;
const FILE_CODE: u32 = 9994;

/// Shape types. Those with Z or M have 10 or 20 added.
const NULL: u32 = 0;
const POINT: u32 = 1;
const POLYLINE: u32 = 3;
const POLYGON: u32 = 5;
const MULTI_POINT: u32 = 8;
const MULTI_PATCH: u32 = 31;

pub(crate) fn is_shp(bytes: &[u8]) -> bool {
    bytes.len() >= HEADER && u32_be(bytes, 0) == Some(FILE_CODE)
}

/// The boxes of the shapes, in order. `None` for a null shape.
///
/// The .shx contains the offsets of the shapes, since editors leave old ones behind. Without it they are contiguous.
pub(crate) fn boxes(shp: &[u8], shx: Option<&[u8]>) -> Result<Vec<Option<Bounds>>, IndexError> {
    let shapes = part(shp, ".shp")?;
    let at = match shx {
        Some(shx) => places(part(shx, ".shx")?),
        None => sequence(shapes)?,
    };
    check_values(".shp", at.len())?;
    let shape = |(index, at): (usize, usize)| {
        let found = contents(shapes, at).and_then(bounds_of);
        found.ok_or_else(|| {
            let problem = format!("shape {} is malformed or truncated", index + 1);
            IndexError::malformed(".shp", problem)
        })
    };
    at.into_iter().enumerate().map(shape).collect()
}

/// The part of the file that its header claims.
fn part<'a>(bytes: &'a [u8], file: &str) -> Result<&'a [u8], IndexError> {
    let fault = |problem: String| IndexError::malformed(file, problem);
    if !is_shp(bytes) {
        return Err(fault("it does not start like a shapefile".into()));
    }
    let words = u32_be(bytes, 24).unwrap_or_default();
    let claimed = (words as usize).saturating_mul(2).max(HEADER);
    let part = bytes.get(..claimed);
    part.ok_or_else(|| {
        let length = bytes.len();
        fault(format!(
            "its header claims {claimed} bytes, but it has {length}; is it truncated?"
        ))
    })
}

/// Offsets of the shapes according to the .shx.
fn places(shx: &[u8]) -> Vec<usize> {
    let entries = shx[HEADER..].chunks_exact(ENTRY);
    let words = entries.filter_map(|entry| u32_be(entry, 0));
    words
        .map(|words| (words as usize).saturating_mul(2))
        .collect()
}

/// Offsets of contiguous shapes.
fn sequence(shp: &[u8]) -> Result<Vec<usize>, IndexError> {
    let (mut places, mut at) = (Vec::new(), HEADER);
    while at < shp.len() {
        let contents = contents(shp, at).ok_or_else(|| {
            let problem = format!("shape {} is truncated", places.len() + 1);
            IndexError::malformed(".shp", problem)
        })?;
        places.push(at);
        at += RECORD_HEADER + contents.len();
    }
    Ok(places)
}

/// The contents of the shape at an offset.
fn contents(shp: &[u8], at: usize) -> Option<&[u8]> {
    let record = shp.get(at..).filter(|_| at >= HEADER)?;
    let length = (u32_be(record, 4)? as usize).checked_mul(2)?;
    record.get(RECORD_HEADER..)?.get(..length)
}

/// The bounds of the places of a shape, whatever box it claims. The inner `None` means that there is no place, the
/// outer one that the shape is malformed.
fn bounds_of(shape: &[u8]) -> Option<Option<Bounds>> {
    let kind = u32_le(shape, 0)?;
    let count = |at: usize| u32_le(shape, at).map(|count| count as usize);
    // Z and M follow x and y.
    let kind = if kind < MULTI_PATCH { kind % 10 } else { kind };
    let (first, places) = match kind {
        NULL => return Some(None),
        POINT => (4, 1),
        MULTI_POINT => (40, count(36)?),
        // The index of each part's first place precedes the places; in multipatches, so do the types of the parts.
        POLYLINE | POLYGON => (count(36)?.checked_mul(4)?.checked_add(44)?, count(40)?),
        MULTI_PATCH => (count(36)?.checked_mul(8)?.checked_add(44)?, count(40)?),
        _ => return None,
    };
    let places = shape.get(first..)?.get(..places.checked_mul(16)?)?;
    let (mut min, mut max) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    for place in places.chunks_exact(16) {
        for axis in 0..2 {
            let number = f64_le(place, 8 * axis).filter(|number| number.is_finite())?;
            min[axis] = min[axis].min(number);
            max[axis] = max[axis].max(number);
        }
    }
    Some(flat(min, max))
}
