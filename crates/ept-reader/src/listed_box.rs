//! Where the points of a file are according to the index that lists it.

use ept_format::{Bounds, Srs};
use ept_index::{Index, Row};
use ept_select::{Cover, Crs, Frame, Query, SelectError};

use crate::members::is_same_system;

/// The box of a file in an index. It stands for the file if that can't be opened.
#[derive(Debug, Clone)]
pub(crate) struct ListedBox {
    /// The coordinate system of the index. `None` if it names none, and is in that of the points.
    crs: Option<Crs>,
    bounds: Bounds,
}

impl ListedBox {
    /// `None` if the row has no box, or one across the antimeridian, where the longitudes of the points are not certain.
    pub(crate) fn of(index: &Index, row: &Row) -> Option<ListedBox> {
        let bounds = row.bounds?;
        let is_round = index.crs.as_ref().is_some_and(Crs::is_geographic);
        (!is_round || bounds.max()[0] <= 180.0).then(|| ListedBox {
            crs: index.crs.clone(),
            bounds,
        })
    }

    /// The areas of [`Query::with_any_of`] that the box meets, by number, ascending: those for which a query of the area alone
    /// would open the file. `frame` is that of the dataset. `None` if the areas have no place in the system of the index.
    pub(crate) fn areas_met(&self, query: &Query, frame: &Frame) -> Option<Vec<usize>> {
        let mut own = Frame {
            bounds: self.bounds,
            conforming: None,
            slack: [0.0; 3],
            spacing: None,
            ..frame.clone()
        };
        let mut query = query.clone();
        if let Some(crs) = &self.crs {
            own.srs = Srs {
                wkt: Some(crs.definition().to_owned()),
                ..Srs::default()
            };
            if !is_same_system(&own.srs, &frame.srs) {
                query = query.in_terms_of(&frame.crs().ok()?);
            }
        }
        self.met(&query, &own).ok()
    }

    fn met(&self, query: &Query, frame: &Frame) -> Result<Vec<usize>, SelectError> {
        let (areas, edge) = (query.areas(), query.edge());
        let cover = Cover::new(areas, edge, frame)?;
        let cover = cover.with_any_of(query.any_of(), edge, frame)?;
        let mut met = Vec::new();
        for at in cover.areas_met(&self.bounds) {
            // As for the rows of an index, which is more exact near the edges of an area.
            let alone = [areas, &query.any_of()[at..=at]].concat();
            if Cover::new(&alone, edge, frame)?.meets(&self.bounds) {
                met.push(at);
            }
        }
        Ok(met)
    }
}
