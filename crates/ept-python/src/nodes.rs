//! Nodes as a table.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt32Array, UInt64Array};
use ept_reader::{Node, Selection};
use futures::TryStreamExt;
use pyo3::prelude::*;
use pyo3_arrow::PyTable;

use crate::runtime::wait;
use crate::{errors, reader};

/// The nodes of a selection as a `pyarrow.Table`.
pub(crate) fn table<'py>(py: Python<'py>, selection: &Selection) -> PyResult<Bound<'py, PyAny>> {
    let nodes = wait(py, || async {
        selection.nodes().try_collect::<Vec<Node>>().await
    })?;
    let nodes = nodes.map_err(|error| errors::read(py, &error))?;
    let batch = batch(&nodes).map_err(|error| reader::arrow_error(py, &error))?;
    let schema = batch.schema();
    PyTable::try_new(vec![batch], schema)?.into_pyarrow(py)
}

fn batch(nodes: &[Node]) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let side = |of: fn(&Node) -> f64| -> ArrayRef {
        Arc::new(nodes.iter().map(of).collect::<Float64Array>())
    };
    let sources: UInt32Array = nodes.iter().map(|node| node.source).collect();
    let keys: StringArray = nodes
        .iter()
        .map(|node| Some(node.name.to_string()))
        .collect();
    let depths: UInt32Array = nodes.iter().map(Node::depth).collect();
    let counts: UInt64Array = nodes.iter().map(|node| node.points).collect();
    RecordBatch::try_from_iter([
        ("source", Arc::new(sources) as ArrayRef),
        ("key", Arc::new(keys)),
        ("depth", Arc::new(depths)),
        ("count", Arc::new(counts)),
        ("xmin", side(|node| node.cell.min()[0])),
        ("ymin", side(|node| node.cell.min()[1])),
        ("zmin", side(|node| node.cell.min()[2])),
        ("xmax", side(|node| node.cell.max()[0])),
        ("ymax", side(|node| node.cell.max()[1])),
        ("zmax", side(|node| node.cell.max()[2])),
    ])
}
