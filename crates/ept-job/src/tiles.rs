//! Searches in tile indexes.

use ept_crs::Crs;
use ept_index::{Index, Reading, Row};
use ept_reader::{Area, Edge, Engine, Error, read_index, rows_in_areas};
use serde_json::{Map, Value, json};

use crate::query_json::bounds_json;
use crate::sorted_json;

/// The rows of a tile index that intersect areas, and what else was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Tiles {
    met: Index,
    total: u64,
    boxless: u64,
    whole: Option<ept_reader::Bounds>,
}

impl Tiles {
    /// Reads the index at a path or URL, and finds the rows that intersect all areas. All rows if there are no areas.
    ///
    /// # Errors
    /// If the index can't be read, or the areas can't be located in it.
    pub async fn find(
        location: &str,
        reading: &Reading,
        areas: &[Area],
        edge: Edge,
        engine: &Engine,
    ) -> Result<Tiles, Error> {
        let index = read_index(location, reading, engine).await?;
        Tiles::of(index, areas, edge)
    }

    /// The rows of an index that all areas meet.
    pub(crate) fn of(mut index: Index, areas: &[Area], edge: Edge) -> Result<Tiles, Error> {
        let rows: Vec<Row> = rows_in_areas(&index, areas, edge)?
            .into_iter()
            .cloned()
            .collect();
        let boxless = rows.iter().filter(|row| row.bounds.is_none()).count();
        let (total, whole) = (index.rows.len() as u64, index.bounds());
        index.rows = rows;
        Ok(Tiles {
            met: index,
            total,
            boxless: if areas.is_empty() { 0 } else { boxless as u64 },
            whole,
        })
    }

    /// The index, with only the rows that intersect the areas.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.met
    }

    /// Total number of rows in the index.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Number of rows included because they have no box.
    #[must_use]
    pub fn boxless(&self) -> u64 {
        self.boxless
    }

    /// The joined bounds of all rows in the index that have bounds.
    #[must_use]
    pub fn bounds(&self) -> Option<ept_reader::Bounds> {
        self.whole
    }

    /// Total number of points of the rows. `None` if one of them does not have it.
    #[must_use]
    pub fn points(&self) -> Option<u64> {
        let mut rows = self.met.rows.iter();
        rows.try_fold(0_u64, |sum, row| Some(sum.saturating_add(row.points?)))
    }

    /// All of this as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        sorted_json(json!({
            "crs": self.met.crs.as_ref().map(Crs::name),
            "total": self.total,
            "tiles": self.met.rows.iter().map(row).collect::<Vec<_>>(),
            "boxless": self.boxless,
            "repeated": self.met.repeated,
            "unlocated": self.met.unlocated,
            "next": self.met.next.as_ref().map(|next| &next.location),
        }))
    }
}

fn row(row: &Row) -> Value {
    let attributes = row.attributes.iter();
    let attributes = attributes.map(|(name, value)| (name.clone(), json!(value)));
    json!({
        "location": row.location,
        "bounds": row.bounds.as_ref().map(bounds_json),
        "points": row.points,
        "attributes": attributes.collect::<Map<_, _>>(),
    })
}
