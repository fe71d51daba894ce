//! Reasons for an empty result.

use ept_reader::{Bounds, Filter, Miss, Relation, Selection};

use crate::{Losses, Remark};

/// Why a selection has no points. Formatted, it is a phrase for users.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Nothing {
    /// There are points, but none of them could be read.
    #[error("none of the data could be read")]
    Unreadable,
    /// The condition names a dimension that no tile has.
    #[error("no tile has {0}, which the condition names")]
    Absent(String),
    /// The areas are outside the dataset.
    #[error("the area is outside the dataset, whose bounds are {}{miss}", corners(.extent))]
    Outside {
        /// The bounds of the dataset's points.
        extent: Bounds,
        /// Where the areas are in its coordinates, and what was probably meant.
        miss: Miss,
    },
    /// No point meets the condition.
    #[error("no point meets the condition in the area at the selected depths")]
    Filtered,
    /// The areas are between points.
    #[error("no point is inside the area at the selected depths")]
    Between,
    /// There are no points at these depths.
    #[error("the selected depths have no points")]
    Depths,
}

impl Nothing {
    /// Why a selection that was read is empty. `losses` and `remarks` are those of the pass.
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

/// A dimension in the condition that no tile has.
fn absent(selection: &Selection, remarks: &[Remark]) -> Option<String> {
    let filtered = selection.query().filter().map(Filter::dimensions);
    let is_filtered = |name: &&String| filtered.is_some_and(|names| names.contains(*name));
    remarks.iter().find_map(|remark| match remark {
        Remark::Absent(names) => names.iter().find(is_filtered).cloned(),
        _ => None,
    })
}

/// The corners of a box in the form that a query accepts.
fn corners(bounds: &Bounds) -> String {
    let numbers = bounds.min().into_iter().chain(bounds.max());
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    numbers.join(",")
}
