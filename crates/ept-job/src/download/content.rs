//! The expected contents of files.

use std::path::Path;

use ept_points::Decoder;

use super::whole::Whole;

/// The expected contents of a file.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// A LAS, LAZ or COPC file.
    Points,
    /// An EPT tile in a LAZ file, with this number of points.
    Laz(u64),
    /// An EPT tile in another encoding, with this number of points.
    Encoded(u64, Decoder),
}

impl Content {
    /// The first bytes of such files.
    pub(crate) fn magic(&self) -> &'static [u8] {
        if self.is_las() { b"LASF" } else { b"" }
    }

    /// Whether it is a LAS or LAZ file, which can be checked without decoding its points.
    pub(crate) fn is_las(&self) -> bool {
        !matches!(self, Content::Encoded(..))
    }

    /// The number of points of the file at a path if it is complete, otherwise why it is not. Bytes after the last part of a
    /// LAS file are allowed only if the size of the source is known.
    pub(crate) fn check(&self, path: &Path, has_size: bool) -> Result<u64, String> {
        let (points, whole) = match self {
            Content::Encoded(points, decoder) => {
                let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
                let decoded = decoder.decode(*points, &bytes);
                return decoded.map(|_| *points).map_err(|error| error.to_string());
            }
            Content::Points => (None, Whole::check(path)),
            Content::Laz(points) => (Some(*points), Whole::check(path)),
        };
        let whole = whole.map_err(|error| error.to_string())?;
        if whole.end < whole.size && !has_size {
            let more = whole.size - whole.end;
            return Err(format!(
                "{more} bytes follow its last part, and the server does not tell how many it has"
            ));
        }
        match points {
            Some(points) if points != whole.points => Err(format!(
                "it has {} points, the hierarchy lists {points}",
                whole.points
            )),
            _ => Ok(whole.points),
        }
    }
}
