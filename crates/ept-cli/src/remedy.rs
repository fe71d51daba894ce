//! The flags by which errors of the library are remedied: it names settings, and knows no flags.

use std::error::Error;

use ept_index::IndexError;
use ept_job::{HeightAboveGround, JobError, Nothing, OutputError};
use ept_reader::{DecodeError, Hint, SelectError};

/// The flag that an error asks for, if there is one.
pub(crate) fn flag(error: &anyhow::Error) -> Option<&'static str> {
    error.chain().find_map(of)
}

/// The flag that an area outside of the dataset probably lacks.
pub(crate) fn flag_for_nothing(nothing: &Nothing) -> Option<&'static str> {
    let Nothing::Outside { miss, .. } = nothing else {
        return None;
    };
    let is_degrees = matches!(miss.hint, Some(Hint::Degrees | Hint::SwappedDegrees));
    is_degrees.then_some("--crs EPSG:4326")
}

/// Transparent errors are not in the chain of causes themselves.
fn of(cause: &(dyn Error + 'static)) -> Option<&'static str> {
    let job = cause.downcast_ref().and_then(of_job);
    let read = cause.downcast_ref().and_then(of_read);
    let select = cause.downcast_ref().and_then(of_select);
    let index = cause.downcast_ref().and_then(of_index);
    let output = cause.downcast_ref().and_then(of_output);
    job.or(read).or(select).or(index).or(output)
}

fn of_job(error: &JobError) -> Option<&'static str> {
    match error {
        JobError::Read(error) => of_read(error),
        JobError::GroundUnits => Some("ept dtm --units, --hag=RASTER"),
        _ => None,
    }
}

fn of_read(error: &ept_reader::Error) -> Option<&'static str> {
    match error {
        ept_reader::Error::Heights(_) => Some("--vertical-as-is"),
        ept_reader::Error::Select(error) => of_select(error),
        ept_reader::Error::Decode(DecodeError::NoDimension { name, .. }) => of_dimension(name),
        ept_reader::Error::Index { fault, .. } => of_index(fault),
        _ => None,
    }
}

fn of_select(error: &SelectError) -> Option<&'static str> {
    match error {
        SelectError::NoDimension { name, .. } => of_dimension(name),
        SelectError::NoDepths => Some("--thin"),
        SelectError::NoInside(_) => Some("--buffer"),
        SelectError::IndexCrs(_) => Some("--index-crs"),
        _ => None,
    }
}

/// The flag that makes a dimension.
fn of_dimension(name: &str) -> Option<&'static str> {
    name.eq_ignore_ascii_case(HeightAboveGround::NAME)
        .then_some("ept query --hag")
}

fn of_index(error: &IndexError) -> Option<&'static str> {
    match error {
        IndexError::NoLocation { .. } => Some("--url-field, --url-template '{FIELD}.laz'"),
        _ => None,
    }
}

fn of_output(error: &OutputError) -> Option<&'static str> {
    match error {
        OutputError::NoFormat(_) => Some("--format"),
        OutputError::NeedsFile => Some("-o"),
        OutputError::Precision(_) => Some("--precision"),
        _ => None,
    }
}
