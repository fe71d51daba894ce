//! Errors as Python's exceptions, which `python/pyept/_errors.py` defines.

use ept_job::{HeightAboveGround, JobError, OutputError};
use ept_reader::{DecodeError, Error, Loss, SelectError, StoreError};
use pyo3::prelude::*;

/// What an exception says beside its message.
#[derive(Debug, Default)]
struct Details<'a> {
    location: Option<&'a str>,
    node: Option<String>,
    cause: Option<String>,
}

/// An error of a job.
pub(crate) fn job(py: Python<'_>, error: &JobError) -> PyErr {
    match error {
        JobError::Read(error) => read(py, error),
        JobError::Decode(fault) => decode(py, fault),
        JobError::GroundUnits => argument(py, format!("{error} (hag=\"dtm.tif\")")),
        JobError::Division(_) => argument(py, error.to_string()),
        error => raise(py, "OutputError", &error.in_full(), &Details::default()),
    }
}

/// An error of reading.
pub(crate) fn read(py: Python<'_>, error: &Error) -> PyErr {
    let message = match remedy(error) {
        Some(remedy) => format!("{error} ({remedy})"),
        None => error.to_string(),
    };
    let of_file = |location| Details {
        location: Some(location),
        ..Details::default()
    };
    match error {
        Error::Lost(loss) => raise(py, "LostError", &message, &of_loss(loss)),
        Error::Location { location, problem } => {
            let details = Details {
                cause: Some(problem.clone()),
                ..of_file(location)
            };
            raise(py, "NotFoundError", &message, &details)
        }
        Error::Store(error) => store(py, &message, error),
        Error::Changed { location } => raise(py, "StoreError", &message, &of_file(location)),
        Error::Format { location, .. }
        | Error::File { location, .. }
        | Error::Index { location, .. }
        | Error::TooLarge { location, .. } => {
            raise(py, "FormatError", &message, &of_file(location))
        }
        Error::NotEpt { location } | Error::NoOctree { location } => {
            raise(py, "QueryError", &message, &of_file(location))
        }
        Error::Mixed(_)
        | Error::Heights(_)
        | Error::Select(_)
        | Error::Argument(_)
        | Error::Unit(_)
        | Error::Camera(_) => argument(py, message),
        Error::Decode(fault) => decode(py, fault),
        _ => raise(py, "EptError", &message, &Details::default()),
    }
}

fn of_loss(loss: &Loss) -> Details<'_> {
    Details {
        location: Some(&loss.location),
        node: Some(loss.node.to_string()),
        cause: Some(loss.cause.to_string()),
    }
}

fn store(py: Python<'_>, message: &str, error: &StoreError) -> PyErr {
    let (class, location) = match error {
        StoreError::NotFound { location } => ("NotFoundError", location),
        StoreError::Denied { location, .. }
        | StoreError::Transient { location, .. }
        | StoreError::Unreachable { location, .. }
        | StoreError::Changed { location }
        | StoreError::TooLarge { location, .. }
        | StoreError::Failed { location, .. } => ("StoreError", location),
        _ => return raise(py, "StoreError", message, &Details::default()),
    };
    let details = Details {
        location: Some(location),
        node: None,
        cause: Some(error.cause().to_owned()),
    };
    raise(py, class, message, &details)
}

fn decode(py: Python<'_>, fault: &DecodeError) -> PyErr {
    match fault {
        DecodeError::NoDimension { name, .. } => match of_dimension(name) {
            Some(remedy) => argument(py, format!("{fault} ({remedy})")),
            None => argument(py, fault.to_string()),
        },
        fault => raise(py, "FormatError", &fault.to_string(), &Details::default()),
    }
}

/// The argument by which an error is remedied, where the library names a setting.
fn remedy(error: &Error) -> Option<&'static str> {
    match error {
        Error::Heights(_) => Some("vertical_as_is=True"),
        Error::Select(SelectError::NoDepths) => Some("thin="),
        Error::Select(SelectError::NoInside(_)) => Some("buffer="),
        Error::Select(SelectError::NoDimension { name, .. }) => of_dimension(name),
        Error::Index {
            fault: ept_index::IndexError::NoLocation { .. },
            ..
        } => Some("url_field=, url_template="),
        _ => None,
    }
}

fn of_dimension(name: &str) -> Option<&'static str> {
    name.eq_ignore_ascii_case(HeightAboveGround::NAME)
        .then_some("hag=True")
}

/// An argument that is not possible.
pub(crate) fn argument(py: Python<'_>, message: String) -> PyErr {
    raise(py, "QueryError", &message, &Details::default())
}

/// A local file that can't be read.
pub(crate) fn file(py: Python<'_>, location: &str, error: &std::io::Error) -> PyErr {
    let class = match error.kind() {
        std::io::ErrorKind::NotFound => "NotFoundError",
        _ => "StoreError",
    };
    let cause = error.to_string();
    let message = format!("{location}: {cause}");
    let details = Details {
        location: Some(location),
        node: None,
        cause: Some(cause),
    };
    raise(py, class, &message, &details)
}

/// A file whose contents are invalid.
pub(crate) fn format(py: Python<'_>, message: &str, location: Option<&str>) -> PyErr {
    let details = Details {
        location,
        ..Details::default()
    };
    raise(py, "FormatError", message, &details)
}

/// An output that is not possible.
pub(crate) fn output(py: Python<'_>, error: &OutputError) -> PyErr {
    raise(py, "OutputError", &error.to_string(), &Details::default())
}

/// A fault of this package.
pub(crate) fn internal(py: Python<'_>, message: &str) -> PyErr {
    raise(py, "EptError", message, &Details::default())
}

/// Secrets that a pickle leaves out.
pub(crate) fn credentials(py: Python<'_>, message: &str) -> PyErr {
    raise(py, "CredentialsError", message, &Details::default())
}

fn raise(py: Python<'_>, class: &str, message: &str, details: &Details<'_>) -> PyErr {
    let Details {
        location,
        node,
        cause,
    } = details;
    let made = py
        .import("pyept._errors")
        .and_then(|module| module.getattr(class))
        .and_then(|class| class.call1((message, *location, node.as_deref(), cause.as_deref())));
    made.map_or_else(|error| error, PyErr::from_value)
}

/// Warns that parts of the data are missing.
pub(crate) fn warn_of_losses(py: Python<'_>, lost: &[&Loss]) -> PyResult<()> {
    let Some(first) = lost.first() else {
        return Ok(());
    };
    let parts = lost.len();
    let message =
        format!("incomplete: {parts} parts of the data could not be read, the first: {first}");
    warn(py, message)
}

/// Warns that units, all together, could not read parts of the data.
pub(crate) fn warn_of_losses_of_units(py: Python<'_>, parts: usize) -> PyResult<()> {
    if parts == 0 {
        return Ok(());
    }
    warn(
        py,
        format!("incomplete: {parts} parts of the data could not be read by the units"),
    )
}

/// Warns that files could not be fetched.
pub(crate) fn warn_of_files(py: Python<'_>, failed: &[String]) -> PyResult<()> {
    let files = failed.len();
    let first = failed.first().map_or("", String::as_str);
    warn(
        py,
        format!("incomplete: {files} files could not be fetched, the first: {first}"),
    )
}

fn warn(py: Python<'_>, message: String) -> PyResult<()> {
    let class = py.import("pyept._errors")?.getattr("LossWarning")?;
    py.import("warnings")?
        .call_method1("warn", (message, class))?;
    Ok(())
}
