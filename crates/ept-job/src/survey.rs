//! Columns that fit all tiles of a selection, determined before points are written.

use ept_export::CommonScaling;
use ept_format::position_of_dimension;
use ept_points::TileHeader;
use ept_reader::{Bounds, Column, PointBatch, ScalarType, Scaling, Selection, Values};
use futures::StreamExt;

/// The columns, scale and point format for the points of all tiles.
#[derive(Debug, Default)]
struct Survey {
    columns: Vec<(String, ScalarType)>,
    scaling: CommonScaling,
    extent: Option<Bounds>,
    /// The greatest point format.
    point_format: Option<u8>,
}

/// Reads the headers of all tiles of a selection. `first` is the first points, whose columns the file has. Of other
/// columns it has those in `asked`, or all. Returns an empty batch that settles the file.
pub(crate) async fn survey(
    selection: &Selection,
    first: &PointBatch,
    asked: Option<&[String]>,
) -> PointBatch {
    let mut survey = Survey::default();
    survey.add_columns(first, None);
    let mut headers = selection.tile_headers();
    while let Some(header) = headers.next().await {
        survey.add(&header, selection, asked);
    }
    let extent = match (survey.extent, selection.query().output_crs()) {
        (Some(extent), None) => within(&extent, &selection.bound().wish().bounds),
        _ => *selection.bounds(),
    };
    survey.settled(first, &extent, asked)
}

/// The columns of the tiles with these headers, beside `known` ones; types include the values of all. Of other columns than
/// the known ones it has those in `asked`, or all.
#[cfg(feature = "parquet")]
pub(crate) async fn columns_of_tiles(
    known: &PointBatch,
    mut headers: impl futures::Stream<Item = TileHeader> + Unpin,
    asked: Option<&[String]>,
) -> PointBatch {
    let mut survey = Survey::default();
    survey.add_columns(known, None);
    while let Some(header) = headers.next().await {
        survey.add_columns(&header.columns, asked);
    }
    survey.settled(known, &Bounds::EVERYTHING, asked)
}

/// As [`survey`], for points that were read, given their `shapes` and bounds.
pub(crate) fn survey_of_points<'a>(
    shapes: impl Iterator<Item = &'a PointBatch>,
    extent: &Bounds,
    first: &PointBatch,
    asked: Option<&[String]>,
) -> PointBatch {
    let mut survey = Survey::default();
    survey.add_columns(first, None);
    for shape in shapes {
        survey.add_columns(shape, asked);
        if let Some(scaling) = shape.scaling() {
            survey.scaling.add(scaling);
        }
        survey.point_format = survey.point_format.max(shape.point_format());
    }
    survey.settled(first, extent, asked)
}

impl Survey {
    fn add(&mut self, header: &TileHeader, selection: &Selection, asked: Option<&[String]>) {
        self.add_columns(&header.columns, asked);
        let scaling = selection.bound().output_scaling(&header.scaling);
        self.scaling.add(&scaling);
        self.point_format = self.point_format.max(Some(header.point_format));
        if let Some(bounds) = header.bounds {
            self.extent = Some(self.extent.map_or(bounds, |extent| extent.joined(&bounds)));
        }
    }

    /// Adds the columns with these names. `None` for all.
    fn add_columns(&mut self, batch: &PointBatch, names: Option<&[String]>) {
        let empty = batch.emptied();
        let batch = match names {
            Some(names) => empty.with_dimensions(names),
            None => empty,
        };
        for column in batch.columns() {
            let scalar = column.values.scalar();
            let mut known = self.columns.iter_mut();
            match known.find(|(name, _)| **name == *column.name) {
                Some((_, known)) => *known = wider(*known, scalar),
                None => self.columns.push((column.name.to_string(), scalar)),
            }
        }
    }

    fn settled(self, first: &PointBatch, extent: &Bounds, asked: Option<&[String]>) -> PointBatch {
        let scaling: Option<Scaling> = self.scaling.within(extent);
        let mut columns = self.columns;
        if let Some(names) = asked {
            let names = names.iter().map(String::as_str);
            // Columns that were not requested, such as the distance along a profile, come first.
            columns.sort_by_key(|(name, _)| position_of_dimension(names.clone(), name));
        }
        let columns = columns.into_iter();
        let columns =
            columns.map(|(name, scalar)| Column::new(name, Values::with_capacity(scalar, 0)));
        // Names are unique, lengths equal, and axes as in the first points.
        let batch = PointBatch::new(columns.collect()).unwrap_or_else(|_| first.emptied());
        let point_format = self.point_format.or(first.point_format());
        batch.with_storage(scaling.or(first.scaling().copied()), point_format)
    }
}

/// The part of a box inside another. The whole box if they don't overlap.
fn within(inner: &Bounds, outer: &Bounds) -> Bounds {
    let min = [0, 1, 2].map(|i| f64::max(inner.min()[i], outer.min()[i]));
    let max = [0, 1, 2].map(|i| f64::min(inner.max()[i], outer.max()[i]));
    Bounds::new(min, max).unwrap_or(*inner)
}

/// The type that includes the values of both.
fn wider(a: ScalarType, b: ScalarType) -> ScalarType {
    use ScalarType::{Bytes, F64, I8, I16, I32, I64, U8, U16, U32, U64};
    let range = |scalar| match scalar {
        I8 => Some((true, 1)),
        I16 => Some((true, 2)),
        I32 => Some((true, 4)),
        I64 => Some((true, 8)),
        U8 => Some((false, 1)),
        U16 => Some((false, 2)),
        U32 => Some((false, 4)),
        U64 => Some((false, 8)),
        _ => None,
    };
    if a == b || matches!(a, Bytes(_)) || matches!(b, Bytes(_)) {
        return a;
    }
    let (Some((a_signed, a_size)), Some((b_signed, b_size))) = (range(a), range(b)) else {
        return F64;
    };
    let size = |is_signed: bool, size: i32| if is_signed { size } else { size * 2 };
    match (a_signed || b_signed, a_size.max(b_size)) {
        (false, 1) => U8,
        (false, 2) => U16,
        (false, 4) => U32,
        (false, _) => U64,
        (true, _) => match size(a_signed, a_size).max(size(b_signed, b_size)) {
            1 => I8,
            2 => I16,
            4 => I32,
            8 => I64,
            _ => F64,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::wider;
    use ept_reader::ScalarType::{Bytes, F32, F64, I8, I16, I64, U8, U16, U32, U64};

    #[test]
    fn the_wider_type_has_the_values_of_both() {
        for (a, b, expected) in [
            (U8, U8, U8),
            (U8, U16, U16),
            (I8, U8, I16),
            (I8, U32, I64),
            (I64, U64, F64),
            (F32, U8, F64),
            (Bytes(3), U8, Bytes(3)),
        ] {
            assert_eq!(wider(a, b), expected, "{a} {b}");
            let turned = if a == Bytes(3) { b } else { expected };
            assert_eq!(wider(b, a), turned, "{b} {a}");
        }
    }
}
