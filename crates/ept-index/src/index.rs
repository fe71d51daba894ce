//! Tile indexes.

use ept_crs::Crs;
use ept_format::Bounds;

use crate::Row;

/// The files of a survey. Each location is listed once.
///
/// Whatever else was in the index is counted here, so that nothing is lost silently.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Index {
    /// The coordinate system of the boxes. `None` if the index does not name it.
    pub crs: Option<Crs>,
    /// The files, in the order of the index.
    pub rows: Vec<Row>,
    /// Number of entries whose location an earlier entry has. The row has the joined box of both.
    pub repeated: u64,
    /// Numbers of the entries without a location, from 1. They have no rows.
    pub unlocated: Vec<u64>,
    /// Address of the next page, if the index is a page of several, as from a STAC API.
    pub next: Option<String>,
}

impl Index {
    /// The joined bounds of all rows that have bounds.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        self.rows
            .iter()
            .filter_map(|row| row.bounds)
            .reduce(|a, b| a.joined(&b))
    }
}
