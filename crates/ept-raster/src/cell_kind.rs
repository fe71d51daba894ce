//! What the cells of a raster are.

use std::fmt;

/// What a cell of a raster is. The numbers are those in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum CellKind {
    /// No source covers it, or it is outside the area.
    Outside = 0,
    /// Its value comes from points in it, or within the kernel.
    Measured = 1,
    /// Its value comes from points farther away.
    Interpolated = 2,
    /// It has no value, though a source covers it.
    Void = 3,
    /// Points may be missing in it, since a part of the data could not be read.
    Incomplete = 4,
}

impl CellKind {
    /// All kinds, in the order of their numbers.
    pub const ALL: [CellKind; 5] = [
        CellKind::Outside,
        CellKind::Measured,
        CellKind::Interpolated,
        CellKind::Void,
        CellKind::Incomplete,
    ];

    /// The numbers of the kinds, for the description of a file.
    pub const LEGEND: &str = "0 outside, 1 measured, 2 interpolated, 3 void, 4 incomplete";

    /// The kind of a cell. Incomplete cells may have a value.
    #[must_use]
    pub fn of(
        is_covered: bool,
        is_measured: bool,
        has_value: bool,
        is_incomplete: bool,
    ) -> CellKind {
        if !is_covered {
            CellKind::Outside
        } else if is_incomplete {
            CellKind::Incomplete
        } else if is_measured {
            CellKind::Measured
        } else if has_value {
            CellKind::Interpolated
        } else {
            CellKind::Void
        }
    }
}

impl fmt::Display for CellKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CellKind::Outside => "outside",
            CellKind::Measured => "measured",
            CellKind::Interpolated => "interpolated",
            CellKind::Void => "void",
            CellKind::Incomplete => "incomplete",
        })
    }
}
