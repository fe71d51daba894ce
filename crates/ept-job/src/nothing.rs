//! Why nothing was found.

use ept_reader::{Bounds, Filter, Miss, Relation, Selection};

use crate::{Losses, Remark};

/// Why a selection has no points. Its text is a sentence for people.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Nothing {
    /// There is something, but none of it could be read.
    #[error("nothing of what there is could be read")]
    Unreadable,
    /// The condition names a dimension that no tile has.
    #[error("no tile has {0}, which the condition asks for")]
    Absent(String),
    /// The areas miss the dataset.
    #[error("the area is outside of the dataset, whose bounds are {}{miss}", corners(.extent))]
    Outside {
        /// The box around the points of the dataset.
        extent: Bounds,
        /// Where the areas are in its coordinates, and what was probably meant.
        miss: Miss,
    },
    /// No point meets the condition.
    #[error("no point meets the condition in the area at the selected depths")]
    Filtered,
    /// The areas are between the points.
    #[error("no point is inside the area at the selected depths")]
    Between,
    /// There are no points at these depths.
    #[error("the selected depths have no points")]
    Depths,
}

impl Nothing {
    /// Why a selection that was read has no points. `losses` and `remarks` are those of its reading.
    #[must_use]
    pub fn of(selection: &Selection, losses: &Losses, remarks: &[Remark]) -> Nothing {
        if !losses.is_empty() {
            return Nothing::Unreadable;
        }
        if let Some(name) = absent(selection, remarks) {
            return Nothing::Absent(name);
        }
        let (query, frame) = (selection.query(), selection.frame());
        let extent = frame.extent();
        if query.has_areas() && selection.relation(extent) == Relation::Outside {
            let areas = [query.areas(), query.any_of()].concat();
            return Nothing::Outside {
                extent: *extent,
                miss: Miss::new(&areas, extent, frame.crs().ok().as_ref()),
            };
        }
        if query.filter().is_some() {
            Nothing::Filtered
        } else if query.has_areas() || query.origin().is_some() {
            Nothing::Between
        } else {
            Nothing::Depths
        }
    }
}

/// The dimension that the condition names and no tile has.
fn absent(selection: &Selection, remarks: &[Remark]) -> Option<String> {
    let filtered = selection.query().filter().map(Filter::dimensions);
    let is_filtered = |name: &&String| filtered.is_some_and(|names| names.contains(*name));
    remarks.iter().find_map(|remark| match remark {
        Remark::Absent(names) => names.iter().find(is_filtered).cloned(),
        _ => None,
    })
}

/// The corners of a box in the form in which a query takes them.
fn corners(bounds: &Bounds) -> String {
    let numbers = bounds.min().into_iter().chain(bounds.max());
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    numbers.join(",")
}
