//! Tile indexes.

use ept_crs::Crs;
use ept_format::Bounds;

use crate::Row;

/// Which files a survey consists of. Each location is listed once.
///
/// What the index has beside that is told in numbers, so that nothing is lost without a word.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Index {
    /// The coordinate system of the boxes. `None` if the index does not name it.
    pub crs: Option<Crs>,
    /// The files, in the order of the index.
    pub rows: Vec<Row>,
    /// Entries that name a location another entry named before. The row has the box around the boxes of both.
    pub repeated: u64,
    /// Numbers of the entries that name no location, from 1; they are not among the rows.
    pub unlocated: Vec<u64>,
    /// Where the index goes on, if it is one page of several, as a STAC API gives them.
    pub next: Option<String>,
}

impl Index {
    /// The box around all rows that have one.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        self.rows
            .iter()
            .filter_map(|row| row.bounds)
            .reduce(|a, b| a.joined(&b))
    }
}
