//! Sinks for all formats.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use ept_crs::FileSrs;
use ept_export::{
    CopcOptions, CopcSink, CsvSink, ExportError, FileInfo, LasOptions, LasSink, OctreeSink,
    PlySink, Sink,
};
use ept_reader::{
    Bounds, Column, Dimension, Frame, PointBatch, ScalarType, Selection, Srs, Values,
};

use crate::pending::scratch_folder;
use crate::{Format, columnar};

/// What a sink needs to know of the points.
#[derive(Debug)]
pub(crate) struct Shape<'a> {
    pub(crate) selection: &'a Selection,
    /// The coordinate system of the points.
    pub(crate) srs: Srs,
    /// The columns of an empty result.
    pub(crate) columns: Vec<String>,
    /// The note, if it is known before the points.
    pub(crate) note: Option<String>,
    /// The columns that settle the file, with scale, offset and point format. `None` if the first points settle it.
    pub(crate) settled: Option<&'a PointBatch>,
}

/// A sink for a stream, of a format that does not need a file.
pub(crate) fn to_stream(
    format: Format,
    precision: Option<u8>,
    out: Box<dyn Write + Send>,
    shape: &Shape<'_>,
) -> Result<Box<dyn Sink>, ExportError> {
    match format {
        Format::Arrow | Format::Parquet => {
            let out = BufWriter::with_capacity(1 << 20, out);
            columnar::stream(format, out, shape)
        }
        _ => Ok(csv(out, format, precision, shape)),
    }
}

/// A sink for a file, and its pending name.
pub(crate) fn to_file(
    format: Format,
    precision: Option<u8>,
    (file, path): (BufWriter<File>, &Path),
    shape: &Shape<'_>,
) -> Result<Box<dyn Sink>, ExportError> {
    Ok(match format {
        Format::Csv | Format::CsvGz | Format::Xyz => csv(file, format, precision, shape),
        Format::Las | Format::Laz => las(file, format == Format::Laz, shape),
        Format::Copc => copc((file, path), shape)?,
        Format::Ply => {
            let sink = PlySink::new(file, shape.info(), shape.empty(format)?);
            Box::new(match shape.settled {
                Some(columns) => sink.with_columns(columns.clone()),
                None => sink,
            })
        }
        Format::Arrow | Format::Parquet => columnar::file(format, file, shape)?,
    })
}

fn csv(
    out: impl Write + Send + 'static,
    format: Format,
    precision: Option<u8>,
    shape: &Shape<'_>,
) -> Box<dyn Sink> {
    let threads = shape.selection.dataset().engine().limits().threads;
    let mut sink = CsvSink::new(out, shape.columns.clone()).with_threads(threads);
    sink = match format {
        Format::CsvGz => sink.compressed(),
        Format::Xyz => sink.with_separator(b' ').without_header(),
        _ => sink,
    };
    if let Some(settled) = shape.settled {
        let columns = settled.columns().iter();
        sink = sink.with_columns(columns.map(|column| column.name.to_string()).collect());
    }
    match precision {
        Some(decimals) => Box::new(sink.with_precision(decimals)),
        None => Box::new(sink),
    }
}

fn las(file: BufWriter<File>, compressed: bool, shape: &Shape<'_>) -> Box<dyn Sink> {
    let options = LasOptions {
        compressed,
        wkt: shape.wkt(),
        bounds: shape.extent(),
        threads: shape.selection.dataset().engine().limits().threads,
    };
    let sink = LasSink::new(file, options).with_chunks();
    Box::new(match shape.settled {
        Some(columns) => sink.with_columns(columns.clone()),
        None => sink,
    })
}

