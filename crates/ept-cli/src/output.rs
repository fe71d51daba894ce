//! Where a query writes to: a file that appears whole or not at all, or standard output.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ept_export::{CsvSink, FileInfo, LasOptions, LasSink, PlySink, Sink};
use ept_reader::{Column, Dataset, PointBatch, ScalarType, Values};
use tempfile::{NamedTempFile, TempPath};

use crate::args::{Format, QueryArgs};
use crate::columnar;
use crate::exit::WrongUsage;

/// The destination of a query's points.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Output {
    /// None is standard output.
    path: Option<PathBuf>,
    format: Format,
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
        if path.is_none() && matches!(format, Format::Las | Format::Laz | Format::Ply) {
            let problem =
                "LAS, LAZ and PLY cannot be written to standard output; name a file with -o";
            return Err(WrongUsage(problem.into()).into());
        }
        check_built_in(format)?;
        if args.precision.is_some() && format != Format::Csv {
            return Err(WrongUsage("--precision is for CSV".into()).into());
        }
        Ok(Output {
            path,
            format,
            precision: args.precision,
        })
    }

    /// Opens the destination and the sink that writes to it. `dims` are the columns of an empty result.
    pub(crate) fn open(
        &self,
        dataset: &Dataset,
        dims: Vec<String>,
    ) -> Result<(Box<dyn Sink>, Pending)> {
        let Some(path) = &self.path else {
            return Ok((self.standard(dataset, dims)?, Pending::default()));
        };
        let (file, pending) = create(path).with_context(|| cannot_write(path))?;
        Ok((self.sink(file, dataset, dims)?, pending))
    }

    /// The sink to standard output.
    fn standard(&self, dataset: &Dataset, dims: Vec<String>) -> Result<Box<dyn Sink>> {
        let out = std::io::stdout();
        match self.format {
            Format::Arrow | Format::Parquet => {
                columnar::stream(self.format, out, info(dataset), self.empty(dataset, &dims)?)
            }
            _ => Ok(self.csv(out, dims)),
        }
    }

    fn sink(&self, file: File, dataset: &Dataset, dims: Vec<String>) -> Result<Box<dyn Sink>> {
        let file = BufWriter::with_capacity(1 << 20, file);
        let metadata = dataset.metadata();
        Ok(match self.format {
            Format::Csv => self.csv(file, dims),
            Format::Las | Format::Laz => Box::new(LasSink::new(
                file,
                LasOptions {
                    compressed: self.format == Format::Laz,
                    wkt: metadata.srs().well_known_text().map(str::to_owned),
                    bounds: *metadata.bounds(),
                },
            )),
            Format::Ply => Box::new(PlySink::new(
                file,
                info(dataset),
                self.empty(dataset, &dims)?,
            )),
            Format::Arrow | Format::Parquet => columnar::file(
                self.format,
                file,
                info(dataset),
                self.empty(dataset, &dims)?,
            )?,
        })
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

    /// The columns of an empty result, with the types that the schema gives them.
    fn empty(&self, dataset: &Dataset, dims: &[String]) -> Result<PointBatch> {
        let required = self.required().iter().copied();
        let mut columns: Vec<Column> = Vec::new();
        for name in required.chain(dims.iter().map(String::as_str)) {
            let known = dataset.metadata().schema().iter();
            let mut known = known.filter(|dimension| dimension.name.eq_ignore_ascii_case(name));
            let (name, scalar) = match known.next() {
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
            Format::Las | Format::Laz | Format::Ply | Format::Parquet => &["X", "Y", "Z"],
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

/// What files say of the dataset.
fn info(dataset: &Dataset) -> FileInfo {
    FileInfo {
        srs: dataset.metadata().srs().clone(),
        note: None,
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
fn create(path: &Path) -> std::io::Result<(File, Pending)> {
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
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ept-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The process's umask takes its share, as for any new file.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder.unwrap_or(Path::new(".")))
}

fn format_of(path: &Path) -> Result<Format> {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        _ if name.ends_with(".copc.laz") => {
            Err(WrongUsage("COPC output is not supported yet; write .laz".into()).into())
        }
        "csv" => Ok(Format::Csv),
        "las" => Ok(Format::Las),
        "laz" => Ok(Format::Laz),
        "ply" => Ok(Format::Ply),
        "arrow" => Ok(Format::Arrow),
        "parquet" => Ok(Format::Parquet),
        _ => {
            let name = path.display();
            let problem = format!(
                "{name}: no format has this extension; name it .csv, .las, .laz, .ply, .arrow or .parquet, \
                 or use --format"
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
        assert_eq!(format("c.ply"), Some(Format::Ply));
        assert_eq!(format("c.arrow"), Some(Format::Arrow));
        assert_eq!(format("c.parquet"), Some(Format::Parquet));
        assert_eq!(format("c.copc.laz"), None);
        assert_eq!(format("laz"), None);
        assert_eq!(format("c.txt"), None);
    }
}
