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

    /// The columns that settle the file, or those of the first points, or those of `empty` when these have none at all.
    pub(crate) fn of_first(batch: &PointBatch, empty: &Empty) -> Shape {
        match batch.columns() {
            columns if !columns.is_empty() && !empty.is_settled => Shape::of(batch),
            _ => Shape::of(&empty.columns),
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

/// The columns of a file without points, or of any.
#[derive(Debug)]
pub(crate) struct Empty {
    pub(crate) columns: PointBatch,
    /// Whether the file has these columns whatever points come.
    pub(crate) is_settled: bool,
}

impl Empty {
    /// The columns of a file to which no points come.
    pub(crate) fn of(columns: PointBatch) -> Empty {
        Empty {
            columns,
            is_settled: false,
        }
    }

    /// The columns of a file, whatever comes.
    pub(crate) fn settled(columns: PointBatch) -> Empty {
        Empty {
            columns,
            is_settled: true,
        }
    }

    /// The batch that says how the points are stored.
    #[cfg(feature = "arrow")]
    pub(crate) fn storage<'a>(&'a self, first: &'a PointBatch) -> &'a PointBatch {
        if self.is_settled {
            &self.columns
        } else {
            first
        }
    }
}
