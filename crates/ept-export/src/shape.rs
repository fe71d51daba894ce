//! The columns of a file, settled by the first points and kept by all later ones.

use std::sync::Arc;

use ept_format::ScalarType;
use ept_points::PointBatch;

use crate::ExportError;

/// Names and types of columns, in order.
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

    /// The settled columns or, failing that, those of the first points or, if these have none, those of `empty`.
    pub(crate) fn of_first(batch: &PointBatch, empty: &Empty) -> Shape {
        match batch.columns() {
            columns if !columns.is_empty() && !empty.is_settled => Shape::of(batch),
            _ => Shape::of(&empty.columns),
        }
    }

    /// Checks that a batch has no column that the file lacks.
    pub(crate) fn check(&self, batch: &PointBatch) -> Result<(), ExportError> {
        let is_known = |name: &str| self.columns.iter().any(|(known, _)| &**known == name);
        let mut columns = batch.columns().iter();
        match columns.find(|column| !is_known(&column.name)) {
            Some(new) => Err(ExportError::NewDimension(new.name.to_string())),
            None => Ok(()),
        }
    }
}

/// The columns of a file without points, or the settled columns of any file.
#[derive(Debug)]
pub(crate) struct Empty {
    pub(crate) columns: PointBatch,
    /// Whether these are the columns of the file whatever points come.
    pub(crate) is_settled: bool,
}

impl Empty {
    /// The columns of the file if there are no points.
    pub(crate) fn of(columns: PointBatch) -> Empty {
        Empty {
            columns,
            is_settled: false,
        }
    }

    /// The columns of the file, whatever points come.
    pub(crate) fn settled(columns: PointBatch) -> Empty {
        Empty {
            columns,
            is_settled: true,
        }
    }

    /// The batch that determines how points are stored.
    #[cfg(feature = "arrow")]
    pub(crate) fn storage<'a>(&'a self, first: &'a PointBatch) -> &'a PointBatch {
        if self.is_settled {
            &self.columns
        } else {
            first
        }
    }
}