/// A sink for COPC with the dataset's own octree if possible, otherwise with one built for the points.
fn copc(
    (file, path): (BufWriter<File>, &Path),
    shape: &Shape<'_>,
) -> Result<Box<dyn Sink>, ExportError> {
    let selection = shape.selection;
    let options = CopcOptions {
        wkt: shape.wkt(),
        bounds: *selection.bounds(),
        spacing: selection.frame().spacing.unwrap_or(f64::NAN),
        threads: selection.dataset().engine().limits().threads,
    };
    if no_octree_of(selection).is_none() {
        let sink = CopcSink::new(file, options)?.with_extent(shape.extent());
        return Ok(Box::new(match shape.settled {
            Some(columns) => sink.with_columns(columns.clone()),
            None => sink,
        }));
    }
    let folder = scratch_folder(path);
    let scratch = move || tempfile::tempfile_in(&folder);
    let sink = OctreeSink::new(file, options, scratch)?.with_extent(shape.extent());
    Ok(Box::new(match shape.settled {
        Some(columns) => sink.with_columns(columns.clone()),
        None => sink,
    }))
}

/// Why the octree of the dataset can't be used for a COPC file of the selected points. `None` if it can.
pub(crate) fn no_octree_of(selection: &Selection) -> Option<&'static str> {
    let query = selection.query();
    let has_cube = || {
        let options = CopcOptions {
            wkt: None,
            bounds: *selection.bounds(),
            spacing: selection.frame().spacing.unwrap_or(f64::NAN),
            threads: std::num::NonZeroUsize::MIN,
        };
        options.has_cube()
    };
    if query.output_crs().is_some() {
        Some("the points are reprojected")
    } else if query.thin().is_some() {
        Some("thinned points are ordered by position, not by node")
    } else if selection.dataset().locations().len() > 1 {
        Some("there are several datasets")
    } else if selection.frame().spacing.is_none() {
        Some("the dataset has no octree")
    } else if !has_cube() {
        Some("the dataset's bounds are not a cube")
    } else {
        None
    }
}

impl Shape<'_> {
    fn wkt(&self) -> Option<String> {
        self.srs.well_known_text().map(str::to_owned)
    }

    /// Bounds of the points, which determine scale and offset of coordinates stored as floats: those that the dataset
    /// claims, or the octree's if there are points outside of those.
    fn extent(&self) -> Bounds {
        let frame = self.selection.frame();
        match self.selection.query().output_crs() {
            None if self.settled.is_none() => *frame.extent(),
            _ => *self.selection.bounds(),
        }
    }

    /// The metadata of the file.
    pub(crate) fn info(&self) -> FileInfo {
        FileInfo {
            srs: self.srs.clone(),
            note: self.note.clone(),
        }
    }

    /// The columns of an empty result, with the types of the schema.
    pub(crate) fn empty(&self, format: Format) -> Result<PointBatch, ExportError> {
        let required = format.required().iter().copied();
        let names = required.chain(self.columns.iter().map(String::as_str));
        empty(names, self.selection.frame())
    }
}

/// Columns without points, with the types of the schema.
pub(crate) fn empty<'a>(
    names: impl Iterator<Item = &'a str>,
    frame: &Frame,
) -> Result<PointBatch, ExportError> {
    let mut columns: Vec<Column> = Vec::new();
    for name in names {
        let (name, scalar) = match frame.dimension(name) {
            Some(known) => (known.name.as_str(), decoded_type(known)),
            None => (name, ScalarType::F64),
        };
        if columns.iter().all(|column| &*column.name != name) {
            columns.push(Column::new(name, Values::with_capacity(scalar, 0)));
        }
    }
    PointBatch::new(columns).map_err(|error| ExportError::Columnar(error.to_string()))
}

/// The type of the decoded values of a dimension.
fn decoded_type(dimension: &Dimension) -> ScalarType {
    let is_axis = matches!(&*dimension.name, "X" | "Y" | "Z");
    let is_scaled = dimension.scale != 1.0 || dimension.offset != 0.0;
    match dimension.scalar {
        ScalarType::Bytes(_) if !is_axis => dimension.scalar,
        _ if is_axis || is_scaled => ScalarType::F64,
        plain => plain,
    }
}

/// The coordinate system of the selected points, for output files.
pub(crate) fn file_srs(selection: &Selection) -> FileSrs {
    let own = &selection.frame().srs;
    match selection.query().output_crs() {
        None => FileSrs::of(own),
        Some(crs) => FileSrs::transformed(crs, own),
    }
}
