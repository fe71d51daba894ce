//! Selection by source file.

use ept_format::{Bounds, SourceFile};
use ept_points::{PointBatch, Values};

use crate::{Area, Frame, SelectError};

/// A source file of a dataset, as a condition on points.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// Its index in the list of sources, which is the `OriginId` of its points.
    pub id: u64,
    /// Its path, if the list has one.
    pub path: Option<String>,
    /// The bounds of its points, if the list has them. Nodes outside are not read.
    pub bounds: Option<Bounds>,
    /// Whether to take all points within the bounds, whatever their `OriginId`, in datasets without one. Where sources
    /// overlap, this includes points of others.
    pub by_bounds: bool,
}

/// Maximum candidates that a message lists.
const MOST_LISTED: usize = 10;

impl Origin {
    /// Finds a source by its number, its path, its file name or a part of its path, in this order. A file name or a
    /// part must be unique.
    ///
    /// # Errors
    /// If no source matches, or several do. The message lists candidates.
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
                    let problem = format!("several sources match {text:?}; name one of {names}");
                    return Err(SelectError::Origin(problem));
                }
            }
        }
        let names = listed((0..sources.len()).map(path));
        Err(SelectError::Origin(if sources.is_empty() {
            "the dataset does not list its sources".into()
        } else {
            format!("no source matches {text:?}; the sources are {names}")
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

    /// The bounds of the source file, as the builder rounded them.
    pub(crate) fn area(&self, frame: &Frame) -> Option<Area> {
        let bounds = self.bounds?;
        Some(Area::from(bounds.grown(frame.slack)))
    }

    /// Which points come from the source file, according to their `OriginId`.
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
