//! The source that points come from.

use ept_format::{Bounds, SourceFile};
use ept_points::{PointBatch, Values};

use crate::{Area, Frame, SelectError};

/// One of the sources that a dataset was built from, as a condition on points.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// Its place in the list of sources, which is the `OriginId` of its points.
    pub id: u64,
    /// Its path, where the list gives one.
    pub path: Option<String>,
    /// The extent of its points, where the list gives one: nodes beyond it are not read.
    pub bounds: Option<Bounds>,
    /// Whether all points within the extent are taken for the source's, whatever their `OriginId`: for datasets without
    /// one. Where sources overlap, points of others are among them.
    pub by_bounds: bool,
}

/// Candidates that a message lists.
const MOST_LISTED: usize = 10;

impl Origin {
    /// The source that a text names: by its number, its path, its file name or a part of its path, in this order;
    /// a file name or a part must be unique.
    ///
    /// # Errors
    /// If no source matches, or several do; the message lists candidates.
    pub fn find(sources: &[SourceFile], text: &str) -> Result<Origin, SelectError> {
        let path = |at: usize| sources[at].path.as_deref().unwrap_or_default();
        let matching = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
            (0..sources.len()).filter(|&at| is(path(at))).collect()
        };
        let file_name = |path: &str| {
            let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            name == text || stem == text
        };
        let number: Option<usize> = text.parse().ok();
        let exact = matching(&|path| path == text);
        if let (true, Some(id)) = (exact.is_empty(), number.filter(|id| *id < sources.len())) {
            return Ok(Origin::of(sources, id));
        }
        for found in [
            exact,
            matching(&file_name),
            matching(&|path| path.contains(text)),
        ] {
            match found.as_slice() {
                [] => {}
                [id] => return Ok(Origin::of(sources, *id)),
                several => {
                    let names = listed(several.iter().map(|&at| path(at)));
                    let problem = format!("several sources match {text:?}, name one: {names}");
                    return Err(SelectError::Origin(problem));
                }
            }
        }
        let names = listed((0..sources.len()).map(path));
        Err(SelectError::Origin(if sources.is_empty() {
            "the dataset does not list its sources".into()
        } else {
            format!("no source matches {text:?}; there are: {names}")
        }))
    }

    fn of(sources: &[SourceFile], id: usize) -> Origin {
        Origin {
            id: id as u64,
            path: sources[id].path.clone(),
            bounds: sources[id].bounds,
            by_bounds: false,
        }
    }

    /// The extent of the source file, as the builder rounded it.
    pub(crate) fn area(&self, frame: &Frame) -> Option<Area> {
        let bounds = self.bounds?;
        Some(Area::from(bounds.grown(frame.slack)))
    }

    /// The points that come from the source file, by their `OriginId`.
    pub(crate) fn mask(&self, points: &PointBatch) -> Result<Vec<bool>, SelectError> {
        let ids = points.values("OriginId").and_then(Values::to_f64);
        let ids = ids.ok_or(SelectError::NoOriginId)?;
        Ok(ids.into_iter().map(|id| id == self.id as f64).collect())
    }
}

fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = names.len();
    let mut text = names.take(MOST_LISTED).collect::<Vec<_>>().join(", ");
    if count > MOST_LISTED {
        text += &format!(" and {} more", count - MOST_LISTED);
    }
    text
}
