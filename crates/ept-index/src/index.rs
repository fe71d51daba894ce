//! Tile indexes.

use std::collections::HashMap;

use ept_crs::Crs;
use ept_format::Bounds;

use crate::{NextPage, Row};

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
    /// The request for the next page, if the index is a page of several, as from a STAC API.
    pub next: Option<NextPage>,
}

impl Index {
    /// The pages of an index as a whole, in their order; it goes on where the last one does. Rows of a page in another
    /// coordinate system than the first have no box, so that areas never leave them out.
    #[must_use]
    pub fn of_pages(pages: impl IntoIterator<Item = Index>) -> Index {
        let mut pages = pages.into_iter();
        let mut all = pages.next().unwrap_or_default();
        let mut known: HashMap<String, usize> = HashMap::new();
        known.extend(all.rows.iter().map(|row| row.location.clone()).zip(0..));
        for page in pages {
            let before = all.entries();
            all.next = page.next;
            all.repeated += page.repeated;
            all.unlocated
                .extend(page.unlocated.iter().map(|number| before + number));
            let is_elsewhere = page.crs != all.crs;
            for mut row in page.rows {
                row.bounds = row.bounds.filter(|_| !is_elsewhere);
                match known.get(&row.location) {
                    Some(&at) => {
                        all.repeated += 1;
                        all.rows[at].merge(row.bounds, row.points);
                    }
                    None => {
                        known.insert(row.location.clone(), all.rows.len());
                        all.rows.push(row);
                    }
                }
            }
        }
        all
    }

    /// Number of entries that the index has, whatever became of them.
    fn entries(&self) -> u64 {
        self.rows.len() as u64 + self.repeated + self.unlocated.len() as u64
    }

    /// The joined bounds of all rows that have bounds.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        self.rows
            .iter()
            .filter_map(|row| row.bounds)
            .reduce(|a, b| a.joined(&b))
    }
}
