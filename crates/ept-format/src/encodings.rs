//! Encodings of tiles and of hierarchy pages.

use std::fmt;

/// Encoding of the tiles (`dataType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataType {
    /// LAZ files, `.laz`.
    Laszip,
    /// Values in schema order, little endian, point by point, `.bin`.
    Binary,
    /// As `Binary`, compressed with Zstandard, `.zst`.
    Zstandard,
}

/// Encoding of the hierarchy pages (`hierarchyType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HierarchyType {
    /// JSON, `.json`.
    Json,
    /// JSON compressed with gzip, `.json.gz`.
    Gzip,
}

impl DataType {
    /// Extension of a tile's file name, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            DataType::Laszip => "laz",
            DataType::Binary => "bin",
            DataType::Zstandard => "zst",
        }
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DataType::Laszip => "laszip",
            DataType::Binary => "binary",
            DataType::Zstandard => "zstandard",
        })
    }
}

impl fmt::Display for HierarchyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HierarchyType::Json => "json",
            HierarchyType::Gzip => "gzip",
        })
    }
}
