//! Where a query writes to: a file that appears whole or not at all, or standard output.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ept_export::{
    CopcOptions, CopcSink, CsvSink, FileInfo, LasOptions, LasSink, OctreeSink, PlySink, Sink,
};
use ept_reader::{Column, Limits, PointBatch, ScalarType, Srs, Values};
use tempfile::{NamedTempFile, TempPath};

use crate::args::{Format, QueryArgs};
use crate::columnar;
use crate::exit::WrongUsage;
use crate::note::Note;
use crate::select::Selection;

/// The destination of a query's points.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Output {
    /// None is standard output.
    path: Option<PathBuf>,
    format: Format,
    /// Threads that compress.
    threads: NonZeroUsize,
    quiet: bool,
    /// Decimals of floats in CSV.
    precision: Option<u8>,
}

/// A file under way: beside its final name until it is complete, and gone if it never is. Nothing for
/// standard output and devices.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    file: Option<(TempPath, PathBuf)>,
}

impl Output {
    /// The output of the flags, checked before anything is read.
    pub(crate) fn new(args: &QueryArgs) -> Result<Output> {
        let path = args.output.clone().filter(|path| path.as_os_str() != "-");
        let format = match (args.format, &path) {
            (Some(format), _) => format,
            (None, Some(path)) => format_of(path)?,
            (None, None) => Format::Csv,
        };
        let is_seeking = matches!(
            format,
            Format::Las | Format::Laz | Format::Copc | Format::Ply
        );
        if path.is_none() && is_seeking {
            let problem =
                "LAS, LAZ, COPC and PLY cannot be written to standard output; name a file with -o";
            return Err(WrongUsage(problem.into()).into());
        }
        check_built_in(format)?;
        if args.precision.is_some() && format != Format::Csv {
            return Err(WrongUsage("--precision is for CSV".into()).into());
        }
        let threads = args.read.threads.unwrap_or(Limits::default().threads);
        Ok(Output {
            path,
            format,
            threads,
            precision: args.precision,
            quiet: args.read.quiet,
        })
    }

    /// Opens the destination and the sink that writes to it. `dims` are the columns of an empty result.
    pub(crate) fn open(
        &self,
        selection: &Selection,
        dims: Vec<String>,
    ) -> Result<(Box<dyn Sink>, Pending)> {
        let Some(path) = &self.path else {
            return Ok((self.standard(selection, dims)?, Pending::default()));
        };
        let (file, pending) = create(path).with_context(|| cannot_write(path))?;
        Ok((self.sink(file, selection, dims)?, pending))
    }

    /// The sink to standard output.
    fn standard(&self, selection: &Selection, dims: Vec<String>) -> Result<Box<dyn Sink>> {
        let out = std::io::stdout();
        match self.format {
            Format::Arrow | Format::Parquet => {
                let info = self.info(selection, &dims);
                columnar::stream(self.format, out, info, self.empty(selection, &dims)?)
            }
            _ => Ok(self.csv(out, dims)),
        }
    }

    fn sink(&self, file: File, selection: &Selection, dims: Vec<String>) -> Result<Box<dyn Sink>> {
        let file = BufWriter::with_capacity(1 << 20, file);
        let bounds = *selection.selection.bounds();
        let info = self.info(selection, &dims);
        let wkt = info.srs.well_known_text().map(str::to_owned);
        Ok(match self.format {
            Format::Csv => self.csv(file, dims),
            Format::Las | Format::Laz => Box::new(LasSink::new(
                file,
                LasOptions {
                    compressed: self.format == Format::Laz,
                    wkt,
                    bounds,
                    threads: self.threads,
                },
            )),
            Format::Copc => self.copc(
                file,
                selection,
                CopcOptions {
                    wkt,
                    bounds,
                    spacing: selection.dataset.frame().spacing.unwrap_or(f64::NAN),
                    threads: self.threads,
                },
            )?,
            Format::Ply => Box::new(PlySink::new(file, info, self.empty(selection, &dims)?)),
            Format::Arrow | Format::Parquet => {
                columnar::file(self.format, file, info, self.empty(selection, &dims)?)?
            }
        })
    }

    /// COPC of the dataset's own octree where that can be one of COPC, or of an octree built for the points.
    fn copc(
        &self,
        file: BufWriter<File>,
        selection: &Selection,
        options: CopcOptions,
    ) -> Result<Box<dyn Sink>> {
        let reason = if selection.selection.query().output_crs().is_some() {
            "the coordinates are others"
        } else if selection.selection.query().thin().is_some() {
            "thinned points come by place, not by node"
        } else if !options.has_cube() {
            "the dataset's bounds are not a cube"
        } else {
            return Ok(Box::new(CopcSink::new(file, options)?));
        };
        if !self.quiet {
            eprintln!("{reason}: the octree is built afresh for COPC");
        }
        let folder = self.scratch_folder();
        let scratch = move || tempfile::tempfile_in(&folder);
        Ok(Box::new(OctreeSink::new(file, options, scratch)?))
    }

    /// Where files may be put for a time that are as large as the output: beside it, unless it is a device.
    fn scratch_folder(&self) -> PathBuf {
        let is_device = |path: &Path| std::fs::metadata(path).is_ok_and(|found| !found.is_file());
        match &self.path {
            Some(path) if !is_device(path) => folder_of(path).to_owned(),
            _ => std::env::temp_dir(),
        }
    }

    fn csv(&self, out: impl Write + Send + 'static, dims: Vec<String>) -> Box<dyn Sink> {
        let sink = CsvSink::new(out, dims);
        match self.precision {
            Some(decimals) => Box::new(sink.with_precision(decimals)),
            None => Box::new(sink),
        }
    }

