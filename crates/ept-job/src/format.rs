//! Output formats.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::OutputError;

/// An output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A header line, then a line for each point.
    Csv,
    /// The same, compressed.
    CsvGz,
    /// A line for each point: X, Y, Z and what else is asked for, with spaces between them.
    Xyz,
    /// LAS 1.4.
    Las,
    /// LAS 1.4, compressed.
    Laz,
    /// COPC 1.0: LAZ with an octree.
    Copc,
    /// Polygon file format, binary.
    Ply,
    /// Arrow IPC.
    Arrow,
    /// GeoParquet 1.1.
    Parquet,
}

impl Format {
    /// All formats, including those not supported by this build.
    pub const ALL: [Format; 9] = [
        Format::Csv,
        Format::CsvGz,
        Format::Xyz,
        Format::Las,
        Format::Laz,
        Format::Copc,
        Format::Ply,
        Format::Arrow,
        Format::Parquet,
    ];

    /// The name that [`str::parse`] accepts, for example `laz`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::CsvGz => "csv.gz",
            Format::Xyz => "xyz",
            Format::Las => "las",
            Format::Laz => "laz",
            Format::Copc => "copc",
            Format::Ply => "ply",
            Format::Arrow => "arrow",
            Format::Parquet => "parquet",
        }
    }

    /// The extension of file names, without the first dot.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Format::Copc => "copc.laz",
            other => other.name(),
        }
    }

    /// A line about the format, for lists.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Format::Csv => "A header line, then a line for each point",
            Format::CsvGz => "The same, compressed by gzip",
            Format::Xyz => {
                "A line for each point: X, Y, Z and what --dims adds, with spaces between"
            }
            Format::Las => "LAS 1.4",
            Format::Laz => "LAS 1.4, compressed",
            Format::Copc => "COPC 1.0: LAZ with an octree, for viewers and streaming",
            Format::Ply => "Polygon file format, binary: for viewers",
            Format::Arrow => "Arrow IPC file; a stream on standard output",
            Format::Parquet => "GeoParquet 1.1",
        }
    }

    /// The format for the extension of a file name, in any case.
    ///
    /// # Errors
    /// [`OutputError::NoFormat`] if no format has this extension.
    pub fn of(path: &Path) -> Result<Format, OutputError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.to_ascii_lowercase();
        if name.ends_with(".copc.laz") {
            return Ok(Format::Copc);
        }
        if name.ends_with(".csv.gz") {
            return Ok(Format::CsvGz);
        }
        match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "csv" => Ok(Format::Csv),
            "xyz" => Ok(Format::Xyz),
            "las" => Ok(Format::Las),
            "laz" => Ok(Format::Laz),
            "ply" => Ok(Format::Ply),
            // Feather version 2 is an Arrow IPC file.
            "arrow" | "feather" => Ok(Format::Arrow),
            "parquet" | "geoparquet" => Ok(Format::Parquet),
            _ => Err(OutputError::NoFormat(path.to_owned())),
        }
    }

    /// Dimensions that the format requires.
    #[must_use]
    pub fn required(self) -> &'static [&'static str] {
        match self {
            Format::Csv | Format::CsvGz | Format::Arrow => &[],
            Format::Xyz
            | Format::Las
            | Format::Laz
            | Format::Copc
            | Format::Ply
            | Format::Parquet => &["X", "Y", "Z"],
        }
    }

    /// The dimensions that the format has if none are asked for. `None` if that is all of them.
    #[must_use]
    pub fn usual(self) -> Option<&'static [&'static str]> {
        (self == Format::Xyz).then_some(&["X", "Y", "Z"])
    }

    /// Whether values are written as text.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Format::Csv | Format::CsvGz | Format::Xyz)
    }

    /// Whether the format has absent values.
    #[must_use]
    pub fn has_absent_values(self) -> bool {
        matches!(
            self,
            Format::Csv | Format::CsvGz | Format::Arrow | Format::Parquet
        )
    }

    /// Whether the writer seeks back, which a stream does not support.
    #[must_use]
    pub fn needs_file(self) -> bool {
        matches!(self, Format::Las | Format::Laz | Format::Copc | Format::Ply)
    }

    /// Whether this build supports the format.
    #[must_use]
    pub fn is_built_in(self) -> bool {
        cfg!(feature = "parquet") || !matches!(self, Format::Arrow | Format::Parquet)
    }
}

impl FromStr for Format {
    type Err = OutputError;

    fn from_str(name: &str) -> Result<Format, OutputError> {
        let known = Format::ALL.into_iter().find(|format| format.name() == name);
        known.ok_or_else(|| OutputError::UnknownFormat(name.to_owned()))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Format;

    #[test]
    fn the_extension_names_the_format() {
        let format = |name: &str| Format::of(Path::new(name)).ok();
        assert_eq!(format("a.b/c.LAZ"), Some(Format::Laz));
        assert_eq!(format("c.las"), Some(Format::Las));
        assert_eq!(format("c.csv"), Some(Format::Csv));
        assert_eq!(format("c.csv.gz"), Some(Format::CsvGz));
        assert_eq!(format("c.laz.gz"), None);
        assert_eq!(format("c.xyz"), Some(Format::Xyz));
        assert_eq!(format("c.COPC.laz"), Some(Format::Copc));
        assert_eq!(format("c.ply"), Some(Format::Ply));
        assert_eq!(format("c.arrow"), Some(Format::Arrow));
        assert_eq!(format("c.parquet"), Some(Format::Parquet));
        assert_eq!(format("c.feather"), Some(Format::Arrow));
        assert_eq!(format("c.geoparquet"), Some(Format::Parquet));
        assert_eq!(format("laz"), None);
        assert_eq!(format("c.txt"), None);
    }

    #[test]
    fn each_format_is_read_back_from_its_name() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
    }
}
