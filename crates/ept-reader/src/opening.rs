//! Options for opening several locations as one dataset.

use std::sync::Arc;

use ept_index::{Index, Reading, Row};
use ept_select::{Area, Edge, rows_in_areas};

use crate::listed_box::ListedBox;
use crate::members::{Heights, Member};
use crate::{Dataset, Engine, Error, Loss, StoreError, location, read_index};

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
    Location {
        /// Where.
        location: String,
        /// The index that lists it, if one does.
        index: Option<Arc<str>>,
        place: Option<ListedBox>,
    },
    /// What was opened to understand the index that lists it.
    Opened {
        location: String,
        opened: Result<Dataset, Error>,
        place: Option<ListedBox>,
    },
    /// An entry of an index that can't be read.
    Lost(Box<Loss>),
}

impl Opening {
    /// The entries for a location: itself, or what an index lists.
    pub(crate) async fn listed(
        &self,
        location: String,
        engine: &Engine,
    ) -> Result<Vec<Listed>, Error> {
        let location = engine.options().services.location(&location)?.to_string();
        if !location::is_index(&location) {
            return Ok(vec![Listed::Location {
                location,
                index: None,
                place: None,
            }]);
        }
        let index = read_index(&location, &self.reading, engine).await?;
        let (rows, mut first) = self.rows(&index, &location, engine).await?;
        // If no row intersects the areas, the first file still provides the schema.
        let rows = match (rows.is_empty(), index.rows.first()) {
            (true, Some(first)) => vec![first],
            _ => rows,
        };
        let from: Arc<str> = location.as_str().into();
        let listed = rows.into_iter().map(|row| {
            let (location, place) = (row.location.clone(), ListedBox::of(&index, row));
            let opened = first.take_if(|(opened, _)| *opened == location);
            match opened {
                Some((_, opened)) => Listed::Opened {
                    location,
                    opened,
                    place,
                },
                None => Listed::Location {
                    location,
                    index: Some(Arc::clone(&from)),
                    place,
                },
            }
        });
        let mut listed: Vec<Listed> = listed.collect();
        listed.extend(left_out(&index, &location));
        Ok(listed)
    }

    /// The rows of an index that intersect the areas, and the first file, if it was opened for that.
    async fn rows<'a>(
        &self,
        index: &'a Index,
        location: &str,
        engine: &Engine,
    ) -> Result<(Vec<&'a Row>, Option<(String, Result<Dataset, Error>)>), Error> {
        let is_plain = |area: &Area| area.crs().is_none();
        let mut areas = self.areas.clone();
        let mut opened = None;
        // An area without a coordinate system is in that of the points, which may differ from the index's.
        if let (Some(first), Some(_), true) =
            (index.rows.first(), &index.crs, areas.iter().any(is_plain))
        {
            let file = Box::pin(Dataset::open_listed(&first.location, location, engine)).await;
            if let Some(crs) = file.as_ref().ok().and_then(|file| file.frame().crs().ok()) {
                let plain = areas.iter_mut().filter(|area| is_plain(area));
                plain.for_each(|area| *area = area.clone().in_crs(crs.clone()));
            }
            opened = Some((first.location.clone(), file));
        }
        Ok((rows_in_areas(index, &areas, self.edge)?, opened))
    }
}

impl Listed {
    /// Where it is according to the index that lists it.
    pub(crate) fn place(&self) -> Option<&ListedBox> {
        match self {
            Listed::Location { place, .. } | Listed::Opened { place, .. } => place.as_ref(),
            Listed::Lost(_) => None,
        }
    }

    /// Opens it.
    pub(crate) async fn open(self, engine: &Engine) -> Result<Dataset, Error> {
        match self {
            Listed::Location {
                location,
                index: Some(index),
                ..
            } => Dataset::open_listed(&location, &index, engine).await,
            Listed::Location { location, .. } => Dataset::open_in(&location, engine).await,
            Listed::Opened { opened, .. } => opened,
            Listed::Lost(loss) => Err(Error::Lost(loss)),
        }
    }
}

/// Entries of an index that can't be read.
fn left_out(index: &Index, location: &str) -> impl Iterator<Item = Listed> {
    let unlocated = index.unlocated.iter();
    let unlocated = unlocated.map(|number| format!("entry {number} has no location"));
    let next = index.next.iter().map(|next| {
        let shown = location::without_secrets(&next.location);
        if next.is_plain() {
            format!("it continues at {shown}; give that too")
        } else {
            format!(
                "it continues at {shown} with a request that has a body or headers of its own, which is sent only to the \
                 server of the index; give the answer to that request as a file"
            )
        }
    });
    let causes: Vec<String> = unlocated.chain(next).collect();
    let location = location::without_secrets(location);
    causes.into_iter().map(move |cause| {
        let location = location.clone();
        Listed::Lost(Member::loss(StoreError::Failed { location, cause }))
    })
}
