//! The native module of the Python package `pyept`: queries of lidar points as numpy, Arrow, data frames, files and terrain
//! models. Docstrings are for users of Python; `python/pyept` adds what needs Python itself.

mod area;
mod arrays;
mod catalogues;
mod dataset;
mod downloads;
mod errors;
mod json;
mod log;
mod nodes;
mod output;
mod pictures;
mod points;
mod progress;
mod query;
mod query_args;
mod rasters;
mod reader;
mod report;
mod runtime;
mod schema;
mod settings;
mod text;
mod unit;
mod units;
mod validation;

use pyo3::prelude::*;

/// Lidar points from EPT, COPC, LAZ, LAS and tile indexes.
#[pymodule]
mod _pyept {
    #[pymodule_export]
    use super::catalogues::find;
    #[pymodule_export]
    use super::dataset::{Dataset, open, unpickled_dataset};
    #[pymodule_export]
    use super::downloads::fetch;
    #[pymodule_export]
    use super::query::{Query, unpickled_query};
    #[pymodule_export]
    use super::schema::Schema;
    #[pymodule_export]
    use super::unit::{Unit, unpickled_unit};
    #[pymodule_export]
    use super::units::{merge, read_units};
    #[pymodule_export]
    use super::validation::validate;
    use super::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::log::listen();
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
