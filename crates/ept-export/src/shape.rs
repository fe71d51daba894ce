//! The columns of a file: settled by the first points, kept by all later ones.

use std::sync::Arc;

use ept_format::ScalarType;
use ept_points::PointBatch;

use crate::ExportError;

/// Names and types of the columns, in order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shape {
    pub(crate) columns: Vec<(Arc<str>, ScalarType)>,
}

impl Shape {
    /// The columns of a batch.
    pub(crate) fn of(batch: &PointBatch) -> Shape {
        let columns = batch.columns().iter();
        let columns = columns.map(|column| (column.name.clone(), column.values.scalar()));
        Shape {
            columns: columns.collect(),
        }
    }

    /// The columns of the first points, or those of `empty` when they have none at all.
    pub(crate) fn of_first(batch: &PointBatch, empty: &PointBatch) -> Shape {
        match batch.columns() {
            [] => Shape::of(empty),
            _ => Shape::of(batch),
        }
    }

    /// That a batch has no column of which the file knows nothing.
    pub(crate) fn check(&self, batch: &PointBatch) -> Result<(), ExportError> {
        let is_known = |name: &str| self.columns.iter().any(|(known, _)| &**known == name);
        let mut columns = batch.columns().iter();
        match columns.find(|column| !is_known(&column.name)) {
            Some(new) => Err(ExportError::NewDimension(new.name.to_string())),
            None => Ok(()),
        }
    }
}