    /// The destination, for messages.
    pub(crate) fn name(&self) -> String {
        match &self.path {
            Some(path) => path.display().to_string(),
            None => "standard output".into(),
        }
    }

    /// What the file says of itself. Formats that say all of it before the points have the note that can be made then.
    fn info(&self, selection: &Selection, dims: &[String]) -> FileInfo {
        let is_early = match self.format {
            Format::Ply => true,
            Format::Arrow => self.path.is_none(),
            _ => false,
        };
        FileInfo {
            srs: srs(selection),
            note: is_early.then(|| Note::new(selection, dims).to_string()),
        }
    }

    /// The columns of an empty result, with the types that the schema gives them.
    fn empty(&self, selection: &Selection, dims: &[String]) -> Result<PointBatch> {
        let required = self.required().iter().copied();
        let mut columns: Vec<Column> = Vec::new();
        for name in required.chain(dims.iter().map(String::as_str)) {
            let (name, scalar) = match selection.dataset.frame().dimension(name) {
                Some(known) => (known.name.as_str(), known.scalar),
                None => (name, ScalarType::F64),
            };
            let is_coordinate = matches!(name, "X" | "Y" | "Z");
            let scalar = if is_coordinate {
                ScalarType::F64
            } else {
                scalar
            };
            if columns.iter().all(|column| &*column.name != name) {
                columns.push(Column::new(name, Values::with_capacity(scalar, 0)));
            }
        }
        Ok(PointBatch::new(columns)?)
    }

    /// Dimensions that the format cannot do without.
    pub(crate) fn required(&self) -> &'static [&'static str] {
        match self.format {
            Format::Csv | Format::Arrow => &[],
            Format::Las | Format::Laz | Format::Copc | Format::Ply | Format::Parquet => {
                &["X", "Y", "Z"]
            }
        }
    }
}

impl Pending {
    /// Gives the file its name.
    pub(crate) fn keep(self) -> Result<()> {
        let Some((temporary, path)) = self.file else {
            return Ok(());
        };
        let persisted = temporary.persist(&path).map_err(|error| error.error);
        persisted.with_context(|| cannot_write(&path))
    }
}

/// What files say of the points in them.
fn srs(selection: &Selection) -> Srs {
    match selection.selection.query().output_crs() {
        None => selection.dataset.frame().srs.clone(),
        Some(crs) => {
            let code = crs.name().strip_prefix("EPSG:");
            let text = crs.well_known_text().unwrap_or(crs.definition());
            Srs {
                authority: code.map(|_| "EPSG".into()),
                horizontal: code.map(str::to_owned),
                wkt: Some(text.to_owned()),
                ..Srs::default()
            }
        }
    }
}

/// That this command was built with the format.
fn check_built_in(format: Format) -> Result<()> {
    if cfg!(feature = "parquet") || !matches!(format, Format::Arrow | Format::Parquet) {
        return Ok(());
    }
    let problem = "this ept was built without Arrow and Parquet: build it with --features parquet";
    Err(WrongUsage(problem.into()).into())
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

/// A file that will have the name `path`; a device of that name is written to as it is.
pub(crate) fn create(path: &Path) -> std::io::Result<(File, Pending)> {
    let path = match std::fs::metadata(path) {
        Ok(existing) if existing.is_dir() => {
            return Err(std::io::ErrorKind::IsADirectory.into());
        }
        Ok(existing) if !existing.is_file() => {
            return Ok((File::options().write(true).open(path)?, Pending::default()));
        }
        // The file that a link points to is replaced, not the link.
        Ok(_) => path.canonicalize()?,
        Err(_) => path.to_owned(),
    };
    let (file, temporary) = create_beside(&path)?.into_parts();
    let pending = Pending {
        file: Some((temporary, path)),
    };
    Ok((file, pending))
}

/// A file in the folder of `path`, with the permissions that a new file gets.
fn create_beside(path: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ept-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The process's umask takes its share, as for any new file.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder_of(path))
}

fn folder_of(path: &Path) -> &Path {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

fn format_of(path: &Path) -> Result<Format> {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        _ if name.ends_with(".copc.laz") => Ok(Format::Copc),
        "csv" => Ok(Format::Csv),
        "las" => Ok(Format::Las),
        "laz" => Ok(Format::Laz),
        "ply" => Ok(Format::Ply),
        "arrow" => Ok(Format::Arrow),
        "parquet" => Ok(Format::Parquet),
        _ => {
            let name = path.display();
            let problem = format!(
                "{name}: no format has this extension; name it .csv, .las, .laz, .copc.laz, .ply, .arrow or \
                 .parquet, or use --format"
            );
            Err(WrongUsage(problem).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::format_of;
    use crate::args::Format;

    #[test]
    fn the_extension_names_the_format() {
        let format = |name: &str| format_of(Path::new(name)).ok();
        assert_eq!(format("a.b/c.LAZ"), Some(Format::Laz));
        assert_eq!(format("c.las"), Some(Format::Las));
        assert_eq!(format("c.csv"), Some(Format::Csv));
        assert_eq!(format("c.COPC.laz"), Some(Format::Copc));
        assert_eq!(format("c.ply"), Some(Format::Ply));
        assert_eq!(format("c.arrow"), Some(Format::Arrow));
        assert_eq!(format("c.parquet"), Some(Format::Parquet));
        assert_eq!(format("laz"), None);
        assert_eq!(format("c.txt"), None);
    }
}
