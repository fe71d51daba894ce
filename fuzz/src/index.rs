//! The laws of tile indexes.

use std::collections::HashSet;

use ept_format::Bounds;
use ept_index::{Index, IndexError, IndexFile, Reading};

/// Bytes that a member of a zip may have: few bytes can honestly be a thousand times as many.
const MAX_UNPACKED: usize = 16 << 20;

/// Reads an index as if it lay on a server.
pub fn read_index(bytes: &[u8], beside: &[(&str, &[u8])]) -> Result<Index, IndexError> {
    let file = IndexFile::new("https://example.com/survey/index", bytes).with_beside(beside);
    Reading::new().with_max_unpacked(MAX_UNPACKED).read(&file)
}

/// Sides are in order, and those seen from above are finite.
fn check_box(bounds: &Bounds) {
    let (min, max) = (bounds.min(), bounds.max());
    for axis in 0..3 {
        assert!(min[axis] <= max[axis], "{bounds:?}");
        let is_finite = min[axis].is_finite() && max[axis].is_finite();
        assert!(is_finite || axis == 2, "{bounds:?}");
    }
}

/// Locations are complete and there once, boxes are in order, and what is written is read as the same boxes.
pub fn check_index(index: &Index) {
    let locations: HashSet<&str> = index.rows.iter().map(|row| &*row.location).collect();
    assert_eq!(locations.len(), index.rows.len());
    for row in &index.rows {
        assert!(!row.location.is_empty());
        row.bounds.iter().for_each(check_box);
    }
    let _ = index.to_geojson("/survey/index.geojson");
    let _ = index.to_vpc("/survey/index.vpc");
    // Spaces at the ends of texts and empty tables are not kept.
    let Ok(zip) = index.to_shapefile("https://example.com/survey/index.zip") else {
        return;
    };
    let Ok(again) = read_index(&zip, &[]) else {
        return;
    };
    if again.rows.len() != index.rows.len() {
        return;
    }
    for (found, row) in again.rows.iter().zip(&index.rows) {
        let corners = |bounds: Option<Bounds>| {
            bounds.map(|bounds| [0, 1].map(|axis| [bounds.min()[axis], bounds.max()[axis]]))
        };
        assert_eq!(corners(found.bounds), corners(row.bounds), "{row:?}");
    }
}
