//! Options for opening several locations as one dataset.

use ept_index::{Index, Reading, Row};
use ept_select::{Area, Edge, rows_in_areas};

use crate::members::{Heights, Member};
use crate::{Dataset, Engine, Error, StoreError, location, read_index};

/// Options for opening several locations as one dataset, see [`Dataset::open_all`].
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// Which vertical systems the sources may have.
    pub heights: Heights,
    /// The areas of later queries: files that an index lists are not opened if their boxes miss these areas.
    pub areas: Vec<Area>,
    /// How later queries treat points on the edge of the areas.
    pub edge: Edge,
    /// How to read tile indexes among the locations.
    pub reading: Reading,
}

/// An entry for a location.
pub(crate) enum Listed {
    /// A location to open.
    Location(String),
    /// An entry of an index that can't be read.
    Lost(Member),
}

impl Opening {
    /// The entries for a location: itself, or what an index lists.
    pub(crate) async fn listed(
        &self,
        location: &str,
        engine: &Engine,
    ) -> Result<Vec<Listed>, Error> {
        let location = &*engine.options().services.location(location)?;
        if !location::is_index(location) {
            return Ok(vec![Listed::Location(location.to_owned())]);
        }
        let index = read_index(location, &self.reading, engine).await?;
        let rows = self.rows(&index, engine).await?;
        // If no row intersects the areas, the first file still provides the schema.
        let rows = match (rows.is_empty(), index.rows.first()) {
            (true, Some(first)) => vec![first],
            _ => rows,
        };
        let rows = rows
            .into_iter()
            .map(|row| Listed::Location(row.location.clone()));
        Ok(rows.chain(left_out(&index, location)).collect())
    }

    /// The rows of an index that intersect the areas.
    async fn rows<'a>(&self, index: &'a Index, engine: &Engine) -> Result<Vec<&'a Row>, Error> {
        let is_plain = |area: &Area| area.crs().is_none();
        let first = index.rows.first();
        let mut areas = self.areas.clone();
        // An area without a coordinate system is in that of the points, which may differ from the index's.
        if let Some(first) = first.filter(|_| areas.iter().any(is_plain)) {
            let dataset = Box::pin(Dataset::open_in(&first.location, engine)).await;
            let crs = dataset.ok().and_then(|dataset| dataset.frame().crs().ok());
            if let (Some(crs), Some(_)) = (crs, &index.crs) {
                let plain = areas.iter_mut().filter(|area| is_plain(area));
                plain.for_each(|area| *area = area.clone().in_crs(crs.clone()));
            }
        }
        Ok(rows_in_areas(index, &areas, self.edge)?)
    }
}

/// Entries of an index that can't be read.
fn left_out(index: &Index, location: &str) -> impl Iterator<Item = Listed> {
    let unlocated = index.unlocated.iter();
    let unlocated = unlocated.map(|number| format!("entry {number} has no location"));
    let next = index.next.iter();
    let next = next.map(|next| format!("it continues at {next}; give that too"));
    let causes: Vec<String> = unlocated.chain(next).collect();
    let location = location::without_secrets(location);
    causes.into_iter().map(move |cause| {
        let location = location.clone();
        Listed::Lost(Member::lost(StoreError::Failed { location, cause }))
    })
}
