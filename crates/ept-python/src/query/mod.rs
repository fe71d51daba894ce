//! Queries.

mod extras;
mod known;
mod methods;
mod reading;

use std::process;
use std::sync::Mutex;

use ept_reader::Selection;
use pyo3::prelude::*;

use crate::dataset::Dataset;
use crate::errors;
use crate::report::Slot;

pub(crate) use extras::{Extras, Ground};

use known::Known;

/// Which points of a dataset, with which dimensions. Made by :meth:`Dataset.query`.
///
/// It is lazy, immutable, hashable and picklable. It is an Arrow stream itself (``__arrow_c_stream__``): pyarrow, polars, pandas, DuckDB and
/// others read it without adaptors, each time anew, in limited memory, while other Python threads run.
#[pyclass(frozen, module = "pyept", weakref)]
pub(crate) struct Query {
    dataset: Py<Dataset>,
    query: ept_reader::Query,
    extras: Extras,
    /// What this process knows of it. The lock is only taken by a thread that is attached to the interpreter, and not held while that
    /// detaches.
    known: Mutex<Known>,
    /// The report of the last read.
    report: Slot,
}

/// What a pickle has of a query.
type Parts = (Py<Dataset>, String, String);

impl Query {
    /// A query of an open dataset, checked.
    pub(crate) fn checked(
        dataset: &Bound<'_, Dataset>,
        query: ept_reader::Query,
        extras: Extras,
        opened: ept_reader::Dataset,
    ) -> PyResult<Query> {
        let py = dataset.py();
        let made = Query {
            dataset: dataset.clone().unbind(),
            query,
            extras,
            known: Mutex::new(Known {
                pid: process::id(),
                dataset: Some(opened),
                schema: None,
            }),
            report: Slot::default(),
        };
        log_transforms(py, &made.selection(py)?)?;
        if let Some(heights) = made.extras.heights(py)? {
            let refused = heights.check(&made.query);
            refused.map_err(|error| errors::argument(py, error.to_string()))?;
        }
        Ok(made)
    }

    /// The query and the rest as text.
    fn texts(&self) -> (String, String) {
        (
            self.query.to_string(),
            serde_json::to_string(&self.extras).unwrap_or_default(),
        )
    }
}

/// Tells of operations between datums that there is reason to distrust by more than metres.
fn log_transforms(py: Python<'_>, selection: &Selection) -> PyResult<()> {
    for operation in selection.bound().operations() {
        let warnings = operation.warnings().iter().map(ToString::to_string);
        let warnings: Vec<String> = warnings.collect();
        if !operation.is_within_metres() && !warnings.is_empty() {
            let text = format!("{operation}: {}", warnings.join("; "));
            crate::log::warn(py, &text)?;
        }
    }
    Ok(())
}

/// The query of a pickle.
#[pyfunction(name = "_unpickled_query")]
pub(crate) fn unpickled_query(
    dataset: Bound<'_, Dataset>,
    query: &str,
    extras: &str,
) -> PyResult<Query> {
    let py = dataset.py();
    let wrong = |problem: String| errors::argument(py, format!("not a pickled query: {problem}"));
    Ok(Query {
        query: query
            .parse()
            .map_err(|error: ept_reader::SelectError| wrong(error.to_string()))?,
        extras: serde_json::from_str(extras).map_err(|error| wrong(error.to_string()))?,
        dataset: dataset.unbind(),
        known: Mutex::default(),
        report: Slot::default(),
    })
}
