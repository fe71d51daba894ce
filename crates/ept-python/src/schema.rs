//! The dimensions of a dataset.

use std::sync::Arc;

use arrow_schema::SchemaRef;
use ept_job::{Batches, OnError, Pass};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::ffi::to_schema_pycapsule;

use crate::errors;
use crate::runtime::wait;

/// The dimensions of points: names and types. It is an Arrow schema (``__arrow_c_schema__``): ``pyarrow.schema(ds.schema)`` works.
#[pyclass(frozen, module = "pyept")]
pub(crate) struct Schema {
    schema: SchemaRef,
}

impl Schema {
    pub(crate) fn of(py: Python<'_>, dataset: &ept_reader::Dataset) -> PyResult<Schema> {
        let all = dataset.select(&ept_reader::Query::new());
        let all = all.map_err(|error| errors::read(py, &error))?;
        let batches = wait(py, || Batches::new(Pass::new(all, OnError::Skip), false))?;
        let batches = batches.map_err(|error| errors::job(py, &error))?;
        Ok(Schema {
            schema: batches.schema(),
        })
    }
}

#[pymethods]
impl Schema {
    /// The names of the dimensions, in order.
    #[getter]
    fn names(&self) -> Vec<String> {
        let fields = self.schema.fields().iter();
        fields.map(|field| field.name().clone()).collect()
    }

    /// The types of the dimensions, such as ``"float64"``, by name.
    #[getter]
    fn types(&self) -> Vec<(String, String)> {
        let fields = self.schema.fields().iter();
        fields
            .map(|field| {
                (
                    field.name().clone(),
                    field.data_type().to_string().to_lowercase(),
                )
            })
            .collect()
    }

    fn __len__(&self) -> usize {
        self.schema.fields().len()
    }

    fn __repr__(&self) -> String {
        let types = self.types().into_iter();
        let lines: Vec<String> = types
            .map(|(name, kind)| format!("{name}: {kind}"))
            .collect();
        format!("<pyept.Schema {}>", lines.join(", "))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.schema == other.schema
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, Arc::as_ref(&self.schema))?)
    }
}
